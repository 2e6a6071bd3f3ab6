//! What somebody tries who holds the server, or the line to it; and what a log signs that no journal can have.

use std::sync::Arc;

use minhbach_events::Hash;
use minhbach_tlog::Note;

use super::attacks::Victim;
use super::paper_log::{
    PaperLog, Served, edited, entries, entry, journal_bytes, key, lines, log_key, moment,
};
use crate::{EntryWrong, RemoteError, Step};

#[test]
fn entries_that_are_not_the_signed_ones_are_named() {
    // Of bundle 1 entries 300 on are new; of bundle 3 all are, and it is partial.
    for (path, seq, size) in [
        ("tile/entries/001", 511, 1_000),
        ("tile/entries/001", 257, 1_000),
        ("tile/entries/002", 512, 1_000),
        ("tile/entries/003.p/232", 999, 1_000),
        ("tile/entries/001.p/45", 300, 301),
    ] {
        let victim = Victim::at(300);
        victim.served.show(&victim.honest, size);
        let other = PaperLog::of(edited(1_000, seq));
        victim.served.tamper(move |asked, bytes| match asked == path {
            true => other.piece(asked, 1_000),
            false => bytes,
        });
        let told = victim.refused();
        assert!(
            matches!(told, RemoteError::Entry { seq: found, .. } if found == seq),
            "{seq}: {told}"
        );
        let there = journal_bytes(victim.dir());
        assert!(lines(&victim.honest.entries).starts_with(&there), "{seq}");
    }
}

/// Replaces some bytes of a file by others of the same length.
fn swapped(bytes: &[u8], one: &[u8], other: &[u8]) -> Vec<u8> {
    let at = bytes
        .windows(one.len())
        .position(|part| part == one)
        .expect("there");
    [&bytes[..at], other, &bytes[at + one.len()..]].concat()
}

#[test]
fn entries_that_change_places_are_found() {
    let victim = Victim::at(300);
    victim.served.show(&victim.honest, 1_000);
    let all = victim.honest.entries.clone();
    victim.served.tamper(move |path, bytes| match path {
        "tile/entries/002" => {
            let with_length = |entry: &[u8]| [&(entry.len() as u16).to_be_bytes()[..], entry].concat();
            let (one, two) = (with_length(&all[600]), with_length(&all[601]));
            let (both, turned) = ([&one[..], &two].concat(), [&two[..], &one].concat());
            Some(swapped(&bytes?, &both, &turned))
        }
        _ => bytes,
    });
    let told = victim.refused();
    assert!(matches!(told, RemoteError::Entry { seq: 600, .. }), "{told}");
    // The same signed.
    let victim = Victim::at(300);
    let mut all = victim.honest.entries.clone();
    all.swap(600, 601);
    let other = Arc::new(PaperLog::of(all));
    victim.served.show(&other, 1_000);
    let told = victim.refused();
    let RemoteError::SignedFault(fault) = told else {
        panic!("{told}");
    };
    assert_eq!((fault.seq, fault.what), (600, EntryWrong::Seq { found: 601 }));
}

/// What is told of a log that has signed this as entry 700.
fn signed_entry(make: impl Fn(&str) -> Vec<u8>) -> EntryWrong {
    let victim = Victim::at(300);
    let mut all = victim.honest.entries[..700].to_vec();
    let prev = Hash::of(&all[699]).to_string();
    all.push(make(&prev));
    let prev = Hash::of(&all[700]).to_string();
    all.push(entry(701, &prev, "2026-11-23T00:00:00.000Z", "x"));
    victim.served.show(&Arc::new(PaperLog::of(all)), 702);
    let told = victim.refused();
    let RemoteError::SignedFault(fault) = told else {
        panic!("{told}");
    };
    assert_eq!(fault.seq, 700);
    let there = journal_bytes(victim.dir());
    assert!(lines(&victim.honest.entries[..700]).starts_with(&there));
    fault.what
}

#[test]
fn what_no_journal_can_have_is_not_taken_over_although_it_is_signed() {
    let back = signed_entry(|prev| entry(700, prev, &moment(698), "x"));
    assert!(matches!(back, EntryWrong::Time { .. }), "{back}");
    let link = signed_entry(|_| entry(700, &"ab".repeat(32), &moment(700), "x"));
    assert!(matches!(link, EntryWrong::Link { .. }), "{link}");
    let seq = signed_entry(|prev| entry(699, prev, &moment(700), "x"));
    assert_eq!(seq, EntryWrong::Seq { found: 699 });
    for form in [
        signed_entry(|prev| [b" ", &entry(700, prev, &moment(700), "x")[..]].concat()),
        signed_entry(|prev| entry(700, prev, &moment(700), "a\\u0041")),
        signed_entry(|prev| entry(700, prev, &moment(700), "x\",\"more\":\"y")),
        signed_entry(|_| Vec::new()),
        signed_entry(|prev| entry(700, prev, &moment(700), &"x".repeat(60_000))),
        signed_entry(|_| vec![0xff; 65_535]),
    ] {
        assert!(matches!(form, EntryWrong::Form(_)), "{form}");
    }
    // A time that stands still is none that goes back.
    let folder = tempfile::tempdir().expect("a folder");
    let mut all = entries(2, |_| "x".to_owned());
    let prev = Hash::of(&all[1]).to_string();
    all.push(entry(2, &prev, &moment(1), "x"));
    let served = Served::new(&Arc::new(PaperLog::of(all)), 3);
    let mut mirror = served.mirror(folder.path()).expect("opened");
    assert_eq!(mirror.step().expect("sound"), Step::Grew { from: 0, to: 3 });
}

