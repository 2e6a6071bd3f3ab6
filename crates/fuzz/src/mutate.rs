//! Inputs out of inputs: the pieces that formats are made of, moved, doubled, left out and exchanged.

use crate::random::Random;

/// The longest input that is made.
pub const BYTES_MAX: usize = 64 * 1024;
/// What stands between the pieces of the formats that are read here.
const JOINTS: &[u8] = b",:;\n\r\t \"{}[]=+./-";
/// Numbers at which something turns over.
const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "-1",
    "255",
    "256",
    "999999999999999",
    "1000000000000000",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "0.001",
    "1e3",
];
/// Letters that are easily taken for others, or for none.
const LETTERS: [&str; 12] = [
    "\u{0}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{9b}",
    "\u{a0}",
    "\u{301}",
    "e\u{302}",
    "\u{200b}",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "\u{1f600}",
];

/// The input of execution `number`, made of what is kept and of words of the format.
pub fn input(number: u64, kept: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let mut random = Random::of(number);
    let mut bytes = random.one_of(kept).cloned().unwrap_or_default();
    // Most inputs are close to a good one: what is wrong in many places is refused for the first.
    for _ in 0..1 + random.below(4) * random.below(3) {
        change(&mut bytes, &mut random, kept, words);
    }
    bytes.truncate(BYTES_MAX);
    bytes
}

fn change(bytes: &mut Vec<u8>, random: &mut Random, kept: &[Vec<u8>], words: &[Vec<u8>]) {
    let at = random.below(bytes.len() + 1);
    match random.below(14) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.number() as u8;
            }
        }
        2 => drop(bytes.drain(random.range(bytes.len()))),
        3 => put(bytes, at..at, random.one_of(words).map_or(&[], Vec::as_slice)),
        4 => {
            let piece = piece(bytes, random);
            put(bytes, piece, random.one_of(words).map_or(&[], Vec::as_slice));
        }
        5 => drop(bytes.drain(piece(bytes, random))),
        6 => {
            let copied = bytes[piece(bytes, random)].to_vec();
            put(bytes, at..at, &copied);
        }
        7 => {
            let (one, other) = (piece(bytes, random), piece(bytes, random));
            let copied = bytes[one].to_vec();
            put(bytes, other, &copied);
        }
        8 => {
            let piece = piece(bytes, random);
            put(
                bytes,
                piece,
                random.one_of(&NUMBERS).map_or(&[], |number| number.as_bytes()),
            );
        }
        9 => put(
            bytes,
            at..at,
            random.one_of(&LETTERS).map_or(&[], |letter| letter.as_bytes()),
        ),
        10 => {
            // The rest of another input.
            let other = random.one_of(kept).map_or(&[][..], Vec::as_slice);
            let from = random.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        11 => {
            // Many times the same: what is read piece by piece must not slow down with their number.
            let copied = bytes[piece(bytes, random)].to_vec();
            let times = 1 + random.below(200).min(BYTES_MAX / 4 / copied.len().max(1));
            put(bytes, at..at, &copied.repeat(times));
        }
        12 => {
            if let Some(digit) = digit(bytes, random) {
                bytes[digit] = b'0' + random.below(10) as u8;
            }
        }
        _ => bytes.truncate(at),
    }
}

fn put(bytes: &mut Vec<u8>, place: std::ops::Range<usize>, new: &[u8]) {
    drop(bytes.splice(place, new.iter().copied()));
}

/// What stands between two joints.
fn piece(bytes: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let at = random.below(bytes.len() + 1);
    let is_joint = |byte: &u8| JOINTS.contains(byte);
    let start = bytes[..at]
        .iter()
        .rposition(is_joint)
        .map_or(0, |joint| joint + 1);
    let end = bytes[at..]
        .iter()
        .position(is_joint)
        .map_or(bytes.len(), |joint| at + joint);
    // With the joint behind it now and then, and sometimes with several pieces more.
    let mut end = end;
    for _ in 0..random.below(4) {
        end = (end + 1).min(bytes.len());
        end = bytes[end..]
            .iter()
            .position(is_joint)
            .map_or(bytes.len(), |joint| end + joint);
    }
    start..end
}

/// Where a digit stands, at or behind some place.
fn digit(bytes: &[u8], random: &mut Random) -> Option<usize> {
    let at = random.below(bytes.len() + 1);
    let found = bytes[at..].iter().position(u8::is_ascii_digit);
    found.map(|place| at + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_an_input_for_ever() {
        let kept = [b"{\"a\":12,\"b\":[1,2]}".to_vec(), b"x,y\n1,2\n".to_vec()];
        let words = [b"\"seq\":".to_vec()];
        let inputs = |from: u64| -> Vec<Vec<u8>> {
            (from..from + 500)
                .map(|number| input(number, &kept, &words))
                .collect()
        };
        assert_eq!(inputs(0), inputs(0));
        let mut different = inputs(0);
        different.sort();
        different.dedup();
        // A change may change nothing, and short inputs have few changes.
        assert!(300 < different.len(), "{}", different.len());
        assert!(inputs(0).iter().all(|bytes| bytes.len() <= BYTES_MAX));
    }

    #[test]
    fn nothing_is_an_input_too() {
        for number in 0..2_000 {
            input(number, &[], &[]);
            input(number, &[Vec::new()], &[]);
        }
    }
}
