//! Where pieces of a log are served: 256 hashes of a level, or 256 entries, a path each (C2SP tlog-tiles).

use std::fmt;
use std::ops::Range;

/// Hashes, or entries, of a full tile.
pub const TILE_HASHES: u64 = 256;
/// The levels that a tree of fewer than 2⁶⁴ entries can have.
pub(crate) const LEVELS: u8 = 8;
/// Levels that a path may name; those without a tile are not found.
const LEVEL_MAX: u8 = 63;

/// What a path below `<prefix>/tile/` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TilePath {
    /// The level of the hashes; none where it is entries.
    pub level: Option<u8>,
    /// Which of its level, from 0.
    pub index: u64,
    /// How many hashes or entries it has: 256, or fewer where it is partial.
    pub width: u16,
}

impl TilePath {
    /// Reads a path such as `0/x001/067` or `entries/000.p/12`: strictly, so that each has one.
    pub fn parse(path: &str) -> Option<TilePath> {
        let (level, rest) = path.split_once('/')?;
        let level = match level {
            "entries" => None,
            digits => Some(number(digits, LEVEL_MAX.into())? as u8),
        };
        let (groups, width) = match rest.split_once(".p/") {
            None => (rest, TILE_HASHES),
            Some((groups, width)) => (groups, number(width, TILE_HASHES - 1).filter(|width| 0 < *width)?),
        };
        let mut index = 0_u64;
        let mut groups = groups.split('/').peekable();
        let first_group = groups.peek().copied();
        while let Some(group) = groups.next() {
            let digits = if groups.peek().is_some() {
                group.strip_prefix('x')?
            } else {
                group
            };
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            index = index.checked_mul(1_000)?.checked_add(digits.parse().ok()?)?;
        }
        // A leading group of zeros would be a second path.
        if first_group == Some("x000") {
            return None;
        }
        let width = width as u16;
        Some(TilePath { level, index, width })
    }

    /// Which hashes of its level, or which entries, it holds; none where there cannot be so many.
    pub fn range(&self) -> Option<Range<u64>> {
        let start = self.index.checked_mul(TILE_HASHES)?;
        Some(start..start.checked_add(self.width.into())?)
    }

    /// Whether a log of so many entries has all that it holds.
    pub fn is_within(&self, size: u64) -> bool {
        let has = level_size(self.level.unwrap_or(0), size);
        self.range().is_some_and(|range| range.end <= has)
    }

    /// The tiles that a log of so many entries is published in: those of entries first, then each level's.
    pub fn of(size: u64) -> impl Iterator<Item = TilePath> {
        let levels = [None].into_iter().chain((0..LEVELS).map(Some));
        levels.flat_map(move |level| {
            let has = level_size(level.unwrap_or(0), size);
            let full = (0..has / TILE_HASHES).map(move |index| TilePath {
                level,
                index,
                width: TILE_HASHES as u16,
            });
            let partial = (!has.is_multiple_of(TILE_HASHES)).then_some(TilePath {
                level,
                index: has / TILE_HASHES,
                width: (has % TILE_HASHES) as u16,
            });
            full.chain(partial)
        })
    }
}

/// How many hashes a level has in a log of so many entries: those of whole subtrees.
pub(crate) fn level_size(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// A number without leading zeros.
fn number(digits: &str, max: u64) -> Option<u64> {
    let canonical = digits == "0" || !digits.starts_with('0');
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| canonical && plain)?;
    (number <= max).then_some(number)
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            None => f.write_str("entries")?,
            Some(level) => write!(f, "{level}")?,
        }
        let mut groups = vec![self.index % 1_000];
        let mut rest = self.index / 1_000;
        while 0 < rest {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        while let Some(group) = groups.pop() {
            let more = if groups.is_empty() { "" } else { "x" };
            write!(f, "/{more}{group:03}")?;
        }
        if u64::from(self.width) < TILE_HASHES {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        for (path, level, index, width) in [
            ("0/000", Some(0), 0, 256),
            ("3/x001/x234/067", Some(3), 1_234_067, 256),
            ("entries/x001/x234/067.p/8", None, 1_234_067, 8),
            ("63/999.p/255", Some(63), 999, 255),
            ("1/x001/000.p/1", Some(1), 1_000, 1),
            ("0/x018/x446/x744/x073/x709/x551/615", Some(0), u64::MAX, 256),
        ] {
            let tile = TilePath { level, index, width };
            assert_eq!(TilePath::parse(path), Some(tile), "{path}");
            assert_eq!(tile.to_string(), path);
        }
    }

    #[test]
    fn no_tile_has_a_second_path() {
        for path in [
            "",
            "0",
            "0/",
            "/000",
            "00/000",
            "64/000",
            "x/000",
            "-1/000",
            "+1/000",
            "0/0",
            "0/00",
            "0/0000",
            "0/000/",
            "0/x000/000",
            "0/000/000",
            "0/x001",
            "0/001/x002",
            "0/x1/000",
            "0/ 00",
            "0/00a",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/000.p",
            "0/000.p/1/2",
            "0/000.p/1.p/1",
            "Entries/000",
            "entries/000.p/+1",
            "0/x018/x446/x744/x073/x709/x551/616",
            "0/x999/x999/x999/x999/x999/x999/x999/x999/999",
            "0/٠٠٠",
            "0/000?",
        ] {
            assert_eq!(TilePath::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_size_has_the_tiles_of_the_specification() {
        let counts = |size| {
            let mut counts = Vec::new();
            for tile in TilePath::of(size) {
                assert!(tile.is_within(size), "{tile}");
                match counts.last_mut() {
                    Some((level, full, partial)) if *level == tile.level => {
                        *full += u32::from(tile.width == 256);
                        *partial = if tile.width == 256 { *partial } else { tile.width };
                    }
                    _ if tile.width == 256 => counts.push((tile.level, 1, 0)),
                    _ => counts.push((tile.level, 0, tile.width)),
                }
            }
            counts
        };
        // Of 70,000: L0 273 full and 112, L1 1 full and 17, L2 1.
        let bundles_as_hashes = [
            (None, 273, 112),
            (Some(0), 273, 112),
            (Some(1), 1, 17),
            (Some(2), 0, 1),
        ];
        assert_eq!(counts(70_000), bundles_as_hashes);
        // Of 256: one full of level 0, and its root.
        assert_eq!(counts(256), [(None, 1, 0), (Some(0), 1, 0), (Some(1), 0, 1)]);
        assert_eq!(TilePath::of(0).count(), 0);
    }

    #[test]
    fn tiles_beyond_the_end_are_beyond_it() {
        let tile = |path: &str| TilePath::parse(path).expect("a path");
        for (path, from) in [
            ("0/000.p/7", 7),
            ("0/000", 256),
            ("entries/001.p/1", 257),
            ("1/000.p/2", 512),
            ("2/000", 1 << 24),
        ] {
            assert!(
                !tile(path).is_within(from - 1) && tile(path).is_within(from),
                "{path}"
            );
        }
        assert!(!tile("8/000.p/1").is_within(u64::MAX));
        assert!(!tile("63/000.p/1").is_within(u64::MAX));
        assert!(!tile("0/x018/x446/x744/x073/x709/x551/615").is_within(u64::MAX));
    }
}
