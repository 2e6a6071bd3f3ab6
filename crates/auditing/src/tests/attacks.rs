//! What somebody tries who holds the log's key, or the server, or the line to it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use minhbach_events::Hash;
use minhbach_tlog::{Note, TreeHash, check_consistency};

use super::paper_log::{
    PaperLog, Served, edited, entries, entry, honest, journal_bytes, key, lines, log_key, moment,
};
use crate::{Alarm, AlarmKind, EntryWrong, MirrorError, RemoteError, Signed, Step};

/// A mirror of the first entries of an honest log.
struct Victim {
    folder: tempfile::TempDir,
    served: Served,
    honest: Arc<PaperLog>,
    size: u64,
}

impl Victim {
    fn at(size: u64) -> Victim {
        let honest = Arc::new(PaperLog::of(honest(1_000)));
        let served = Served::new(&honest, size);
        let folder = tempfile::tempdir().expect("a folder");
        let mut mirror = served.mirror(folder.path()).expect("opened");
        mirror.step().expect("sound");
        drop(mirror);
        Victim {
            folder,
            served,
            honest,
            size,
        }
    }

    fn dir(&self) -> &Path {
        self.folder.path()
    }

    fn step(&self) -> Result<Step, MirrorError> {
        self.served.mirror(self.dir())?.step()
    }

    /// The alarm that showing this raises; the journal stays as it was, and so does the alarm.
    fn alarm(&self, log: &Arc<PaperLog>, size: u64) -> Alarm {
        let shown = log.note(size);
        self.served.show(log, size);
        let mut mirror = self.served.mirror(self.dir()).expect("opened");
        let told = mirror.step();
        let Err(MirrorError::Alarm(alarm)) = told else {
            panic!("no alarm: {told:?}");
        };
        assert!(matches!(mirror.step(), Err(MirrorError::InAlarm { .. })));
        drop(mirror);
        assert!(journal_bytes(self.dir()) == lines(&self.honest.entries[..self.size as usize]));
        let kept = |name: &str| fs::read_to_string(alarm.folder.join(name)).expect("kept");
        assert_eq!(kept("first"), self.honest.note(self.size).to_string());
        assert_eq!(kept("second"), shown.to_string());
        assert!(kept("why").contains(&alarm.to_string()), "{}", kept("why"));
        assert_eq!(alarm.folder, self.dir().join("log/alarm-1"));
        // It refuses to go on, also with the honest log, until a person has looked at it.
        self.served.show(&self.honest, self.size);
        let told = self.step();
        assert!(matches!(told, Err(MirrorError::InAlarm { .. })), "{told:?}");
        fs::rename(&alarm.folder, self.dir().join("seen")).expect("moved");
        assert_eq!(self.step().expect("sound"), Step::Nothing { size: self.size });
        *alarm
    }

    /// What is told of what cannot be taken over, which leaves no alarm and nothing that is not signed.
    fn refused(&self) -> RemoteError {
        let told = self.step();
        let Err(MirrorError::Remote(error)) = told else {
            panic!("{told:?}");
        };
        assert!(!self.dir().join("log/alarm-1").exists());
        let size = self.size.to_string();
        let note = fs::read_to_string(self.dir().join("log/checkpoint")).expect("a note");
        assert_eq!(note.lines().nth(1), Some(&size[..]));
        error
    }
}

fn signed(log: &PaperLog, size: u64) -> Signed {
    Signed {
        note: log.note(size),
        checkpoint: log.checkpoint(size),
    }
}

