// Files that can be checked, read strictly: trail bundles and `.tlog-proof`s. Nothing is believed of them here.

const FILE_BYTES_MAX = 16 * 1024 * 1024;
const ENTRIES_MAX = 2000;
const ENTRY_BYTES_MAX = 65535;
const HASHES_MAX = 63;
const BUNDLE_FORMAT = "minhbach-trail-bundle@v1";
const PROOF_HEADER = "c2sp.org/tlog-proof@v1";

/** Lets the page breathe when some milliseconds have passed. */
class Pauses {
  constructor() {
    this.last = performance.now();
  }

  async pause() {
    if (performance.now() - this.last < 12) return;
    await new Promise((resume) => setTimeout(resume, 0));
    this.last = performance.now();
  }
}

/**
 * Reads a file's text: `{ kind, code?, vkey?, note, entries: [{ index, bytes, proof }], trail? }`.
 *
 * @throws {Flaw} it is no such file
 */
async function readFile(text, pauses) {
  if (text.startsWith("c2sp.org/tlog-proof@")) return readProof(text);
  if (/^[ \t\r\n]*\{/.test(text)) return readBundle(text, pauses);
  throw new Flaw(text === "" ? "empty" : "unknown-file");
}

/** Reads a `.tlog-proof` that has the entry beside it. */
function readProof(text) {
  const split = text.indexOf("\n\n");
  if (split < 0) throw new Flaw("proof-file");
  const [header, ...lines] = text.slice(0, split).split("\n");
  if (header !== PROOF_HEADER) throw new Flaw("version");
  const extra = lines[0]?.startsWith("extra ") ? lines.shift().slice("extra ".length) : null;
  const index = lines[0]?.startsWith("index ") ? numberOf(lines.shift().slice("index ".length)) : null;
  if (index === null) throw new Flaw("proof-file");
  // Without the entry's bytes there is nothing to show that is proved.
  if (extra === null) throw new Flaw("no-entry");
  if (4 * Math.ceil(ENTRY_BYTES_MAX / 3) < extra.length) throw new Flaw("entry-length", { $index: index });
  const bytes = bytesOfBase64(extra);
  if (bytes === null) throw new Flaw("entry-base64", { $index: index });
  const entry = { index, bytes, proof: readHashes(lines, index) };
  return { kind: "proof", note: text.slice(split + 2), entries: [entry], trail: null };
}

function readHashes(lines, index) {
  if (HASHES_MAX < lines.length) throw new Flaw("proof-length", { $index: index });
  return lines.map((line) => {
    const hash = typeof line === "string" ? hashOfBase64(line) : null;
    if (hash === null) throw new Flaw("proof-hash", { $index: index });
    return hash;
  });
}

/** Reads a trail bundle, an entry at a time. */
async function readBundle(text, pauses) {
  const reader = new JsonReader(text);
  const bundle = { kind: "bundle", trail: null };
  const texts = { __proto__: null, format: null, code: null, vkey: null, checkpoint: null };
  const names = new Set();
  reader.take("{");
  do {
    const name = reader.name(names);
    if (name === "entries") bundle.entries = await readEntries(reader, pauses);
    else if (name === "trail") bundle.trail = readTrail(reader);
    else if (name in texts) texts[name] = readText(reader, name);
    // Some other program's file is no forgery of ours.
    else throw new Flaw(texts.format === null ? "unknown-file" : "unknown-member", { $name: name });
  } while (reader.takes(","));
  reader.take("}");
  reader.end();
  for (const name of [...Object.keys(texts), "entries"]) {
    if (!names.has(name)) throw new Flaw("missing-member", { $name: name });
  }
  if (texts.format !== BUNDLE_FORMAT) throw new Flaw("version");
  if (!isCode(texts.code)) throw new Flaw("member", { $name: "code" });
  return { ...bundle, code: texts.code, vkey: texts.vkey, note: texts.checkpoint };
}

/** A code or a pool's slug. */
function isCode(text) {
  return /^[A-Z0-9][A-Z0-9-]{2,39}$/.test(text) || /^[a-z0-9][a-z0-9-]{1,59}$/.test(text);
}

function readText(reader, name) {
  const text = reader.value();
  if (typeof text !== "string") throw new Flaw("member", { $name: name });
  return text;
}

function readTrail(reader) {
  const trail = reader.value();
  if (!isObject(trail)) throw new Flaw("member", { $name: "trail" });
  return trail;
}

async function readEntries(reader, pauses) {
  const entries = [];
  reader.take("[");
  if (reader.takes("]")) throw new Flaw("no-entries");
  do {
    if (entries.length === ENTRIES_MAX) throw new Flaw("too-many", { $most: ENTRIES_MAX });
    const entry = readEntry(reader.value());
    const before = entries.length === 0 ? -1 : entries[entries.length - 1].index;
    if (entry.index === before) throw new Flaw("twice", { $index: entry.index });
    if (entry.index < before) throw new Flaw("order", { $index: entry.index });
    entries.push(entry);
    await pauses.pause();
  } while (reader.takes(","));
  reader.take("]");
  return entries;
}

function readEntry(read) {
  const has = (name) => isObject(read) && name in read;
  if (!has("index") || typeof read.index !== "number") throw new Flaw("member", { $name: "entries[].index" });
  const { index } = read;
  if (typeof read.entry !== "string") throw new Flaw("member", { $name: "entries[].entry" });
  if (!Array.isArray(read.proof)) throw new Flaw("member", { $name: "entries[].proof" });
  const stranger = Object.keys(read).find((name) => !["index", "entry", "proof"].includes(name));
  if (stranger !== undefined) throw new Flaw("unknown-member", { $name: `entries[].${stranger}` });
  return { index, bytes: bytesOf(read.entry), proof: readHashes(read.proof, index) };
}
