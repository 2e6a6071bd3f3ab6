//! Tables of comma-separated values: what a map takes, what is left out and why, and that nothing enters twice.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use minhbach_tests::{DataFolder, POOL, PROGRAMME, Run, not_checked, run, workspace_root};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The most memory an import may take.
const PEAK_KIB_MAX: u64 = 300 << 10;

fn docs(path: &str) -> PathBuf {
    workspace_root().join("docs").join(path)
}

fn import(folder: &DataFolder, file: &Path, map: &Path, more: &[&str]) -> Run {
    let begin = ["import", "csv"].map(std::ffi::OsStr::new);
    let arguments = begin
        .into_iter()
        .chain([file.as_os_str(), "--map".as_ref(), map.as_os_str()]);
    run(&mut folder.command(arguments.chain(more.iter().map(std::ffi::OsStr::new))))
}

/// The report as a document.
fn report(folder: &DataFolder, file: &Path, map: &Path, code: i32, more: &[&str]) -> Value {
    let more = [&["--format", "json"], more].concat();
    import(folder, file, map, &more).exits(code).json()
}

/// Line and code of each row that was not taken.
fn left_out(report: &Value) -> Vec<(u64, String)> {
    let rows = report["not_taken"].as_array().expect("a list");
    let row = |row: &Value| {
        let code = row["code"].as_str().expect("a code").to_owned();
        (row["line"].as_u64().expect("a line"), code)
    };
    rows.iter().map(row).collect()
}

/// recorded, there_before, skipped, blank, not_taken.
fn counts(report: &Value) -> [u64; 5] {
    let counts = &report["counts"];
    let named = ["recorded", "there_before", "skipped", "blank", "not_taken"];
    let counted = named.map(|name| counts[name].as_u64().expect("a count"));
    assert_eq!(
        counts["rows"],
        json!(counted.iter().sum::<u64>()),
        "every row is counted once"
    );
    counted
}

/// Every file of a folder with its bytes, but for the lock and the projections, which opening alone may touch.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fn walk(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for found in std::fs::read_dir(folder).expect("a folder") {
            let path = found.expect("an item").path();
            if path.is_dir() {
                walk(&path, files);
            } else {
                let bytes = std::fs::read(&path).expect("a file");
                files.insert(path, bytes);
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(folder, &mut files);
    files
}

/// A map and a table in a folder of their own.
struct Pair {
    folder: TempDir,
    map: PathBuf,
    file: PathBuf,
}

impl Pair {
    fn of(map: &str, table: impl AsRef<[u8]>) -> Pair {
        let folder = tempfile::tempdir().expect("a folder");
        let pair = Pair {
            map: folder.path().join("map.toml"),
            file: folder.path().join("table.csv"),
            folder,
        };
        pair.put("map.toml", map);
        pair.put("table.csv", table);
        pair
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(name), bytes).expect("a file");
    }
}

/// What the invented cash book leaves out: by line, the word for programs. Each was written to be refused for it.
const LEFT_OUT: [(u64, &str); 20] = [
    (11, "set_aside"),
    (12, "ambiguous_number"),
    (13, "number"),
    (14, "number"),
    (15, "missing"),
    (16, "date"),
    (17, "date"),
    (18, "date"),
    (19, "word"),
    (20, "lookup_none"),
    (21, "lookup_several"),
    (22, "columns"),
    (23, "old_encoding"),
    (24, "duplicate_code"),
    (25, "out_of_period"),
    (26, "personal_data"),
    (27, "malformed"),
    (28, "malformed"),
    (29, "number"),
    (30, "open_quote"),
];

#[test]
fn a_cash_book_in_vietnamese_ways_of_writing_is_imported_once() {
    let (file, map) = (
        docs("maps/vi-du/so-thu-2024.csv"),
        docs("maps/vi-du/so-thu-2024.toml"),
    );
    let folder = DataFolder::prepared();
    let before = contents(folder.path());
    let trial = report(&folder, &file, &map, 1, &["--dry-run"]);
    assert!(
        contents(folder.path()) == before,
        "a dry run writes nothing, not even a secret"
    );
    assert_eq!(trial["dry_run"], json!(true));
    let begin = folder.journal().lines.len();

    let first = report(&folder, &file, &map, 1, &[]);
    let expected: Vec<(u64, String)> = LEFT_OUT.map(|(line, code)| (line, code.to_owned())).into();
    assert_eq!(left_out(&first), expected);
    assert_eq!(left_out(&trial), expected, "the dry run said so before");
    // Line 31 stands behind a quote that does not close: it may be inside the cell.
    assert_eq!(counts(&first), [5, 0, 1, 1, 20]);
    assert_eq!(counts(&trial), counts(&first));
    let taken: Vec<Value> = folder.journal().lines[begin..]
        .iter()
        .map(|line| {
            let event = line.event();
            let field = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            let code = field("receipt");
            // The ledger makes the codes of rows without one.
            let code = if code.starts_with("PT") {
                code
            } else {
                "RC".to_owned()
            };
            json!([
                code,
                field("quantity"),
                field("received_on"),
                field("channel"),
                field("source"),
                field("pool"),
                event["restriction"]["until"].as_str().unwrap_or_default(),
            ])
        })
        .collect();
    let own = "social_domestic";
    assert_eq!(
        taken,
        [
            json!(["PT-001", "1234567", "2024-09-05", "cash", own, POOL, ""]),
            json!(["PT-002", "2500000", "2024-09-06", "bank", own, POOL, ""]),
            json!(["RC", "50000", "2024-09-07", "bank", own, POOL, ""]),
            json!(["RC", "50000", "2024-09-07", "bank", own, POOL, ""]),
            json!([
                "PT-003",
                "300000",
                "2024-09-08",
                "cash",
                "social_foreign",
                "",
                "2027-12-31"
            ]),
        ]
    );

    let bytes = folder.journal().bytes;
    let again = import(&folder, &file, &map, &[]).exits(1);
    assert!(again.out.contains("nothing was added"), "{}", again.out);
    assert!(
        folder.journal().bytes == bytes,
        "the same file again adds nothing"
    );
    assert_eq!(counts(&report(&folder, &file, &map, 1, &[])), [0, 5, 1, 1, 20]);
    assert_eq!(
        counts(&report(&folder, &file, &map, 1, &["--dry-run"])),
        [0, 5, 1, 1, 20]
    );
    folder.run(["verify"]).ok();
    for (said, words) in [
        (
            import(&folder, &file, &map, &["--lang", "vi"]).exits(1),
            "Không nhập được",
        ),
        (
            import(&folder, &file, &map, &["--format", "csv"]).exits(1),
            "out_of_period",
        ),
    ] {
        assert!(said.out.contains(words), "{}", said.out);
        for private in ["Bí mật", "0912", "0987"] {
            let everything = [said.out.as_str(), said.err.as_str()].concat();
            assert!(!everything.contains(private), "{private} was said: {everything}");
        }
    }
    for (path, bytes) in contents(folder.path()) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for private in ["Bí mật", "0912 345 678", "0987 654 321"] {
            assert!(!text.contains(private), "{private} is in {}", path.display());
        }
    }
}

