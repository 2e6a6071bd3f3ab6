//! The tree in files: those hashes that tiles are made of, a file for each level of tiles.
//!
//! Level *l* holds the roots of the whole subtrees over 256^*l* entries, 32 bytes each, in order: so a tile is a part of a
//! file, and any other node is computed of at most 128 neighbours. The files can be made again from the entries; what is
//! in them counts only up to a size that its owner has checked against a signed checkpoint.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::proof::{Nodes, peaks};
use crate::tile::{LEVELS, TilePath, level_size};
use crate::{Frontier, TreeHash};

const HASH_BYTES: u64 = TreeHash::LEN as u64;
/// Levels of the tree within one level of tiles.
const TILE_HEIGHT: u32 = 8;

/// The one who adds to the tree.
pub struct Tree {
    files: Arc<Files>,
    frontier: Frontier,
}

/// Reads tiles and nodes while the tree grows. Clones are the same.
#[derive(Clone)]
pub struct TreeReader(Arc<Files>);

/// A file for each level of tiles.
struct Files(Vec<File>);

impl Tree {
    /// Opens the tree in the folder `dir`, which is made where it is missing, with as many entries as its files agree on.
    ///
    /// # Errors
    ///
    /// The system does not let us read or write.
    pub fn open(dir: &Path) -> io::Result<Tree> {
        fs::create_dir_all(dir)?;
        let open = |level: u8| {
            let mut options = OpenOptions::new();
            let options = options.read(true).write(true).create(true).truncate(false);
            let path = level_path(dir, level);
            refuse_other_than_file(&path)?;
            options.open(path)
        };
        let files = Files((0..LEVELS).map(open).collect::<io::Result<_>>()?);
        let mut size = files.count(0)?;
        for level in 1..LEVELS {
            // A level that is behind shows where writing stopped: what is behind it is written again.
            let (has, each) = (files.count(level)?, 1_u64 << (TILE_HEIGHT * u32::from(level)));
            if has < level_size(level, size) {
                size = has * each + (each - 1);
            }
        }
        let mut tree = Tree {
            files: Arc::new(files),
            frontier: Frontier::new(),
        };
        tree.cut(size)?;
        Ok(tree)
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over all its entries.
    pub fn root(&self) -> TreeHash {
        self.frontier.root()
    }

    /// A reader beside it.
    pub fn reader(&self) -> TreeReader {
        TreeReader(self.files.clone())
    }

    /// Adds entries by their leaves' hashes. After a failure the tree is as before.
    ///
    /// # Errors
    ///
    /// The disk refuses.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = TreeHash>) -> io::Result<()> {
        let before = self.size();
        let mut frontier = self.frontier.clone();
        let mut added = vec![Vec::new(); LEVELS.into()];
        for leaf in leaves {
            frontier.push_and_see(leaf, |level, hash| {
                if level.is_multiple_of(TILE_HEIGHT) {
                    added[(level / TILE_HEIGHT) as usize].extend_from_slice(&hash.0);
                }
            });
        }
        // The upper levels first: a level that is behind would count as where writing stopped.
        for (level, hashes) in (0..LEVELS).zip(&added).rev() {
            if !hashes.is_empty() {
                let at = level_size(level, before) * HASH_BYTES;
                self.files.0[usize::from(level)].write_all_at(hashes, at)?;
            }
        }
        self.frontier = frontier;
        Ok(())
    }

    /// Forgets the entries from `size` on, where there are any.
    ///
    /// # Errors
    ///
    /// The disk refuses.
    pub fn cut(&mut self, size: u64) -> io::Result<()> {
        for (level, file) in (0..LEVELS).zip(&self.files.0) {
            let bytes = level_size(level, size) * HASH_BYTES;
            if bytes < file.metadata()?.len() {
                file.set_len(bytes)?;
            }
        }
        let frontier = Frontier::of(size, peaks(&self.reader(), 0..size)?);
        self.frontier = frontier.ok_or_else(|| io::Error::other("a peak for each bit of the size"))?;
        Ok(())
    }

