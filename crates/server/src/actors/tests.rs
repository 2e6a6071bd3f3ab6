//! The register as the command changes it and a running server sees it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use minhbach_events::{Actor, Slug, Timestamp};
use minhbach_ledger::{Caller, Powers, Role};
use tempfile::TempDir;

use super::*;

fn ledger() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("journal")).expect("made");
    folder
}

fn actor(code: &str) -> Actor {
    Actor::new(code).expect("a code")
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn morning() -> Timestamp {
    at("2026-11-22T01:00:00.000Z")
}

fn noon() -> Timestamp {
    at("2026-11-22T05:00:00.000Z")
}

fn recorder(code: &str) -> NewActor {
    NewActor {
        code: actor(code),
        roles: vec![Role::Recorder],
        party: None,
    }
}

fn school(code: &str) -> NewActor {
    NewActor {
        code: actor(code),
        roles: vec![Role::Receiver],
        party: Slug::new("truong-ba-vi"),
    }
}

fn given(folder: &TempDir, code: &str) -> Token {
    add(folder.path(), recorder(code), morning()).expect("added")
}

fn who(actors: &Actors, token: &Token) -> Option<String> {
    let found = actors.authenticate(token.reveal()).expect("a register");
    found.map(|record| record.code.to_string())
}

#[test]
fn a_token_lets_in_its_actor_alone_and_until_it_is_revoked() {
    let folder = ledger();
    let actors = Actors::open(folder.path()).expect("nobody yet");
    let clerk = given(&folder, "ke-toan");
    let school = add(folder.path(), school("nha-truong"), morning()).expect("added");
    assert_eq!(who(&actors, &clerk).as_deref(), Some("ke-toan"));
    let found = actors
        .authenticate(school.reveal())
        .expect("a register")
        .expect("let in");
    let powers = Powers::new([Role::Receiver], Slug::new("truong-ba-vi"));
    assert_eq!(found.caller(), Caller::with(actor("nha-truong"), powers));
    for other in [
        "",
        "mb_",
        &clerk.reveal()[3..],
        &clerk.reveal().replace("mb_", "mb_ "),
        &format!("mb_{}", "0".repeat(64)),
    ] {
        assert!(
            actors.authenticate(other).is_ok_and(|found| found.is_none()),
            "{other}"
        );
    }
    revoke(folder.path(), &actor("ke-toan"), noon()).expect("revoked");
    assert_eq!(who(&actors, &clerk), None, "without opening again");
    assert!(who(&actors, &school).is_some());
    let again = given(&folder, "ke-toan");
    assert_eq!(
        who(&actors, &clerk),
        None,
        "a new token does not bring back the old"
    );
    assert_eq!(who(&actors, &again).as_deref(), Some("ke-toan"));
    assert_eq!(
        who(&Actors::open(folder.path()).expect("read"), &again).as_deref(),
        Some("ke-toan")
    );
    fs::remove_file(path(folder.path())).expect("removed");
    assert_eq!(who(&actors, &again), None, "no register, nobody");
}

#[test]
fn each_change_is_seen_at_once_however_fast_they_come() {
    let folder = ledger();
    let actors = Actors::open(folder.path()).expect("nobody yet");
    // The file has the same length after every second change.
    for nth in 0..60 {
        let token = given(&folder, "a");
        assert!(who(&actors, &token).is_some(), "{nth}");
        fs::remove_file(path(folder.path())).expect("removed");
        let other = given(&folder, "a");
        assert_eq!(who(&actors, &token), None, "{nth}");
        assert!(who(&actors, &other).is_some(), "{nth}");
        revoke(folder.path(), &actor("a"), noon()).expect("revoked");
        assert_eq!(who(&actors, &other), None, "{nth}");
    }
}

#[test]
fn one_actor_has_one_token_and_the_history_stays() {
    let folder = ledger();
    given(&folder, "ke-toan");
    let refused = add(folder.path(), recorder("ke-toan"), noon());
    assert!(matches!(refused, Err(ActorsError::Active { since, .. }) if since == morning()));
    // The clock stepped back meanwhile.
    let early = at("2026-11-21T00:00:00.000Z");
    revoke(folder.path(), &actor("ke-toan"), early).expect("revoked");
    let refused = revoke(folder.path(), &actor("ke-toan"), noon());
    assert!(matches!(refused, Err(ActorsError::Revoked { at, .. }) if at == morning()));
    let refused = revoke(folder.path(), &actor("thu-kho"), noon());
    assert!(matches!(refused, Err(ActorsError::Unknown(code)) if code == actor("thu-kho")));
    add(folder.path(), school("ke-toan"), noon()).expect("added again, with another duty");
    let records = list(folder.path()).expect("listed");
    let told: Vec<_> = records
        .iter()
        .map(|record| (record.added_at, record.revoked_at, record.roles().next()))
        .collect();
    let expected = [
        (morning(), Some(morning()), Some(Role::Recorder)),
        (noon(), None, Some(Role::Receiver)),
    ];
    assert_eq!(told, expected);
    revoke(folder.path(), &actor("ke-toan"), noon()).expect("the one that is active");
    assert!(
        list(folder.path())
            .expect("listed")
            .iter()
            .all(|record| !record.is_active())
    );
}

#[test]
fn who_could_do_nothing_or_anything_is_not_added() {
    let folder = ledger();
    let refused = |new: NewActor| add(folder.path(), new, noon()).map(drop).expect_err("refused");
    let new = |roles: &[Role], party: Option<&str>| NewActor {
        code: actor("a"),
        roles: roles.to_vec(),
        party: party.and_then(Slug::new),
    };
    assert!(matches!(refused(new(&[], None)), ActorsError::NoRole(_)));
    assert!(matches!(
        refused(new(&[Role::Recorder, Role::Receiver], None)),
        ActorsError::NoParty(_)
    ));
    let party = Some("truong-ba-vi");
    assert!(matches!(
        refused(new(&[Role::Deliverer], party)),
        ActorsError::PartyWithoutReceiver(_)
    ));
    assert!(!folder.path().join("private").exists(), "nothing was written");
    let nowhere = folder.path().join("journal");
    assert!(matches!(
        add(&nowhere, recorder("a"), noon()),
        Err(ActorsError::NoLedger(_))
    ));
    assert!(matches!(
        revoke(&nowhere, &actor("a"), noon()),
        Err(ActorsError::NoLedger(_))
    ));
    assert!(matches!(list(&nowhere), Err(ActorsError::NoLedger(_))));
    assert!(list(folder.path()).is_ok_and(|none| none.is_empty()));
}

#[test]
fn neither_a_token_nor_its_hash_shows() {
    let folder = ledger();
    let token = given(&folder, "ke-toan");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let private = folder.path().join("private");
    assert_eq!((mode(&private), mode(&path(folder.path()))), (0o700, 0o600));
    let kept = fs::read_to_string(path(folder.path())).expect("read");
    let digits = &token.reveal()[3..];
    assert!(!kept.contains(digits));
    let hash = kept
        .split("\"hash\":\"")
        .nth(1)
        .expect("a hash")
        .get(..64)
        .expect("64 digits");
    let record = format!("{:?}", list(folder.path()).expect("listed"));
    assert!(record.contains("ke-toan") && !record.contains(hash), "{record}");
    assert!(!format!("{token:?}").contains(digits));
    // Where the reader of JSON would repeat what it found.
    fs::write(
        path(folder.path()),
        kept.replace("\"code\":\"ke-toan\"", &format!("\"code\":[\"{hash}\"]")),
    )
    .expect("damaged");
    let error = list(folder.path()).expect_err("damaged");
    assert!(!format!("{error:?} {error}").contains(hash), "{error}");
}

#[test]
fn a_damaged_register_lets_nobody_in_until_it_is_whole_again() {
    let folder = ledger();
    let token = given(&folder, "ke-toan");
    let register = path(folder.path());
    let actors = Actors::open(folder.path()).expect("read");
    let whole = fs::read(&register).expect("read");
    for damaged in [&whole[..whole.len() - 4], b"", b"{}"] {
        fs::write(&register, damaged).expect("damaged");
        for _ in 0..2 {
            let error = actors.authenticate(token.reveal()).expect_err("nobody");
            assert!(
                matches!(
                    error,
                    ActorsError::Damaged {
                        flaw: Flaw::Shape { .. },
                        ..
                    }
                ),
                "{error}"
            );
        }
        assert!(Actors::open(folder.path()).is_err());
        assert!(list(folder.path()).is_err());
        let added = add(folder.path(), recorder("thu-kho"), noon());
        assert!(
            matches!(added, Err(ActorsError::Damaged { .. })),
            "what may be saved is not written over"
        );
        assert_eq!(fs::read(&register).expect("read"), damaged);
    }
    fs::write(&register, &whole).expect("restored");
    assert!(who(&actors, &token).is_some());
    fs::remove_file(&register).expect("removed");
    fs::create_dir(&register).expect("a folder");
    let flaw = |error: ActorsError| {
        matches!(
            error,
            ActorsError::Damaged {
                flaw: Flaw::NotAFile,
                ..
            }
        )
    };
    assert!(actors.authenticate(token.reveal()).is_err_and(flaw));
    fs::remove_dir(&register).expect("removed");
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, &whole).expect("written");
    std::os::unix::fs::symlink(&elsewhere, &register).expect("a link");
    assert!(actors.authenticate(token.reveal()).is_err_and(flaw));
}

#[test]
fn of_many_who_change_it_at_once_each_is_kept() {
    let folder = ledger();
    let dir = folder.path();
    given(&folder, "first");
    // Left behind by a command that was killed.
    fs::write(path(dir).with_extension("json.new"), "half a re").expect("written");
    let actors = Actors::open(dir).expect("read");
    let tokens: Vec<Token> = thread::scope(|scope| {
        let adding: Vec<_> = (0..16)
            .map(|nth| scope.spawn(move || add(dir, recorder(&format!("a{nth}")), noon()).expect("added")))
            .collect();
        revoke(dir, &actor("first"), noon()).expect("revoked");
        adding
            .into_iter()
            .map(|thread| thread.join().expect("ended"))
            .collect()
    });
    for (nth, token) in tokens.iter().enumerate() {
        assert_eq!(who(&actors, token), Some(format!("a{nth}")));
    }
    let records = list(dir).expect("listed");
    assert_eq!(
        (
            records.len(),
            records.iter().filter(|record| record.is_active()).count()
        ),
        (17, 16)
    );
    let left: Vec<String> = fs::read_dir(dir.join("private"))
        .expect("listed")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.contains("new"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