#[test]
fn a_refused_value_is_named_with_line_column_and_field() {
    let (file, map) = (
        docs("maps/vi-du/so-thu-2024.csv"),
        docs("maps/vi-du/so-thu-2024.toml"),
    );
    let told = report(&DataFolder::prepared(), &file, &map, 1, &["--dry-run"]);
    let row = |line: u64| {
        let rows = told["not_taken"].as_array().expect("a list");
        rows.iter()
            .find(|row| row["line"] == line)
            .expect("listed")
            .clone()
    };
    let ambiguous = row(12);
    assert_eq!(ambiguous["column"], "Số tiền");
    assert_eq!(ambiguous["field"], "quantity");
    assert_eq!(ambiguous["value"], "1,234");
    for language in ["vi", "en"] {
        assert_ne!(ambiguous["why"][language].as_str().unwrap_or_default(), "");
    }
    assert_ne!(ambiguous["why"]["vi"], ambiguous["why"]["en"]);
    let personal = row(26);
    assert_eq!(
        (&personal["value"], &personal["hidden"]),
        (&Value::Null, &json!(true))
    );
    let malformed = row(28);
    assert_eq!(
        malformed["value"], "1.000,5",
        "what the ledger refuses leads back to the cell"
    );
}

/// Registers items: a list from one cell, parts of a title, constants, letters made small.
const ITEMS: &str = r#"
map = "items"
event = "item.registered"
key = { template = "item-{code}" }
[fields]
item = { column = "code", case = "lower" }
title.vi = { column = "tên" }
"title.en" = { column = "name", optional = true }
form = "goods"
unit = "H87"
categories = { column = "groups", split = "/" }
"#;

#[test]
fn fields_may_be_nested_split_and_left_out() {
    let pair = Pair::of(
        ITEMS,
        "code,tên,name,groups\nAO-AM,Áo ấm,Warm coat,COAT / GFT\nSACH,Sách,,EDU\n",
    );
    let folder = DataFolder::bare();
    let told = report(&folder, &pair.file, &pair.map, 0, &[]);
    assert_eq!(counts(&told), [2, 0, 0, 0, 0]);
    let lines = folder.journal().lines;
    let [coat, books] = &lines[lines.len() - 2..] else {
        panic!("two entries")
    };
    assert_eq!(coat.event()["item"], "ao-am");
    assert_eq!(coat.event()["title"], json!({"vi": "Áo ấm", "en": "Warm coat"}));
    assert_eq!(coat.event()["categories"], json!(["COAT", "GFT"]));
    assert_eq!(coat.entry["key"], "item-AO-AM");
    assert_eq!(books.event()["title"], json!({"vi": "Sách"}));

    // The same key with another content is no repetition.
    pair.put(
        "table.csv",
        "code,tên,name,groups\nAO-AM,Áo rét,Warm coat,COAT/GFT\nb,Bút,,EDU\nBÚT,Bút,,EDU\n",
    );
    let told = report(&folder, &pair.file, &pair.map, 1, &["--dry-run"]);
    let expected = [(2, "idempotency_conflict"), (3, "malformed"), (4, "key")];
    assert_eq!(
        left_out(&told),
        expected.map(|(line, code)| (line, code.to_owned()))
    );
    let again = &told["not_taken"][0]["why"];
    let seq = coat.entry["seq"].to_string();
    for (language, sentence) in [("vi", "dòng này đã được nhập"), ("en", "already imported")] {
        let said = again[language].as_str().expect("a sentence");
        assert!(said.contains(sentence) && said.contains(&seq), "{said}");
    }
    assert_eq!(
        left_out(&report(&folder, &pair.file, &pair.map, 1, &[])),
        left_out(&told)
    );
}

const SUMS: &str = r#"
map = "sums"
event = "receipt.issued"
numbers = "vi"
dates = "dd/mm/yyyy"
key = { columns = ["số"] }

[fields]
fund = "quy-mam-xanh"
source = "social_domestic"
item = "VND"
quantity = { column = "tiền" }
received_on = { column = "ngày" }
display = "anonymous"
channel = "cash"
"#;