    /// Makes durable what was added.
    ///
    /// # Errors
    ///
    /// The disk refuses.
    pub fn sync(&self) -> io::Result<()> {
        self.files.0.iter().try_for_each(File::sync_data)
    }
}

impl TreeReader {
    /// Opens the files of a tree in the folder `dir` beside the one who may be adding to it. Up to which size they count,
    /// a signed checkpoint says.
    ///
    /// # Errors
    ///
    /// They are not there, or the system refuses.
    pub fn open(dir: &Path) -> io::Result<TreeReader> {
        let open = |level| {
            let path = level_path(dir, level);
            refuse_other_than_file(&path)?;
            File::open(path)
        };
        let files = (0..LEVELS).map(open).collect::<io::Result<_>>()?;
        Ok(TreeReader(Arc::new(Files(files))))
    }

    /// How many entries its files hold the hashes of. Whether those count, its owner must know.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn held(&self) -> io::Result<u64> {
        self.0.count(0)
    }

    /// The bytes of a tile of hashes. Whether the log has [so many](TilePath::is_within) entries is the caller's to ask: the
    /// files may hold more than is published.
    ///
    /// # Errors
    ///
    /// It is a bundle of entries, or beyond the end, or cannot be read.
    pub fn tile(&self, tile: &TilePath) -> io::Result<Vec<u8>> {
        let level = tile.level.filter(|level| *level < LEVELS);
        let (Some(level), Some(range)) = (level, tile.range()) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        self.0.read(level, range.start, range.end - range.start)
    }
}

impl Nodes for TreeReader {
    type Error = io::Error;

