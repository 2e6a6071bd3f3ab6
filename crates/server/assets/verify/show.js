// What a check came to, put on the page. Text becomes text, never markup.

/** Entries that are shown at once. */
const SHOWN_FIRST = 50;
const SHOWN_MORE = 200;

/** Makes an element. */
function make(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

function paragraph(className, text) {
  return make("p", className, text);
}

/** The verdict: in a sign, in words, and only then in colour. */
function showVerdict(verdict, sign, title, ...sentences) {
  const box = document.getElementById("verdict");
  box.className = `verdict ${verdict}`;
  const drawn = make("span", "sign", sign);
  drawn.setAttribute("aria-hidden", "true");
  box.replaceChildren(drawn, paragraph("title", title), ...sentences.map((text) => paragraph("", text)));
}

/** What was wrong with a file. */
const UNREAD = new Set(["empty", "unknown-file", "too-large", "not-text", "version", "json", "json-ends", "proof-file",
  "no-entry", "no-entries", "too-many", "page-key", "internal"]);

function showFlaw(flaw) {
  const verdict = flaw.sentence === "other-key" ? "other" : UNREAD.has(flaw.sentence) ? "unread" : "bad";
  const sentence = say(`verify-flaw-${flaw.sentence}`, flaw.facts);
  showVerdict(verdict, "✗", say(`verify-${verdict}`), sentence, say(`verify-${verdict}-next`));
  document.getElementById("details").replaceChildren();
}

/** What is proved, what is not, and the gift's story. */
function showProved(proved) {
  const { entries, checkpoint, code } = proved;
  const facts = { $count: entries.length, $origin: checkpoint.origin, $code: code };
  if (proved.key === null) {
    showVerdict("unpinned", "?", say("verify-unsigned"), say("verify-unsigned-why"));
  } else if (!proved.pinned) {
    showVerdict("unpinned", "?", say("verify-unpinned"), say("verify-unpinned-why"));
  } else {
    showVerdict("good", "✓", say("verify-good"), say(code === null ? "verify-good-many" : "verify-good-code", facts));
  }
  const known = new Knowledge(entries);
  const own = entries.find((entry) => code !== null && ownCode(entry) === code && known.reversedBy.has(entry.seq));
  if (own !== undefined) {
    const reversed = say("verify-good-reversed", { $code: code, $index: known.reversedBy.get(own.seq) });
    document.getElementById("verdict").append(paragraph("reversed", `✗ ${reversed}`));
  }
  const way = new Set(wayOf(code, entries));
  const gift = entries.filter((entry) => !isGround(entry) && way.has(entry));
  const ground = entries.filter((entry) => isGround(entry) || !way.has(entry));
  const parts = [storyOf("verify-story", gift, known), provedPart(proved), unprovedPart(proved)];
  // Behind what is not proved, to which it belongs: whoever made the file could write here what he liked.
  if (proved.trail !== null) parts.push(reckonedPart(proved.trail, known));
  parts.push(storyOf("verify-ground", ground, known), technicalPart(proved));
  document.getElementById("details").replaceChildren(...parts);
}

function part(title, ...children) {
  return make("section", "", make("h2", "", say(title)), ...children);
}

function points(className, sentences) {
  return make("ul", `points ${className}`, ...sentences.map((sentence) => make("li", "", sentence)));
}

function provedPart({ entries, checkpoint, key, pinned, code, cosigned }) {
  // Without a key that does not come from the file, nothing is proved of anybody.
  const title = pinned ? "verify-proved" : "verify-fits";
  const sentences = [say(`${title}-entries`, { $count: entries.length })];
  const named = key === null ? "" : `${key.name} (${key.id})`;
  const facts = { $origin: checkpoint.origin, $size: checkpoint.size, $key: named };
  if (key !== null) sentences.push(say(pinned ? "verify-proved-signed" : "verify-proved-claimed", facts));
  if (code !== null) sentences.push(say("verify-proved-code", { $code: code }));
  for (const { name, time } of cosigned.known) {
    sentences.push(say("verify-proved-witness", { $name: name, $time: moment(time) }));
  }
  return part(title, points(pinned ? "yes" : "no", sentences));
}

function unprovedPart({ cosigned }) {
  const sentences = ["more", "truth", "key"].map((what) => say(`verify-unproved-${what}`));
  if (cosigned.known.length === 0) sentences.push(say("verify-unproved-witness"));
  if (0 < cosigned.unknown) sentences.push(say("verify-unproved-unknown", { $count: cosigned.unknown }));
  return part("verify-unproved", points("no", sentences));
}

/** Entries as steps, the first of them at once and the others when somebody asks. */
function storyOf(title, entries, known) {
  const told = make("ol", "story");
  const more = make("button", "");
  more.type = "button";
  const show = (count) => {
    const from = told.childElementCount;
    told.append(...entries.slice(from, from + count).map((entry) => stepOf(entry, known)));
    const left = entries.length - told.childElementCount;
    more.hidden = left === 0;
    more.textContent = say("verify-more", { $count: Math.min(left, SHOWN_MORE) });
  };
  more.addEventListener("click", () => show(SHOWN_MORE));
  show(SHOWN_FIRST);
  const story = part(title, told, more);
  story.hidden = entries.length === 0;
  return story;
}

function stepOf(entry, known) {
  const step = make("li", "", paragraph("day", day(dayOf(entry))), paragraph("", tell(entry, known)));
  const reversedBy = known.reversedBy.get(entry.seq);
  if (reversedBy !== undefined) {
    step.className = "reversed";
    step.append(paragraph("note", `✗ ${say("verify-entry-reversed", { $index: reversedBy })}`));
  }
  const raw = make("details", "", make("summary", "", say("verify-entry-raw", { $index: entry.seq })));
  raw.addEventListener("toggle", () => fillRaw(raw, entry));
  step.append(raw);
  return step;
}

/** The bytes of an entry and its proof, once somebody looks. */
async function fillRaw(raw, entry) {
  if (!raw.open || 1 < raw.childElementCount) return;
  raw.append(make("pre", "raw", textOf(entry.bytes)));
  const leaf = base64Of(await leafHash(entry.bytes));
  const path = entry.proof.map(base64Of).join("\n");
  raw.append(pairs([
    [say("verify-entry-leaf"), leaf],
    [say("verify-entry-path", { $count: entry.proof.length }), path],
  ], "exact"));
}

/** Names with what they stand for. */
function pairs(rows, className = "") {
  const shown = make("dl", `pairs ${className}`);
  for (const [name, value] of rows) {
    shown.append(make("dt", "", name), make("dd", "", value));
  }
  return shown;
}

function reckonedPart(trail, known) {
  const { rows, reached } = reckoned(trail, known);
  const shown = part("verify-reckoned", paragraph("quiet", say("verify-reckoned-why")), pairs(rows));
  shown.append(points("no", reached.slice(0, SHOWN_FIRST)));
  if (SHOWN_FIRST < reached.length || field(trail, "next") !== "") {
    shown.append(paragraph("quiet", say("verify-reckoned-part")));
  }
  shown.hidden = rows.length === 0 && reached.length === 0;
  return shown;
}

function technicalPart({ checkpoint }) {
  const by = (what) => say(cryptoUsed[what] === "WebCrypto" ? "verify-by-browser" : "verify-by-page");
  const rows = [
    [say("verify-technical-origin"), checkpoint.origin],
    [say("verify-technical-size"), decimal(checkpoint.size)],
    [say("verify-technical-root"), base64Of(checkpoint.root)],
    [say("verify-technical-hash"), by("sha256")],
    [say("verify-technical-signature"), by("ed25519")],
  ];
  return make("details", "", make("summary", "", say("verify-technical")), pairs(rows));
}
