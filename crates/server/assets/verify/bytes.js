// Bytes and their texts: base64, hexadecimal, UTF-8; and what is said of a file that proves nothing.

/** A file that proves nothing, or not what it claims: a sentence of the texts, with its facts. */
class Flaw extends Error {
  /**
   * @param {string} sentence which sentence of the texts says it, without `verify-flaw-`
   * @param {object} facts what the sentence names
   */
  constructor(sentence, facts = {}) {
    super(sentence);
    this.sentence = sentence;
    this.facts = facts;
  }
}

const utf8 = new TextEncoder();

/** The bytes of a text. */
function bytesOf(text) {
  return utf8.encode(text);
}

/** The text of bytes; a mark of byte order stays, and is refused later. Throws what `TextDecoder` throws. */
function textOf(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Joins bytes. */
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two arrays hold the same bytes. Nothing here is secret. */
function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, nth) => byte === other[nth]);
}

/** Bytes in hexadecimal digits. */
function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes in base64. */
function base64Of(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The bytes of base64 (RFC 4648 §4, padded, no other spelling of the same bytes), or null. */
function bytesOfBase64(text) {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const binary = atob(text);
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  // Bits that no byte uses could spell the same bytes in several ways.
  return btoa(binary) === text ? bytes : null;
}

/** A hash from its base64, or null. */
function hashOfBase64(text) {
  // 32 bytes take 44 letters: nothing longer is decoded.
  const bytes = text.length === 44 ? bytesOfBase64(text) : null;
  return bytes !== null && bytes.length === 32 ? bytes : null;
}

/** The largest number that is still told apart from its neighbours below: indexes and sizes end here. */
const NUMBER_MAX = 2n ** 53n;

/** A decimal number without sign or leading zeros, at most 2⁵³, or null. */
function numberOf(digits) {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(digits) || NUMBER_MAX < BigInt(digits)) return null;
  return Number(digits);
}
