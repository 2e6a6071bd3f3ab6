//! A bank statement of 200,361 lines: imported to the đồng, once, and each gift in it can be followed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use minhbach_exchange::sample::{Facts, Sample};
use minhbach_tests::{
    DataFolder, FUND, POOL, Run, allocation, confirmation, delivery, not_checked, receipt, run,
    statement_import, workspace_root,
};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde_json::Value;
use tempfile::TempDir;

/// As many lines as the real one has.
const LINES: u64 = 200_361;
/// The most memory an import may take.
const PEAK_KIB_MAX: u64 = 300 << 10;
/// What the sample's memos say.
const MEMOS: [&str; 8] = [
    "chuyen tien",
    "ung ho tre em vung cao",
    "ct ung ho dong bao",
    "ủng hộ bữa ăn học đường",
    "ao am, sach vo cho em",
    "gop gach xay truong",
    "chuong trinh",
    "mua dong am ap",
];

/// A statement in a folder of its own.
struct Statement {
    folder: TempDir,
    text: Vec<u8>,
    facts: Facts,
}

impl Statement {
    fn of(lines: u64, seed: u64) -> Statement {
        let mut text = Vec::new();
        let facts = Sample { lines, seed }.write(&mut text).expect("a statement");
        Statement {
            folder: tempfile::tempdir().expect("a folder"),
            text,
            facts,
        }
    }

    fn file(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a statement");
        path
    }

    /// The header, and where each line behind it lies. No memo of a sample holds a line end.
    fn lines(&self) -> (&[u8], Vec<Range<usize>>) {
        let mut lines = Vec::new();
        let mut begin = 0;
        for line in self.text.split_inclusive(|&byte| byte == b'\n') {
            lines.push(begin..begin + line.len());
            begin += line.len();
        }
        let header = lines.remove(0);
        (&self.text[header], lines)
    }

    /// The header and some lines.
    fn part(&self, name: &str, lines: Range<usize>) -> PathBuf {
        let (header, all) = self.lines();
        let body = &self.text[all[lines.start].start..all[lines.end - 1].end];
        self.file(name, &[header, body].concat())
    }
}

fn import(folder: &DataFolder, file: &Path, more: &[&str]) -> Run {
    let arguments = statement_import(file.to_str().expect("a path"));
    let begin = Instant::now();
    let run = run(&mut folder.command(arguments.into_iter().chain(more.iter().copied())));
    if let Some(kib) = run.peak_kib {
        assert!(kib < PEAK_KIB_MAX, "an import took {} MiB", kib >> 10);
    }
    eprintln!(
        "{} in {:.1} s, {} MiB at most",
        file.file_name().unwrap_or_default().to_string_lossy(),
        begin.elapsed().as_secs_f32(),
        run.peak_kib.unwrap_or(0) >> 10
    );
    run
}

/// Everything said, its numbers without separators.
fn figures(run: &Run) -> String {
    let mut said = format!("{}\n{}", run.out, run.err);
    said.retain(|letter| !['.', ',', '\u{a0}', '\u{202f}'].contains(&letter));
    said
}

#[track_caller]
fn assert_says(run: &Run, numbers: &[u128]) {
    let said = figures(run);
    for number in numbers {
        assert!(
            said.contains(&number.to_string()),
            "{number} is not in what was said:\n{}\n{}",
            run.out,
            run.err
        );
    }
}

/// The quantities of all receipts in the journal, in their order.
fn gifts(folder: &DataFolder) -> Vec<(String, u128)> {
    let journal = folder.journal();
    let receipts = journal.of("receipt.issued");
    receipts
        .map(|line| (word(&line.event()["receipt"]), dong(&line.event()["quantity"])))
        .collect()
}

