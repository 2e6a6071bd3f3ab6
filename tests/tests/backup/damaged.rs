//! Backups that were cut or changed: none of them is taken, and each is said to be damaged.

use std::fs;
use std::path::Path;

use minhbach_tests::{DataFolder, Dice};

use super::tar::members;
use super::{PASSPHRASE, backed_up, ledger, passphrase_file, restore, room, text};

/// Nothing is restored of such a file, and nothing is left.
#[track_caller]
fn refused(bytes: &[u8], file: &Path, what: &str) {
    fs::write(file, bytes).expect("written");
    let folder = DataFolder::absent();
    let run = folder.run(["restore", text(file), "--without-private"]);
    assert_eq!(run.code, Some(2), "{what}: {run:?}");
    let run = run.fails_clearly(2, &[text(file)]);
    let says = ["damaged", "not a backup", "is of the format"];
    assert!(
        says.iter().any(|says| run.err.contains(says)),
        "{what}: {}",
        run.err
    );
    assert!(super::beside(&folder).is_empty(), "{what}: nothing is left");
}

/// Where something begins or ends in an archive.
fn places(archive: &[u8]) -> Vec<usize> {
    let members = members(archive);
    let mut places = vec![0, archive.len() - 1024, archive.len() - 512, archive.len()];
    for member in &members {
        let content = member.at + 512;
        let end = content + member.bytes.len();
        places.extend([member.at, content, end, end.next_multiple_of(512)]);
    }
    places
}

#[test]
fn cut_anywhere_it_is_refused() {
    let (folder, room) = (ledger(12), room());
    let archive = fs::read(backed_up(&folder, &room, "a.tar")).expect("read");
    let file = room.path().join("cut.tar");
    let seed = Dice::fresh_seed();
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let mut cuts: Vec<usize> = places(&archive)
        .into_iter()
        .flat_map(|place| [place.saturating_sub(1), place, place + 1])
        .chain((0..200).map(|_| dice.below(archive.len() as u64) as usize))
        .filter(|cut| *cut < archive.len())
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    assert!(200 < cuts.len());
    for cut in cuts {
        refused(&archive[..cut], &file, &format!("cut at {cut}"));
    }
    for more in [&b"\0"[..], b"x", &[0; 512], &archive] {
        refused(&[&archive, more].concat(), &file, "more behind the end");
    }
    fs::write(&file, &archive).expect("written");
    restore(&file, &[]).1.ok();
}

#[test]
fn changed_anywhere_it_is_refused() {
    let (folder, room) = (ledger(8), room());
    let passphrase = passphrase_file(&room, PASSPHRASE);
    let original = room.path().join("a.tar");
    let run = folder.run([
        "backup",
        text(&original),
        "--with-private",
        "--passphrase-file",
        text(&passphrase),
    ]);
    run.ok();
    let archive = fs::read(&original).expect("read");
    let file = room.path().join("changed.tar");
    let seed = Dice::fresh_seed();
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    // Every field of a header, the first and last byte of every member, its filling, the end.
    let mut changed: Vec<usize> = places(&archive)
        .into_iter()
        .flat_map(|place| [place.saturating_sub(1), place])
        .chain(members(&archive).iter().flat_map(|member| {
            [
                0, 50, 100, 108, 116, 124, 136, 148, 156, 157, 257, 263, 265, 297, 329, 345, 500,
            ]
            .map(|at| member.at + at)
        }))
        .chain((0..200).map(|_| dice.below(archive.len() as u64) as usize))
        .filter(|at| *at < archive.len())
        .collect();
    changed.sort_unstable();
    changed.dedup();
    for at in changed {
        let mut bytes = archive.clone();
        bytes[at] ^= 1 << dice.below(8);
        refused(&bytes, &file, &format!("changed at {at}"));
    }
}

#[test]
fn what_is_damaged_is_named() {
    let (folder, room) = (ledger(8), room());
    let archive = fs::read(backed_up(&folder, &room, "a.tar")).expect("read");
    let file = room.path().join("changed.tar");
    let said = |bytes: &[u8], language: &str| {
        fs::write(&file, bytes).expect("written");
        restore(&file, &["--lang", language])
            .1
            .fails_clearly(2, &[text(&file)])
            .err
    };
    let members = members(&archive);
    let journal = &members[3];
    let mut flipped = archive.clone();
    flipped[journal.at + 512 + 700] ^= 4;
    for (language, words) in [("en", "BLAKE3"), ("vi", "BLAKE3")] {
        let said = said(&flipped, language);
        assert!(said.contains(&journal.name) && said.contains(words), "{said}");
    }
    let cut = &archive[..journal.at + 512 + 700];
    let bytes = cut.len().to_string();
    for (language, words) in [("en", "ends before"), ("vi", "hết trước khi")] {
        let said = said(cut, language);
        assert!(
            said.contains(&journal.name) && said.contains(&bytes) && said.contains(words),
            "{said}"
        );
    }
}
