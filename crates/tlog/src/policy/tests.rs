//! Policies as the specification has them, a row for each fault, and who is enough.

use super::*;
use crate::checkpoint::tests::{PINNED, PINNED_AT};
use crate::key::tests::{log_key, witness_key};
use crate::{KeyName, Signature, SigningKey};

fn witness(nth: u8) -> SigningKey {
    let name = KeyName::new(&format!("witness.example/w{nth}")).expect("a name");
    SigningKey::of_seed(name, KeyKind::Cosigner, &[nth; 32])
}

fn log() -> String {
    log_key().public().to_string()
}

/// The example of the specification, with keys.
fn example() -> String {
    let keys: Vec<String> = (101..=106).map(|nth| witness(nth).public().to_string()).collect();
    format!(
        "log {}\n\nwitness X1 {}\nwitness X2 {}\nwitness X3 {}\ngroup X-witnesses 2 X1 X2 X3\n\n\
         witness Y1 {}\nwitness Y2 {}\nwitness Y3 {}\ngroup Y-witnesses any Y1 Y2 Y3\n\n\
         group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n",
        log(),
        keys[0],
        keys[1],
        keys[2],
        keys[3],
        keys[4],
        keys[5]
    )
}

fn seen(names: &str) -> Vec<Seen> {
    let seen = |name: &str| Seen {
        witness: name.to_owned(),
        at: 1,
    };
    names.split_whitespace().map(seen).collect()
}

#[test]
fn the_example_of_the_specification_asks_for_two_of_three_and_one_of_three() {
    let policy = Policy::parse(&example()).expect("a policy");
    assert_eq!(policy.logs().len(), 1);
    let names: Vec<&str> = policy
        .witnesses()
        .iter()
        .map(|known| known.name.as_str())
        .collect();
    assert_eq!(names, ["X1", "X2", "X3", "Y1", "Y2", "Y3"]);
    for (who, enough) in [
        ("", false),
        ("X1 X2", false),
        ("X1 Y1", false),
        ("Y1 Y2 Y3", false),
        ("X1 X1 Y1", false),
        ("X1 X2 Y3", true),
        ("X3 X2 Y1 Y2", true),
        ("X1 X2 X3 Y1 Y2 Y3", true),
        ("X1 X2 somebody", false),
    ] {
        assert_eq!(policy.satisfied_by(&seen(who)), enough, "{who}");
    }
}

#[test]
fn nobody_and_one_are_quorums_too() {
    let none = Policy::parse("quorum none").expect("a policy");
    assert!(none.satisfied_by(&[]));
    let w1 = witness(1).public().to_string();
    let one = format!(
        "witness một {w1} https://witness.example/\nquorum một\nlog {}\n",
        log()
    );
    let one = Policy::parse(&one).expect("a policy");
    assert_eq!(
        one.witnesses()[0].url.as_deref(),
        Some("https://witness.example/")
    );
    assert!(!one.satisfied_by(&[]));
    assert!(one.satisfied_by(&seen("một")));
}

#[test]
fn space_and_comments_mean_nothing() {
    let (log, w1) = (log(), witness(1).public().to_string());
    let text = format!(
        "# kept by hand\n \t\n\t#quorum none\n  log\t{log}  https://so.example/log \n witness a {w1}\n\tquorum \t a"
    );
    let policy = Policy::parse(&text).expect("a policy");
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://so.example/log"));
    assert_eq!(policy.logs()[0].key, *log_key().public());
    // Only the two spaces of ASCII separate: this is one name.
    let name = "a\u{2003}b";
    let policy = Policy::parse(&format!("witness {name} {w1}\nquorum {name}\n")).expect("a policy");
    assert_eq!(policy.witnesses()[0].name, name);
}