#[test]
fn what_a_cell_says_wrong_is_said_as_of_a_table() {
    let pair = Pair::of(
        SUMS,
        "số;ngày;tiền\n1;06/09/2024;50.000đ\n2;06/09/2024;$100\n3;6/9/2024;50.000\n4;06/09/2024;0\n\
         5;06/09/2024;1.000.000.000đ\n"
            .replace(';', ",")
            .as_str(),
    );
    let folder = DataFolder::bare();
    let told = report(&folder, &pair.file, &pair.map, 1, &["--dry-run"]);
    let why = |at: usize| told["not_taken"][at]["why"]["vi"].as_str().expect("a sentence");
    for (at, words) in ["“đ”", "“$”", "d/m/yyyy", "lớn hơn 0", "“đ”"]
        .into_iter()
        .enumerate()
    {
        assert!(why(at).contains(words), "{}", why(at));
        assert!(!why(at).contains("ngoặc kép"), "{}", why(at));
    }
    assert!(why(0).contains("signs") && why(1).contains("signs"));
    assert_eq!(told["not_taken"][4]["value"], "1.000.000.000đ");
}

/// Deliveries with lists, counts and numbers in thousands.
const ALLOCATIONS: &str = r#"
map = "allocations"
event = "allocation.made"
numbers = "vi"
dates = "yyyy-mm-dd"
key = { columns = ["mã"] }
only_when = { column = "loại", equals = "A" }
[fields]
allocation = { template = "AL-{mã}" }
programme = "hn-204-2019"
category = "GFT"
group = "special_circumstances"
place = "xa-ba-vi-ba-vi"
item = "VND"
"draws[0].lot" = "gop-chung"
"draws[0].quantity" = { column = "nghìn đồng", times = 1000 }
"draws[1].lot" = { column = "lô khác", optional = true }
"draws[1].quantity" = { column = "số khác", optional = true }
decided_on = { column = "ngày" }
"#;

const DELIVERIES: &str = r#"
map = "deliveries"
event = "delivery.made"
numbers = "vi"
dates = "yyyy-mm-dd"
key = { columns = ["mã"] }
skip_when = { column = "loại", equals = "A" }
[fields]
delivery = { template = "DL-{mã}" }
allocation = { template = "AL-{mã}" }
quantity = { column = "nghìn đồng", times = 1000 }
place = "xa-ba-vi-ba-vi"
receiver = "truong-suoi-mo"
children = { column = "số trẻ" }
delivered_on = { column = "ngày" }
"#;

const CHAIN: &str = "loại\tmã\tnghìn đồng\tlô khác\tsố khác\tngày\tsố trẻ\n\
    A\t1\t1.500\t\t\t2024-10-01\t\n\
    A\t2\t2.500,5\t\t\t2024-10-01\t\n\
    A\t3\t9.999.999\t\t\t2024-10-01\t\n\
    D\t1\t1.500\t\t\t2024-10-05\t30\n\
    D\t2\t2.000\t\t\t2024-10-05\t3,5\n\
    D\t9\t1\t\t\t2024-10-05\t30\n";

#[test]
fn rows_refer_to_what_the_ledger_knows() {
    let folder = DataFolder::prepared();
    folder.record_all(&[minhbach_tests::receipt(10_000_000)]);
    let pair = Pair::of(ALLOCATIONS, CHAIN);
    let told = report(&folder, &pair.file, &pair.map, 1, &[]);
    assert_eq!(counts(&told), [2, 0, 3, 0, 1]);
    assert_eq!(left_out(&told), [(4, "insufficient_quantity".to_owned())]);
    let lines = folder.journal().lines;
    let made = lines[lines.len() - 1].event();
    assert_eq!(made["draws"], json!([{"lot": POOL, "quantity": "2500500"}]));
    assert_eq!(made["programme"], PROGRAMME);

    pair.put("deliveries.toml", DELIVERIES);
    let map = pair.folder.path().join("deliveries.toml");
    let told = report(&folder, &pair.file, &map, 1, &[]);
    let expected = [(6, "number"), (7, "unknown_reference")];
    assert_eq!(
        left_out(&told),
        expected.map(|(line, code)| (line, code.to_owned()))
    );
    assert_eq!(counts(&told), [1, 0, 3, 0, 2]);
}

/// A minimal map: money into the pool.
fn receipts_map(more: &str) -> String {
    format!(
        "map = \"thu\"\nevent = \"receipt.issued\"\nnumbers = \"plain\"\ndates = \"yyyy-mm-dd\"\n{more}\n[fields]\n\
         fund = \"quy-mam-xanh\"\npool = \"gop-chung\"\nsource = \"social_domestic\"\nitem = \"VND\"\n\
         quantity = {{ column = \"amount\" }}\nreceived_on = {{ column = \"day\" }}\ndisplay = \"anonymous\"\n\
         channel = \"bank\"\n"
    )
}

