use super::*;
use crate::sample::Sample;
use std::fs;
use std::io::Write;
use tempfile::TempDir;

const HEADER: &str = "PageId,TNXDate,DocNo,Debit,Credit,Balance,TransactionDetails";
/// Beside the project, where it is there.
const REAL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/statement-vietcombank-2024-09.csv.gz"
);

/// A ledger as an import sees it, and the folder beside it.
struct Books {
    folder: TempDir,
    receipts: HashMap<ImportKey, NewReceipt>,
}

impl Books {
    fn new() -> Books {
        Books {
            folder: tempfile::tempdir().expect("a folder"),
            receipts: HashMap::new(),
        }
    }

    fn private(&self) -> PathBuf {
        self.folder.path().join("private")
    }

    fn prepare(&mut self, file: &Path, overlap: Overlap) -> Result<Prepared, ImportError> {
        let private = self.private();
        let import = Import {
            file,
            bank: Bank::Vietcombank,
            account: "quy",
            private: &private,
            overlap,
        };
        import.prepare(&mut |key| self.receipts.contains_key(key))
    }

    fn record(&mut self, prepared: &Prepared, at_most: usize) -> Outcome {
        let mut outcome = Outcome::default();
        for receipt in prepared.receipts().expect("receipts").take(at_most) {
            let receipt = receipt.expect("a receipt");
            assert!(
                self.receipts.insert(receipt.key, receipt).is_none(),
                "a key is used once"
            );
            outcome.imported.add(receipt.amount_vnd).expect("in range");
        }
        outcome
    }

    fn import_file(&mut self, file: &Path, overlap: Overlap) -> Result<Reconciliation, ImportError> {
        let prepared = self.prepare(file, overlap)?;
        let outcome = self.record(&prepared, usize::MAX);
        prepared.finish(outcome)
    }

    fn write(&self, lines: &[impl AsRef<str>]) -> PathBuf {
        let path = self.folder.path().join("statement.csv");
        let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
        fs::write(&path, format!("{HEADER}\n{}\n", lines.join("\n"))).expect("written");
        path
    }

    fn import(&mut self, lines: &[impl AsRef<str>], overlap: Overlap) -> Result<Reconciliation, ImportError> {
        let path = self.write(lines);
        self.import_file(&path, overlap)
    }

    fn sum(&self) -> u128 {
        self.receipts
            .values()
            .map(|receipt| u128::from(receipt.amount_vnd))
            .sum()
    }

    fn keys(&self) -> Vec<ImportKey> {
        let mut keys: Vec<_> = self.receipts.keys().copied().collect();
        keys.sort();
        keys
    }
}

fn line(day: u32, document: u32, amount: &str) -> String {
    format!("1,{day:02}/09/2024,{document},,{amount},,chuyen tien {document}")
}

#[test]
fn a_statement_comes_in_once_and_adds_up() {
    let mut books = Books::new();
    let lines = [
        line(1, 1, "5.000"),
        line(1, 1, "5.000"),
        "rubbish".to_owned(),
        "1,02/09/2024,2,55.000,,,".to_owned(),
        "1,03/09/2024,3,,7.000,,".to_owned(),
    ];
    let path = books.write(&lines);
    let prepared = books.prepare(&path, Overlap::Judge).expect("prepared");
    let aside: Vec<_> = prepared
        .set_aside()
        .expect("listed")
        .map(|line| line.expect("listed"))
        .collect();
    assert!(matches!(&aside[0], SetAside::NotUnderstood(line) if line.number == 4));
    assert!(matches!(
        &aside[1],
        SetAside::Debit {
            line: 5,
            amount_vnd: 55_000,
            ..
        }
    ));
    assert_eq!(aside.len(), 2);
    let receipts: Vec<_> = prepared
        .receipts()
        .expect("receipts")
        .map(|r| r.expect("a receipt"))
        .collect();
    assert_eq!(
        receipts
            .iter()
            .map(|r| (r.line, r.amount_vnd))
            .collect::<Vec<_>>(),
        [(2, 5_000), (3, 5_000), (6, 7_000)]
    );
    assert!(
        receipts[0].commitment.is_some() && receipts[2].commitment.is_none(),
        "an empty memo has none"
    );
    assert_ne!(
        receipts[0].commitment, receipts[1].commitment,
        "each gift has its own salt"
    );
    let outcome = books.record(&prepared, usize::MAX);
    let figures = prepared.finish(outcome).expect("adds up");
    assert_eq!(
        (figures.lines, figures.not_understood, figures.imported),
        (
            5,
            1,
            Tally {
                count: 3,
                sum_vnd: 17_000
            }
        )
    );
    assert_eq!(
        (figures.credits, figures.debits),
        (
            figures.imported,
            Tally {
                count: 1,
                sum_vnd: 55_000
            }
        )
    );
    // The register opens the commitments.
    let register = &register::list(&books.private()).expect("listed").0[0];
    assert!(register.closed);
    for entry in Entries::open(&register.path)
        .expect("open")
        .map(|entry| entry.expect("good"))
    {
        if let Some(salt) = entry.salt {
            assert_eq!(
                books.receipts[&entry.key].commitment,
                Some(register::commit(&salt, &entry.memo))
            );
        }
    }
    // Again, also compressed, with other line ends and without what is not understood.
    let text = format!(
        "\u{feff}{HEADER}\r\n{}\r\n",
        [&lines[..2], &lines[3..]].concat().join("\r\n")
    );
    let packed = books.folder.path().join("again");
    let mut packer =
        flate2::write::GzEncoder::new(fs::File::create(&packed).expect("made"), Default::default());
    packer.write_all(text.as_bytes()).expect("packed");
    packer.finish().expect("packed");
    for path in [path, packed] {
        let figures = books.import_file(&path, Overlap::Judge).expect("again");
        assert_eq!((figures.imported.count, figures.already_there.count), (0, 3));
    }
    assert_eq!(books.sum(), 17_000);
}

