//! What the server answers to questions: the same as the commands, in every form, with what caches need to know.

use std::collections::BTreeMap;
use std::io::Read;

use minhbach_tests::{Answer, Ask, DataFolder, POOL, Server, actor, receipt};
use serde_json::{Value, json};

/// A question's path, the command that asks the same, and whether it can be a table.
type Question = (&'static str, &'static [&'static str], bool);

/// Each question that a command asks too.
const QUESTIONS: &[Question] = &[
    ("/v1/status", &["status"], false),
    ("/v1/received", &["received"], true),
    (
        "/v1/received?by=place,source",
        &["received", "--by", "place,source"],
        true,
    ),
    (
        "/v1/received?by=month,programme,item",
        &["received", "--by", "month,programme,item"],
        true,
    ),
    (
        "/v1/received?by=category&place=xa-ba-vi-ba-vi&from=2024-09&to=2025-06&source=social_domestic&item=VND",
        &[
            "received",
            "--by",
            "category",
            "--place",
            "xa-ba-vi-ba-vi",
            "--from",
            "2024-09",
            "--to",
            "2025-06",
            "--source",
            "social_domestic",
            "--item",
            "VND",
        ],
        true,
    ),
    ("/v1/balances", &["balances"], true),
    (
        "/v1/balances?kind=pool&item=VND",
        &["balances", "--kind", "pool", "--item", "VND"],
        true,
    ),
    (
        "/v1/balances?fund=quy-nui-tan",
        &["balances", "--fund", "quy-nui-tan"],
        true,
    ),
    ("/v1/statement", &["statement"], true),
    (
        "/v1/statement?fund=quy-nui-tan&from=2024-10-01",
        &["statement", "--fund", "quy-nui-tan", "--from", "2024-10-01"],
        true,
    ),
    ("/v1/needs", &["needs"], true),
    (
        "/v1/needs?state=all&priority=1",
        &["needs", "--state", "all", "--priority", "1"],
        true,
    ),
    ("/v1/needs?uncovered=true", &["needs", "--uncovered"], true),
    ("/v1/places", &["places"], true),
    (
        "/v1/places?kind=commune&parent=huyen-ba-vi",
        &["places", "--kind", "commune", "--parent", "huyen-ba-vi"],
        true,
    ),
    ("/v1/places/xa-ba-vi-ba-vi", &["places", "xa-ba-vi-ba-vi"], true),
    (
        "/v1/places/xa-ba-vi-ba-vi?reach=alone",
        &["places", "xa-ba-vi-ba-vi", "--reach", "alone"],
        true,
    ),
    ("/v1/parties", &["parties"], true),
    ("/v1/parties?kind=fund", &["parties", "--kind", "fund"], true),
    ("/v1/parties/quy-nui-tan", &["parties", "quy-nui-tan"], true),
    ("/v1/search?q=yen%20bai", &["search", "yen bai"], true),
    ("/v1/search?q=RC-MUA", &["search", "RC-MUA"], true),
    (
        "/v1/programmes/hn-204-2019/progress",
        &["progress", "hn-204-2019"],
        true,
    ),
    (
        "/v1/trails/RC-TRUNG-THU-0001",
        &["trail", "RC-TRUNG-THU-0001"],
        true,
    ),
    (
        "/v1/trails/rc-mua-dong-0001",
        &["trail", "RC-MUA-DONG-0001"],
        true,
    ),
    ("/v1/trails/DL-AO-MUA-2", &["trail", "DL-AO-MUA-2"], true),
    ("/v1/trails/ND-AO-BA-VI", &["trail", "ND-AO-BA-VI"], true),
    ("/v1/trails/gop-trung-thu", &["trail", "gop-trung-thu"], true),
];

fn demo() -> DataFolder {
    let folder = DataFolder::absent();
    folder.run(["demo", "--no-serve"]).ok();
    folder
}

/// The same question with a parameter more.
fn and(path: &str, parameter: &str) -> String {
    format!("{path}{}{parameter}", if path.contains('?') { '&' } else { '?' })
}

/// The same question as a table: `.csv` at the end of the path.
fn dot_csv(path: &str) -> String {
    let (path, query) = path
        .split_once('?')
        .map_or((path, String::new()), |(path, query)| (path, format!("?{query}")));
    format!("{path}.csv{query}")
}

#[test]
fn every_question_is_answered_as_its_command_answers_it() {
    let folder = demo();
    let copy = folder.copy();
    let server = Server::start(&folder);
    for (path, arguments, table) in QUESTIONS {
        let command = |more: &[&str]| copy.run(arguments.iter().chain(more)).ok();
        let answer = server.get(path).is(200);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        assert_eq!(answer.json(), command(&["--format", "json"]).json(), "{path}");
        if !table {
            continue;
        }
        let expected = command(&["--format", "csv"]).out;
        let media_type = Some("text/csv; charset=utf-8; header=present");
        for answer in [
            server.get(&dot_csv(path)),
            server.ask(&Ask::get(path).with("Accept", "text/csv")),
        ] {
            let answer = answer.is(200);
            assert_eq!(answer.header("content-type"), media_type, "{path}");
            assert_eq!(answer.text(), expected, "{path}");
        }
        let excel = server.get(&and(path, "excel=true")).is(200);
        assert_eq!(
            excel.text(),
            command(&["--format", "csv", "--excel"]).out,
            "{path}"
        );
        assert!(excel.text().starts_with('\u{feff}'), "{path}");
    }
}

/// The commands have no word for these.
#[test]
fn entries_lots_names_and_plans_are_what_the_journal_says() {
    let folder = demo();
    let server = Server::start(&folder);
    let journal = folder.journal();
    let size = journal.lines.len();
    for (seq, line) in journal.lines.iter().enumerate().step_by(97) {
        let path = format!("/v1/entries/{seq}");
        let answer = server.get(&path).is(200);
        let document = answer.json();
        assert_eq!(document["seq"], seq, "{path}");
        assert_eq!(document["hash"], line.hash, "{path}");
        let bytes = server
            .ask(&Ask::get(&path).with("Accept", "application/octet-stream"))
            .is(200);
        assert_eq!(minhbach_tests::hash(&bytes.body), line.hash, "{path}");
        // What is hashed stands in the document as it is.
        assert!(answer.text().contains(bytes.text()), "{path}");
        assert!(
            answer
                .header("cache-control")
                .is_some_and(|held| held.contains("immutable")),
            "{path}"
        );
    }
    server
        .get(&format!("/v1/entries/{size}"))
        .problem(404, "not_found");
    let balances = server.get("/v1/balances").is(200).json();
    for row in balances["rows"].as_array().expect("rows").iter().step_by(5) {
        let lot = row["lot"].as_str().expect("a lot");
        let one = server.get(&format!("/v1/lots/{lot}")).is(200).json();
        for field in ["available", "delivered", "received"] {
            let told = one.get(field).or_else(|| one["lot"].get(field));
            assert_eq!(
                told.unwrap_or(&one["outcome"][field]),
                &row[field],
                "{field} of {one}"
            );
        }
    }
    server.get("/v1/lots/DL-AO-MUA-2").problem(404, "not_a_lot");
    let names = server.get("/v1/names").is(200).json();
    assert!(names.to_string().contains("Quỹ thiện nguyện Núi Tản"));
    let programmes = server.get("/v1/programmes").is(200).json();
    for row in programmes["rows"].as_array().expect("rows") {
        let slug = row["programme"].as_str().expect("a slug");
        let plan = server.get(&format!("/v1/programmes/{slug}")).is(200).json();
        assert_eq!(plan["programme"]["programme"], *slug);
    }
}

#[test]
fn pages_join_to_the_whole() {
    let folder = demo();
    let server = Server::start(&folder);
    let lists = [
        ("/v1/received?by=place,month,source", 7),
        ("/v1/balances", 5),
        ("/v1/statement", 9),
        ("/v1/needs?state=all", 2),
        ("/v1/places", 11),
        ("/v1/parties", 4),
        ("/v1/names", 23),
        ("/v1/entries", 61),
    ];
    for (path, limit) in lists {
        let whole = match path {
            "/v1/entries" => server.get("/v1/entries?limit=1000").is(200).json(),
            path => server.get(path).is(200).json(),
        };
        let expected = whole["rows"].as_array().expect("rows");
        let asked = if path == "/v1/entries" {
            expected.len().min(500)
        } else {
            expected.len()
        };
        assert!(limit < asked, "{path} has more than one page");
        let (mut rows, mut pages) = (Vec::new(), 0);
        let mut next = Some(and(path, &format!("limit={limit}")));
        while let Some(asked) = next {
            let answer = server.get(&asked).is(200);
            let page = answer.json();
            let part = page["rows"].as_array().expect("rows");
            assert!(part.len() <= limit, "{asked}");
            rows.extend(part.iter().cloned());
            pages += 1;
            next = match &page["next"] {
                Value::Null => None,
                Value::Number(seq) => Some(format!("/v1/entries?limit={limit}&from={seq}")),
                _ => {
                    let link = answer
                        .header("link")
                        .unwrap_or_else(|| panic!("{asked} says what is next"));
                    let link = link
                        .strip_prefix('<')
                        .and_then(|link| link.strip_suffix(">; rel=\"next\""));
                    Some(link.expect("a link").to_owned())
                }
            };
            assert!(rows.len() <= 20_000, "{path} ends");
        }
        let count = if path == "/v1/entries" {
            expected.len().min(rows.len())
        } else {
            expected.len().max(rows.len())
        };
        assert_eq!(
            rows[..count.min(rows.len())],
            expected[..],
            "{path} in {pages} pages"
        );
        if whole["next"].is_null() {
            assert_eq!(rows.len(), expected.len(), "{path}");
        }
    }
    for wrong in [
        "/v1/balances?cursor=%21",
        "/v1/needs?cursor=zz-zz",
        "/v1/places?cursor=a",
    ] {
        let answer = server.get(wrong);
        assert!(
            answer.status == 200 || answer.problem(400, "bad_cursor").is_object(),
            "{wrong}"
        );
    }
}

#[test]
fn a_tag_holds_until_something_is_recorded() {
    let folder = DataFolder::prepared();
    folder.record_all(&[receipt(20_000)]);
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    let code = server.get("/v1/entries?limit=1000").json();
    let code = code["rows"]
        .as_array()
        .and_then(|rows| rows.last())
        .expect("rows")["entry"]["event"]["receipt"]
        .clone();
    let paths = [
        "/v1/status",
        "/v1/received",
        "/v1/balances",
        "/v1/statement",
        "/v1/needs",
        "/v1/places",
        "/v1/parties",
        "/v1/names",
        "/v1/programmes",
        "/v1/programmes/hn-204-2019",
        "/v1/programmes/hn-204-2019/progress",
        "/v1/search?q=ba",
        "/v1/entries",
        "/v1/places/xa-ba-vi-ba-vi",
        "/v1/balances.csv",
        &format!("/v1/lots/{POOL}"),
        &format!("/v1/trails/{}", code.as_str().expect("a code")),
    ];
    let tag = |path: &str| {
        let answer = server.get(path).is(200);
        assert_eq!(answer.header("cache-control"), Some("public, no-cache"), "{path}");
        assert!(
            answer
                .header("vary")
                .is_some_and(|vary| vary.contains("accept-encoding")),
            "{path}"
        );
        answer
            .header("etag")
            .unwrap_or_else(|| panic!("{path} has a tag"))
            .to_owned()
    };
    let again = |path: &str, tag: &str| server.ask(&Ask::get(path).with("If-None-Match", tag));
    let tags: BTreeMap<&str, String> = paths.iter().map(|path| (*path, tag(path))).collect();
    for (path, tag) in &tags {
        let answer = again(path, tag).is(304);
        assert!(
            answer.body.is_empty() && answer.header("etag") == Some(tag),
            "{path}"
        );
    }
    server.ask(&Ask::propose(&token, &receipt(5_000))).is(201);
    for (path, old) in &tags {
        assert_ne!(
            again(path, old).is(200).header("etag"),
            Some(old.as_str()),
            "{path}"
        );
    }
    // One that never changes keeps its tag.
    let path = "/v1/entries/0";
    let first = server.get(path).is(200);
    again(path, first.header("etag").expect("a tag")).is(304);
}

#[test]
fn compressed_answers_say_the_same() {
    let folder = demo();
    let server = Server::start(&folder);
    for path in [
        "/v1/balances",
        "/v1/statement.csv",
        "/v1/openapi.json",
        "/v1/entries?limit=1000",
        "/",
    ] {
        let plain = server.get(path).is(200);
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        let packed = |coding: &str| {
            let answer = server
                .ask(&Ask::get(path).with("Accept-Encoding", coding))
                .is(200);
            assert_eq!(answer.header("content-encoding"), Some(coding), "{path}");
            assert!(answer.body.len() < plain.body.len() / 2, "{path} becomes smaller");
            answer.body
        };
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&packed("gzip")[..])
            .read_to_end(&mut unpacked)
            .expect("gzip");
        assert!(unpacked == plain.body, "{path} by gzip");
        unpacked.clear();
        brotli_decompressor::Decompressor::new(&packed("br")[..], 4_096)
            .read_to_end(&mut unpacked)
            .expect("brotli");
        assert!(unpacked == plain.body, "{path} by brotli");
    }
}

#[test]
fn any_page_may_read_and_none_may_write() {
    let folder = DataFolder::bare();
    let server = Server::start(&folder);
    let answer = server
        .ask(&Ask::get("/v1/status").with("Origin", "https://bao.example.vn"))
        .is(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let preflight = |path: &str, method: &str, headers: &str| {
        let ask = Ask::new("OPTIONS", path).with("Origin", "https://bao.example.vn");
        let ask = ask.with("Access-Control-Request-Method", method);
        server.ask(&ask.with("Access-Control-Request-Headers", headers))
    };
    let allowed = |answer: &Answer, name: &str| {
        answer
            .header(name)
            .unwrap_or_default()
            .to_ascii_lowercase()
            .split(',')
            .map(|part| part.trim().to_owned())
            .collect()
    };
    let read = preflight("/v1/balances", "GET", "if-none-match");
    let methods: Vec<String> = allowed(&read, "access-control-allow-methods");
    assert!(
        methods.contains(&"get".to_owned()) && !methods.contains(&"post".to_owned()),
        "{methods:?}"
    );
    let write = preflight("/v1/entries", "POST", "authorization,content-type");
    let methods: Vec<String> = allowed(&write, "access-control-allow-methods");
    let headers: Vec<String> = allowed(&write, "access-control-allow-headers");
    assert!(!methods.contains(&"post".to_owned()), "{methods:?}");
    assert!(
        !headers.contains(&"authorization".to_owned()) && !headers.contains(&"*".to_owned()),
        "{headers:?}"
    );
}

#[test]
fn a_read_sees_every_write_that_was_acknowledged() {
    const WRITES: u64 = 200;
    let folder = DataFolder::prepared();
    let token = actor(&folder, "ke-toan", &["recorder"], None);
    let server = Server::start(&folder);
    let mut connection = server.connect();
    let mut other = server.connect();
    let mut sum = 0;
    for number in 1..=WRITES {
        let answer = connection
            .ask(&Ask::propose(&token, &receipt(number)))
            .expect("an answer")
            .is(201)
            .json();
        sum += number;
        let mut read = |path: &str| other.ask(&Ask::get(path)).expect("an answer").is(200).json();
        let (seq, code) = (&answer["seq"], answer["code"].as_str().expect("a code"));
        match number % 5 {
            0 => assert_eq!(
                read(&format!("/v1/balances?lot={POOL}"))["rows"][0]["received"],
                sum.to_string()
            ),
            1 => assert_eq!(read(&format!("/v1/trails/{code}"))["code"], code),
            2 => assert_eq!(read(&format!("/v1/entries/{seq}"))["hash"], answer["hash"]),
            3 => assert_eq!(read(&format!("/v1/search?q={code}"))["rows"][0]["id"], code),
            _ => assert_eq!(read("/v1/status")["as_of"]["head"], answer["hash"]),
        }
    }
    server.terminate();
    folder.run(["verify"]).ok();
}

#[test]
fn a_table_is_of_one_state_while_others_write() {
    // More than a page, so that it is read in several pieces.
    const BEFORE: usize = 2_500;
    let folder = DataFolder::prepared();
    let name = |number: usize| json!({"type": "party.registered", "party": format!("ben-{number:06}"), "kind": "supplier", "name": "Bên"});
    folder.record_all(&(0..BEFORE).map(name).collect::<Vec<_>>());
    let token = actor(&folder, "quan-tri", &["admin"], None);
    let server = Server::start(&folder);
    let first = folder.journal().size() - BEFORE;
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut connection = server.connect();
            for number in BEFORE.. {
                if done.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                connection
                    .ask(&Ask::propose(&token, &name(number)))
                    .expect("an answer")
                    .is(201);
            }
        });
        let mut sizes = Vec::new();
        for _ in 0..20 {
            let table = server.get("/v1/parties.csv").is(200);
            // The tag begins with the size; every entry behind the groundwork is a party.
            let tag = table
                .header("etag")
                .expect("a tag")
                .trim_start_matches("W/\"")
                .to_owned();
            let size: usize = tag
                .split('-')
                .next()
                .and_then(|size| size.parse().ok())
                .expect("a size");
            let rows = table.text().lines().filter(|line| line.contains("ben-")).count();
            assert_eq!(rows, size - first, "{tag}");
            sizes.push(size);
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(sizes[0] < sizes[19], "it grew meanwhile: {sizes:?}");
    });
}