fn word(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

fn dong(value: &Value) -> u128 {
    word(value)
        .parse()
        .unwrap_or_else(|error| panic!("{value}: {error}"))
}

#[track_caller]
fn assert_received(folder: &DataFolder, credits: u64, sum: u128) {
    let gifts = gifts(folder);
    assert_eq!(gifts.len() as u64, credits);
    assert_eq!(gifts.iter().map(|(_, dong)| dong).sum::<u128>(), sum);
    let balances = folder.run(["balances", "--format", "json"]).ok().json();
    let row = balances["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["lot"] == POOL)
        .expect("the pool");
    assert_eq!((dong(&row["received"]), dong(&row["available"])), (sum, sum));
}

/// No memo anywhere but in `private/`, which is its owner's alone.
#[track_caller]
fn assert_private(folder: &DataFolder, said: &[&Run], memos: &[&str]) {
    use std::os::unix::fs::PermissionsExt;
    let private = folder.path().join("private");
    let mode = std::fs::metadata(&private)
        .expect("private/")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    let mut kept = 0;
    let mut folders = vec![folder.path().to_owned()];
    while let Some(inside) = folders.pop() {
        for item in std::fs::read_dir(inside).expect("a folder") {
            let path = item.expect("an item").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("a file");
            for memo in memos {
                let found = contains(&bytes, memo.as_bytes());
                if path.starts_with(&private) {
                    kept += usize::from(found);
                } else {
                    assert!(!found, "{memo:?} is in {}", path.display());
                }
            }
        }
    }
    assert!(0 < kept, "the memos are kept in private/");
    for run in said {
        for memo in memos {
            assert!(
                !run.out.contains(memo) && !run.err.contains(memo),
                "{memo:?} was printed"
            );
        }
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    let finder = |at: &usize| bytes[*at..].starts_with(text);
    let mut from = 0;
    while let Some(step) = bytes[from..].iter().position(|&byte| byte == text[0]) {
        if finder(&(from + step)) {
            return true;
        }
        from += step + 1;
    }
    false
}

#[test]
fn two_hundred_thousand_gifts_are_imported_once_and_followed_to_the_children() {
    let statement = Statement::of(LINES, 588);
    let facts = statement.facts;
    assert_eq!((facts.debits, facts.debits_vnd), (1, 55_000));
    let file = statement.file("sao-ke.csv", &statement.text);
    let folder = DataFolder::prepared();
    let first = import(&folder, &file, &[]).ok();
    assert_says(
        &first,
        &[
            facts.lines.into(),
            facts.credits.into(),
            facts.credits_vnd,
            55_000,
        ],
    );
    assert_received(&folder, facts.credits, facts.credits_vnd);
    let journal = folder.journal();
    let commitments = journal
        .of("receipt.issued")
        .filter(|line| line.event().get("commitment").is_some())
        .count();
    let bank = journal
        .of("receipt.issued")
        .filter(|line| line.event()["channel"] == "bank")
        .count();
    assert_eq!(bank as u64, facts.credits);
    // An empty memo has no commitment; a debit's memo is nobody's gift.
    let without = facts.credits - commitments as u64;
    assert!(
        without == facts.empty_memos || without + 1 == facts.empty_memos,
        "{without} {}",
        facts.empty_memos
    );

    let again = import(&folder, &file, &[]).ok();
    assert_eq!(folder.journal().bytes, journal.bytes, "again adds nothing");
    assert_says(&again, &[facts.credits.into(), facts.credits_vnd]);
    // The same statement compressed is the same statement.
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&statement.text).expect("compressed");
    let packed = statement.file("sao-ke.csv.gz", &packed.finish().expect("compressed"));
    import(&folder, &packed, &[]).ok();
    assert_eq!(folder.journal().bytes, journal.bytes, "compressed adds nothing");
    assert_private(&folder, &[&first, &again], &MEMOS);
    folder.run(["verify"]).ok();
    follow(&folder);
}

#[test]
fn the_published_statement_sums_to_the_dong() {
    let shared = std::env::var_os("MINHBACH_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| workspace_root().join("../shared"));
    let file = shared.join("data/statement-vietcombank-2024-09.csv.gz");
    if !file.is_file() {
        return not_checked(&format!(
            "the published statement: {} is not there",
            file.display()
        ));
    }
    let folder = DataFolder::prepared();
    let first = import(&folder, &file, &[]).ok();
    assert_says(&first, &[200_361, 200_360, 135_081_775_728, 55_000]);
    assert_received(&folder, 200_360, 135_081_775_728);
    let bytes = folder.journal().bytes;
    import(&folder, &file, &[]).ok();
    assert!(folder.journal().bytes == bytes, "again adds nothing");
    follow(&folder);
    folder.run(["verify"]).ok();
}

#[test]
fn the_reconciliation_is_a_document_too() {
    let statement = Statement::of(400, 4);
    let facts = statement.facts;
    let file = statement.file("sao-ke.csv", &statement.text);
    let folder = DataFolder::prepared();
    for (imported, there) in [(true, false), (false, true)] {
        let document = import(&folder, &file, &["--format", "json"]).ok().json();
        let reconciliation = &document["reconciliation"];
        let tally = |word: &str| {
            (
                reconciliation[word]["count"].as_u64(),
                dong(&reconciliation[word]["sum_vnd"]),
            )
        };
        let credits = (Some(facts.credits), facts.credits_vnd);
        let expected = |all: bool| if all { credits } else { (Some(0), 0) };
        assert_eq!(reconciliation["lines"], facts.lines);
        assert_eq!((tally("credits"), tally("debits")), (credits, (Some(1), 55_000)));
        assert_eq!(
            (tally("imported"), tally("already_there")),
            (expected(imported), expected(there))
        );
        assert_eq!(
            (tally("refused"), &reconciliation["not_understood"]),
            ((Some(0), 0), &0.into())
        );
        assert_eq!(document["debits"].as_array().map(Vec::len), Some(1));
        assert_eq!(dong(&document["debits"][0]["amount_vnd"]), 55_000);
    }
}

// ---- Following gifts ----

/// A stretch of the pool's line that went to one delivery.
struct Piece {
    delivery: String,
    stretch: Range<u128>,
}

/// Allocates all of the pool in three decisions with odd amounts, delivers nearly all, and follows gifts: their shares
/// are recomputed here from the order of the receipts alone.
fn follow(folder: &DataFolder) {
    let gifts = gifts(folder);
    let total: u128 = gifts.iter().map(|(_, dong)| dong).sum();
    let third = total / 3;
    let allocations = [third + 1, third - 7_000_003, total - 2 * third + 7_000_002];
    let (mut proposals, mut pieces, mut begin) = (Vec::new(), Vec::new(), 0);
    for (index, &quantity) in allocations.iter().enumerate() {
        let code = format!("AL-{}", index + 1);
        proposals.push(allocation(&code, quantity));
        // The second keeps some that is not handed over yet.
        let parts = match index {
            0 => vec![12_345_677, quantity / 2, quantity - quantity / 2 - 12_345_677],
            1 => vec![quantity - 1_000_000_007],
            _ => vec![1_000_003, quantity - 1_000_003],
        };
        let mut at = begin;
        for (part, &dong) in parts.iter().enumerate() {
            let delivery_code = format!("DL-{}-{}", index + 1, part + 1);
            proposals.push(delivery(&delivery_code, &code, dong));
            if part % 2 == 0 {
                proposals.push(confirmation(&delivery_code, dong));
            }
            pieces.push(Piece {
                delivery: delivery_code,
                stretch: at..at + dong,
            });
            at += dong;
        }
        begin += quantity;
    }
    assert_eq!(begin, total);
    folder.record_all(&proposals);

    let mut ends = Vec::with_capacity(gifts.len());
    let mut end = 0;
    for (_, dong) in &gifts {
        end += dong;
        ends.push(end);
    }
    // The first, the middle, the last, and those that a boundary cuts.
    let mut followed = vec![0, gifts.len() / 2, gifts.len() - 1];
    for piece in &pieces {
        for position in [piece.stretch.start, piece.stretch.end] {
            followed.push(ends.partition_point(|&end| end <= position).min(gifts.len() - 1));
        }
    }
    followed.sort_unstable();
    followed.dedup();
    let mut cut = 0;
    for index in followed {
        let (code, dong_given) = &gifts[index];
        let own = ends[index] - dong_given..ends[index];
        let expected: HashMap<&str, (u128, u128)> = pieces
            .iter()
            .filter_map(|piece| {
                let part = own
                    .end
                    .min(piece.stretch.end)
                    .checked_sub(own.start.max(piece.stretch.start))?;
                let whole = piece.stretch.end - piece.stretch.start;
                (0 < part).then_some((piece.delivery.as_str(), (part, whole)))
            })
            .collect();
        cut += u32::from(1 < expected.len());
        assert_trail(folder, code, *dong_given, &expected);
    }
    assert!(2 <= cut, "boundaries cut gifts");
}

fn assert_trail(folder: &DataFolder, code: &str, given: u128, expected: &HashMap<&str, (u128, u128)>) {
    let trail = folder.run(["trail", code, "--format", "json"]).ok().json();
    let outcome = |word: &str| dong(&trail["outcome"][word]);
    assert_eq!(outcome("received"), given, "{code}");
    let reached = trail["reached"].as_array().expect("deliveries");
    assert_eq!(reached.len(), expected.len(), "{code}: {trail}");
    let mut sum = BigRational::from_integer(BigInt::ZERO);
    for delivery in reached {
        let name = word(&delivery["delivery"]);
        let (part, whole) = expected[name.as_str()];
        assert_eq!(dong(&delivery["delivered"]), whole, "{code} in {name}");
        let share = BigRational::new(part.into(), whole.into());
        let written = format!("{}/{}", share.numer(), share.denom());
        assert_eq!(word(&delivery["share"]), written, "{code} in {name}");
        sum += share * BigRational::from_integer(whole.into());
    }
    let delivered: u128 = expected.values().map(|(part, _)| part).sum();
    assert_eq!(outcome("delivered"), delivered, "{code}");
    assert_eq!(sum, BigRational::from_integer(delivered.into()), "{code}");
    // All was allocated, and nothing left in another way.
    assert_eq!(
        (outcome("available"), outcome("allocated")),
        (0, given - delivered),
        "{code}"
    );
    let rest = ["spent", "transferred", "refunded", "written_off", "expensed"];
    assert_eq!(rest.iter().map(|word| outcome(word)).sum::<u128>(), 0, "{code}");
    // A pool is one step, not its receipts.
    let nodes = trail["nodes"].as_array().expect("steps");
    assert!(nodes.len() < 12, "{code}: {} steps", nodes.len());
    assert!(
        nodes
            .iter()
            .any(|node| node["code"] == POOL && node["count"].is_u64()),
        "{code}: {trail}"
    );
}

// ---- Two files for one ----

/// Imports one file and then the other: the whole, or an honest refusal. Whether it was the whole.
///
/// `continues`: the second begins exactly where the first ends, and who states so gets the whole.
#[track_caller]
fn import_both(statement: &Statement, parts: [&Path; 2], continues: bool, what: &str) -> bool {
    let facts = statement.facts;
    let folder = DataFolder::prepared();
    import(&folder, parts[0], &[]).ok();
    let before = folder.journal();
    let second = import(&folder, parts[1], &[]);
    if second.code == Some(0) {
        assert_received(&folder, facts.credits, facts.credits_vnd);
        return true;
    }
    let second = second.exits(2);
    assert!(
        folder.journal().bytes == before.bytes,
        "{what}: a refusal adds nothing"
    );
    let said = format!("{}{}", second.out, second.err);
    let listed = import(&folder, parts[1], &["--format", "json"]).exits(2).json();
    let lines = listed["ambiguous"][0]["lines"]
        .as_array()
        .expect("lines in doubt");
    assert!(!lines.is_empty(), "{what}: the lines are listed: {said}");
    for line in lines {
        let (number, sum) = (&line["line"], dong(&line["amount_vnd"]));
        assert!(number.is_u64() || number.is_null(), "{what}: {line}");
        assert!(
            0 < sum && line["document"].is_string() && said.contains(&word(&line["date"])),
            "{what}: {line}"
        );
    }
    assert_private(&folder, &[&second], &MEMOS);
    if continues {
        import(&folder, parts[1], &["--continues"]).ok();
        assert_received(&folder, facts.credits, facts.credits_vnd);
    }
    false
}

/// The first line of the large day, and its share of the file.
fn large_day(statement: &Statement) -> usize {
    (statement.facts.lines - statement.facts.large_day) as usize
}

#[test]
fn a_statement_split_between_days_is_the_whole() {
    let statement = Statement::of(6_000, 11);
    let (_, lines) = statement.lines();
    let day = large_day(&statement);
    for at in [day, day - 1] {
        let (a, b) = (
            statement.part("a.csv", 0..at),
            statement.part("b.csv", at..lines.len()),
        );
        let whole = import_both(&statement, [&a, &b], true, "between days");
        assert!(whole || at != day, "between days there is no doubt");
        import_both(&statement, [&b, &a], false, "between days, later first");
    }
}

#[test]
fn a_statement_split_within_a_day_is_the_whole_or_refused() {
    let statement = Statement::of(6_000, 12);
    let (_, lines) = statement.lines();
    let day = large_day(&statement);
    let (mut whole, mut refused) = (0, 0);
    for (end, begin, what) in [
        (lines.len() / 2, lines.len() / 2, "in the middle of the large day"),
        (day + 1, day + 1, "one line of the large day"),
        (lines.len() - 1, lines.len() - 1, "all but the last line"),
        (lines.len() / 2, lines.len() / 2 - 500, "with 500 lines in both"),
        (lines.len() / 2, day / 2, "with days in both"),
        (lines.len() - 1, 1, "nearly all in both"),
    ] {
        let (a, b) = (
            statement.part("a.csv", 0..end),
            statement.part("b.csv", begin..lines.len()),
        );
        for (parts, in_order) in [
            ([a.as_path(), b.as_path()], true),
            ([b.as_path(), a.as_path()], false),
        ] {
            match import_both(&statement, parts, in_order && begin == end, what) {
                true => whole += 1,
                false => refused += 1,
            }
        }
    }
    println!("{whole} whole, {refused} refused");
    assert!(0 < whole, "a split that can be told is not refused");
}

#[test]
fn a_part_and_then_the_whole_adds_just_what_is_new() {
    let statement = Statement::of(6_000, 13);
    let (_, lines) = statement.lines();
    let file = statement.file("whole.csv", &statement.text);
    for part in [
        0..1,
        0..lines.len() / 3,
        lines.len() / 3..lines.len() / 2,
        lines.len() - 1..lines.len(),
    ] {
        let some = statement.part("part.csv", part.clone());
        let whole = import_both(&statement, [&some, &file], false, "a part, then the whole");
        println!("{part:?}: {}", if whole { "whole" } else { "refused" });
    }
}

#[test]
fn a_large_statement_split_in_the_large_day_is_the_whole_or_refused() {
    let statement = Statement::of(LINES, 14);
    let half = LINES as usize / 2;
    let a = statement.part("first-half.csv", 0..half);
    let b = statement.part("second-half.csv", half..LINES as usize);
    let whole = import_both(&statement, [&a, &b], true, "two halves");
    println!("two halves: {}", if whole { "whole" } else { "refused" });
}

// ---- Bad statements ----

#[test]
fn what_is_no_statement_is_refused_and_nothing_is_written() {
    let folder = DataFolder::prepared();
    folder.record_all(&[receipt(5)]);
    let before = folder.journal().bytes;
    let statement = Statement::of(50, 1);
    let text = String::from_utf8(statement.text.clone()).expect("text");
    let header = text.lines().next().expect("a header");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&statement.text).expect("compressed");
    let packed = packed.finish().expect("compressed");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty.csv", Vec::new()),
        ("blank.csv", b"\n\n".to_vec()),
        ("other.csv", b"a,b,c\n1,2,3\n".to_vec()),
        (
            "no-header.csv",
            text.lines().skip(1).collect::<Vec<_>>().join("\n").into_bytes(),
        ),
        ("semicolons.csv", text.replace(',', ";").into_bytes()),
        ("missing-column.csv", text.replace(",Balance", "").into_bytes()),
        ("image.csv", vec![0x89, b'P', b'N', b'G', 0, 0, 0, 13, 0xff, 0xd8]),
        ("zeros.csv", vec![0; 4_096]),
        ("cut.csv.gz", packed[..packed.len() / 2].to_vec()),
        ("cut-at-its-end.csv.gz", packed[..packed.len() - 4].to_vec()),
        ("flipped.csv.gz", {
            let mut flipped = packed.clone();
            let middle = flipped.len() / 2;
            flipped[middle] ^= 0x55;
            flipped
        }),
        ("no.csv.gz", b"no gzip at all".to_vec()),
        (
            "endless-line.csv",
            [header.as_bytes(), b"\n", &vec![b'1'; 3 << 20]].concat(),
        ),
    ];
    for (name, bytes) in cases {
        let file = statement.file(name, &bytes);
        let run = import(&folder, &file, &[]);
        assert!(folder.journal().bytes == before, "{name} was written");
        if name == "endless-line.csv" && run.code == Some(1) {
            continue; // Not understood and listed: as good.
        }
        run.fails_clearly(2, &[name]);
    }
    import(&folder, &statement.folder.path().join("khong-co.csv"), &[]).fails_clearly(2, &["khong-co.csv"]);
    import(&folder, statement.folder.path(), &[]).exits(2);
    assert!(folder.journal().bytes == before);
    // A fund, a pool, a bank that are none.
    let file = statement.file("good.csv", &statement.text);
    let path = file.to_str().expect("a path");
    for (bank, fund, pool, source, name) in [
        ("vietcombank", "quy-khac", POOL, "social_domestic", "quy-khac"),
        ("vietcombank", FUND, "pool-khac", "social_domestic", "pool-khac"),
        ("ngan-hang-khac", FUND, POOL, "social_domestic", "ngan-hang-khac"),
        ("vietcombank", FUND, POOL, "gold", "gold"),
        ("vietcombank", FUND, POOL, "state_budget", "state_budget"),
    ] {
        let run = folder.run([
            "import",
            "statement",
            path,
            "--bank",
            bank,
            "--fund",
            fund,
            "--pool",
            pool,
            "--source",
            source,
        ]);
        assert!(matches!(run.code, Some(1 | 2)), "{run:?}");
        assert!(
            run.err.contains(name) || run.out.contains(name),
            "{name} is not named: {}{}",
            run.out,
            run.err
        );
        assert!(folder.journal().bytes == before, "{name}");
    }
    // None of that stands in the way of the good one.
    import(&folder, &file, &[]).ok();
    assert_eq!(gifts(&folder).len() as u64, 1 + statement.facts.credits);
}

#[test]
fn lines_that_are_not_understood_are_listed_and_the_others_imported() {
    let statement = Statement::of(40, 2);
    let mut text = String::from_utf8(statement.text.clone()).expect("text");
    // Only whole đồng in the Vietnamese spelling, one side filled, a day that is one.
    let bad = [
        "1,10/09/2024,9001.1,,1.00,,secret memo a",
        "1,31/09/2024,9001.2,,1.000,,secret memo b",
        "1,10/09/2024,9001.3,1.000,1.000,,secret memo c",
        "1,10/09/2024,9001.4,,,,secret memo d",
        "1,10/09/2024,9001.5,,-1.000,,secret memo e",
        "1,10/09/2024,9001.6,,0,,secret memo f",
        "1,10/09/2024,9001.7,,1.000",
        "1,2024-09-10,9001.8,,1.000,,secret memo g",
        "1,10/09/2024,9001.9,,1,000,,secret memo h",
    ];
    for line in bad {
        text.push_str(line);
        text.push_str("\r\n");
    }
    let file = statement.file("mixed.csv", text.as_bytes());
    let folder = DataFolder::prepared();
    let run = import(&folder, &file, &[]).exits(1);
    assert_received(&folder, statement.facts.credits, statement.facts.credits_vnd);
    let said = format!("{}{}", run.out, run.err);
    for number in 42..42 + bad.len() {
        assert!(
            said.contains(&number.to_string()),
            "line {number} is not listed: {said}"
        );
    }
    assert!(!said.contains("secret memo"), "{said}");
    assert_private(&folder, &[&run], &["chuyen tien", "ung ho tre em vung cao"]);
    for item in ["journal", "projections"] {
        for found in std::fs::read_dir(folder.path().join(item)).expect("a folder") {
            let path = found.expect("an item").path();
            if path.is_file() {
                assert!(
                    !contains(&std::fs::read(&path).expect("a file"), b"secret memo"),
                    "{}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn a_file_cut_amid_a_line_never_makes_another_gift_of_it() {
    let statement = Statement::of(60, 3);
    let (_, lines) = statement.lines();
    let last = lines.last().expect("a last line").clone();
    let whole = statement.file("whole.csv", &statement.text);
    let amounts: Vec<u128> = {
        let folder = DataFolder::prepared();
        import(&folder, &whole, &[]).ok();
        gifts(&folder).into_iter().map(|(_, dong)| dong).collect()
    };
    for cut in (last.start + 1..last.end).step_by(2) {
        let file = statement.file("cut.csv", &statement.text[..cut]);
        let folder = DataFolder::prepared();
        let run = import(&folder, &file, &[]);
        assert!(matches!(run.code, Some(0 | 1)), "cut at {cut}: {run:?}");
        let got: Vec<u128> = gifts(&folder).into_iter().map(|(_, dong)| dong).collect();
        // The last gift whole, or not at all.
        assert!(
            got == amounts || got == amounts[..amounts.len() - 1],
            "cut at {cut}: {:?}",
            got.last()
        );
    }
}

// ---- What an attacker or an accident does ----

const HEADER: &str = "PageId,TNXDate,DocNo,Debit,Credit,Balance,TransactionDetails\n";

/// What is not under the data folder's `private/` any more stops the import.
#[track_caller]
fn assert_private_lacks(folder: &DataFolder, files: &[&Path]) {
    let before = folder.journal().bytes;
    let private = folder.path().join("private");
    let there = private.exists();
    for file in files {
        for (language, said) in [("vi", "bản sao lưu"), ("en", "backup")] {
            let run = import(folder, file, &["--lang", language]);
            let run = run.fails_clearly(2, &["private", said]);
            assert!(
                !run.err.contains("--continues"),
                "no guess is offered: {}",
                run.err
            );
        }
    }
    assert!(folder.journal().bytes == before, "nothing is recorded");
    assert_eq!(private.exists(), there, "nothing is written");
    assert!(!private.join("statements").exists() || there);
}

#[test]
fn without_what_private_knew_nothing_is_imported() {
    let statement = Statement::of(60, 21);
    let other = Statement::of(40, 22);
    let whole = statement.file("sao-ke.csv", &statement.text);
    let next = other.file("sao-ke-khac.csv", &other.text);
    let base = DataFolder::prepared();
    base.record_all(&[receipt(5)]);
    import(&base, &whole, &["--account", "mot"]).ok();
    import(&base, &next, &["--account", "hai"]).ok();
    let of = |folder: &DataFolder| folder.path().join("private");
    let registers = |folder: &DataFolder| {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(of(folder).join("statements"))
            .expect("registers")
            .map(|item| item.expect("a register").path())
            .collect();
        paths.sort();
        paths
    };
    let files = [whole.as_path(), next.as_path()];

    let folder = base.copy();
    std::fs::remove_dir_all(of(&folder)).expect("deleted");
    assert_private_lacks(&folder, &files);

    let folder = base.copy();
    std::fs::remove_dir_all(of(&folder).join("statements")).expect("deleted");
    assert_private_lacks(&folder, &files);

    let folder = base.copy();
    std::fs::remove_file(of(&folder).join("import-secret")).expect("deleted");
    assert_private_lacks(&folder, &files);

    for (at, lines_left) in [(0, None), (1, None), (0, Some(30)), (1, Some(1))] {
        let folder = base.copy();
        let register = &registers(&folder)[at];
        match lines_left {
            None => std::fs::remove_file(register).expect("deleted"),
            Some(left) => {
                let text = std::fs::read_to_string(register).expect("a register");
                let cut: String = text.split_inclusive('\n').take(left).collect();
                std::fs::write(register, cut).expect("cut");
            }
        }
        assert_private_lacks(&folder, &files);
        // Restored from the backup, all is as it was.
        std::fs::remove_dir_all(of(&folder)).expect("deleted");
        let backup = base.copy();
        std::fs::rename(of(&backup), of(&folder)).expect("restored");
        import(&folder, &whole, &["--account", "mot"]).ok();
        assert!(
            folder.journal().bytes == base.journal().bytes,
            "again adds nothing"
        );
    }
    // A receipt of another kind with a key of its own is nobody's import.
    let folder = DataFolder::prepared();
    let mut gift = receipt(5);
    gift["key"] = "stmt-2024".into();
    folder.record_all(&[gift]);
    import(&folder, &whole, &[]).ok();
}

#[test]
fn a_memo_with_line_ends_forges_no_gift() {
    let folder = DataFolder::prepared();
    let text = format!(
        "{HEADER}1,01/09/2024,1.1,,50.000,,\"hello\n1,01/09/2024,9.9,,999.999.000,,forged\n\"\n\
         1,01/09/2024,1.2,,7.000,,x\n"
    );
    let statement = Statement::of(1, 1);
    let file = statement.file("forged.csv", text.as_bytes());
    let run = import(&folder, &file, &["--format", "json"]).ok();
    assert_eq!(run.json()["reconciliation"]["lines"], 2);
    assert_received(&folder, 2, 57_000);
    assert_private(&folder, &[&run], &["forged"]);
    import(&folder, &file, &[]).ok();
    assert_received(&folder, 2, 57_000);
    // One that does not close: no line of it is a gift, and each is listed.
    let text = text.replace("forged\n\"", "forged\n");
    let file = statement.file("open.csv", text.as_bytes());
    let folder = DataFolder::prepared();
    let document = import(&folder, &file, &["--format", "json"]).exits(1).json();
    let lines: Vec<_> = document["not_understood"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| line["line"].as_u64())
        .collect();
    // Line 4 has nothing on it.
    assert_eq!(lines, [Some(2), Some(3), Some(5)]);
    assert_eq!(gifts(&folder), []);
}

#[test]
fn millions_of_bad_lines_in_a_small_file_are_counted_not_kept() {
    const BAD: usize = 3_000_000;
    let statement = Statement::of(1, 1);
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(HEADER.as_bytes()).expect("compressed");
    for _ in 0..BAD / 1_000 {
        packed
            .write_all("x\n".repeat(1_000).as_bytes())
            .expect("compressed");
    }
    for line in 0..1_200 {
        let debit = format!("1,01/09/2024,{line},1.000,,,\n");
        packed.write_all(debit.as_bytes()).expect("compressed");
    }
    let file = statement.file("bad.csv.gz", &packed.finish().expect("compressed"));
    let folder = DataFolder::prepared();
    let run = import(&folder, &file, &["--format", "json"]).exits(1);
    let kib = run.peak_kib.unwrap_or(0);
    assert!(kib < 150 << 10, "{} MiB", kib >> 10);
    let document = run.json();
    let listed = |word: &str| document[word].as_array().map(Vec::len);
    assert_eq!(
        (listed("debits"), listed("not_understood")),
        (Some(1_000), Some(1_000))
    );
    assert_eq!(document["debits_more"], 200);
    assert_eq!(document["not_understood_more"], BAD - 1_000);
    assert_eq!(document["reconciliation"]["not_understood"], BAD);
    for (format, more) in [
        ("table", ["… and 2,999,000 more", "… and 200 more"]),
        ("csv", ["2,999,000 more", "200 more"]),
    ] {
        let run = import(&folder, &file, &["--format", format]).exits(1);
        assert!(
            run.out.lines().count() < 2_030,
            "{} lines",
            run.out.lines().count()
        );
        for words in more {
            assert!(run.out.contains(words), "{format} says no {words:?}");
        }
    }
}

#[test]
fn the_document_has_one_order_and_import_alone_shows_its_help() {
    let statement = Statement::of(30, 9);
    let mut text = statement.text.clone();
    text.extend_from_slice(b"x\n");
    let file = statement.file("sao-ke.csv", &text);
    let folder = DataFolder::prepared();
    let out = import(&folder, &file, &["--format", "json"]).exits(1).out;
    let mut from = 0;
    for key in [
        "repeated",
        "reconciliation",
        "lines",
        "credits",
        "count",
        "sum_vnd",
        "debits",
        "imported",
        "already_there",
        "refused",
        "not_understood",
        "debits",
        "line",
        "date",
        "document",
        "amount_vnd",
        "debits_more",
        "not_understood",
        "line",
        "field",
        "why",
        "not_understood_more",
        "refused",
        "refused_more",
    ] {
        let key = format!("\"{key}\":");
        let step = out[from..]
            .find(&key)
            .unwrap_or_else(|| panic!("{key} is not there in order: {out}"));
        from += step + key.len();
    }
    let alone = folder.run(["import"]).exits(2);
    assert!(
        alone.err.contains("minhbach import") && alone.err.contains("statement"),
        "{}",
        alone.err
    );
    assert!(
        !alone.err.contains("recover"),
        "not the help of all commands: {}",
        alone.err
    );
}

#[test]
fn the_sample_is_as_large_as_the_real_one() {
    let mut out = BufWriter::new(File::create("/dev/null").expect("nowhere"));
    let facts = Sample {
        lines: LINES,
        seed: 588,
    }
    .write(&mut out)
    .expect("written");
    assert_eq!((facts.lines, facts.credits, facts.debits), (200_361, 200_360, 1));
    assert!(facts.distinct_documents < 200_000 && 0 < facts.identical_pairs);
}