#[test]
fn each_fault_is_named_with_its_line() {
    let (log, w1, w2) = (
        log(),
        witness(1).public().to_string(),
        witness(2).public().to_string(),
    );
    let same_key = SigningKey::of_seed(
        KeyName::new("other.example").expect("a name"),
        KeyKind::Cosigner,
        &[1; 32],
    );
    let same_key = same_key.public();
    // The seed of the log, as a witness's: one who watches himself.
    let itself = SigningKey::of_seed(
        KeyName::new("itself").expect("a name"),
        KeyKind::Cosigner,
        &std::array::from_fn(|nth| nth as u8),
    );
    let itself = itself.public();
    let two = format!("witness a {w1}\nwitness b {w2}\n");
    let long = "x".repeat(WORD_BYTES_MAX + 1);
    let form = PolicyFault::Form;
    let (log_form, witness_form) = (form("log <vkey> [<url>]"), form("witness <name> <vkey> [<url>]"));
    let (group_form, quorum_form) = (
        form("group <name> all|any|<k> <name>..."),
        form("quorum <name>|none"),
    );
    for (text, line, why) in [
        (String::new(), 1, PolicyFault::NoQuorum),
        (format!("log {log}\n\n"), 2, PolicyFault::NoQuorum),
        (
            "quorum none\n\nquorum none\n".into(),
            3,
            PolicyFault::SecondQuorum,
        ),
        ("quorum none\r\n".into(), 1, PolicyFault::Control),
        ("# \u{7}\nquorum none\n".into(), 1, PolicyFault::Control),
        ("quorum none\u{7f}\n".into(), 1, PolicyFault::Control),
        ("quorums none\n".into(), 1, PolicyFault::Keyword),
        ("QUORUM none\n".into(), 1, PolicyFault::Keyword),
        ("quorum\n".into(), 1, quorum_form.clone()),
        ("quorum none none\n".into(), 1, quorum_form),
        ("log\n".into(), 1, log_form.clone()),
        (format!("log {log} url url\n"), 1, log_form),
        (format!("witness {w1}\n"), 1, witness_form.clone()),
        (format!("witness a {w1} url url\n"), 1, witness_form),
        (format!("{two}group g all\n"), 3, group_form.clone()),
        (format!("{two}group g\n"), 3, group_form),
        (format!("log {log} {long}\n"), 1, PolicyFault::Word),
        ("log abc\n".into(), 1, PolicyFault::Key(KeyError::Form)),
        (format!("log {w1}\n"), 1, PolicyFault::OtherKind),
        (format!("witness a {log}\n"), 1, PolicyFault::OtherKind),
        (format!("log {log}\nlog {log} url\n"), 2, PolicyFault::KeyTwice),
        (format!("{two}witness c {same_key}\n"), 3, PolicyFault::KeyTwice),
        (
            format!("log {log}\nwitness a {itself}\n"),
            2,
            PolicyFault::KeyTwice,
        ),
        (format!("witness none {w1}\n"), 1, PolicyFault::Reserved),
        (format!("{two}group none any a\n"), 3, PolicyFault::Reserved),
        (
            format!("witness a {w1}\nwitness a {w2}\n"),
            2,
            PolicyFault::NameTwice("a".into()),
        ),
        (
            format!("{two}group a any b\n"),
            3,
            PolicyFault::NameTwice("a".into()),
        ),
        ("quorum a\nwitness a".into(), 1, PolicyFault::Unknown("a".into())),
        (
            format!("{two}group g any g\n"),
            3,
            PolicyFault::Unknown("g".into()),
        ),
        (
            format!("{two}group g any none\n"),
            3,
            PolicyFault::Unknown("none".into()),
        ),
        (
            format!("{two}group g any a a\n"),
            3,
            PolicyFault::MemberTwice("a".into()),
        ),
        (
            format!("{two}group g any a\ngroup h any b a\n"),
            4,
            PolicyFault::MemberTwice("a".into()),
        ),
        (format!("{two}group g 0 a b\n"), 3, PolicyFault::Threshold),
        (format!("{two}group g 3 a b\n"), 3, PolicyFault::Threshold),
        (format!("{two}group g 01 a b\n"), 3, PolicyFault::Threshold),
        (format!("{two}group g +1 a b\n"), 3, PolicyFault::Threshold),
        (format!("{two}group g half a b\n"), 3, PolicyFault::Threshold),
    ] {
        assert_eq!(Policy::parse(&text), Err(PolicyError { line, why }), "{text}");
    }
}

