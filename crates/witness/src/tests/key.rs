//! The key in the folder: drawn once, and never again.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use minhbach_tlog::{KeyError, KeyKind};

use super::remember::{open, seen};
use super::{Log, WITNESS, name};
use crate::{Witness, WitnessError};

#[test]
fn a_key_is_drawn_once_for_its_owner_alone() {
    let above = tempfile::tempdir().expect("a folder");
    let folder = above.path().join("a/b");
    assert!(matches!(
        Witness::open(&folder, None, &[Log::honest().vkey()]),
        Err(WitnessError::NoName(_))
    ));
    let first = open(&folder).expect("it opens").key().clone();
    assert_eq!(
        (first.name().as_str(), first.kind()),
        (WITNESS, KeyKind::Cosigner)
    );
    let path = folder.join("key");
    assert_eq!(fs::metadata(&path).expect("a key").mode() & 0o7777, 0o600);
    assert_eq!(fs::metadata(&folder).expect("a folder").mode() & 0o7777, 0o700);
    let text = fs::read_to_string(&path).expect("a key");
    assert!(
        text.starts_with(&format!("PRIVATE+KEY+{WITNESS}+")),
        "a key as others write it"
    );
    assert_eq!(open(&folder).expect("it opens").key(), &first);
    let unnamed = Witness::open(&folder, None, &[Log::honest().vkey()]);
    assert_eq!(unnamed.expect("it opens").key(), &first);
    assert!(matches!(
        Witness::open(&folder, Some(&name("other")), &[Log::honest().vkey()]),
        Err(WitnessError::OtherName { .. })
    ));
    assert_eq!(fs::read_to_string(&path).expect("a key"), text, "never replaced");
    let other = open(above.path().join("c").as_path()).expect("it opens");
    assert_ne!(other.key(), &first);
}

#[test]
fn a_key_that_others_may_read_or_that_is_none_is_not_used() {
    let folder = seen(5);
    let path = folder.path().join("key");
    for mode in [0o640, 0o604, 0o620, 0o666] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a mode");
        assert!(
            matches!(open(folder.path()), Err(WitnessError::KeyExposed(_))),
            "{mode:o}"
        );
    }
    fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
    let good = fs::read(&path).expect("a key");
    let of_log = Log::honest().key.to_secret_text();
    for (bad, why) in [
        (&good[..good.len() / 2], KeyError::Form),
        (b"", KeyError::Form),
        (b"\xff\xfe", KeyError::Form),
        (of_log.as_bytes(), KeyError::Kind),
    ] {
        fs::write(&path, bad).expect("written");
        match open(folder.path()) {
            Err(WitnessError::BadKey { why: told, .. }) => assert_eq!(told, why),
            other => panic!("{other:?}"),
        }
        assert_eq!(
            fs::read(&path).expect("a key"),
            bad,
            "nothing is put in its place"
        );
    }
    fs::remove_file(&path).expect("removed");
    symlink(folder.path().join("elsewhere"), &path).expect("a link");
    fs::write(folder.path().join("elsewhere"), &good).expect("written");
    assert!(
        matches!(open(folder.path()), Err(WitnessError::Io { .. })),
        "not through a link"
    );
}

#[test]
fn a_witness_that_lost_its_key_or_its_memory_does_not_begin_again() {
    let folder = seen(5);
    let (key, logs) = (folder.path().join("key"), folder.path().join("logs"));
    fs::rename(&key, folder.path().join("away")).expect("renamed");
    assert!(matches!(open(folder.path()), Err(WitnessError::KeyLost(_))));
    assert!(!key.exists());
    fs::rename(folder.path().join("away"), &key).expect("renamed");
    fs::remove_dir_all(&logs).expect("removed");
    assert!(matches!(open(folder.path()), Err(WitnessError::RecordsLost(_))));
    assert!(!logs.exists());
}
