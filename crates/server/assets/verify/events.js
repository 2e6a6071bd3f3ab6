// What an entry says of itself: its code, its day, what it moves. Only what is proved is read here.

/** Where each type has its own code. Types without one are about something that has. */
const OWN_CODE = {
  __proto__: null,
  "donation.pledged": "donation",
  "receipt.issued": "receipt",
  "purchase.made": "purchase",
  "custody.transferred": "transfer",
  "allocation.made": "allocation",
  "delivery.made": "delivery",
  "delivery.returned": "new_lot",
  "refund.paid": "refund",
  "stock.written_off": "write_off",
  "expense.paid": "expense",
  "need.assessed": "need",
  "sponsorship.started": "sponsorship",
  "evidence.attached": "evidence",
  "recognition.awarded": "recognition",
  "inspection.opened": "inspection",
  "finding.raised": "finding",
  "pool.opened": "pool",
};

/** Under which names types have their business date. */
const DAYS = [
  "pledged_on", "received_on", "inspected_on", "consented_on", "purchased_on", "transferred_on", "decided_on",
  "delivered_on", "confirmed_on", "disputed_on", "resolved_on", "returned_on", "paid_on", "written_off_on",
  "assessed_on", "awarded_on", "starts",
];

/** A field that is a text, or the empty one. */
function field(object, name) {
  const value = isObject(object) ? object[name] : undefined;
  return typeof value === "string" ? value : "";
}

/** A field that is a list of objects, or an empty one. */
function list(object, name) {
  const value = isObject(object) ? object[name] : undefined;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Reads the bytes of a proved entry; its own number is where it stands. */
function readProved({ index, bytes }) {
  let entry;
  try {
    entry = parseJson(textOf(bytes));
  } catch {
    throw new Flaw("entry-json", { $index: index });
  }
  if (!isObject(entry) || entry.seq !== index) throw new Flaw("entry-seq", { $index: index });
  const event = isObject(entry.event) ? entry.event : Object.create(null);
  return { seq: index, at: field(entry, "at"), event, type: field(event, "type") };
}

/** The lots that an entry puts into stock, with what and how much. */
function lotsOpened({ type, event }) {
  if (type === "purchase.made") {
    return list(event, "obtains").map((lot) => ({
      lot: field(lot, "lot"), item: field(lot, "item"), quantity: field(lot, "quantity"),
    }));
  }
  if (type !== "custody.transferred" && type !== "delivery.returned") return [];
  return [{ lot: field(event, "new_lot"), item: "", quantity: field(event, "quantity") }];
}

/** The code that an entry brings into the ledger, or the empty text. */
function ownCode({ type, event }) {
  return type in OWN_CODE ? field(event, OWN_CODE[type]) : "";
}

/** Whether an entry brings this code, pool or lot into the ledger. */
function names(entry, code) {
  if (code === "") return false;
  return ownCode(entry) === code || lotsOpened(entry).some(({ lot }) => lot === code);
}

/** Under which names an entry says what it stands on. */
const REFERENCES = [
  "donation", "pool", "lot", "need", "allocation", "delivery", "sponsorship", "subject", "inspection", "finding", "campaign",
];

/** The codes, pools and lots that an entry stands on or brings. */
function codesIn(entry) {
  const { event, type } = entry;
  const codes = REFERENCES.map((name) => field(event, name));
  codes.push(ownCode(entry), ...lotsOpened(entry).map(({ lot }) => lot));
  for (const name of ["draws", "spends"]) codes.push(...list(event, name).map((part) => field(part, "lot")));
  for (const name of ["receipts", "subjects"]) if (Array.isArray(event[name])) codes.push(...event[name]);
  if (type === "entry.reversed") codes.push(`seq ${event.reverses}`);
  codes.push(`seq ${entry.seq}`);
  return codes.filter((code) => typeof code === "string" && code !== "");
}

/**
 * The entries of a code's way: those that are tied to it through codes, pools and lots, directly or through others. Another
 * gift into the same pool is none of them, though all of it may be proved.
 */
function wayOf(code, entries) {
  if (code === null) return entries;
  const isOthers = (entry) => entry.type === "receipt.issued" && ownCode(entry) !== code && field(entry.event, "pool") !== "";
  const [tied, way] = [new Set([code]), new Set()];
  let before = -1;
  while (before < way.size) {
    before = way.size;
    for (const entry of entries) {
      if (way.has(entry)) continue;
      const codes = codesIn(entry);
      // A pool's receipts are tied to it, and it is not theirs: the way leads from receipts to the pool.
      if (!(isOthers(entry) ? tied.has(ownCode(entry)) : codes.some((tie) => tied.has(tie)))) continue;
      way.add(entry);
      codes.forEach((tie) => tied.add(tie));
    }
  }
  return entries.filter((entry) => way.has(entry));
}

/** The business day of an entry, else the day in Vietnam on which it was recorded. */
function dayOf({ event, at }) {
  const name = DAYS.find((day) => field(event, day) !== "");
  return name === undefined ? dayInVietnam(at) : field(event, name);
}

function dayInVietnam(at) {
  const recorded = Date.parse(at);
  if (Number.isNaN(recorded)) return "";
  return new Date(recorded + 7 * 3600 * 1000).toISOString().slice(0, 10);
}

/** Decimals in thousandths, as whole numbers without rounding; null if it is none. */
function thousandths(quantity) {
  const parts = /^([0-9]{1,15})(?:\.([0-9]{1,3}))?$/.exec(quantity);
  return parts === null ? null : BigInt(parts[1]) * 1000n + BigInt((parts[2] ?? "").padEnd(3, "0"));
}

function sumOf(parts) {
  const quantities = parts.map((part) => thousandths(field(part, "quantity")));
  return quantities.includes(null) ? null : quantities.reduce((sum, part) => sum + part, 0n);
}
