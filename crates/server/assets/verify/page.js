// The page: where files come from, which key is trusted, which language is spoken.

/** The page as it came, before anything is put on it: what is saved for later. */
const pristine = `<!doctype html>\n${document.documentElement.outerHTML}`;

const at = (id) => document.getElementById(id);

/** What this page knows and has done. */
const page = {
  /** The log's key in the page: null if there is none. */
  key: null,
  keyBroken: false,
  /** A key that the reader got elsewhere, where the page has none. */
  pasted: null,
  witnesses: [],
  /** The last file: its text, and the code that was asked for. */
  file: null,
  /** What draws the last outcome, again in another language. */
  outcome: null,
  /** Which check is the latest. */
  run: 0,
};

/** Reads a piece of data in the page. */
function pieceOf(id) {
  const piece = at(id);
  return piece === null ? null : piece.textContent;
}

async function begin() {
  at("unstarted").hidden = true;
  at("started").hidden = false;
  at("save").hidden = false;
  at("key-compare").hidden = false;
  // A page in a file has no server to ask for a code.
  at("by-code").hidden = location.protocol === "file:";
  words.texts = JSON.parse(pieceOf("texts"));
  words.language = document.documentElement.lang === "en" ? "en" : "vi";
  listen();
  const vkey = document.querySelector("meta[name=log-key]").content;
  if (vkey !== "") {
    page.key = await parseKey(vkey, LOG_KEY);
    page.keyBroken = page.key === null;
  }
  const witnesses = JSON.parse(pieceOf("witnesses")).map((text) => parseKey(text, COSIGNER_KEY));
  page.witnesses = (await Promise.all(witnesses)).filter((key) => key !== null);
  showKey();
  const bundle = pieceOf("bundle");
  if (bundle !== null) await checkText(bundle, at("bundle").dataset.code);
}

function listen() {
  at("file").addEventListener("change", ({ target }) => {
    if (0 < target.files.length) checkFile(target.files[0]);
    // The same file can be chosen again.
    target.value = "";
  });
  at("paste-button").addEventListener("click", () => {
    // What the clipboard adds or loses at both ends is nobody's claim.
    const pasted = at("paste").value.trim();
    checkText(pasted === "" ? "" : `${pasted}\n`);
  });
  at("key-button").addEventListener("click", compareKey);
  at("key-other").addEventListener("keydown", ({ key }) => key === "Enter" && compareKey());
  at("save-button").addEventListener("click", save);
  at("language").addEventListener("click", (event) => {
    event.preventDefault();
    speak(words.language === "vi" ? "en" : "vi");
  });
  for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
    window.addEventListener(name, (event) => {
      event.preventDefault();
      at("drop").classList.toggle("over", over);
    });
  }
  window.addEventListener("drop", ({ dataTransfer }) => {
    if (0 < dataTransfer.files.length) checkFile(dataTransfer.files[0]);
    else checkText(dataTransfer.getData("text/plain"));
  });
}

/** Says everything in another language. */
function speak(language) {
  words.language = language;
  document.documentElement.lang = language;
  for (const spoken of document.querySelectorAll("[data-text]")) spoken.textContent = say(spoken.dataset.text);
  const other = language === "vi" ? "en" : "vi";
  at("language").lang = other;
  at("language").hreflang = other;
  at("by-code").querySelector("input[name=lang]").value = language;
  at("unknown")?.remove();
  at("key-told").textContent = "";
  showKey();
  page.outcome?.();
}

async function checkFile(file) {
  const run = begun();
  try {
    if (FILE_BYTES_MAX < file.size) throw new Flaw("too-large");
    const text = textFrom(new Uint8Array(await file.arrayBuffer()));
    if (run === page.run) await checkText(text);
  } catch (error) {
    if (run === page.run) ended(() => showFlaw(flawOf(error)));
  }
}

function textFrom(bytes) {
  try {
    return textOf(bytes);
  } catch {
    throw new Flaw("not-text");
  }
}

/** Checks a text and shows what came of it, unless another check has begun. */
async function checkText(text, asked = null) {
  const run = begun();
  page.file = { text, asked };
  let outcome;
  try {
    if (page.keyBroken) throw new Flaw("page-key");
    // A letter takes a byte or more: what is longer in letters is longer in bytes.
    if (FILE_BYTES_MAX < text.length) throw new Flaw("too-large");
    const trusted = { key: page.key ?? page.pasted, witnesses: page.witnesses, code: asked };
    const proved = await check(text, trusted, (done, all) => {
      if (run !== page.run) throw new Superseded();
      at("progress").value = done / all;
    });
    outcome = () => showProved(proved);
  } catch (error) {
    if (error instanceof Superseded) return;
    const flaw = flawOf(error);
    outcome = () => showFlaw(flaw);
  }
  if (run === page.run) ended(outcome);
}

/** A check that nobody waits for any more. */
class Superseded extends Error {}

function flawOf(error) {
  if (error instanceof Flaw) return error;
  console.error(error);
  return new Flaw("internal");
}

/** Says that a check runs; the number tells it from later ones. */
function begun() {
  page.run += 1;
  page.outcome = null;
  at("result").hidden = false;
  at("result").setAttribute("aria-busy", "true");
  at("progress").hidden = false;
  at("progress").value = 0;
  at("details").replaceChildren();
  showVerdict("running", "…", say("verify-running"));
  return page.run;
}

function ended(outcome) {
  at("progress").hidden = true;
  at("result").removeAttribute("aria-busy");
  page.outcome = outcome;
  outcome();
  at("verdict").scrollIntoView({ block: "start" });
}

/** Shows which key this page trusts. */
function showKey() {
  const key = page.key ?? page.pasted;
  const none = page.keyBroken ? "verify-key-broken" : "verify-key-none";
  at("key-shown").replaceChildren(key === null ? paragraph("", say(none)) : pairs([
    [say("verify-key-name"), key.name],
    [say("verify-key-id"), key.id],
    [say("verify-key-fingerprint"), key.fingerprint.match(/.{4}/g).join(" ")],
    [say("verify-key-text"), key.text],
  ], "exact"));
}

/** Compares a key from elsewhere with the page's; where the page has none, it is the one to check with. */
async function compareKey() {
  const told = at("key-told");
  const other = await parseKey(at("key-other").value.trim(), LOG_KEY);
  if (other === null) {
    told.textContent = say("verify-key-bad");
  } else if (page.key !== null) {
    told.textContent = say(other.text === page.key.text ? "verify-key-same" : "verify-key-differs");
  } else {
    page.pasted = other;
    showKey();
    told.textContent = say("verify-key-taken");
    if (page.file !== null) await checkText(page.file.text, page.file.asked);
  }
}

/** Hands the page out as a file, without asking the server for it. */
function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([pristine], { type: "text/html" }));
  link.download = say("verify-save-name");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

begin().catch((error) => {
  at("result").hidden = false;
  showFlaw(flawOf(error));
});