#[test]
fn there_are_limits_and_room_below_them() {
    let group = |nth: usize| format!("group g{nth} any g{}\n", nth - 1);
    let groups = |count: usize| {
        let first = format!("witness g0 {}\n", witness(1).public());
        first + &(1..=count).map(group).collect::<String>() + "quorum none\n"
    };
    assert!(Policy::parse(&groups(GROUPS_MAX)).is_ok());
    let why = PolicyFault::TooMany;
    let line = GROUPS_MAX + 2;
    assert_eq!(
        Policy::parse(&groups(GROUPS_MAX + 1)),
        Err(PolicyError { line, why })
    );
    let witnesses = |count: usize| {
        let line = |nth| format!("witness w{nth} {}\n", witness(nth as u8).public());
        (1..=count).map(line).collect::<String>() + "quorum none\n"
    };
    assert!(Policy::parse(&witnesses(WITNESSES_MAX)).is_ok());
    assert!(Policy::parse(&witnesses(WITNESSES_MAX + 1)).is_err());
    let comments = |count: usize| format!("quorum none\n{}", "#\n".repeat(count));
    let fits = (POLICY_BYTES_MAX - 12) / 2;
    assert!(Policy::parse(&comments(fits)).is_ok());
    let why = PolicyFault::TooLong;
    let line = fits + 2;
    assert_eq!(Policy::parse(&comments(fits + 1)), Err(PolicyError { line, why }));
}

#[test]
fn a_list_of_logs_needs_no_quorum() {
    let logs = Policy::parse_logs(&format!("# ours\nlog {}\n", log())).expect("a list");
    assert_eq!(logs.len(), 1);
    let line = 2;
    let why = PolicyFault::Keyword;
    assert_eq!(Policy::parse_logs("\norigin x\n"), Err(PolicyError { line, why }));
}

#[test]
fn a_note_tells_who_saw_it_and_when() {
    let note = Note::parse(PINNED.as_bytes()).expect("a note");
    let pinned = witness_key().public().to_string();
    let other = witness(9).public().to_string();
    let rule = format!("witness w1 {pinned}\nwitness w9 {other}\ngroup both all w1 w9\n");
    let policy = Policy::parse(&format!("log {}\n{rule}quorum w1\n", log())).expect("a policy");
    let told = policy.check(&note).expect("signed");
    let expected = Seen {
        witness: "w1".into(),
        at: PINNED_AT,
    };
    assert_eq!(told, [expected]);
    assert!(policy.satisfied_by(&told));
    let both = Policy::parse(&format!("{rule}quorum both\n")).expect("a policy");
    assert_eq!(
        both.check(&note),
        Ok(told.clone()),
        "without logs nobody asks who signed"
    );
    assert!(!both.satisfied_by(&told));

    let mut cosigned = note.clone();
    cosigned.add(cosignature::sign(&note, &witness(9), 7));
    let told = both.check(&cosigned).expect("signed");
    assert_eq!(
        told.iter().map(|seen| seen.at).collect::<Vec<_>>(),
        [PINNED_AT, 7]
    );
    assert!(both.satisfied_by(&told));
}

#[test]
fn a_wrong_signature_of_who_is_known_is_an_error_and_no_log_is_too() {
    let note = Note::parse(PINNED.as_bytes()).expect("a note");
    let w1 = witness_key().public().to_string();
    let policy = format!("log {}\nwitness w1 {w1}\nquorum none\n", log());
    let policy = Policy::parse(&policy).expect("a policy");
    for nth in [0, 1] {
        let mut forged = note.clone();
        let mut line = note.signatures()[nth].clone();
        line.bytes[30] ^= 1;
        forged.add(Signature { ..line.clone() });
        assert_eq!(policy.check(&forged), Err(NoteError::BadSignature(line.name)));
    }
    let mut unsigned = Note::of(note.text().to_owned()).expect("a text");
    unsigned.add(note.signatures()[1].clone());
    assert_eq!(policy.check(&unsigned), Err(NoteError::Unsigned));
    // A known log that signs a checkpoint of another has said nothing of its own.
    let mut foreign =
        Note::of(note.text().replace("example.org/ledger", "example.org/other")).expect("a text");
    foreign.sign(&log_key());
    assert_eq!(policy.check(&foreign), Err(NoteError::Unsigned));
}

#[test]
fn a_name_moves_no_cursor_and_fits_into_a_sentence() {
    for name in ["\u{9b}2J", &"ă".repeat(1_000)] {
        let error = Policy::parse(&format!("quorum {name}")).expect_err("nothing is called so");
        let said = error.to_string();
        assert!(said.starts_with("line 1: no earlier line says what "), "{said}");
        assert!(
            !said.contains(char::is_control) && said.chars().count() < 200,
            "{said:?}"
        );
    }
}