#[test]
fn every_slug_of_a_table_is_in_the_table_of_names() {
    let folder = demo();
    let server = Server::start(&folder);
    let names = server.get("/v1/names.csv?excel=true").is(200);
    let names = names.text();
    assert!(names.starts_with("\u{feff}kind;id;vi;"), "{names:.60}");
    let known: std::collections::HashSet<(&str, &str)> = names
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(';');
            Some((fields.next()?, fields.next()?))
        })
        .collect();
    let table = server.get("/v1/received.csv?by=place,item").is(200);
    let mut lines = table
        .text()
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let column = |name: &str| header.iter().position(|given| *given == name).expect("a column");
    let (place, item) = (column("place"), column("item"));
    let rows: Vec<Vec<&str>> = lines.collect();
    assert!(10 < rows.len(), "{}", rows.len());
    for row in rows {
        assert!(known.contains(&("place", row[place])), "{row:?}");
        // VND is a currency, not an item that somebody registered.
        let currency = row[item].len() == 3 && row[item].to_uppercase() == row[item];
        assert!(currency || known.contains(&("item", row[item])), "{row:?}");
    }
    // A page of it is a page.
    let page = server.get("/v1/names.csv?limit=2").is(200);
    assert_eq!(page.text().lines().count(), 3);
    assert!(page.header("link").expect("the next page").contains("cursor="));
}

