// The gift's story, told from proved entries alone.

/** What the entries of a file say of names and of what codes are of. */
class Knowledge {
  constructor(entries) {
    this.items = new Map();
    this.titles = new Map();
    /** From a code to the item that it is of. */
    this.itemOf = new Map();
    /** From an entry's number to the number of the entry that reversed it. */
    this.reversedBy = new Map();
    entries.forEach((entry) => this.learn(entry));
  }

  learn(entry) {
    const { type, event, seq } = entry;
    if (type === "item.registered" || type === "item.revised") this.items.set(field(event, "item"), titleOf(event.title));
    if (/^(party|place)\.(registered|revised)$/.test(type)) {
      this.titles.set(field(event, type.split(".")[0]), field(event, "name"));
    }
    if (type === "entry.reversed") this.reversedBy.set(event.reverses, seq);
    const item = this.itemIn(entry);
    if (item !== "" && ownCode(entry) !== "") this.itemOf.set(ownCode(entry), item);
    for (const opened of lotsOpened(entry)) this.itemOf.set(opened.lot, opened.item || item);
  }

  /** What an entry is of: as it says itself, or as the code does that it builds on. */
  itemIn({ event }) {
    if (field(event, "item") !== "") return field(event, "item");
    const spent = list(event, "spends")[0];
    const bases = [field(spent, "lot"), field(event, "lot"), field(event, "allocation"), field(event, "delivery"),
      field(event, "donation"), field(event, "need")];
    const base = bases.find((code) => this.itemOf.has(code));
    return base === undefined ? "" : this.itemOf.get(base);
  }

  /** The name of an organisation or place, else its slug. */
  name(slug) {
    return this.titles.get(slug) || slug;
  }

  amount(quantity, item) {
    return amount(quantity, item, this.items);
  }
}

/** A title in the page's language; English is optional. */
function titleOf(title) {
  return (words.language === "en" && field(title, "en")) || field(title, "vi");
}

/** Whether an entry is of the ground that gifts stand on, such as names of places: no step of a gift's way. */
function isGround({ type }) {
  return /^(ledger|programme|place|item|party|role|campaign|pool)\./.test(type);
}

/** What an entry says, in a sentence or more. */
function tell(entry, known) {
  const { type, event } = entry;
  const key = `verify-event-${type.replace(/[._]/g, "-")}`;
  const facts = factsOf(entry, known);
  if (!canSay(key)) return say("verify-event-other", { $type: type || "?" });
  const told = [say(key, facts)];
  if (type === "receipt.issued" && field(event, "pool") !== "") told.push(say("verify-event-pooled", facts));
  if (facts.$children !== "" && type === "delivery.made") told.push(say("verify-event-children", facts));
  if (facts.$reason !== "") told.push(say("verify-event-reason", facts));
  return told.join(" ");
}

/** What sentences name. */
function factsOf(entry, known) {
  const { event } = entry;
  const item = known.itemIn(entry);
  const quantity = (name) => (field(event, name) === "" ? "" : known.amount(field(event, name), item));
  const drawn = (name) => {
    const sum = sumOf(list(event, name));
    return sum === null ? "?" : known.amount(decimalOf(sum), item);
  };
  const obtained = list(event, "obtains").map((lot) => known.amount(field(lot, "quantity"), field(lot, "item")));
  const named = (name) => known.name(field(event, name));
  return {
    $code: ownCode(entry),
    $what: Array.isArray(event.draws) ? drawn("draws") : quantity("quantity"),
    $spent: drawn("spends"),
    $obtained: obtained.join(", "),
    $accepted: quantity("accepted"),
    $rejected: quantity("rejected"),
    $donor: event.display === "anonymous" || field(event, "donor") === "" ? say("verify-donor") : named("donor"),
    $fund: named("fund"),
    $pool: field(event, "pool"),
    $serial: field(event, "serial"),
    $lot: field(event, "lot"),
    $allocation: field(event, "allocation"),
    $delivery: field(event, "delivery"),
    $donation: field(event, "donation"),
    $subject: field(event, "subject"),
    $to: named("to"),
    $place: named("place"),
    $receiver: named("receiver"),
    $party: named("party"),
    $by: known.name(field(event, "confirmed_by") || field(event, "disputed_by")),
    $condition: conditionOf(event),
    $children: typeof event.children === "number" && 0 < event.children ? decimal(event.children) : "",
    $reverses: decimal(typeof event.reverses === "number" ? event.reverses : "?"),
    $title: titleOf(event.title) || titleOf(event.purpose),
    $name: field(event, "name"),
    $need: field(event, "need"),
    $sponsorship: field(event, "sponsorship"),
    $finding: field(event, "finding"),
    $scope: field(event, "scope"),
    $detail: field(event, "detail") || field(event, "answer") || field(event, "outcome"),
    $reason: field(event, "reason"),
  };
}

function conditionOf(event) {
  const key = `verify-condition-${field(event, "condition")}`;
  return canSay(key) ? say(key) : field(event, "condition");
}

/** Thousandths as a decimal again. */
function decimalOf(sum) {
  const decimals = (sum % 1000n).toString().padStart(3, "0").replace(/0+$/, "");
  return decimals === "" ? `${sum / 1000n}` : `${sum / 1000n}.${decimals}`;
}

/** What the ledger reckons of a gift, which no entry states: `[what, how much]`, and the deliveries it reached. */
function reckoned(trail, known) {
  const item = itemOfTrail(trail);
  const totals = isObject(trail.outcome) ? Object.keys(trail.outcome) : [];
  const rows = totals
    .filter((name) => canSay(`verify-outcome-${name.replace(/_/g, "-")}`) && field(trail.outcome, name) !== "0")
    .map((name) => [say(`verify-outcome-${name.replace(/_/g, "-")}`), known.amount(field(trail.outcome, name), item)]);
  const reached = list(trail, "reached").map((delivery) => say(reachedBy(delivery), {
    $day: day(field(delivery, "delivered_on")),
    $place: known.name(field(delivery, "place")),
    $share: field(delivery, "share"),
    $part: partOf(delivery, known),
    $what: known.amount(field(delivery, "delivered"), field(delivery, "item")),
  }));
  return { rows, reached };
}

function reachedBy(delivery) {
  if (delivery.share === "1/1") return "verify-reached-whole";
  return shareOf(delivery) === null ? "verify-reached" : "verify-reached-part";
}

/** The gift's part of a delivery in thousandths; null where it does not come out even, or cannot be read. */
function shareOf(delivery) {
  const share = /^([1-9][0-9]{0,40})\/([1-9][0-9]{0,40})$/.exec(field(delivery, "share"));
  const whole = sumOf([{ quantity: field(delivery, "delivered") }]);
  if (share === null || whole === null) return null;
  const [over, under] = [whole * BigInt(share[1]), BigInt(share[2])];
  return over % under === 0n ? over / under : null;
}

function partOf(delivery, known) {
  const part = shareOf(delivery);
  return part === null ? "" : known.amount(decimalOf(part), field(delivery, "item"));
}

function itemOfTrail(trail) {
  const head = list(trail, "nodes").find((node) => node.code === trail.code);
  return field(head, "item");
}