#[test]
fn the_key_is_the_keyed_hash_of_the_row_whatever_the_file_looks_like() {
    let folder = DataFolder::prepared();
    let pair = Pair::of(
        &receipts_map(""),
        "day,amount,note\n2024-09-10,7000,a\n2024-09-10,7000,a\n",
    );
    assert_eq!(
        counts(&report(&folder, &pair.file, &pair.map, 0, &[])),
        [2, 0, 0, 0, 0]
    );
    let secret = std::fs::read(folder.path().join("private/import-secret")).expect("a secret");
    let secret: [u8; 32] = secret.try_into().expect("32 bytes");
    let mut described = Vec::new();
    // Name of the map, event, then each column with its cell, sorted by name.
    for text in [
        "thu",
        "receipt.issued",
        "amount",
        "7000",
        "day",
        "2024-09-10",
        "note",
        "a",
    ] {
        described.extend((text.len() as u32).to_le_bytes());
        described.extend(text.as_bytes());
    }
    let lines = folder.journal().lines;
    for (ordinal, line) in lines[lines.len() - 2..].iter().enumerate() {
        let said = [described.as_slice(), &(ordinal as u32).to_le_bytes()].concat();
        let hash = blake3::keyed_hash(&secret, &said).to_hex();
        assert_eq!(line.entry["key"], format!("csv-{}", &hash[..32]));
    }

    let bytes = folder.journal().bytes;
    for table in [
        "\u{feff}day;amount;note\r\n2024-09-10; 7000 ;a\r\n\"2024-09-10\";7000;a\r\n",
        "note\tamount\tday\tempty\na\t7000\t2024-09-10\t\na\t7000\t2024-09-10\t\n",
    ] {
        pair.put("table.csv", table);
        assert_eq!(
            counts(&report(&folder, &pair.file, &pair.map, 0, &[])),
            [0, 2, 0, 0, 0],
            "{table:?}"
        );
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(b"day,amount,note\n2024-09-10,7000,a\n")
        .expect("packed");
    pair.put("table.csv", packed.finish().expect("packed"));
    assert_eq!(
        counts(&report(&folder, &pair.file, &pair.map, 0, &[])),
        [0, 1, 0, 0, 0]
    );
    assert!(folder.journal().bytes == bytes, "nothing was added");

    pair.put(
        "table.csv",
        "day,amount,note\n2024-09-10,7000,a\n2024-09-10,7000,a\n2024-09-10,7000,a\n",
    );
    assert_eq!(
        counts(&report(&folder, &pair.file, &pair.map, 0, &[])),
        [1, 2, 0, 0, 0],
        "a third row alike is one more gift"
    );
}

#[test]
fn a_lost_secret_stops_the_import_instead_of_doubling_it() {
    let folder = DataFolder::prepared();
    let pair = Pair::of(&receipts_map(""), "day,amount\n2024-09-10,7000\n");
    report(&folder, &pair.file, &pair.map, 0, &[]);
    std::fs::remove_file(folder.path().join("private/import-secret")).expect("removed");
    let bytes = folder.journal().bytes;
    for more in [&[][..], &["--dry-run"]] {
        import(&folder, &pair.file, &pair.map, more).fails_clearly(2, &["import-secret"]);
    }
    assert!(folder.journal().bytes == bytes);
}

#[test]
fn columns_that_name_a_row_keep_it_the_same_row() {
    let folder = DataFolder::prepared();
    let map = receipts_map("key = { columns = [\"no\"] }");
    let pair = Pair::of(
        &map,
        "no,day,amount,note\n1,2024-09-10,7000,a\n2,2024-09-10,7000,a\n1,2024-09-10,7000,b\n",
    );
    assert_eq!(
        counts(&report(&folder, &pair.file, &pair.map, 0, &["--dry-run"])),
        [2, 1, 0, 0, 0]
    );
    assert_eq!(
        counts(&report(&folder, &pair.file, &pair.map, 0, &[])),
        [2, 1, 0, 0, 0]
    );
    pair.put(
        "table.csv",
        "no,day,amount,note\n1,2024-09-10,7001,a\n2,2024-09-10,7000,c\n,2024-09-10,1,\n",
    );
    let told = report(&folder, &pair.file, &pair.map, 1, &[]);
    let expected = [(2, "idempotency_conflict"), (4, "missing")];
    assert_eq!(
        left_out(&told),
        expected.map(|(line, code)| (line, code.to_owned()))
    );
    assert_eq!(counts(&told), [0, 1, 0, 0, 2]);
}

#[test]
fn a_wrong_map_is_named_by_file_line_and_key() {
    let folder = DataFolder::prepared();
    let bytes = folder.journal().bytes;
    let good = receipts_map("");
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replace(from, to)
    };
    let quantity = "quantity = { column = \"amount\" }";
    for (map, names) in [
        (with("map = \"thu\"", "map = \"Thu\""), ["line 1", "map"]),
        (with("map = \"thu\"\n", ""), ["line 1", "map"]),
        (
            with("receipt.issued", "receipt.isued"),
            ["line 2", "receipt.isued"],
        ),
        (with("\"plain\"", "\"de\""), ["line 3", "numbers"]),
        (with("yyyy-mm-dd", "mm/dd/yyyy"), ["line 4", "months before days"]),
        (with("yyyy-mm-dd", "dd/mm/yy"), ["line 4", "dates"]),
        (with("[fields]", "colour = 1\n[fields]"), ["line 6", "colour"]),
        (
            with("[fields]", "key = { columns = [] }\n[fields]"),
            ["line 6", "key.columns"],
        ),
        (with("item = \"VND\"\n", ""), ["fields.item", "requires"]),
        (
            with("item = ", "itme = \"x\"\nitem = "),
            ["line 10", "fields.itme"],
        ),
        (
            with("channel = \"bank\"", "channel = \"post\""),
            ["line 14", "fields.channel"],
        ),
        (
            with("display = ", "serial = \"1\"\ndisplay = "),
            ["line 13", "fields.serial"],
        ),
        (
            with("display = ", "restriction = \"x\"\ndisplay = "),
            ["line 13", "until"],
        ),
        (
            with("display = ", "restriction.places = \"x\"\ndisplay = "),
            ["line 13", "split"],
        ),
        (
            with("display = ", "\"quantity\" = \"5\"\ndisplay = "),
            ["line 13", "TOML"],
        ),
        (
            with(quantity, "quantity = { column = \"amount\", constant = 5 }"),
            ["line 11", "fields.quantity"],
        ),
        (
            with(
                quantity,
                "quantity = { column = \"amount\", format = \"dd/mm/yyyy\" }",
            ),
            ["line 11", "format"],
        ),
        (
            with(quantity, "quantity = { column = \"amount\", minus = \"yes\" }"),
            ["line 11", "minus"],
        ),
        (
            with(quantity, "quantity = { column = \"amount\", times = 0 }"),
            ["line 11", "times"],
        ),
        (
            with(quantity, "quantity = { column = \"amount\", split = \",\" }"),
            ["line 11", "quantity"],
        ),
        (
            with(quantity, "quantity = { template = \"5\" }"),
            ["line 11", "template"],
        ),
        (
            with(quantity, "quantity = { column = \"\" }"),
            ["line 11", "column"],
        ),
        (
            with(
                quantity,
                "quantity = { column = \"amount\", lookup = { file = \"../x\", key = \"a\", column = \"b\" } }",
            ),
            ["line 11", "lookup.file"],
        ),
        (
            with(
                quantity,
                "quantity = { column = \"amount\", only_when = { column = \"a\" } }",
            ),
            ["line 11", "only_when"],
        ),
        (with("numbers = \"plain\"\n", ""), ["line 10", "fields.quantity"]),
        (with("[fields]", "fields ="), ["line 6", "TOML"]),
    ] {
        let pair = Pair::of(&map, "day,amount\n2024-09-10,7000\n");
        let run = import(&folder, &pair.file, &pair.map, &[]);
        run.fails_clearly(2, &[&["map.toml"][..], &names].concat());
        let said = import(&folder, &pair.file, &pair.map, &["--lang", "vi"])
            .exits(2)
            .err;
        assert!(said.contains("Chưa nhập gì"), "{said}");
    }
    assert!(folder.journal().bytes == bytes, "nothing was written");
}

