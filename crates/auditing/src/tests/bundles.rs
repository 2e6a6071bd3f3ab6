//! Bundles of proofs, and what somebody tries with one.

use minhbach_events::{Hash, Reference};
use minhbach_tlog::{Note, ProofError, ProofFile, cosignature, inclusion_proof};
use serde_json::value::RawValue;

use super::paper_log::{PaperLog, key, log_key, origin, witness_key};
use crate::{
    BUNDLE_ENTRIES_MAX, BundleError, BundledEntry, EntryWrong, SeenError, SignedError, TrailBundle, read_seen,
};

/// What is recorded of a gift of money that becomes coats, a part of which goes to another keeper and is handed over.
const EVENTS: [&str; 9] = [
    r#"{"type":"pool.opened","v":1,"pool":"bua-an","fund":"quy","item":"VND","source":"social_domestic"}"#,
    r#"{"type":"receipt.issued","v":1,"receipt":"RC-MOT","serial":"quy/2024/000001","fund":"quy","source":"social_domestic","item":"VND","quantity":"500000","received_on":"2024-11-01","display":"anonymous","channel":"bank"}"#,
    r#"{"type":"receipt.issued","v":1,"receipt":"RC-HAI","serial":"quy/2024/000002","fund":"quy","pool":"bua-an","source":"social_domestic","item":"VND","quantity":"200000","received_on":"2024-11-02","display":"anonymous","channel":"bank"}"#,
    r#"{"type":"purchase.made","v":1,"purchase":"PU-AO","spends":[{"lot":"RC-MOT","quantity":"300000"},{"lot":"bua-an","quantity":"100000"}],"obtains":[{"lot":"LT-AO","item":"ao-am","quantity":"40","value_vnd":"400000"}],"supplier":"xuong-may","purchased_on":"2024-11-05"}"#,
    r#"{"type":"custody.transferred","v":1,"transfer":"TR-AO","lot":"LT-AO","quantity":"30","to":"nha-van-hoa","new_lot":"LT-AO-HAI","transferred_on":"2024-11-06"}"#,
    r#"{"type":"allocation.made","v":1,"allocation":"AL-AO","programme":"chuong-trinh","category":"CLO","place":"xa-mot","item":"ao-am","draws":[{"lot":"LT-AO","quantity":"5"},{"lot":"LT-AO-HAI","quantity":"15"}],"decided_on":"2024-11-07"}"#,
    r#"{"type":"delivery.made","v":1,"delivery":"DL-AO","allocation":"AL-AO","quantity":"20","place":"xa-mot","receiver":"truong-mot","children":20,"delivered_on":"2024-11-08"}"#,
    r#"{"type":"delivery.returned","v":1,"delivery":"DL-AO","quantity":"2","new_lot":"LT-AO-BA","returned_on":"2024-11-09","reason":"quá cỡ"}"#,
    r#"{"type":"delivery.confirmed","v":1,"delivery":"DL-AO","confirmed_by":"truong-mot","accepted":"18","confirmed_on":"2024-11-10","condition":"good"}"#,
];

/// The trail of the first receipt, as a ledger tells it: allocations without releases, deliveries without returns.
pub const NODES: &str = r#"[
    {"code":"RC-MOT","kind":"receipt","seq":1,"on":"2024-11-01","item":"VND","quantity":"500000"},
    {"code":"bua-an","kind":"pool","seq":0,"on":"2024-10-31","item":"VND","quantity":"200000","count":1},
    {"code":"PU-AO","kind":"purchase","seq":3,"on":"2024-11-05","item":"VND","quantity":"400000"},
    {"code":"LT-AO","kind":"lot","seq":3,"on":"2024-11-05","item":"ao-am","quantity":"40"},
    {"code":"TR-AO","kind":"transfer","seq":4,"on":"2024-11-06","item":"ao-am","quantity":"30"},
    {"code":"LT-AO-HAI","kind":"lot","seq":4,"on":"2024-11-06","item":"ao-am","quantity":"30"},
    {"code":"AL-AO","kind":"allocation","seq":5,"on":"2024-11-07","item":"ao-am","quantity":"20","place":"xa-mot","category":"CLO"},
    {"code":"DL-AO","kind":"delivery","seq":6,"on":"2024-11-08","item":"ao-am","quantity":"18","place":"xa-mot","category":"CLO","answered_by":[7,8]},
    {"code":"LT-AO-BA","kind":"lot","seq":7,"on":"2024-11-09","item":"ao-am","quantity":"2"}
]"#;