#[test]
fn the_journal_is_followed_from_page_to_page_by_its_links() {
    let folder = demo();
    let server = Server::start(&folder);
    let (mut path, mut seqs) = ("/v1/entries?limit=500".to_owned(), Vec::new());
    loop {
        let page = server.get(&path).is(200);
        let rows = page.json();
        let rows = rows["rows"].as_array().expect("rows");
        seqs.extend(rows.iter().map(|row| row["seq"].as_u64().expect("a seq")));
        let Some(link) = page.header("link") else {
            break;
        };
        let next = link
            .strip_prefix('<')
            .and_then(|link| link.split_once(">; rel=\"next\""));
        path = next.expect("the next page").0.to_owned();
    }
    let expected: Vec<u64> = (0..folder.journal().size() as u64).collect();
    assert_eq!(seqs, expected);
}

/// A request that is not answered, with its status and code.
const PROBLEMS: &[(&str, &str, u16, &str)] = &[
    ("GET", "/v1/nothing", 404, "no_route"),
    ("GET", "/v2/entries", 404, "no_route"),
    ("GET", "/v1/entries/9999999", 404, "not_found"),
    ("GET", "/v1/entries/9007199254740992", 400, "bad_parameter"),
    ("GET", "/v1/entries/-1", 400, "bad_parameter"),
    ("GET", "/v1/entries/1e3", 400, "bad_parameter"),
    ("GET", "/v1/entries/", 404, "no_route"),
    ("GET", "/v1/trails/RC-KHONG-CO", 404, "not_found"),
    ("GET", "/v1/trails/%C3%A1o", 400, "bad_parameter"),
    ("GET", "/v1/trails/%FF", 400, "bad_encoding"),
    ("GET", "/v1/trails/%00", 400, "bad_parameter"),
    ("GET", "/v1/lots/..%2F..%2Fprivate", 400, "bad_parameter"),
    ("GET", "/v1/places/xa-khong-co", 404, "not_found"),
    ("GET", "/v1/parties/khong-co", 404, "not_found"),
    ("GET", "/v1/programmes/khong-co", 404, "not_found"),
    ("GET", "/v1/programmes/khong-co/progress", 404, "not_found"),
    ("GET", "/v1/received?place=xa-khong-co", 404, "unknown_name"),
    ("GET", "/v1/received?by=colour", 400, "bad_parameter"),
    ("GET", "/v1/received?from=2025-13", 400, "bad_parameter"),
    (
        "GET",
        "/v1/received?from=2025-03&to=2025-01",
        400,
        "from_after_to",
    ),
    ("GET", "/v1/statement?from=2025-02-30", 400, "bad_parameter"),
    ("GET", "/v1/balances?fund=Qu%E1%BB%B9", 400, "bad_parameter"),
    ("GET", "/v1/balances?kind=heap", 400, "bad_parameter"),
    ("GET", "/v1/balances?limit=0", 400, "bad_parameter"),
    ("GET", "/v1/balances?limit=1001", 400, "bad_parameter"),
    (
        "GET",
        "/v1/balances?limit=99999999999999999999",
        400,
        "bad_parameter",
    ),
    ("GET", "/v1/balances?limit=%2B5", 400, "bad_parameter"),
    ("GET", "/v1/balances?excel=yes", 400, "bad_parameter"),
    ("GET", "/v1/balances?plac=a", 400, "unknown_parameter"),
    ("GET", "/v1/balances?", 200, ""),
    ("GET", "/v1/balances?limit=&fund=&kind=&excel=", 200, ""),
    ("GET", "/v1/balances?&&", 200, ""),
    ("GET", "/v1/balances?limit=1&limit=1", 400, "parameter_twice"),
    ("GET", "/v1/balances?fund=%FF", 400, "bad_encoding"),
    ("GET", "/v1/balances?%FF=a", 400, "bad_encoding"),
    ("GET", "/v1/balances?=a", 400, "unknown_parameter"),
    ("GET", "/v1/balances?%6cimit=1", 200, ""),
    ("GET", "/v1/places?cursor=khong-co", 400, "bad_cursor"),
    ("GET", "/v1/parties?cursor=khong-co", 400, "bad_cursor"),
    ("GET", "/v1/programmes?limit=2", 400, "unknown_parameter"),
    ("GET", "/v1/search", 400, "missing_parameter"),
    ("GET", "/v1/search?q=", 400, "bad_parameter"),
    ("GET", "/v1/search?q=...", 400, "bad_parameter"),
    ("GET", "/v1/status?x=1", 400, "unknown_parameter"),
    ("GET", "/v1/stream?from=x", 400, "bad_parameter"),
    ("POST", "/v1/balances", 405, "method_not_allowed"),
    ("DELETE", "/v1/entries/0", 405, "method_not_allowed"),
    ("PUT", "/v1/entries", 405, "method_not_allowed"),
    ("PATCH", "/v1/entries", 405, "method_not_allowed"),
    ("BREW", "/v1/status", 405, "method_not_allowed"),
    ("POST", "/v1/entries", 401, "unauthenticated"),
];