#[test]
fn a_file_that_is_no_such_table_is_refused_as_a_whole() {
    let folder = DataFolder::prepared();
    let bytes = folder.journal().bytes;
    let utf16: Vec<u8> = "\u{feff}day,amount\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let map = receipts_map("");
    for (table, names) in [
        (&b"day,sum\n2024-09-10,7000\n"[..], ["amount", "sum"]),
        (b"", ["table.csv", "column names"]),
        (b"day,amount,day\n", ["two columns", "day"]),
        (&utf16, ["UTF-16", "CSV UTF-8"]),
        (b"ng\xb5y,amount\n", ["UTF-8", "TCVN3"]),
        ("Ngµy,amount\n".as_bytes(), ["TCVN3", "Unicode"]),
    ] {
        let pair = Pair::of(&map, table);
        for more in [&[][..], &["--dry-run"]] {
            import(&folder, &pair.file, &pair.map, more).fails_clearly(2, &names);
        }
    }
    let pair = Pair::of(&map, "day,amount\n");
    import(&folder, &pair.folder.path().join("none.csv"), &pair.map, &[]).fails_clearly(2, &["none.csv"]);
    import(&folder, pair.folder.path(), &pair.map, &[]).fails_clearly(2, &[]);
    import(&folder, &pair.file, &pair.folder.path().join("none.toml"), &[]).fails_clearly(2, &["none.toml"]);
    let looked = map.replace(
        "\"amount\"",
        "\"amount\", lookup = { file = \"no.csv\", key = \"a\", column = \"b\" }",
    );
    pair.put("map.toml", looked);
    import(&folder, &pair.file, &pair.map, &[]).fails_clearly(2, &["no.csv"]);
    assert!(folder.journal().bytes == bytes, "nothing was written");
    // One row in another encoding is one row.
    let pair = Pair::of(
        &map,
        b"day,amount\n2024-09-10,7000\n2024-09-1\xb5,7000\n2024-09-12,7000\n",
    );
    let told = report(&folder, &pair.file, &pair.map, 1, &[]);
    assert_eq!(left_out(&told), [(3, "not_utf8".to_owned())]);
    assert_eq!(counts(&told), [2, 0, 0, 0, 1]);
}

#[test]
fn a_long_table_takes_bounded_memory() {
    const ROWS: u64 = 60_000;
    let mut table = "day,amount,note\n".to_owned();
    for row in 1..=ROWS {
        let amount = if row % 100 == 0 {
            "0x".to_owned()
        } else {
            row.to_string()
        };
        table.push_str(&format!("2024-09-10,{amount},{}\n", "ghi chú ".repeat(20)));
    }
    let pair = Pair::of(&receipts_map(""), table);
    let folder = DataFolder::prepared();
    let run = import(&folder, &pair.file, &pair.map, &["--format", "json"]).exits(1);
    let kib = run.peak_kib.unwrap_or(0);
    assert!(kib < PEAK_KIB_MAX, "an import took {} MiB", kib >> 10);
    let left = ROWS / 100;
    assert_eq!(counts(&run.json()), [ROWS - left, 0, 0, 0, left]);
    let sum: u64 = (1..=ROWS).filter(|row| row % 100 != 0).sum();
    assert_eq!(pool_received(&folder, POOL), sum.to_string());
    assert_eq!(
        counts(&report(&folder, &pair.file, &pair.map, 1, &[])),
        [0, ROWS - left, 0, 0, left]
    );
}

fn balances(folder: &DataFolder) -> Vec<Value> {
    let told = folder.run(["balances", "--format", "json"]).ok().json();
    told["rows"].as_array().expect("rows").clone()
}

fn pool_received(folder: &DataFolder, pool: &str) -> String {
    let rows = balances(folder);
    let row = rows.iter().find(|row| row["lot"] == pool).expect("the pool");
    row["received"].as_str().expect("a quantity").to_owned()
}