pub fn log() -> PaperLog {
    let mut prev = "0".repeat(64);
    let entries = (0_u64..).zip(EVENTS).map(|(seq, event)| {
        let at = format!("2024-10-31T02:00:0{seq}.000Z");
        let entry = format!(r#"{{"seq":{seq},"prev":"{prev}","at":"{at}","by":"test","event":{event}}}"#);
        prev = Hash::of(entry.as_bytes()).to_string();
        entry.into_bytes()
    });
    PaperLog::of(entries.collect())
}

pub fn trail(nodes: &str) -> Box<RawValue> {
    let text = format!(
        r#"{{"code":"RC-MOT","kind":"receipt","as_of":{{"size":9,"head":"{}"}},"nodes":{nodes},"edges":[],"reached":[]}}"#,
        "ab".repeat(32)
    );
    RawValue::from_string(text).expect("JSON")
}

pub fn bundled(log: &PaperLog, index: u64) -> BundledEntry {
    let proof = inclusion_proof(&log.tree(), index, log.entries.len() as u64).expect("read");
    BundledEntry {
        index,
        entry: String::from_utf8(log.entries[index as usize].clone()).expect("text"),
        proof: proof.expect("an entry"),
    }
}

pub fn bundle() -> TrailBundle {
    let log = log();
    TrailBundle {
        code: Reference::new("RC-MOT").expect("a code"),
        vkey: key().to_string(),
        note: log.note(9),
        entries: (0..9)
            .filter(|seq| *seq != 2)
            .map(|seq| bundled(&log, seq))
            .collect(),
        trail: Some(trail(NODES)),
    }
}

/// What a changed bundle is found to be, after it was written and read.
pub fn changed(change: impl FnOnce(&mut TrailBundle)) -> Result<(), BundleError> {
    let mut bundle = bundle();
    change(&mut bundle);
    let read = TrailBundle::parse(bundle.to_json()?.as_bytes())?;
    read.check(&key(), &[]).map(|_| ())
}

#[test]
fn what_somebody_wrote_into_a_file_moves_no_cursor() {
    for name in ["\\u001b[2J", "\\n\\n", &"x".repeat(9_000)] {
        let error = TrailBundle::parse(format!("{{\"{name}\":1}}").as_bytes()).expect_err("no bundle");
        let said = error.to_string();
        assert!(
            said.starts_with("not a trail bundle: unknown field `"),
            "{said:.80}"
        );
        assert!(!said.contains(char::is_control) && said.len() < 800, "{said:?}");
    }
}

#[test]
fn a_bundle_is_read_as_it_is_written_and_shows_what_it_says() {
    let (witness, stranger) = (witness_key(1), witness_key(2));
    let mut bundle = bundle();
    let line = cosignature::sign(&bundle.note, &witness, 1_000);
    bundle.note.add(line);
    let json = bundle.to_json().expect("written");
    assert!(
        json.starts_with(
            r#"{"format":"minhbach-trail-bundle@v1","code":"RC-MOT","vkey":"so.example/minh-bach+"#
        ),
        "{json:.100}"
    );
    let read = TrailBundle::parse(json.as_bytes()).expect("a bundle");
    assert_eq!(read.to_json().as_deref(), Ok(&json[..]));
    let known = [witness.public().clone(), stranger.public().clone()];
    let checked = read.check(&key(), &known).expect("sound");
    assert_eq!(checked.checkpoint, log().checkpoint(9));
    assert_eq!(checked.cosigned, [(witness.public().name().clone(), 1_000)]);
    assert_eq!(
        (checked.named_by, checked.entries, checked.nodes),
        (1, 8, Some(9))
    );
    assert!(checked.key_as_named);
    // Without a trail it shows the entries alone; another's key is noticed and is no fault.
    bundle.trail = None;
    bundle.vkey = "x".to_owned();
    let checked = bundle.check(&key(), &[]).expect("sound");
    assert_eq!((checked.nodes, checked.key_as_named), (None, false));
    // A lot and a pool are named by what opened them.
    for (code, by) in [
        ("LT-AO", 3),
        ("LT-AO-HAI", 4),
        ("LT-AO-BA", 7),
        ("bua-an", 0),
        ("DL-AO", 6),
    ] {
        bundle.code = Reference::new(code).expect("a code");
        assert_eq!(
            bundle.check(&key(), &[]).map(|checked| checked.named_by),
            Ok(by),
            "{code}"
        );
    }
}

#[test]
fn what_is_not_in_the_log_at_its_place_is_not_shown() {
    assert_eq!(changed(|_| ()), Ok(()));
    let wrong_root = |index| {
        Err(BundleError::Proof {
            index,
            why: ProofError::Root,
        })
    };
    // Positions: entry 2 is left out.
    let edited = |at: usize, one: &'static str, other: &'static str| {
        changed(move |bundle| {
            let entry = &mut bundle.entries[at].entry;
            assert!(entry.contains(one));
            *entry = entry.replacen(one, other, 1);
        })
    };
    assert_eq!(edited(1, "500000", "900000"), wrong_root(1));
    assert_eq!(edited(5, "xa-mot", "xa-hai"), wrong_root(6));
    // A space that JSON does not mind.
    assert_eq!(edited(5, ",\"event\"", ", \"event\""), wrong_root(6));
    // The proof of another.
    let told = changed(|bundle| bundle.entries[1].proof = bundle.entries[2].proof.clone());
    assert_eq!(told, wrong_root(1));
    let told = changed(|bundle| {
        bundle.entries[1].proof.pop();
    });
    assert!(
        matches!(told, Err(BundleError::Proof { index: 1, .. })),
        "{told:?}"
    );
    // An entry at another place.
    let told = changed(|bundle| bundle.entries[2].index = 2);
    assert!(
        matches!(told, Err(BundleError::Proof { index: 2, .. })),
        "{told:?}"
    );
    let told = changed(|bundle| bundle.entries[7].index = 9);
    let none = ProofError::NoSuchEntry { index: 9, size: 9 };
    assert_eq!(told, Err(BundleError::Proof { index: 9, why: none }));
    // A log that has signed an entry at a place that is not its own, and one that is none.
    let mut entries = log().entries;
    entries.swap(3, 4);
    entries[8] = b"{}".to_vec();
    let other = PaperLog::of(entries);
    for (at, is_right) in [
        (
            3,
            (|what| *what == EntryWrong::Seq { found: 4 }) as fn(&EntryWrong) -> bool,
        ),
        (8, |what| matches!(what, EntryWrong::Form(_))),
    ] {
        let told = changed(|bundle| {
            bundle.note = other.note(9);
            bundle.entries = vec![bundled(&other, at)];
        });
        assert!(
            matches!(&told, Err(BundleError::Entry { index, what }) if *index == at && is_right(what)),
            "{told:?}"
        );
    }
}

#[test]
fn only_the_log_s_key_and_witnesses_that_signed_are_believed() {
    let other = minhbach_tlog::SigningKey::of_seed(origin(), minhbach_tlog::KeyKind::Log, &[9; 32]);
    let told = bundle().check(other.public(), &[]);
    assert!(
        matches!(told, Err(BundleError::NotSigned(SignedError::Note(_)))),
        "{told:?}"
    );
    let told = changed(|bundle| bundle.note = log().note(8));
    assert!(
        matches!(told, Err(BundleError::Proof { index: 0, .. })),
        "{told:?}"
    );
    let mut foreign =
        Note::of("so.example/khac\n9\n".to_owned() + &log().checkpoint(9).root.to_string() + "\n");
    foreign.as_mut().expect("a text").sign(&log_key());
    let told = changed(|bundle| bundle.note = foreign.expect("a text"));
    assert!(
        matches!(told, Err(BundleError::NotSigned(SignedError::Foreign { .. }))),
        "{told:?}"
    );
    let witness = witness_key(1);
    let mut bundle = bundle();
    let mut line = cosignature::sign(&bundle.note, &witness, 1_000);
    line.bytes[7] ^= 1;
    bundle.note.add(line);
    assert!(bundle.check(&key(), &[]).is_ok(), "strangers are passed over");
    assert_eq!(
        bundle.check(&key(), &[witness.public().clone()]),
        Err(BundleError::Cosignature(witness.public().name().clone()))
    );
}

#[test]
fn a_bundle_is_about_its_code() {
    let other = |code: &'static str| {
        changed(move |bundle| {
            bundle.code = Reference::new(code).expect("a code");
            bundle.trail = None;
        })
    };
    assert_eq!(other("PU-AO"), Ok(()));
    // Named as what is drawn on, and not as what the entry is about.
    for code in ["RC-HAI", "RC-KHAC", "xa-mot", "truong-mot"] {
        let code_of = Reference::new(code).expect("a code");
        assert_eq!(other(code), Err(BundleError::NotAbout(code_of)), "{code}");
    }
    let none = changed(|bundle| bundle.entries.clear());
    assert!(matches!(none, Err(BundleError::NotAbout(_))));
    let told = changed(|bundle| bundle.code = Reference::new("PU-AO").expect("a code"));
    assert_eq!(told, Err(BundleError::OtherTrail));
}

