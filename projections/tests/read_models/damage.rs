//! A damaged folder is refused, or it says the same as a whole one: never something else, and never a panic.

use std::fs;
use std::path::{Path, PathBuf};

use minhbach_events::Hash;
use minhbach_projections::store::{Leaves, SledStore, Store};
use minhbach_projections::{OpenError, Projections};
use serde_json::Value;

use crate::model::Model;
use crate::properties::{assert_same, catch_up, copy, counted, documents};

struct Whole {
    _dir: tempfile::TempDir,
    path: PathBuf,
    model: Model,
    expected: Value,
}

fn whole() -> Whole {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("whole");
    let mut model = Model::new();
    let mut number = 1u32;
    for _ in 0..900 {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The highest bits of this generator are its good ones.
        model.step([
            (number >> 24) as u8,
            (number >> 19) as u8,
            (number >> 11) as u8,
            (number >> 15) as u8,
        ]);
    }
    let mut projections = Projections::open_sled(&path).unwrap();
    catch_up(&mut projections, &model).unwrap();
    projections.close().unwrap();
    // Opening makes the snapshot of what was closed.
    Projections::open_sled(&path).unwrap().close().unwrap();
    let expected = counted(&model);
    Whole {
        _dir: dir,
        path,
        model,
        expected,
    }
}

impl Whole {
    /// Where a folder damaged so is refused; if nowhere, it must catch up to the truth.
    fn answer(&self, what: &str, damage: impl FnOnce(&Path)) -> Answer {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("damaged");
        copy(&self.path, &path);
        damage(&path);
        let mut projections = match Projections::open_sled(&path) {
            Ok(projections) => projections,
            Err(OpenError::Unusable { .. }) => return Answer::RefusedAtOpening,
            Err(other) => panic!("{what}: {other}"),
        };
        if catch_up(&mut projections, &self.model).is_err() {
            return Answer::RefusedInUse;
        }
        match documents(&projections, &self.model) {
            Ok(found) => assert_same(&found, &self.expected),
            Err(_) => return Answer::RefusedInUse,
        }
        Answer::Harmless
    }
}

/// What becomes of a damaged folder. None of these says anything that is not so.
#[derive(Debug, PartialEq)]
enum Answer {
    RefusedAtOpening,
    RefusedInUse,
    Harmless,
}

fn named(path: &Path, part: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(path).unwrap().map(|file| file.unwrap().path());
    files
        .filter(|file| file.file_name().unwrap().to_string_lossy().starts_with(part))
        .collect()
}

fn truncate(file: &Path, length: u64) {
    fs::OpenOptions::new()
        .write(true)
        .open(file)
        .unwrap()
        .set_len(length)
        .unwrap();
}

#[test]
fn damage_is_refused_or_harmless() {
    let whole = whole();
    assert_eq!(whole.answer("nothing", |_| ()), Answer::Harmless);
    let snapshots = named(&whole.path, "snap.");
    assert!(!snapshots.is_empty(), "sled keeps a snapshot");
    let length = fs::metadata(&snapshots[0]).unwrap().len();
    for cut in [0, 1, 7, length / 2, length - 1] {
        let answer = whole.answer("a cut snapshot", |path| {
            named(path, "snap.").iter().for_each(|file| truncate(file, cut));
        });
        assert_eq!(answer, Answer::RefusedAtOpening, "cut to {cut} of {length} bytes");
    }
    let answer = whole.answer("a half-written snapshot", |path| {
        let snapshot = &named(path, "snap.")[0];
        let bytes = fs::read(snapshot).unwrap();
        let name = format!("{}.generating", snapshot.display());
        fs::write(name, &bytes[..bytes.len() / 2]).unwrap();
    });
    assert_eq!(answer, Answer::RefusedAtOpening);
    let answer = whole.answer("only a half-written snapshot", |path| {
        let snapshot = &named(path, "snap.")[0];
        let bytes = fs::read(snapshot).unwrap();
        fs::remove_file(snapshot).unwrap();
        fs::write(
            format!("{}.generating", snapshot.display()),
            &bytes[..bytes.len() / 2],
        )
        .unwrap();
    });
    assert_eq!(answer, Answer::RefusedAtOpening);
    for name in ["snap.", "db", "conf", "blobs"] {
        whole.answer(name, |path| {
            for file in named(path, name) {
                if file.is_dir() {
                    fs::remove_dir_all(file).unwrap();
                } else {
                    fs::remove_file(file).unwrap();
                }
            }
        });
    }
    let length = fs::metadata(whole.path.join("db")).unwrap().len();
    for cut in [0, 1, 100, length / 3, length / 2, length - 1] {
        whole.answer("a cut db", |path| truncate(&path.join("db"), cut));
    }
    for at in (0..length).step_by((length / 24).max(1) as usize) {
        whole.answer("garbage in db", |path| {
            let mut bytes = fs::read(path.join("db")).unwrap();
            for (index, byte) in bytes[at as usize..].iter_mut().take(300).enumerate() {
                *byte ^= 0x5a ^ index as u8;
            }
            fs::write(path.join("db"), bytes).unwrap();
        });
    }
    whole.answer("garbage in blobs", |path| {
        fs::create_dir_all(path.join("blobs")).unwrap();
        fs::write(path.join("blobs").join("12"), b"garbage").unwrap();
        fs::write(path.join("blobs").join("x"), b"garbage").unwrap();
    });
    whole.answer("garbage in conf", |path| {
        fs::write(path.join("conf"), b"garbage").unwrap();
    });
    let answer = whole.answer("a file for a folder", |path| {
        fs::remove_dir_all(path).unwrap();
        fs::write(path, b"not a folder").unwrap();
    });
    assert_eq!(answer, Answer::RefusedAtOpening);
}

#[test]
fn another_layout_or_another_store_is_unusable() {
    let dir = tempfile::tempdir().unwrap();
    let layouts = [
        ("of another layout", 0x01, {
            let mut value = 6u32.to_be_bytes().to_vec();
            value.extend_from_slice(&[0; 8 + 64]);
            value
        }),
        ("cut short", 0x01, vec![0, 0, 0, 1, 0]),
        ("without position", 0x10, b"anything".to_vec()),
    ];
    for (what, table, value) in layouts {
        let path = dir.path().join(what);
        let write = |store: &dyn Store| {
            store.write(vec![(vec![table], Some(value.clone()))]).unwrap();
            store.flush().unwrap();
        };
        write(&Leaves::over(SledStore::open(&path).unwrap()));
        let opened = Projections::open_sled(&path);
        assert!(matches!(opened, Err(OpenError::Unusable { .. })), "{what}");
        // As pairs of their own, which earlier layouts had.
        let path = dir.path().join(format!("{what}, alone"));
        write(&SledStore::open(&path).unwrap());
        let opened = Projections::open_sled(&path);
        assert!(matches!(opened, Err(OpenError::Unusable { .. })), "{what}, alone");
    }
}

#[test]
fn a_folder_in_use_is_not_unusable() {
    let dir = tempfile::tempdir().unwrap();
    let first = Projections::open_sled(dir.path()).unwrap();
    assert!(matches!(
        Projections::open_sled(dir.path()),
        Err(OpenError::InUse)
    ));
    assert_eq!(first.position(), None);
    assert_eq!(first.as_of().head, Hash::ZERO);
}