#[test]
fn one_line_twice_adds_nothing() {
    for overlap in [Overlap::Judge, Overlap::Continues, Overlap::WholeDays] {
        let mut books = Books::new();
        for _ in 0..3 {
            books.import(&[line(1, 1, "5.000")], overlap).expect("imported");
        }
        assert_eq!(books.sum(), 5_000);
    }
}

#[test]
fn an_import_killed_anywhere_is_made_good_by_the_same_file() {
    let lines: Vec<String> = [1, 1, 2, 3, 3, 4]
        .iter()
        .map(|&n| line(1 + n / 3, n, "5.000"))
        .collect();
    let mut whole = Books::new();
    whole.import(&lines, Overlap::Judge).expect("imported");
    for killed_after in 0..=lines.len() {
        for overlap in [Overlap::Judge, Overlap::Continues] {
            let mut books = Books::new();
            let path = books.write(&lines);
            let prepared = books.prepare(&path, overlap).expect("prepared");
            books.record(&prepared, killed_after);
            drop(prepared);
            let figures = books.import_file(&path, Overlap::Judge).expect("made good");
            assert_eq!(figures.already_there.count, killed_after as u64);
            assert_eq!(books.receipts.len(), lines.len());
            let registers = register::list(&books.private()).expect("listed").0;
            assert!(
                registers.len() == 1 && registers[0].closed,
                "killed after {killed_after}"
            );
            assert_eq!(
                books
                    .import_file(&path, Overlap::Judge)
                    .expect("again")
                    .imported
                    .count,
                0
            );
        }
    }
}

#[test]
fn a_register_torn_before_the_ledger_heard_of_it_is_put_aside() {
    let lines = [line(1, 1, "5.000"), line(1, 2, "6.000")];
    let whole = {
        let mut books = Books::new();
        let path = books.write(&lines);
        books.prepare(&path, Overlap::Judge).expect("prepared");
        fs::read(&register::list(&books.private()).expect("listed").0[0].path)
            .expect("read")
            .len()
    };
    for cut in 0..whole {
        let mut books = Books::new();
        let path = books.write(&lines);
        books.prepare(&path, Overlap::Judge).expect("prepared");
        let register = register::list(&books.private()).expect("listed").0[0]
            .path
            .clone();
        let bytes = fs::read(&register).expect("read");
        fs::write(&register, &bytes[..cut.min(bytes.len())]).expect("torn");
        let figures = books.import_file(&path, Overlap::Judge).expect("imported");
        assert_eq!(figures.imported.count, 2, "cut at {cut}");
        assert!(!register.exists() && register.with_extension("abandoned").exists());
    }
}

#[test]
fn the_secret_and_its_registers_belong_together() {
    let mut books = Books::new();
    books
        .import(&[line(1, 1, "5.000")], Overlap::Judge)
        .expect("imported");
    fs::remove_file(books.private().join("import-secret")).expect("removed");
    let result = books.import(&[line(1, 1, "5.000")], Overlap::Judge);
    assert!(matches!(result, Err(ImportError::SecretLost { .. })));
}