#[test]
fn what_is_no_bundle_is_refused_with_what_is_wrong() {
    let good = bundle().to_json().expect("written");
    let check = |text: &str, is_right: fn(&BundleError) -> bool| {
        let told = TrailBundle::parse(text.as_bytes())
            .map(|_| ())
            .expect_err("refused");
        assert!(is_right(&told), "{text:.200}: {told}");
    };
    let form = |told: &BundleError| matches!(told, BundleError::Form(_));
    for bad in [
        "",
        "[]",
        "{}",
        &good[1..],
        &good[..good.len() - 1],
        &format!("{good}x"),
        &good.replacen("bundle@v1", "bundle@v2", 1),
        &good.replacen("\"code\"", "\"more\":1,\"code\"", 1),
        &good.replacen("\"index\":0", "\"index\":0,\"more\":1", 1),
        &good.replacen("\"index\":0", "\"index\":0,\"index\":0", 1),
        &good.replacen("\"index\":0", "\"index\":-1", 1),
        &good.replacen("\"code\":\"RC-MOT\"", "\"code\":\"RC MOT\"", 1),
        &good.replacen("\"vkey\"", "\"key\"", 1),
        &good.replacen("\"trail\":{", "\"trail\":{{", 1),
    ] {
        check(bad, form);
    }
    check(&good.replacen("\"index\":1", "\"index\":0", 1), |told| {
        matches!(told, BundleError::Order { index: 0 })
    });
    check(&good.replacen("\"index\":0", "\"index\":7", 1), |told| {
        matches!(told, BundleError::Order { index: 1 })
    });
    check(&good.replacen("\"proof\":[\"", "\"proof\":[\"A", 1), |told| {
        matches!(told, BundleError::Hashes { index: 0 })
    });
    check(
        &good
            .replacen("\"checkpoint\":\"", "\"checkpoint\":\"\\n", 1)
            .replacen('\u{2014}', "-", 1),
        |told| matches!(told, BundleError::NotSigned(_)),
    );
    let mut long = bundle();
    long.entries[0].proof = vec![log().checkpoint(9).root; 64];
    let text = long.to_json().expect("written");
    check(&text, |told| matches!(told, BundleError::Hashes { index: 0 }));
    long.entries[0].proof.clear();
    long.entries[0].entry = "x".repeat(65_536);
    let text = long.to_json().expect("written");
    check(&text, |told| matches!(told, BundleError::Entry { index: 0, .. }));
    let mut many = bundle();
    many.entries = (0..=BUNDLE_ENTRIES_MAX as u64)
        .map(|index| BundledEntry {
            index,
            entry: "x".to_owned(),
            proof: Vec::new(),
        })
        .collect();
    assert_eq!(many.to_json(), Err(BundleError::TooMany(2_001)));
    many.entries.pop();
    let text = many.to_json().expect("written");
    assert!(TrailBundle::parse(text.as_bytes()).is_ok());
    let one_more = r#"{"index":2000,"entry":"x","proof":[]},{"index":2001"#;
    let text = text.replacen(
        r#"],"trail""#,
        &format!(",{one_more},\"entry\":\"x\",\"proof\":[]}}],\"trail\""),
        1,
    );
    assert!(matches!(
        TrailBundle::parse(text.as_bytes()),
        Err(BundleError::TooMany(2_002))
    ));
    many.entries
        .iter_mut()
        .for_each(|entry| entry.entry = "x".repeat(9_000));
    assert_eq!(many.to_json(), Err(BundleError::TooLong));
    assert!(matches!(
        TrailBundle::parse(&vec![b' '; 16 * 1024 * 1024 + 1]),
        Err(BundleError::TooLong)
    ));
}

#[test]
fn an_older_checkpoint_is_read_out_of_whatever_holds_it() {
    let log = log();
    let proof = ProofFile {
        extra: None,
        index: 3,
        hashes: bundled(&log, 3).proof,
        note: log.note(9),
    };
    let bundle = bundle().to_json().expect("written");
    let note = log.note(9).to_string();
    for text in [&note, &proof.to_string(), &bundle, &format!("\n {bundle}")] {
        let seen = read_seen(text.as_bytes(), &key()).expect("read");
        assert_eq!((seen.checkpoint, seen.note), (log.checkpoint(9), log.note(9)));
        let other = text.replacen("minh-bach", "minh-bac", 9);
        assert!(read_seen(other.as_bytes(), &key()).is_err(), "{text:.60}");
    }
    for bad in ["", "x", "{}", "c2sp.org/tlog-proof@v1\n"] {
        assert!(read_seen(bad.as_bytes(), &key()).is_err(), "{bad}");
    }
    let larger = note.replacen("\n9\n", "\n10\n", 1);
    let told = read_seen(larger.as_bytes(), &key());
    assert!(matches!(told, Err(SeenError::NotSigned(_))), "{told:?}");
}