#[test]
fn what_is_not_answered_is_explained_in_the_reader_s_language() {
    let folder = demo();
    let server = Server::start(&folder);
    for &(method, path, status, code) in PROBLEMS {
        let ask = |language: &str| {
            let ask = Ask::new(method, path).with("Accept-Language", language);
            server.ask(&ask)
        };
        let vietnamese = ask("vi-VN,vi;q=0.9,en;q=0.5");
        if status == 200 {
            vietnamese.is(200);
            continue;
        }
        println!("{method} {path}");
        let vietnamese = vietnamese.problem(status, code);
        let answer = ask("en-GB");
        let english = answer.problem(status, code);
        assert_eq!(vietnamese["detail"], vietnamese["message"]["vi"], "{path}");
        assert_eq!(english["detail"], english["message"]["en"], "{path}");
        assert_ne!(vietnamese["title"], english["title"], "{path}");
        assert_ne!(english["message"]["vi"], english["message"]["en"], "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        if status == 405 {
            let allowed = answer.header("allow").expect("which methods there are");
            assert!(allowed.contains("GET"), "{path}: {allowed}");
        }
        // What the problem means stands where its type points to.
        let page = server.get(&format!("/problems/{code}")).is(200);
        assert!(
            page.header("content-type")
                .is_some_and(|media| media.starts_with("text/html")),
            "{code}"
        );
    }
    // A query that is too long is refused before it is read.
    let long = format!("/v1/balances?fund={}", "a".repeat(5_000));
    server.get(&long).problem(400, "bad_parameter");
    let far_too_long = format!("/v1/balances?fund={}", "a".repeat(60_000));
    let answer = server.get(&far_too_long);
    assert!(matches!(answer.status, 400 | 414 | 431), "{}", answer.status);
    server.get("/v1/status").is(200);
}