#[test]
fn what_is_no_statement_writes_nothing() {
    let mut books = Books::new();
    let path = books.folder.path().join("statement.csv");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), Default::default());
    packer
        .write_all(format!("{HEADER}\n{}\n", line(1, 1, "5.000")).as_bytes())
        .expect("packed");
    let packed = packer.finish().expect("packed");
    for bytes in [
        b"".as_slice(),
        b"a,b\n1,2\n",
        &packed[..packed.len() - 5],
        b"\x1f\x8b",
    ] {
        fs::write(&path, bytes).expect("written");
        assert!(matches!(
            books.import_file(&path, Overlap::Judge),
            Err(ImportError::Statement(_))
        ));
        assert!(!books.private().exists());
    }
    let absent = books.folder.path().join("absent.csv");
    assert!(books.import_file(&absent, Overlap::Judge).is_err());
    let figures = books
        .import(&[] as &[&str], Overlap::Judge)
        .expect("a header alone is a quiet month");
    assert_eq!(figures, Reconciliation::default());
    assert!(!books.private().exists());
}

#[test]
fn a_receipt_not_answered_for_does_not_add_up() {
    let mut books = Books::new();
    let path = books.write(&[line(1, 1, "5.000"), line(1, 2, "6.000")]);
    let prepared = books.prepare(&path, Overlap::Judge).expect("prepared");
    let outcome = books.record(&prepared, 1);
    assert!(matches!(
        prepared.finish(outcome),
        Err(ImportError::Imbalance(Imbalance::Credits { .. }))
    ));
    let figures = books.import_file(&path, Overlap::Judge).expect("made good");
    assert_eq!((figures.imported.count, figures.already_there.count), (1, 1));
}