#[test]
fn a_history_that_was_written_again_and_signed_again_is_an_alarm_with_its_proof() {
    for (size, at) in [(300, 5), (300, 299), (256, 255), (700, 256)] {
        let victim = Victim::at(size);
        let other = Arc::new(PaperLog::of(edited(900, at)));
        let alarm = victim.alarm(&other, 900);
        assert_eq!(alarm.kind, AlarmKind::Rewritten, "{size} {at}");
        assert_eq!(alarm.first, signed(&victim.honest, size));
        assert_eq!(alarm.second, signed(&other, 900));
        let evidence = alarm.evidence.expect("a proof");
        assert_ne!(evidence.root, victim.honest.checkpoint(size).root);
        assert_eq!(evidence.root, other.checkpoint(size).root);
        let (old, new) = ((size, evidence.root), (900, other.checkpoint(900).root));
        assert_eq!(check_consistency(old, new, &evidence.proof), Ok(()));
        let kept = fs::read_to_string(victim.dir().join("seen/proof")).expect("kept");
        let hashes: Vec<_> = kept.lines().filter_map(TreeHash::from_base64).collect();
        assert_eq!(hashes.split_first(), Some((&evidence.root, &evidence.proof[..])));
    }
}

#[test]
fn two_trees_of_one_size_are_a_fork() {
    let victim = Victim::at(300);
    let other = Arc::new(PaperLog::of(edited(300, 299)));
    assert_eq!(victim.alarm(&other, 300).kind, AlarmKind::Fork);
}

#[test]
fn an_old_checkpoint_again_is_not_the_same_as_another_history() {
    for size in [0, 1, 255, 256, 299] {
        let victim = Victim::at(300);
        let alarm = victim.alarm(&Arc::clone(&victim.honest), size);
        assert_eq!((alarm.kind, alarm.evidence), (AlarmKind::Shrunk, None), "{size}");
    }
    let victim = Victim::at(300);
    let other = Arc::new(PaperLog::of(edited(300, 100)));
    let alarm = victim.alarm(&other, 250);
    assert_eq!(alarm.kind, AlarmKind::Rewritten);
    let evidence = alarm.evidence.expect("a proof");
    let (old, new) = ((250, evidence.root), (300, victim.honest.checkpoint(300).root));
    assert_eq!(check_consistency(old, new, &evidence.proof), Ok(()));
    assert_ne!(evidence.root, other.checkpoint(250).root);
}

#[test]
fn what_was_seen_and_not_yet_taken_over_binds_the_log_too() {
    let other = Arc::new(PaperLog::of(edited(1_000, 400)));
    let shrunk = |size| (size, AlarmKind::Shrunk);
    for (show_other, (size, kind)) in [
        (true, (600, AlarmKind::Fork)),
        (true, (800, AlarmKind::Rewritten)),
        (true, (500, AlarmKind::Rewritten)),
        (true, (299, AlarmKind::Shrunk)),
        (false, shrunk(500)),
        (false, shrunk(300)),
    ] {
        let victim = Victim::at(300);
        victim.served.show(&victim.honest, 600);
        // Enough for the end of the tree and for comparing it, and for no entries.
        victim.served.break_after(Some(3));
        assert!(victim.step().is_err());
        victim.served.break_after(None);
        let log = if show_other { &other } else { &victim.honest };
        // Where the log hides the tree that it signed, nothing is told for certain, and nothing taken.
        victim.served.show(log, size);
        let told = victim.step();
        if show_other && size == 500 {
            assert!(matches!(told, Err(MirrorError::Remote(_))), "{told:?}");
            continue;
        }
        let Err(MirrorError::Alarm(alarm)) = told else {
            panic!("{size}: {told:?}");
        };
        assert_eq!(alarm.kind, kind, "{size}");
        assert_eq!(alarm.first, signed(&victim.honest, 600));
    }
}

#[test]
fn a_smaller_history_is_told_from_what_is_here_though_the_log_hides_what_it_signed() {
    let other = Arc::new(PaperLog::of(edited(1_000, 200)));
    let victim = Victim::at(300);
    victim.served.show(&victim.honest, 600);
    victim.served.break_after(Some(3));
    assert!(victim.step().is_err());
    victim.served.break_after(None);
    victim.served.show(&other, 250);
    let told = victim.step();
    let Err(MirrorError::Alarm(alarm)) = told else {
        panic!("{told:?}");
    };
    assert_eq!((alarm.kind, alarm.evidence), (AlarmKind::Rewritten, None));
    assert_eq!(alarm.second, signed(&other, 250));
}

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