/// The page for clerks has a map and a table: they do what it says.
#[test]
fn the_example_of_the_page_works() {
    let page = std::fs::read_to_string(docs("import-csv.md")).expect("the page");
    let block = |language: &str| {
        let begin = format!("```{language}\n");
        let (_, rest) = page.split_once(&begin).expect("a block");
        rest.split_once("```").expect("closed").0.to_owned()
    };
    let pair = Pair::of(&block("toml"), block("csv"));
    let folder = DataFolder::prepared();
    let trial = report(&folder, &pair.file, &pair.map, 1, &["--dry-run"]);
    let told = report(&folder, &pair.file, &pair.map, 1, &[]);
    assert_eq!(told["not_taken"], trial["not_taken"]);
    assert_eq!(counts(&told), [2, 0, 0, 0, 1]);
    assert_eq!(left_out(&told), [(4, "ambiguous_number".to_owned())]);
    assert_eq!(pool_received(&folder, POOL), "1734567");
    let said = import(&folder, &pair.file, &pair.map, &["--lang", "vi"])
        .exits(1)
        .out;
    for line in block("text").lines() {
        assert!(
            said.contains(line.trim_end()),
            "the page says {line:?}, the command {said}"
        );
    }
}

/// Every key of a map stands in the page's table.
#[test]
fn the_page_names_every_key() {
    let page = std::fs::read_to_string(docs("import-csv.md")).expect("the page");
    for key in [
        "map",
        "event",
        "numbers",
        "dates",
        "key",
        "file.delimiter",
        "file.header_line",
        "only_when",
        "skip_when",
        "refuse_when",
        "fields",
        "column",
        "constant",
        "template",
        "format",
        "signs",
        "minus",
        "times",
        "words",
        "case",
        "split",
        "lookup",
        "optional",
        "equals",
        "matches",
        "empty",
        "why",
    ] {
        assert!(page.contains(&format!("| `{key}`")), "{key} is not in the table");
    }
}

/// A table read by plain splitting: nothing of ours. None of these files has a line end or a quote inside a cell.
struct Plain {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Plain {
    fn read(path: &Path) -> Plain {
        let text = std::fs::read_to_string(path).expect("UTF-8");
        let mut rows: Vec<Vec<String>> = text.lines().map(cells).collect();
        let header = rows.remove(0);
        Plain { header, rows }
    }

    fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        let at = self
            .header
            .iter()
            .position(|name| name == column)
            .expect("a column");
        &row[at]
    }
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            letter => cells.last_mut().expect("a cell").push(letter),
        }
    }
    cells
}

fn digits(text: &str) -> u64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