#[test]
fn a_statement_over_several_days_cut_at_every_line_comes_in_whole_or_stops() {
    let file: Vec<String> = [
        (1, 1),
        (1, 2),
        (2, 3),
        (2, 4),
        (2, 4),
        (2, 5),
        (3, 6),
        (3, 7),
        (3, 6),
        (4, 8),
        (4, 9),
    ]
    .iter()
    .map(|&(day, document)| line(day, document, "5.000"))
    .collect();
    let mut whole = Books::new();
    whole.import(&file, Overlap::Judge).expect("imported");
    let expected = whole.keys().len();
    // Without overlap: only the cuts between identical lines of a day stop.
    for cut in 1..file.len() {
        for flip in [false, true] {
            let mut parts = [&file[..cut], &file[cut..]];
            if flip {
                parts.reverse();
            }
            let mut books = Books::new();
            books.import(parts[0], Overlap::Judge).expect("the first part");
            let before = books.receipts.len();
            let second = books.import(parts[1], Overlap::Judge);
            if matches!(cut, 4 | 7 | 8) {
                let Err(ImportError::Ambiguous(ambiguity)) = second else {
                    panic!("cut {cut}: {second:?}")
                };
                assert_eq!(ambiguity.days.len(), 1);
                let doubtful = &ambiguity.days[0].lines;
                assert_eq!(
                    (doubtful.len(), doubtful[0].earlier, doubtful[0].in_file),
                    (1, 1, 1)
                );
                let at = doubtful[0].line.expect("in the file") as usize - 2;
                assert!(parts[1][at].contains(&format!(",{},", doubtful[0].document)));
                assert_eq!(books.receipts.len(), before, "a stop imports nothing");
                if !flip {
                    // What the clerk knows is the way out.
                    books.import(parts[1], Overlap::Continues).expect("continued");
                    assert_eq!(books.receipts.len(), expected);
                }
            } else {
                second.expect("the second part");
                assert_eq!(books.receipts.len(), expected, "cut at {cut}");
            }
            // The whole file afterwards adds nothing. Where a single line of the first day came by itself, that it is
            // the same one must be stated.
            if books.receipts.len() == expected {
                let figures = match books.import(&file, Overlap::Judge) {
                    Err(ImportError::Ambiguous(_)) if matches!(cut, 1 | 10) => {
                        books.import(&file, Overlap::WholeDays).expect("stated")
                    }
                    told => told.expect("the whole"),
                };
                assert_eq!(figures.imported.count, 0, "cut at {cut}");
            }
        }
    }
    // With any overlap: whole, or an honest stop.
    let (mut right, mut stopped) = (0, 0);
    for from in 0..file.len() {
        for to in from + 1..=file.len() {
            let mut books = Books::new();
            books.import(&file[..to], Overlap::Judge).expect("the first part");
            match books.import(&file[from..], Overlap::Judge) {
                Ok(_) => {
                    assert_eq!(books.receipts.len(), expected, "{from}..{to}");
                    right += 1;
                }
                Err(ImportError::Ambiguous(_)) => {
                    assert_eq!(books.receipts.len(), to);
                    stopped += 1;
                    books.import(&file, Overlap::WholeDays).expect("the whole");
                    assert_eq!(books.receipts.len(), expected, "{from}..{to}");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(20 < right && 5 < stopped, "{right} right, {stopped} stopped");
}

#[test]
fn keys_do_not_depend_on_how_a_statement_was_cut() {
    let file: Vec<String> = [1, 2, 3, 4, 3, 5, 6]
        .iter()
        .map(|&n| line(1 + n / 6, n, "5.000"))
        .collect();
    let mut books = Books::new();
    books.import(&file, Overlap::Judge).expect("the whole");
    let secret = books.private().join("import-secret");
    for cut in 1..file.len() {
        let mut split = Books::new();
        fs::create_dir(split.private()).expect("made");
        fs::copy(&secret, split.private().join("import-secret")).expect("copied");
        split
            .import(&file[..cut], Overlap::Continues)
            .expect("the first part");
        split
            .import(&file[cut..], Overlap::Continues)
            .expect("the second part");
        assert_eq!(split.keys(), books.keys(), "cut at {cut}");
    }
}

#[test]
fn corrected_lines_come_in_by_themselves() {
    let mut books = Books::new();
    let mut lines: Vec<String> = (1..=9).map(|n| line(n, n, "5.000")).collect();
    lines[4] = "1,05/09/2024,5,,\"5,000\",,chuyen tien 5".into();
    assert_eq!(
        books
            .import(&lines, Overlap::Judge)
            .expect("imported")
            .not_understood,
        1
    );
    books
        .import(&[line(5, 5, "5.000")], Overlap::Judge)
        .expect("the line by itself");
    assert_eq!(books.receipts.len(), 9);
}

#[test]
fn another_account_is_another_matter_and_debits_are_told_by_the_register() {
    let mut books = Books::new();
    let path = books.write(&[line(1, 1, "5.000")]);
    books.import_file(&path, Overlap::Judge).expect("imported");
    let private = books.private();
    let import = Import {
        file: &path,
        bank: Bank::Vietcombank,
        account: "khac",
        private: &private,
        overlap: Overlap::Judge,
    };
    let prepared = import
        .prepare(&mut |key| books.receipts.contains_key(key))
        .expect("prepared");
    assert_eq!(prepared.receipts_len(), 1);
    let mut books = Books::new();
    let debit = "1,01/09/2024,1,5.000,,,".to_owned();
    books
        .import(std::slice::from_ref(&debit), Overlap::Judge)
        .expect("a debit alone");
    let second = books.import(&[debit, line(1, 2, "6.000")], Overlap::Judge);
    assert!(
        matches!(second, Err(ImportError::Ambiguous(_))),
        "the debit may be the same one or another"
    );
}

#[test]
fn no_error_shows_a_memo() {
    let mut books = Books::new();
    let secret_memo = |day: u32| format!("1,{day:02}/09/2024,7,,5.000,,bi mat");
    books
        .import(&[secret_memo(1), line(1, 8, "1.000")], Overlap::Judge)
        .expect("imported");
    let error = books
        .import(&[secret_memo(1)], Overlap::Judge)
        .expect_err("in doubt");
    assert!(!format!("{error} {error:?}").contains("bi mat"));
    assert!(error.to_string().contains("2024-09-01") && error.to_string().contains("--continues"));
    let register = register::list(&books.private()).expect("listed").0[0]
        .path
        .clone();
    let damaged = fs::read_to_string(&register)
        .expect("read")
        .replace("\"seen\":", "\"see\":");
    fs::write(&register, damaged).expect("damaged");
    let error = books
        .import(&[secret_memo(1)], Overlap::Judge)
        .expect_err("damaged");
    assert!(!format!("{error} {error:?}").contains("bi mat"));
}

/// Lines behind the header of a file, as they stand there.
fn lines_of(bytes: &[u8]) -> Vec<String> {
    std::str::from_utf8(bytes)
        .expect("UTF-8")
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_made_statement_comes_in_with_all_its_traps() {
    let mut books = Books::new();
    let path = books.folder.path().join("made.csv");
    let mut bytes = Vec::new();
    let facts = Sample {
        lines: 20_000,
        seed: 7,
    }
    .write(&mut bytes)
    .expect("made");
    fs::write(&path, &bytes).expect("written");
    let figures = books.import_file(&path, Overlap::Judge).expect("imported");
    assert_eq!(
        (figures.lines, figures.debits.count, figures.not_understood),
        (20_000, 1, 0)
    );
    assert_eq!(
        figures.imported,
        Tally {
            count: facts.credits,
            sum_vnd: facts.credits_vnd
        }
    );
    assert_eq!(books.sum(), facts.credits_vnd);
    // Every gift without a memo is without a commitment.
    let uncommitted = books
        .receipts
        .values()
        .filter(|receipt| receipt.commitment.is_none())
        .count() as u64;
    // The debit may be without a memo too.
    assert!((facts.empty_memos - 1..=facts.empty_memos).contains(&uncommitted));
    assert_eq!(
        books
            .import_file(&path, Overlap::Judge)
            .expect("again")
            .imported
            .count,
        0
    );
    let lines = lines_of(&bytes);
    for cut in [1, 100, 799, 800, 801, 5_000, 10_000, 19_999] {
        let mut split = Books::new();
        split
            .import(&lines[..cut], Overlap::Judge)
            .expect("the first part");
        match split.import(&lines[cut..], Overlap::Judge) {
            Ok(_) => assert_eq!(split.sum(), facts.credits_vnd, "cut at {cut}"),
            Err(ImportError::Ambiguous(_)) => {
                split
                    .import(&lines[cut..], Overlap::Continues)
                    .expect("continued");
                assert_eq!(split.sum(), facts.credits_vnd, "cut at {cut}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn the_real_statement_comes_in_to_the_dong() {
    let path = Path::new(REAL);
    if !path.exists() {
        eprintln!("NOT TESTED on the real statement: {REAL} is not on this machine");
        return;
    }
    let mut books = Books::new();
    let started = std::time::Instant::now();
    let figures = books.import_file(path, Overlap::Judge).expect("imported");
    eprintln!("real statement: first import {:?}", started.elapsed());
    assert_eq!((figures.lines, figures.not_understood), (200_361, 0));
    assert_eq!(
        figures.imported,
        Tally {
            count: 200_360,
            sum_vnd: 135_081_775_728
        }
    );
    assert_eq!(
        figures.debits,
        Tally {
            count: 1,
            sum_vnd: 55_000
        }
    );
    assert_eq!((books.receipts.len(), books.sum()), (200_360, 135_081_775_728));
    let mut documents = HashSet::new();
    let mut seconds = 0;
    for entry in Entries::open(&register::list(&books.private()).expect("listed").0[0].path).expect("open") {
        let entry = entry.expect("good");
        assert!(entry.ordinal < 2);
        seconds += entry.ordinal;
        documents.insert((entry.date, entry.document));
    }
    assert_eq!((documents.len(), seconds), (193_110, 50));
    let started = std::time::Instant::now();
    let figures = books.import_file(path, Overlap::Judge).expect("again");
    eprintln!("real statement: second import {:?}", started.elapsed());
    assert_eq!(
        (figures.imported.count, figures.already_there.count),
        (0, 200_360)
    );

    let mut bytes = Vec::new();
    std::io::Read::read_to_end(
        &mut flate2::read::GzDecoder::new(fs::File::open(path).expect("open")),
        &mut bytes,
    )
    .expect("unpacked");
    let lines = lines_of(&bytes);
    // (end of the first part, beginning of the second): cuts between days, in the large day, and overlaps.
    for (end, begin) in [
        (20, 14),
        (698, 698),
        (7_000, 300),
        (100_000, 100_000),
        (120_000, 119_000),
        (199_950, 199_900),
    ] {
        let mut split = Books::new();
        split
            .import(&lines[..end], Overlap::Judge)
            .expect("the first part");
        let told = match split.import(&lines[begin..], Overlap::Judge) {
            Ok(_) => "told",
            Err(ImportError::Ambiguous(ambiguity)) => {
                let listed: usize = ambiguity.days.iter().map(|day| day.lines.len()).sum();
                assert!(
                    (1..=100).contains(&listed),
                    "the pairs that straddle, not the day: {listed}"
                );
                let overlap = if end == begin {
                    Overlap::Continues
                } else {
                    Overlap::WholeDays
                };
                let from = if end == begin { begin } else { 0 };
                split
                    .import(&lines[from..], overlap)
                    .expect("with what the clerk knows");
                "stopped, then told by the clerk"
            }
            Err(error) => panic!("{error}"),
        };
        eprintln!("real statement in ..{end} and {begin}..: {told}");
        assert_eq!(
            (split.receipts.len(), split.sum()),
            (200_360, 135_081_775_728),
            "..{end} {begin}.."
        );
    }
}
