// The checks, in order: who signed, what is under the signature, what it says.

/**
 * Checks a file's text.
 *
 * `trusted` has the log's key that does not come from the file (or null), the witnesses' keys, and the code that was
 * asked for (or null). The answer says what is proved: `{ kind, code, checkpoint, key, pinned, cosigned, entries, trail }`.
 *
 * @throws {Flaw} it does not prove what it claims
 */
async function check(text, trusted, progress = () => {}) {
  const pauses = new Pauses();
  const file = await readFile(text, pauses);
  const note = parseNote(file.note);
  const checkpoint = parseCheckpoint(note.text);
  const key = await keyFor(file, trusted.key);
  if (key !== null) {
    await checkSigned(note, key);
    if (key.name !== checkpoint.origin) {
      throw new Flaw("origin", { $origin: checkpoint.origin, $name: key.name });
    }
  }
  const cosigned = await cosigners(note, key, trusted.witnesses);
  const entries = [];
  for (const claimed of file.entries) {
    await checkIncluded(claimed, checkpoint);
    entries.push({ ...claimed, ...readProved(claimed) });
    progress(entries.length, file.entries.length);
    await pauses.pause();
  }
  checkCode(file, entries, trusted.code);
  if (file.trail !== null) {
    checkTrail(file, entries);
    checkReached(file.trail, entries);
  }
  const { kind, code = null, trail } = file;
  return { kind, code, checkpoint, key, pinned: trusted.key !== null, cosigned, entries, trail };
}

/** The key that has to have signed: the trusted one, else the one that the file claims; null if there is neither. */
async function keyFor(file, trusted) {
  const claimed = file.vkey === undefined ? null : await parseKey(file.vkey, LOG_KEY);
  if (file.vkey !== undefined && claimed === null) throw new Flaw("vkey");
  if (trusted !== null && claimed !== null && claimed.text !== trusted.text) {
    const shown = ({ name, id }) => `${name} (${id})`;
    throw new Flaw("other-key", { $key: shown(trusted), $others: shown(claimed) });
  }
  return trusted ?? claimed;
}

/** Checks that these bytes are the leaf of that index. */
async function checkIncluded({ index, bytes, proof }, { size, root }) {
  if (size <= index) throw new Flaw("index", { $index: index, $size: size });
  if (bytes.length === 0 || ENTRY_BYTES_MAX < bytes.length) throw new Flaw("entry-length", { $index: index });
  if (proof.length !== proofLength(index, size)) throw new Flaw("proof-length", { $index: index });
  const reached = await rootOf(await leafHash(bytes), index, size, proof);
  if (!sameBytes(reached, root)) throw new Flaw("root", { $index: index });
}

/** Checks that the file is about the code it says, and that this is the code that was asked for. */
function checkCode({ code }, entries, asked) {
  if (asked !== null && code !== asked) throw new Flaw("other-code", { $code: code ?? "?", $asked: asked });
  if (code !== undefined && !entries.some((entry) => names(entry, code))) throw new Flaw("code", { $code: code });
}

/** Checks that the deliveries that a trail says were reached are entries and say so themselves, and that parts are parts. */
function checkReached(trail, entries) {
  const made = new Map(entries.filter(({ type }) => type === "delivery.made").map((entry) => [ownCode(entry), entry]));
  for (const reached of list(trail, "reached")) {
    const entry = made.get(field(reached, "delivery"));
    const wrong = new Flaw("trail-node", { $code: field(reached, "delivery") || "?", $index: entry?.seq ?? "?" });
    if (entry === undefined) throw wrong;
    const { event } = entry;
    const [whole, here] = [thousandths(field(event, "quantity")), thousandths(field(reached, "delivered"))];
    const share = /^([1-9][0-9]{0,1999})\/([1-9][0-9]{0,1999})$/.exec(field(reached, "share"));
    const fits = field(reached, "place") === field(event, "place")
      && field(reached, "delivered_on") === field(event, "delivered_on")
      && whole !== null && here !== null && here <= whole
      && Number.isSafeInteger(reached.child_deliveries) && reached.child_deliveries <= event.children
      && share !== null && BigInt(share[1]) <= BigInt(share[2]);
    if (!fits) throw wrong;
  }
}

/** Checks that every step of a trail is one of the entries, and says nothing else than that entry does. */
function checkTrail({ code, trail }, entries) {
  if (field(trail, "code") !== code || !Array.isArray(trail.nodes)) throw new Flaw("trail");
  const proved = new Map(entries.map((entry) => [entry.seq, entry]));
  for (const node of trail.nodes) {
    if (!isObject(node) || typeof node.seq !== "number") throw new Flaw("trail");
    const entry = proved.get(node.seq);
    if (entry === undefined) throw new Flaw("trail-missing", { $code: field(node, "code"), $index: node.seq });
    if (!names(entry, field(node, "code")) || !agrees(node, entry)) {
      throw new Flaw("trail-node", { $code: field(node, "code"), $index: node.seq });
    }
  }
}

/** Whether a step says what its entry does, as far as the entry says it. */
function agrees(node, entry) {
  const lot = lotsOpened(entry).find((opened) => opened.lot === node.code);
  const item = lot === undefined ? field(entry.event, "item") : lot.item;
  const place = field(entry.event, "place");
  if ("item" in node && item !== "" && node.item !== item) return false;
  if ("place" in node && place !== "" && node.place !== place) return false;
  if ("on" in node && node.on !== dayOf(entry)) return false;
  return !("quantity" in node) || quantityAgrees(node, entry, lot);
}

/** What was released, returned or revised later is taken off a step's quantity: then it is at most the entry's. */
function quantityAgrees(node, entry, lot) {
  const stated = thousandths(field(node, "quantity"));
  if (stated === null) return false;
  const { type, event } = entry;
  if (type === "pool.opened" || type === "need.assessed") return true;
  const draws = lot !== undefined ? null : type === "allocation.made" ? "draws" : type === "purchase.made" ? "spends" : null;
  const most = draws === null ? thousandths(field(lot ?? event, "quantity")) : sumOf(list(event, draws));
  if (most === null) return false;
  return type === "allocation.made" || type === "delivery.made" ? stated <= most : stated === most;
}
