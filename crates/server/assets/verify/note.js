// Keys, signed notes and checkpoints as C2SP has them: signed-note, tlog-checkpoint, tlog-cosignature.

const NOTE_BYTES_MAX = 64 * 1024;
const SIGNATURES_MAX = 64;
const NAME_BYTES_MAX = 255;
/** What kinds of key there are here. */
const LOG_KEY = 1;
const COSIGNER_KEY = 4;
/** The last second of the year 9999. */
const TIME_MAX = 253402300799n;

/** Whether a text can be the name of a key: not empty, without spaces, `+` and control characters. */
function isKeyName(name) {
  return name !== "" && !/[\p{White_Space}\p{Cc}+]/u.test(name) && bytesOf(name).length <= NAME_BYTES_MAX;
}

/** The four bytes that a signature names a key by. */
async function keyId(name, kind, key) {
  return (await sha256(joined(bytesOf(name), Uint8Array.of(0x0a, kind), key))).subarray(0, 4);
}

/**
 * Reads a key as it is written, `name+id+base64`, of one kind; null if it is none. Only the first two `+` part it.
 */
async function parseKey(text, kind) {
  if (NAME_BYTES_MAX + 128 < text.length) return null;
  const parts = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text);
  if (parts === null || !isKeyName(parts[1])) return null;
  const [, name, id, base64] = parts;
  const bytes = bytesOfBase64(base64);
  if (bytes === null || bytes.length !== 33 || bytes[0] !== kind) return null;
  const key = bytes.subarray(1);
  if (hexOf(await keyId(name, kind, key)) !== id || !isStrongPoint(key)) return null;
  return { text, name, id, key, fingerprint: hexOf(await sha256(key)) };
}

/** Reads a signed note: its text, and the lines that say who signs it. */
function parseNote(note) {
  if (NOTE_BYTES_MAX < note.length || NOTE_BYTES_MAX < bytesOf(note).length) throw new Flaw("note-long");
  // The text may have blank lines of its own.
  const split = note.lastIndexOf("\n\n");
  if (split < 0) throw new Flaw("note-form");
  const text = note.slice(0, split + 1);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw new Flaw("note-form");
  const lines = note.slice(split + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0 || SIGNATURES_MAX < lines.length) throw new Flaw("note-form");
  return { text, signatures: lines.map(parseSignature) };
}

/** Reads a line that says who signs. */
function parseSignature(line) {
  const parts = /^\u2014 ([^ ]+) ([^ ]+)$/su.exec(line);
  const bytes = parts === null || !isKeyName(parts[1]) ? null : bytesOfBase64(parts[2]);
  if (bytes === null || bytes.length < 5) throw new Flaw("note-form");
  return { name: parts[1], id: hexOf(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
}

/** Reads the text of a checkpoint: three lines, and no more. */
function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3] !== "") throw new Flaw("checkpoint-lines");
  const [origin, digits, base64] = lines;
  if (!isKeyName(origin)) throw new Flaw("checkpoint-origin");
  const size = numberOf(digits);
  if (size === null) throw new Flaw("checkpoint-size");
  const root = hashOfBase64(base64);
  if (root === null) throw new Flaw("checkpoint-root");
  return { origin, size, root };
}

function isBy(signature, key) {
  return signature.name === key.name && signature.id === key.id;
}

/**
 * Checks that the log's key has signed a note: every line of that key, and one at least.
 *
 * Another key's note is told apart from a forged one: the first may be honest, the second cannot be.
 */
async function checkSigned(note, key) {
  const own = note.signatures.filter((signature) => isBy(signature, key));
  if (own.length === 0) {
    const others = note.signatures.map(({ name, id }) => `${name} (${id})`);
    throw new Flaw("other-key", { $key: `${key.name} (${key.id})`, $others: others.slice(0, 3).join(", ") });
  }
  for (const signature of own) {
    const signed = await hasSigned(key.key, bytesOf(note.text), signature.bytes);
    if (!signed) throw new Flaw("signature", { $name: key.name });
  }
}

/** Who else has signed a note: the witnesses that are known, with their times, and how many lines are unknown. */
async function cosigners(note, logKey, witnesses) {
  const known = new Map();
  let unknown = 0;
  for (const signature of note.signatures) {
    if (logKey !== null && isBy(signature, logKey)) continue;
    const witness = witnesses.find((key) => isBy(signature, key));
    if (witness === undefined) unknown += 1;
    else known.set(witness.name, await cosignedAt(note, signature, witness));
  }
  return { known: Array.from(known, ([name, time]) => ({ name, time })), unknown };
}

/** When a witness saw the log so; a known witness's wrong line spoils the note. */
async function cosignedAt(note, signature, witness) {
  const { bytes } = signature;
  if (bytes.length !== 72) throw new Flaw("cosignature", { $name: witness.name });
  const time = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  const message = bytesOf(`cosignature/v1\ntime ${time}\n${note.text}`);
  const signed = await hasSigned(witness.key, message, bytes.subarray(8));
  if (!signed || TIME_MAX < time) throw new Flaw("cosignature", { $name: witness.name });
  return Number(time);
}
