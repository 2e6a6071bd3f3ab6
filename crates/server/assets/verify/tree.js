// The tree of RFC 6962. Numbers go up to 2⁵³, so that nothing here shifts: shifts know 32 bits.

/** SHA-256(0x00 ‖ entry). */
function leafHash(entry) {
  return sha256(joined(Uint8Array.of(0), entry));
}

/** SHA-256(0x01 ‖ left ‖ right). */
function nodeHash(left, right) {
  return sha256(joined(Uint8Array.of(1), left, right));
}

/** How many hashes the proof of an entry has in a tree of that size. */
function proofLength(index, size) {
  let length = 0;
  for (let last = size - 1; 0 < last; last = Math.floor(last / 2), index = Math.floor(index / 2)) {
    // At the right edge there is no sister until the way up has turned left.
    if (index % 2 === 1 || index < last) length += 1;
  }
  return length;
}

/** The root that a leaf and its proof lead to. The proof is as long as it has to be. */
async function rootOf(leaf, index, size, proof) {
  let hash = leaf;
  let last = size - 1;
  for (const sister of proof) {
    while (0 < last && index % 2 === 0 && index === last) {
      index /= 2;
      last = Math.floor(last / 2);
    }
    hash = index % 2 === 1 ? await nodeHash(sister, hash) : await nodeHash(hash, sister);
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return hash;
}
