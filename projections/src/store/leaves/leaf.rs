//! A leaf: the key before which it ends, then its pairs, each key without what it shares with the one before.

use super::super::{Pair, StoreError};

/// A leaf is split when it is longer, unless it holds a single pair.
const BYTES_MAX: usize = 1_024;

/// Neighbouring pairs as bytes.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    bytes: Vec<u8>,
    /// Where the pairs begin.
    begin: usize,
}

impl Default for Leaf {
    /// Without a pair and without an end.
    fn default() -> Self {
        Leaf::empty(&[])
    }
}

fn damaged() -> StoreError {
    StoreError::Damaged { what: "leaf" }
}

impl Leaf {
    fn empty(end: &[u8]) -> Leaf {
        let mut bytes = Vec::with_capacity(BYTES_MAX);
        put_length(end.len(), &mut bytes);
        bytes.extend_from_slice(end);
        let begin = bytes.len();
        Leaf { bytes, begin }
    }

    pub fn read(bytes: Vec<u8>) -> Result<Leaf, StoreError> {
        let mut at = 0;
        let length = length(&bytes, &mut at).ok_or_else(damaged)?;
        let begin = at.checked_add(length).filter(|&begin| begin <= bytes.len());
        let begin = begin.ok_or_else(damaged)?;
        Ok(Leaf { bytes, begin })
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The key before which it ends; none where it is the last.
    pub fn end(&self) -> &[u8] {
        let mut at = 0;
        let length = length(&self.bytes, &mut at).unwrap_or(0);
        self.bytes.get(at..at + length).unwrap_or_default()
    }

    /// Whether a key that is not before it is not behind it.
    pub fn reaches(&self, key: &[u8]) -> bool {
        self.end().is_empty() || key < self.end()
    }

    /// Whether nothing before `key` is behind it.
    pub fn ends_behind(&self, key: &[u8]) -> bool {
        self.end().is_empty() || key <= self.end()
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut pairs = self.walk();
        while let Some(value) = pairs.next()? {
            if pairs.key.as_slice() == key {
                return Ok(Some(value.to_vec()));
            }
            if key < pairs.key.as_slice() {
                break;
            }
        }
        Ok(None)
    }

    /// Every pair, in order.
    pub fn pairs(&self) -> impl Iterator<Item = Result<Pair, StoreError>> {
        let mut walk = self.walk();
        std::iter::from_fn(move || {
            let value = match walk.next() {
                Ok(value) => value?.to_vec(),
                Err(error) => {
                    walk.at = walk.bytes.len();
                    return Some(Err(error));
                }
            };
            Some(Ok((walk.key.clone(), value)))
        })
    }

    fn walk(&self) -> Walk<'_> {
        Walk {
            bytes: &self.bytes,
            at: self.begin,
            key: Vec::with_capacity(48),
        }
    }

    /// Adds a pair behind the others.
    fn push(&mut self, before: &[u8], key: &[u8], value: &[u8]) {
        let shared = before.iter().zip(key).take_while(|(a, b)| a == b).count();
        put_length(shared, &mut self.bytes);
        put_length(key.len() - shared, &mut self.bytes);
        put_length(value.len(), &mut self.bytes);
        self.bytes.extend_from_slice(&key[shared..]);
        self.bytes.extend_from_slice(value);
    }
}

struct Walk<'l> {
    bytes: &'l [u8],
    at: usize,
    /// The key of the pair that was read last.
    key: Vec<u8>,
}

impl<'l> Walk<'l> {
    /// The value of the next pair; its key is then [`key`](Walk::key).
    fn next(&mut self) -> Result<Option<&'l [u8]>, StoreError> {
        if self.at == self.bytes.len() {
            return Ok(None);
        }
        self.pair().map(Some).ok_or_else(damaged)
    }

    fn pair(&mut self) -> Option<&'l [u8]> {
        let mut at = self.at;
        let shared = length(self.bytes, &mut at).filter(|&shared| shared <= self.key.len())?;
        let own = length(self.bytes, &mut at)?;
        let value = length(self.bytes, &mut at)?;
        let key_end = at.checked_add(own)?;
        let end = key_end.checked_add(value)?;
        let value = self.bytes.get(key_end..end)?;
        self.key.truncate(shared);
        self.key.extend_from_slice(self.bytes.get(at..key_end)?);
        self.at = end;
        Some(value)
    }
}

/// The pairs in leaves of at most [`BYTES_MAX`], the first with the key `at`, the last before `end`.
///
/// What was added at the end will be added to again: then the leaves before are left full. Otherwise all are left half full.
pub(super) fn split(at: Vec<u8>, pairs: Vec<Pair>, end: Vec<u8>, appended: bool) -> Vec<(Vec<u8>, Leaf)> {
    // More than its bytes take, shared beginnings left aside.
    let bytes = |pair: &Pair| pair.0.len() + pair.1.len() + 4;
    let whole: usize = pairs.iter().map(bytes).sum();
    let limit = if whole <= BYTES_MAX || appended {
        BYTES_MAX
    } else {
        BYTES_MAX / 2
    };
    let mut parts: Vec<(Vec<u8>, Vec<Pair>)> = vec![(at, Vec::new())];
    let mut size = 0;
    for pair in pairs {
        let more = bytes(&pair);
        if limit < size + more && 0 < size {
            parts.push((pair.0.clone(), Vec::new()));
            size = 0;
        }
        size += more;
        if let Some((_, part)) = parts.last_mut() {
            part.push(pair);
        }
    }
    let ends: Vec<Vec<u8>> = (parts.iter().skip(1).map(|(at, _)| at.clone()))
        .chain([end])
        .collect();
    let leaves = parts.into_iter().zip(ends).map(|((at, pairs), end)| {
        let mut leaf = Leaf::empty(&end);
        let mut before: &[u8] = &[];
        for (key, value) in &pairs {
            leaf.push(before, key, value);
            before = key;
        }
        (at, leaf)
    });
    leaves.collect()
}

/// Seven bits a byte.
fn put_length(mut length: usize, out: &mut Vec<u8>) {
    while 0x7f < length {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

fn length(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let byte = *bytes.get(*at)?;
        *at += 1;
        length |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(length);
        }
    }
    None
}
