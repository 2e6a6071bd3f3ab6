// A strict reader of JSON. The browser's own takes the last of two members of one name, and rounds numbers: two
// readers could then see two different files.

/** How deep values may lie in each other. */
const JSON_DEPTH_MAX = 32;

/** Reads one text from its beginning to its end. */
class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  /** What is wrong, with the place. */
  flaw() {
    return new Flaw(this.text.length <= this.at ? "json-ends" : "json", { $place: this.at + 1 });
  }

  /** Passes white space over; says which letter comes. */
  peek() {
    while (" \t\n\r".includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at += 1;
    return this.text.charAt(this.at);
  }

  /** Takes a letter that must be there. */
  take(letter) {
    if (this.peek() !== letter) throw this.flaw();
    this.at += 1;
  }

  /** Takes a letter if it is there. */
  takes(letter) {
    if (this.peek() !== letter) return false;
    this.at += 1;
    return true;
  }

  /** Nothing follows. */
  end() {
    if (this.peek() !== "") throw this.flaw();
  }

  /** A value of any kind; objects have no prototype, so that no name in them means anything of its own. */
  value(depth = 0) {
    if (JSON_DEPTH_MAX <= depth) throw this.flaw();
    const first = this.peek();
    if (first === "{") return this.object(depth);
    if (first === "[") return this.array(depth);
    if (first === '"') return this.string();
    for (const [word, meant] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return meant;
      }
    }
    return this.number();
  }

  object(depth) {
    const members = Object.create(null);
    this.members((name) => {
      members[name] = this.value(depth + 1);
    });
    return members;
  }

  array(depth) {
    const items = [];
    this.items(() => items.push(this.value(depth + 1)));
    return items;
  }

  /** Goes through the members of an object; `each` is given the name and reads the value. */
  members(each) {
    const names = new Set();
    this.take("{");
    if (this.takes("}")) return;
    do {
      each(this.name(names));
    } while (this.takes(","));
    this.take("}");
  }

  /** The name of a member, which no other has. */
  name(names) {
    this.peek();
    const name = this.string();
    if (names.has(name)) throw new Flaw("json-twice", { $name: name });
    names.add(name);
    this.take(":");
    return name;
  }

  items(each) {
    this.take("[");
    if (this.takes("]")) return;
    do {
      each();
    } while (this.takes(","));
    this.take("]");
  }

  string() {
    if (this.text[this.at] !== '"') throw this.flaw();
    const from = this.at;
    let escaped = false;
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const letter = this.text.charCodeAt(this.at);
      if (letter === 0x22) {
        this.at += 1;
        const written = this.text.slice(from, this.at);
        return escaped ? this.unescaped(written, from) : this.wellFormed(written.slice(1, -1), from);
      }
      if (letter < 0x20) throw this.flaw();
      if (letter === 0x5c) {
        escaped = true;
        this.at += 1;
      }
    }
    throw this.flaw();
  }

  /** The browser's own reader knows the escapes, and refuses what is none. */
  unescaped(written, from) {
    try {
      return this.wellFormed(JSON.parse(written), from);
    } catch {
      this.at = from;
      throw this.flaw();
    }
  }

  /** Half a pair of surrogates has no bytes in UTF-8: what would be hashed is not what is written. */
  wellFormed(text, from) {
    if (!/\p{Surrogate}/u.test(text)) return text;
    this.at = from;
    throw this.flaw();
  }

  /** The journal and its answers have whole numbers only. */
  number() {
    const written = /[-+.0-9A-Za-z]*/y;
    written.lastIndex = this.at;
    const digits = written.exec(this.text)[0];
    const number = numberOf(digits);
    if (number === null) throw this.flaw();
    this.at += digits.length;
    return number;
  }
}

/** Reads a whole text as one value. */
function parseJson(text) {
  const reader = new JsonReader(text);
  const value = reader.value();
  reader.end();
  return value;
}

/** Whether a value is an object, and no array. */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