#[test]
fn head_is_get_without_its_body() {
    let folder = demo();
    let server = Server::start(&folder);
    let mut connection = server.connect();
    for path in [
        "/v1/status",
        "/v1/balances",
        "/v1/entries/0",
        "/v1/trails/RC-TRUNG-THU-0001",
        "/",
        "/v1/openapi.json",
        "/healthz",
    ] {
        let whole = server.get(path).is(200);
        // On one connection: a body that was sent after all would be taken for the next answer.
        let head = connection
            .ask(&Ask::new("HEAD", path))
            .expect("an answer")
            .is(200);
        for name in ["content-type", "etag", "cache-control", "content-length"] {
            assert_eq!(head.header(name), whole.header(name), "{name} of {path}");
        }
    }
    connection
        .ask(&Ask::new("HEAD", "/v1/nothing"))
        .expect("an answer")
        .is(404);
    connection
        .ask(&Ask::get("/v1/status"))
        .expect("an answer")
        .is(200);
}

#[test]
fn a_folder_in_use_names_the_url_and_the_server_s_pages_answer() {
    let folder = demo();
    let server = Server::start(&folder);
    folder.run(["balances"]).fails_clearly(2, &[&server.url]);
    for (path, media_type) in [
        ("/", "text/html"),
        ("/?lang=en", "text/html"),
        ("/api/", "text/html"),
        ("/assets/page.css", "text/css"),
        ("/healthz", "application/json"),
        ("/metrics", "text/plain"),
        ("/v1/openapi.json", "application/"),
    ] {
        let answer = server.get(path).is(200);
        assert!(
            answer
                .header("content-type")
                .is_some_and(|given| given.starts_with(media_type)),
            "{path}"
        );
    }
    let metrics = server.get("/metrics");
    for name in [
        "minhbach_journal_entries",
        "minhbach_http_request_seconds",
        "minhbach_read_models_lag_entries",
    ] {
        assert!(metrics.text().contains(name), "{name}");
    }
    let description = server.get("/v1/openapi.json").json();
    assert_eq!(description["openapi"], "3.1.0");
    let end = server.terminate();
    assert_eq!(end.code, Some(0), "{}", end.err);
}
