//! What somebody tries who holds the log's key: another history, a shorter one, an old one again.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use minhbach_tlog::{TreeHash, check_consistency};

use super::paper_log::{PaperLog, Served, edited, honest, journal_bytes, lines};
use crate::{Alarm, AlarmKind, MirrorError, RemoteError, Signed, Step};

/// A mirror of the first entries of an honest log.
pub struct Victim {
    folder: tempfile::TempDir,
    pub served: Served,
    pub honest: Arc<PaperLog>,
    size: u64,
}

impl Victim {
    pub fn at(size: u64) -> Victim {
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

    pub fn dir(&self) -> &Path {
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
    pub fn refused(&self) -> RemoteError {
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
fn what_was_signed_and_never_shown_binds_the_log_too() {
    let other = Arc::new(PaperLog::of(edited(1_000, 400)));
    for (show_other, size, expected) in [
        (true, 600, Some(AlarmKind::Fork)),
        (true, 800, Some(AlarmKind::Rewritten)),
        (false, 500, Some(AlarmKind::Shrunk)),
        (false, 300, Some(AlarmKind::Shrunk)),
        (false, 600, None),
        (false, 800, None),
    ] {
        let victim = Victim::at(300);
        victim.served.show(&victim.honest, 600);
        // The checkpoint, and no tile.
        victim.served.break_after(Some(1));
        assert!(matches!(victim.step(), Err(MirrorError::Remote(_))));
        victim.served.break_after(None);
        let log = if show_other { &other } else { &victim.honest };
        victim.served.show(log, size);
        match (victim.step(), expected) {
            (Ok(Step::Grew { from: 300, to }), None) => assert_eq!(to, size),
            (Err(MirrorError::Alarm(alarm)), Some(kind)) => {
                assert_eq!(alarm.kind, kind, "{size}");
                assert_eq!(alarm.first, signed(&victim.honest, 600));
                assert_eq!(alarm.second, signed(log, size));
            }
            (told, _) => panic!("{size}: {told:?}"),
        }
    }
}
