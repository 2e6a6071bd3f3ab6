//! Logs in folders of tiles.

use std::fs;
use std::path::Path;

use minhbach_tlog::TilePath;

use super::paper_log::{PaperLog, holder, honest, journal_bytes, key, lines};
use crate::{FolderSource, Mirror, RemoteError, Source, SourceFault, Step, key_named_by};

/// Writes the files of a log as an export does.
fn export(log: &PaperLog, size: u64, dir: &Path) {
    for tile in TilePath::of(size) {
        let path = dir.join(format!("tile/{tile}"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, log.piece(&format!("tile/{tile}"), size).expect("a piece")).expect("written");
    }
    fs::write(dir.join("checkpoint"), log.note(size).to_string()).expect("written");
}

#[test]
fn a_folder_of_tiles_is_mirrored_as_a_server_is() {
    let log = PaperLog::of(honest(1_000));
    let (exported, mirrored) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    for (from, to) in [(0, 255), (255, 256), (256, 700), (700, 1_000)] {
        // Earlier partial tiles stay beside the full ones, as exports leave them.
        export(&log, to, exported.path());
        let source = Box::new(FolderSource::new(exported.path()));
        let mirror = Mirror::open(mirrored.path(), source, "exported", &key(), &[], &holder());
        let step = mirror.expect("opened").step().expect("sound");
        assert_eq!(step, Step::Grew { from, to });
        assert!(journal_bytes(mirrored.path()) == lines(&log.entries[..to as usize]));
    }
}

#[test]
fn a_file_is_there_or_not_and_never_longer_than_it_may_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = FolderSource::new(folder.path());
    fs::write(folder.path().join("file"), [7; 100]).expect("written");
    assert_eq!(source.get("file", 100).expect("read"), Some(vec![7; 100]));
    let told = source.get("file", 99).expect_err("too long");
    assert!(matches!(told.fault, SourceFault::TooLong { most: 99 }), "{told}");
    for absent in ["other", "file/000", "none/at/all"] {
        assert_eq!(source.get(absent, 100).expect("absent"), None, "{absent}");
    }
    fs::create_dir(folder.path().join("tile")).expect("made");
    let told = source.get("tile", 100).expect_err("a folder");
    assert!(matches!(told.fault, SourceFault::Io(_)), "{told}");
}

#[test]
fn a_log_may_name_its_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = FolderSource::new(folder.path());
    assert!(matches!(key_named_by(&source), Ok(None)));
    let write = |text: &str| fs::write(folder.path().join("vkey"), text).expect("written");
    write(&format!("{}\n", key()));
    assert_eq!(key_named_by(&source).expect("read"), Some(key()));
    let witness = super::paper_log::witness_key(1).public().to_string();
    for bad in ["", "x", &witness, &format!("{0}\n{0}\n", key())] {
        write(bad);
        assert!(
            matches!(key_named_by(&source), Err(RemoteError::BadKey(_))),
            "{bad}"
        );
    }
    write(&"x".repeat(2_000));
    assert!(matches!(key_named_by(&source), Err(RemoteError::Source(_))));
}
