// SHA-256 and Ed25519: the browser's own where it has them, else noble's. Both are tested.
//
// A page over plain HTTP has no WebCrypto, and older browsers have it without Ed25519.

/** What the browser has; kept, so that nothing later puts another in its place. */
const subtle = globalThis.crypto?.subtle;

nobleEd25519.hashes.sha512 = nobleSha2.sha512;

/** Which of the two was last used for what, to be shown. */
const cryptoUsed = { sha256: "", ed25519: "" };

/** SHA-256. */
async function sha256(bytes) {
  if (subtle) {
    try {
      const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
      cryptoUsed.sha256 = "WebCrypto";
      return digest;
    } catch {
      // Not there after all: the other one is.
    }
  }
  cryptoUsed.sha256 = "noble";
  return nobleSha2.sha256(bytes);
}

/**
 * Whether these bytes are a point that can be a key. One of the few points of small order fits signatures that nobody
 * made.
 */
function isStrongPoint(bytes) {
  try {
    return !nobleEd25519.Point.fromBytes(bytes).isSmallOrder();
  } catch {
    return false;
  }
}

/** Whether a key has signed a message. The key is a strong point; a signature with a weak one in it is none. */
async function hasSigned(key, message, signature) {
  if (signature.length !== 64 || !isStrongPoint(signature.subarray(0, 32))) return false;
  if (subtle) {
    try {
      const imported = await subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
      const signed = await subtle.verify({ name: "Ed25519" }, imported, signature, message);
      cryptoUsed.ed25519 = "WebCrypto";
      return signed === true;
    } catch {
      // This browser's WebCrypto has no Ed25519.
    }
  }
  cryptoUsed.ed25519 = "noble";
  return nobleEd25519.verify(signature, message, key, { zip215: false });
}
