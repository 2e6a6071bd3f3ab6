// Sentences in the reader's language, and how money, counts and days are written in it.

/** The language that the page speaks now, and its sentences. */
const words = { language: "vi", texts: Object.create(null) };

/** A sentence with its facts: `{ $name }` in it is the fact of that name. */
function say(key, facts = {}) {
  const sentence = words.texts[words.language]?.[key] ?? key;
  return sentence.replace(/\{ (\$[a-z]+) \}/g, (whole, name) => (name in facts ? shown(facts[name]) : whole));
}

/** A fact as a sentence has it: numbers are grouped. */
function shown(fact) {
  return typeof fact === "number" ? decimal(fact) : String(fact);
}

/** Whether there is such a sentence. */
function canSay(key) {
  return words.texts[words.language]?.[key] !== undefined;
}

/** A decimal as people write it: 1.234.567,5 in Vietnamese, 1,234,567.5 in English. Nothing is rounded. */
function decimal(digits) {
  const parts = /^([0-9]+)(?:\.([0-9]+))?$/.exec(String(digits));
  if (parts === null) return String(digits);
  const [group, point] = words.language === "vi" ? [".", ","] : [",", "."];
  const whole = parts[1].replace(/\B(?=([0-9]{3})+$)/g, group);
  return parts[2] === undefined ? whole : `${whole}${point}${parts[2]}`;
}

/** A quantity of something: `1.234.567 ₫`, `1.250,5 USD`, `90 × áo ấm`. `known` has the names of items. */
function amount(quantity, item, known = new Map()) {
  const number = decimal(quantity);
  if (item === "VND") return `${number}\u00a0₫`;
  if (/^[A-Z]{3}$/.test(item)) return `${number}\u00a0${item}`;
  return item === "" ? number : `${number}\u00a0× ${known.get(item) ?? item}`;
}

/** A day as people write it: dd/mm/yyyy. */
function day(date) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(date);
  return parts === null ? date : `${parts[3]}/${parts[2]}/${parts[1]}`;
}

/** A moment in Vietnam, from seconds: `22:05 ngày 24/11/2026`. */
function moment(seconds) {
  const local = new Date((seconds + 7 * 3600) * 1000).toISOString();
  return say("verify-moment", { $time: local.slice(11, 16), $day: day(local.slice(0, 10)) });
}
