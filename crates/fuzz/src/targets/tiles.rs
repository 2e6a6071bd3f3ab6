//! What is served of a log by its path, and the entries in it.

use minhbach_tlog::{TILE_HASHES, TilePath, bundle};

/// A piece has one path.
pub fn tile(bytes: &[u8]) {
    let Ok(path) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some(tile) = TilePath::parse(path) else {
        return;
    };
    assert_eq!(tile.to_string(), path);
    assert!((1..=TILE_HASHES).contains(&u64::from(tile.width)));
    if let Some(range) = tile.range() {
        assert_eq!(range.end - range.start, u64::from(tile.width));
        for size in [0, 1, 255, 256, 257, 65_536, range.end, u64::MAX] {
            let level = tile.level.unwrap_or(0);
            let has = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
            assert_eq!(tile.is_within(size), range.end <= has, "{path} in {size}");
            let listed = size <= 70_000 && TilePath::of(size).any(|listed| listed == tile);
            assert!(!listed || tile.is_within(size));
        }
    }
}

/// Entries in a row are the bytes that they were read from, and no other number of them is.
pub fn entry_bundle(bytes: &[u8]) {
    let (width, bytes) = match bytes {
        [width, rest @ ..] => (u16::from(*width), rest),
        [] => (0, bytes),
    };
    if let Some(entries) = bundle::entries(bytes, width) {
        assert_eq!(entries.len(), usize::from(width));
        let mut again = Vec::new();
        assert!(entries.iter().all(|entry| bundle::push(&mut again, entry)));
        assert_eq!(again, bytes);
        for other in [width.wrapping_sub(1), width + 1] {
            assert_eq!(bundle::entries(bytes, other), None);
        }
    }
}