#[test]
fn the_relief_chain_is_loaded_as_far_as_it_is_honest() {
    let shared = std::env::var_os("MINHBACH_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| workspace_root().join("../shared"));
    let data = shared.join("data/relief-chain-2020");
    if !data.is_dir() {
        return not_checked(&format!("the relief chain: {} is not there", data.display()));
    }
    let folder = DataFolder::bare();
    let maps = docs("maps/relief-chain-2020");
    let groundwork = maps.join("groundwork.ndjson");
    folder.run(["record".as_ref(), groundwork.as_os_str()]).ok();
    let file = |name: &str| data.join(name);
    let map = |name: &str| maps.join(name);

    let donations = Plain::read(&file("donations.csv"));
    let is_promise = |row: &&Vec<String>| {
        let cell = |column| donations.cell(row, column);
        cell("method") != "In kind" && !cell("date").is_empty() && !cell("amount_inr").is_empty()
    };
    let promises: Vec<_> = donations.rows.iter().filter(is_promise).collect();
    let promised: u64 = promises
        .iter()
        .map(|row| digits(donations.cell(row, "amount_inr")))
        .sum();

    let receipts = Plain::read(&file("receipts.csv"));
    let is_receipt = |row: &&Vec<String>| {
        let (serial, date) = (receipts.cell(row, "serial"), receipts.cell(row, "date"));
        serial.parse::<u64>().is_ok_and(|serial| serial != 7)
            && date.ends_with("/2020")
            && !receipts.cell(row, "method").is_empty()
    };
    let gifts: Vec<_> = receipts.rows.iter().filter(is_receipt).collect();
    let received: u64 = gifts.iter().map(|row| digits(receipts.cell(row, "amount"))).sum();

    let moves = Plain::read(&file("stock_moves.csv"));
    let distributions = Plain::read(&file("distributions.csv"));
    let is_handed_out = |row: &&Vec<String>| {
        ["kind", "kits", "area", "delivered_on"]
            .iter()
            .all(|column| !distributions.cell(row, column).is_empty())
    };
    let handed_out: Vec<_> = distributions.rows.iter().filter(is_handed_out).collect();

    let all = [
        (
            "donations.csv",
            "donations.toml",
            promises.len(),
            donations.rows.len(),
        ),
        ("receipts.csv", "receipts.toml", gifts.len(), receipts.rows.len()),
        ("stock_moves.csv", "stock_moves.toml", 0, moves.rows.len()),
        (
            "distributions.csv",
            "distributions-1-in-hand.toml",
            handed_out.len(),
            distributions.rows.len(),
        ),
        (
            "distributions.csv",
            "distributions-2-allocated.toml",
            handed_out.len(),
            distributions.rows.len(),
        ),
        (
            "distributions.csv",
            "distributions-3-delivered.toml",
            handed_out.len(),
            distributions.rows.len(),
        ),
    ];
    let mut told = Vec::new();
    for (table, name, taken, rows) in all {
        let before = contents(folder.path());
        let trial = report(&folder, &file(table), &map(name), 1, &["--dry-run"]);
        assert!(
            contents(folder.path()) == before,
            "{name}: a dry run writes nothing"
        );
        let report = report(&folder, &file(table), &map(name), 1, &[]);
        assert_eq!(left_out(&trial), left_out(&report), "{name}");
        let [recorded, there, skipped, blank, left] = counts(&report);
        assert_eq!((recorded, there, skipped), (taken as u64, 0, 0), "{name}");
        assert_eq!(
            recorded + blank + left,
            rows as u64,
            "{name}: every row is taken or listed"
        );
        let listed: BTreeSet<u64> = left_out(&report).into_iter().map(|(line, _)| line).collect();
        assert_eq!(listed.len() as u64, left, "{name}: each is listed once");
        told.push([rows as u64, recorded, blank, left]);
    }
    // As the page beside the maps says; one row of receipts.csv is blank.
    assert_eq!(
        told,
        [
            [64, 46, 0, 18],
            [116, 20, 1, 95],
            [38, 0, 0, 38],
            [46, 23, 0, 23],
            [46, 23, 0, 23],
            [46, 23, 0, 23]
        ]
    );
    let page = std::fs::read_to_string(maps.join("README.md")).expect("the page");
    for ((_, name, ..), [rows, taken, blank, left]) in all.iter().zip(&told) {
        let line = format!("| `{name}` | {rows} | {taken} | {blank} | {left} |");
        assert!(page.contains(&line), "the page lacks {line}");
    }

    // Sums: promises apart from money in hand, kits as they were handed out.
    let journal = folder.journal();
    let events = |kind: &'static str| journal.lines.iter().filter(move |line| line.kind() == kind);
    let sum = |kind: &'static str| -> u64 {
        events(kind)
            .map(|line| digits(line.event()["quantity"].as_str().expect("a quantity")))
            .sum()
    };
    assert_eq!(sum("donation.pledged"), promised);
    assert_eq!(pool_received(&folder, "kr-inr"), received.to_string());
    let statement = folder
        .run(["statement", "--item", "INR", "--format", "json"])
        .ok()
        .json();
    let days = statement["rows"].as_array().expect("rows");
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for row in &gifts {
        let parts: Vec<&str> = receipts.cell(row, "date").split('/').collect();
        *expected
            .entry(format!("{}-{:0>2}-{:0>2}", parts[2], parts[1], parts[0]))
            .or_default() += digits(receipts.cell(row, "amount"));
    }
    let by_day = days.iter().map(|row| {
        let text = |name: &str| row[name].as_str().expect("text").to_owned();
        assert_eq!(text("out"), "0");
        (text("day"), digits(&text("in")))
    });
    assert_eq!(by_day.collect::<BTreeMap<_, _>>(), expected);
    let mut areas: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in &handed_out {
        let item = match distributions.cell(row, "kind") {
            "Mask Kit" => "kr-mask-kit",
            _ => "kr-dry-ration-kit",
        };
        let place = format!("kr-area-{}", distributions.cell(row, "area").to_lowercase());
        *areas.entry((place, item.to_owned())).or_default() += digits(distributions.cell(row, "kits"));
    }
    let told = folder
        .run(["received", "--by", "place,item", "--format", "json"])
        .ok()
        .json();
    let told = told["rows"].as_array().expect("rows").iter().map(|row| {
        let text = |name: &str| row[name].as_str().expect("text").to_owned();
        assert_eq!(row["child_deliveries"], json!(0), "the file counts no children");
        ((text("place"), text("item")), digits(&text("delivered")))
    });
    assert_eq!(told.collect::<BTreeMap<_, _>>(), areas);
    for row in balances(&folder).iter().filter(|row| row["item"] != "INR") {
        assert_eq!(
            (&row["available"], &row["allocated"]),
            (&json!("0"), &json!("0")),
            "{row}"
        );
    }
    // No link between the files is made up, and nobody's pseudonym is in the ledger.
    assert!(events("receipt.issued").all(|line| line.event()["donation"].is_null()));
    let text = String::from_utf8_lossy(&journal.bytes).into_owned();
    for row in &donations.rows {
        let donor = donations.cell(row, "donor");
        assert!(
            donor.is_empty() || !text.contains(donor),
            "{donor} is in the journal"
        );
    }

    for (table, name, taken, _) in all {
        let again = report(&folder, &file(table), &map(name), 1, &[]);
        let [recorded, there, ..] = counts(&again);
        assert_eq!((recorded, there), (0, taken as u64), "{name} again");
    }
    assert!(folder.journal().bytes == journal.bytes, "again adds nothing");
    folder.run(["verify"]).ok();
}

/// Nothing is read as a row that may stand inside a cell: not behind a broken quote, not in a cell too long to keep.
#[test]
fn what_stands_inside_a_cell_is_never_a_row() {
    let map = receipts_map("key = { columns = [\"no\"] }");
    let table = |rows: &str| format!("no,amount,day,secret\nA-1,5,2024-09-10,\n{rows}");
    let inner: String = (0..3_000)
        .map(|row| format!("EVIL-5{row:04},999,2024-09-10,z\n"))
        .collect();
    for (rows, left, last, taken) in [
        (
            "A-2,5,2024-09-10,\"he said \"hi\"\nEVIL-1,999,2024-09-10,\nbye\"\nA-3,5,2024-09-10,\n"
                .to_owned(),
            (3, "open_quote"),
            json!(6),
            1,
        ),
        (
            "A-2,5,2024-09-10,\"ghi chú \"\"x\"\"\nEVIL-2,999,2024-09-10,\nbye\" thêm\n".to_owned(),
            (3, "open_quote"),
            json!(5),
            1,
        ),
        (
            format!("A-2,5,2024-09-10,\"{inner}\"\nA-3,5,2024-09-10,\n"),
            (3, "line_too_long"),
            Value::Null,
            2,
        ),
    ] {
        let folder = DataFolder::prepared();
        let pair = Pair::of(&map, table(&rows));
        let told = report(&folder, &pair.file, &pair.map, 1, &[]);
        assert_eq!(left_out(&told), [(left.0, left.1.to_owned())]);
        assert_eq!(told["not_taken"][0]["last_line"], last);
        assert_eq!(counts(&told), [taken, 0, 0, 0, 1]);
        assert_eq!(pool_received(&folder, POOL), (5 * taken).to_string());
    }
}