    fn node(&self, level: u32, index: u64) -> io::Result<TreeHash> {
        let within = level % TILE_HEIGHT;
        let count = 1_u64 << within;
        let bytes = self.0.read((level / TILE_HEIGHT) as u8, index << within, count)?;
        let mut hashes: Vec<TreeHash> = bytes.as_chunks().0.iter().map(|hash| TreeHash(*hash)).collect();
        while 1 < hashes.len() {
            hashes = hashes
                .chunks_exact(2)
                .map(|pair| TreeHash::node(pair[0], pair[1]))
                .collect();
        }
        hashes.pop().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

fn level_path(dir: &Path, level: u8) -> PathBuf {
    dir.join(format!("level-{level}"))
}

/// A link would have somebody's file written to, and a pipe would be waited for.
fn refuse_other_than_file(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if !meta.is_file() => Err(io::ErrorKind::NotSeekable.into()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Files {
    fn count(&self, level: u8) -> io::Result<u64> {
        Ok(self.0[usize::from(level)].metadata()?.len() / HASH_BYTES)
    }

    fn read(&self, level: u8, from: u64, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count as usize * TreeHash::LEN];
        self.0[usize::from(level)].read_exact_at(&mut bytes, from * HASH_BYTES)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::{check_consistency, consistency_proof, inclusion_proof, root_at, root_of_inclusion};
    use crate::tree::tests::{SIZES, defined, entry};

    fn leaves(range: std::ops::Range<u64>) -> Vec<TreeHash> {
        range.map(|nth| TreeHash::leaf(&entry(nth))).collect()
    }

    #[test]
    fn whatever_the_batches_files_and_roots_are_those_of_the_definition() {
        let dir = tempfile::tempdir().expect("a folder");
        let all = leaves(0..70_000);
        let mut tree = Tree::open(dir.path()).expect("opened");
        let mut before = 0;
        // The sizes where tiles begin and end, with others between.
        for size in SIZES.into_iter().flat_map(|size| [size.saturating_sub(3), size]) {
            if size < before {
                continue;
            }
            tree.append(all[before as usize..size as usize].iter().copied())
                .expect("appended");
            before = size;
            let root = defined(&all[..size as usize]);
            assert_eq!((tree.size(), tree.root()), (size, root));
            assert_eq!(root_at(&tree.reader(), size).expect("read"), root);
            let again = Tree::open(dir.path()).expect("opened");
            assert_eq!((again.size(), again.root()), (size, root));
        }
        let reader = tree.reader();
        for tile in TilePath::of(70_000).filter(|tile| tile.level.is_some()) {
            let (bytes, range) = (
                reader.tile(&tile).expect("a tile"),
                tile.range().expect("a range"),
            );
            let each = 1 << (8 * u32::from(tile.level.expect("a level")));
            let expected: Vec<u8> = range
                .flat_map(|nth| defined(&all[(nth * each) as usize..((nth + 1) * each) as usize]).0)
                .collect();
            assert_eq!(bytes, expected, "{tile}");
        }
        for path in [
            "0/273.p/113",
            "0/274",
            "2/000.p/2",
            "8/000.p/1",
            "63/000",
            "entries/000",
        ] {
            let tile = TilePath::parse(path).expect("a path");
            assert!(reader.tile(&tile).is_err(), "{path}");
        }
        for size in [1, 257, 65_537, 70_000] {
            let root = defined(&all[..size as usize]);
            for index in [0, 1, size / 3, size / 2, size - 1]
                .into_iter()
                .filter(|index| *index < size)
            {
                let proof = inclusion_proof(&reader, index, size)
                    .expect("read")
                    .expect("an entry");
                assert_eq!(
                    root_of_inclusion(all[index as usize], index, size, &proof),
                    Ok(root)
                );
            }
            for old in [0, 1, size / 3, size - 1, size] {
                let proof = consistency_proof(&reader, old, size)
                    .expect("read")
                    .expect("larger");
                let old = (old, defined(&all[..old as usize]));
                assert_eq!(check_consistency(old, (size, root), &proof), Ok(()));
            }
        }
    }

    #[test]
    fn what_was_cut_off_in_the_middle_is_written_again() {
        let all = leaves(0..66_000);
        let check = |tree: &mut Tree, what: &str| {
            let size = tree.size();
            assert_eq!(tree.root(), defined(&all[..size as usize]), "{what}");
            tree.append(all[size as usize..].iter().copied())
                .expect("appended");
            assert_eq!(tree.root(), defined(&all), "{what}");
            for tile in TilePath::of(66_000).filter(|tile| tile.level.is_some()) {
                assert!(tree.reader().tile(&tile).is_ok(), "{what}: {tile}");
            }
        };
        for (level, bytes, at_most) in [
            (0, 0, 0),
            (0, 33, 1),
            (0, 65_600 * 32 + 5, 65_600),
            (1, 0, 255),
            (1, 256 * 32, 65_791),
            (1, 200 * 32 + 31, 51_455),
            (2, 0, 65_535),
        ] {
            let dir = tempfile::tempdir().expect("a folder");
            let mut tree = Tree::open(dir.path()).expect("opened");
            tree.append(all[..65_900].iter().copied()).expect("appended");
            drop(tree);
            let file = OpenOptions::new()
                .write(true)
                .open(dir.path().join(format!("level-{level}")));
            file.expect("a level").set_len(bytes).expect("cut");
            let mut tree = Tree::open(dir.path()).expect("opened");
            assert!(
                tree.size() <= at_most,
                "{} after level {level} had {bytes}",
                tree.size()
            );
            check(&mut tree, &format!("level {level} with {bytes} bytes"));
        }
    }

    #[test]
    fn a_tree_is_cut_to_any_size() {
        let dir = tempfile::tempdir().expect("a folder");
        let all = leaves(0..1_000);
        for size in [1_000, 999, 513, 512, 511, 256, 1, 0] {
            let mut tree = Tree::open(dir.path()).expect("opened");
            let has = tree.size() as usize;
            tree.append(all[has..].iter().copied()).expect("appended");
            tree.cut(size).expect("cut");
            assert_eq!((tree.size(), tree.root()), (size, defined(&all[..size as usize])));
        }
    }
}