#[test]
fn hashes_that_lead_elsewhere_are_not_believed() {
    let flip = |bytes: Option<Vec<u8>>| {
        let mut bytes = bytes?;
        bytes[40] ^= 1;
        Some(bytes)
    };
    for path in ["tile/0/003.p/232", "tile/1/000.p/3"] {
        let victim = Victim::at(300);
        victim.served.show(&victim.honest, 1_000);
        victim
            .served
            .tamper(move |asked, bytes| if asked == path { flip(bytes) } else { bytes });
        let told = victim.refused();
        assert!(
            matches!(told, RemoteError::Root { size: 1_000 }),
            "{path}: {told}"
        );
    }
    // A tile in the middle is needed to compare with the tree before.
    let victim = Victim::at(300);
    victim.served.show(&victim.honest, 1_000);
    victim
        .served
        .tamper(move |asked, bytes| if asked == "tile/0/001" { flip(bytes) } else { bytes });
    let told = victim.refused();
    assert!(
        matches!(&told, RemoteError::Hashes { path, size: 1_000 } if path == "tile/0/001"),
        "{told}"
    );
}

#[test]
fn partial_content_at_the_address_of_a_full_piece_is_told_as_that() {
    let check = |path: &'static str, serve: &'static str, is_right: fn(&RemoteError) -> bool| {
        let victim = Victim::at(300);
        victim.served.show(&victim.honest, 1_000);
        let honest = Arc::clone(&victim.honest);
        victim.served.tamper(move |asked, bytes| match asked == path {
            true => honest.piece(serve, 1_000),
            false => bytes,
        });
        let told = victim.refused();
        assert!(is_right(&told), "{path}: {told}");
    };
    let length = |told: &RemoteError| matches!(told, RemoteError::WrongLength { .. });
    let bundle = |told: &RemoteError| matches!(told, RemoteError::NotABundle { .. });
    check("tile/0/001", "tile/0/001.p/100", length);
    check("tile/0/003.p/232", "tile/0/002", length);
    check("tile/1/000.p/3", "tile/1/000.p/2", length);
    check("tile/entries/002", "tile/entries/002.p/255", bundle);
    check("tile/entries/003.p/232", "tile/entries/002", bundle);
    check("tile/entries/003.p/232", "tile/entries/003.p/231", bundle);
    let victim = Victim::at(300);
    victim.served.show(&victim.honest, 1_000);
    victim
        .served
        .tamper(|path, bytes| bytes.filter(|_| path != "tile/entries/002"));
    let told = victim.refused();
    assert!(
        matches!(&told, RemoteError::Missing { path, size: 1_000 } if path == "tile/entries/002"),
        "{told}"
    );
}

#[test]
fn what_the_key_has_not_signed_changes_nothing() {
    let victim = Victim::at(300);
    let other =
        minhbach_tlog::SigningKey::of_seed(super::paper_log::origin(), minhbach_tlog::KeyKind::Log, &[9; 32]);
    let checkpoint = victim.honest.checkpoint(1_000);
    let mut by_other = checkpoint.to_note();
    by_other.sign(&other);
    let good = victim.honest.note(1_000).to_string();
    let larger = good.replacen("\n1000\n", "\n1001\n", 1);
    let mut foreign = Note::of(checkpoint.to_string().replacen("minh-bach", "khac", 1)).expect("a text");
    foreign.sign(&log_key());
    let notes = [
        by_other.to_string(),
        larger,
        foreign.to_string(),
        good.replacen('\u{2014}', "-", 1),
        String::new(),
    ];
    for text in notes {
        let bytes = text.clone().into_bytes();
        victim.served.tamper(move |path, served| {
            if path == "checkpoint" {
                Some(bytes.clone())
            } else {
                served
            }
        });
        let told = victim.refused();
        assert!(matches!(told, RemoteError::NotSigned(_)), "{text}: {told}");
    }
    victim
        .served
        .tamper(|path, bytes| bytes.filter(|_| path != "checkpoint"));
    assert!(matches!(victim.refused(), RemoteError::NoCheckpoint));
    assert_eq!(key().name(), &super::paper_log::origin());
}