/// A file without a header begins with somebody's data: its first line is not repeated.
#[test]
fn a_first_line_that_is_no_header_is_not_said() {
    let folder = DataFolder::prepared();
    for (first, hidden) in [
        ("Bí mật,0912 345 678,ai.do@vi-du.vn", ["Bí mật", "0912"]),
        ("root:$6$abc:19000:0:99999", ["root", "$6$"]),
        ("day,Bí mật,0912.345.678", ["Bí mật", "0912"]),
        ("day,Bí mật,ai.do@vi-du.vn", ["Bí mật", "vi-du"]),
    ] {
        let pair = Pair::of(&receipts_map(""), format!("{first}\n"));
        for language in ["vi", "en"] {
            let said = import(&folder, &pair.file, &pair.map, &["--lang", language]).exits(2);
            let said = [said.out, said.err].concat();
            assert!(said.contains("amount"), "what is missing is said: {said}");
            for part in hidden {
                assert!(!said.contains(part), "{part} is said: {said}");
            }
        }
    }
    let long = format!("day,{}\n", "ă".repeat(60));
    let pair = Pair::of(&receipts_map(""), long);
    let said = import(&folder, &pair.file, &pair.map, &[]).exits(2).err;
    assert!(said.contains(&format!("“{}…”", "ă".repeat(40))), "{said}");
}

#[test]
fn only_regular_files_beside_the_table_are_read() {
    let folder = DataFolder::prepared();
    let looked = receipts_map("").replace(
        "\"amount\"",
        "\"amount\", lookup = { file = \"other.csv\", key = \"a\", column = \"b\" }",
    );
    let pair = Pair::of(&receipts_map(""), "day,amount\n2024-09-10,7000\n");
    pair.put("looked.toml", looked);
    let inside = |name: &str| pair.folder.path().join(name);
    let made = std::process::Command::new("mkfifo").arg(inside("pipe")).status();
    assert!(made.expect("mkfifo").success());
    let pipe = inside("pipe");
    for odd in [pipe.as_path(), pair.folder.path(), Path::new("/dev/null")] {
        import(&folder, odd, &pair.map, &[]).fails_clearly(2, &["regular file"]);
        import(&folder, &pair.file, odd, &[]).fails_clearly(2, &["regular file"]);
    }
    let map = inside("looked.toml");
    std::fs::rename(&pipe, inside("other.csv")).expect("renamed");
    import(&folder, &pair.file, &map, &[]).fails_clearly(2, &["other.csv", "regular file"]);
    std::fs::remove_file(inside("other.csv")).expect("removed");

    let elsewhere = tempfile::tempdir().expect("a folder");
    let outside = elsewhere.path().join("other.csv");
    std::fs::write(&outside, "a,b\n7000,7000\n").expect("a file");
    std::os::unix::fs::symlink(&outside, inside("other.csv")).expect("a link");
    import(&folder, &pair.file, &map, &[]).fails_clearly(2, &["other.csv", "another folder"]);
    std::fs::remove_file(inside("other.csv")).expect("removed");
    pair.put("real.csv", "a,b\n7000,7000\n");
    std::os::unix::fs::symlink("real.csv", inside("other.csv")).expect("a link");
    report(&folder, &pair.file, &map, 0, &["--dry-run"]);
}

#[test]
fn a_header_that_is_too_long_is_called_that() {
    let folder = DataFolder::prepared();
    for (table, names) in [
        (
            format!("day,amount,{}\n", "x".repeat(70_000)),
            ["64 KiB", "table.csv"],
        ),
        (
            "day,amount,\"note\n2024-09-10,7000,\n".to_owned(),
            ["quote", "table.csv"],
        ),
    ] {
        let pair = Pair::of(&receipts_map(""), table);
        let run = import(&folder, &pair.file, &pair.map, &[]).fails_clearly(2, &names);
        assert!(!run.err.contains("TCVN3"), "{}", run.err);
    }
}

/// A cell of the report that begins like a formula is text where a spreadsheet opens it, and exact elsewhere.
#[test]
fn a_cell_is_no_formula_for_a_spreadsheet() {
    let folder = DataFolder::prepared();
    let pair = Pair::of(
        &receipts_map(""),
        "day,amount\n2024-09-10,=1+1\n2024-09-10,@x\n2024-09-10,1\u{202e}2\n",
    );
    let exact = import(&folder, &pair.file, &pair.map, &["--format", "csv"])
        .exits(1)
        .out;
    assert!(exact.contains(",=1+1,"), "{exact}");
    assert!(exact.contains(",1\\u{202e}2,"), "{exact}");
    let excel = import(&folder, &pair.file, &pair.map, &["--format", "csv", "--excel"])
        .exits(1)
        .out;
    assert!(excel.contains(";'=1+1;"), "{excel}");
    assert!(
        excel.contains("\n2;"),
        "the number of a line stays a number: {excel}"
    );
}
