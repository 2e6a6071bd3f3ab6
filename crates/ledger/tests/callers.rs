//! Callers and the engine: in whose name an entry is recorded, and who is told what a known key stands for.

use minhbach_events::{Actor, Entry, Proposal};
use minhbach_journal::Holder;
use minhbach_ledger::{Answer, Caller, Ledger, Powers, Reason, Role, system_clock};

const PLEDGE: &str = r#"{"type":"donation.pledged","source":"social_domestic","item":"VND","quantity":"500","pledged_on":"2026-01-05","display":"anonymous","key":"so-tay-1"}"#;

struct Open {
    ledger: Ledger,
    _folder: tempfile::TempDir,
}

impl Open {
    fn new() -> Open {
        let folder = tempfile::tempdir().expect("a folder");
        let holder = Holder {
            command: "test".to_owned(),
            url: None,
        };
        let ledger = Ledger::create(&folder.path().join("so"), &holder, system_clock()).expect("a ledger");
        let open = Open {
            ledger,
            _folder: folder,
        };
        let first = r#"{"type":"ledger.opened","ledger":"Sổ thử","origin":"so.example.vn/thu","format":1,"kind":"live"}"#;
        open.one(first, &Caller::whole(post("local"))).expect("opened");
        open
    }

    fn one(&self, line: &str, caller: &Caller) -> Answer {
        self.all(&[line], caller, false).remove(0)
    }

    fn all(&self, lines: &[&str], caller: &Caller, atomic: bool) -> Vec<Answer> {
        let lines = lines.iter().map(|line| Proposal::from_line(line.as_bytes()));
        let proposals = lines.collect::<Result<_, _>>().expect("proposals");
        self.ledger.record(proposals, caller, atomic).expect("answers")
    }

    /// In whose name an entry stands in the journal.
    fn by(&self, seq: u64) -> Actor {
        let raw = self.ledger.reader().entry(seq).expect("read").expect("an entry");
        Entry::read(&raw.bytes).expect("an entry").by
    }
}

fn post(code: &str) -> Actor {
    Actor::new(code).expect("a post")
}

fn with(code: &str, role: Role) -> Caller {
    Caller::with(post(code), Powers::new([role], None))
}

fn named(by: &str) -> String {
    PLEDGE.replace(r#""key""#, &format!(r#""by":"{by}","key""#))
}

#[test]
fn a_known_key_tells_nothing_to_whom_the_duty_was_not_given() {
    let open = Open::new();
    let first = open
        .one(PLEDGE, &with("ke-toan", Role::Recorder))
        .expect("its duty");
    assert_eq!(open.by(first.seq), post("ke-toan"));

    let other_event = PLEDGE.replace("500", "600");
    for line in [PLEDGE, &other_event] {
        let refused = open
            .one(line, &with("kiem-toan", Role::Auditor))
            .expect_err("no duty");
        assert_eq!(refused.reason(), Reason::NoDuty);
    }
    let refused = open
        .one(&named("ke-toan"), &with("thu-quy", Role::Recorder))
        .expect_err("another's name");
    assert_eq!(refused.reason(), Reason::OtherPost);
    // The form comes before the authority, with a known key as without.
    let malformed = PLEDGE.replace(r#""quantity":"500""#, r#""quantity":"0.5""#);
    let refused = open
        .one(&malformed, &with("kiem-toan", Role::Auditor))
        .expect_err("half a đồng");
    assert_eq!(refused.reason(), Reason::Form);

    // The key is for ever, whoever sends it, if it may be sent at all.
    let again = open.one(PLEDGE, &with("thu-quy", Role::Recorder)).expect("known");
    assert!(again.repeated);
    assert_eq!(again.seq, first.seq);
    let refused = open
        .one(&other_event, &with("thu-quy", Role::Recorder))
        .expect_err("another event");
    assert_eq!(refused.reason(), Reason::KeyUsed);
}

#[test]
fn only_who_holds_the_folder_writes_in_another_name() {
    let open = Open::new();
    let whole = open
        .one(&named("van-thu"), &Caller::from(&post("local")))
        .expect("any name");
    assert_eq!(open.by(whole.seq), post("van-thu"));
    let own = named("ke-toan").replace("so-tay-1", "so-tay-2");
    let own = open
        .one(&own, &with("ke-toan", Role::Recorder))
        .expect("its own name");
    assert_eq!(open.by(own.seq), post("ke-toan"));
}

#[test]
fn one_line_without_authority_takes_back_all_of_them() {
    let open = Open::new();
    let size = open.ledger.as_of().size;
    let party = r#"{"type":"party.registered","party":"quy","kind":"fund","name":"Quỹ"}"#;
    let answers = open.all(&[PLEDGE, party], &with("ke-toan", Role::Recorder), true);
    assert!(answers[0].is_ok());
    let refused = answers[1].as_ref().expect_err("an admin's duty");
    assert_eq!(refused.reason(), Reason::NoDuty);
    assert_eq!(open.ledger.as_of().size, size);
}
