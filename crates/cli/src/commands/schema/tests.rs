//! Every event type has its sentence, and `docs/events.md` is written from the sentences and the pinned vectors.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use minhbach_ledger::Language;

use super::*;

const VI: Texts = Texts {
    language: Language::Vietnamese,
};
const EN: Texts = Texts {
    language: Language::English,
};

const HEAD: &str = "\
# Mỗi loại sự việc / Each event type

Mỗi đề nghị ghi sổ (một dòng của `minhbach record`) nêu `type`, các trường của loại đó, và `key`, `by` nếu cần. Dưới đây
mỗi loại một câu, các trường, và một dòng mẫu; mã mà sổ tự đặt được thì bỏ trống cũng được. `minhbach schema LOẠI` in
hình thức đầy đủ, `minhbach schema list` liệt kê các loại.

*A proposal (a line of `minhbach record`) gives `type`, the fields of that type, and `key` and `by` where needed. Below
stand one sentence, the fields and an example line of each type; codes that the ledger can make may be left out.
`minhbach schema TYPE` prints the full form, `minhbach schema list` lists the types.*

Trang này được viết từ `crates/cli/texts` và `events/vectors` bằng `cargo xtask docs`; một phép thử so lại.
*This page is written from them by `cargo xtask docs`, and a test compares it.*
";

#[test]
fn every_type_is_in_one_group_and_has_a_sentence() {
    let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| types(names)).collect();
    assert_eq!(grouped.len(), EVENT_TYPES.len());
    grouped.sort_unstable();
    grouped.dedup();
    assert_eq!(grouped.len(), EVENT_TYPES.len());
    for name in EVENT_TYPES {
        for texts in [VI, EN] {
            let said = sentence(texts, name);
            assert!(
                said.ends_with('.') && !said.contains("nknown localization"),
                "{name}: {said}"
            );
        }
        assert_ne!(sentence(VI, name), sentence(EN, name), "{name}");
    }
}

#[test]
fn a_type_has_a_schema_of_its_own() {
    for name in EVENT_TYPES {
        let schema = of_type(name);
        assert_eq!(schema["properties"]["type"]["const"], *name);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    let receipt = of_type("receipt.issued");
    let required = receipt["required"].as_array().expect("a list");
    assert!(required.contains(&"fund".into()) && !required.contains(&"receipt".into()));
}

/// The first pinned entry of each type, as a clerk sends it: without `v`, and without the number the ledger gives.
fn examples(root: &Path) -> BTreeMap<String, String> {
    let journal = std::fs::read_to_string(root.join("events/vectors/journal.log")).expect("the vectors");
    let mut examples = BTreeMap::new();
    for line in journal.lines() {
        let (_, event) = line.split_once(",\"event\":").expect("an event");
        let event = event.strip_suffix('}').expect("an entry");
        let mut example = event.replacen(",\"v\":1", "", 1);
        if let Some((before, rest)) = example.clone().split_once(",\"serial\":\"") {
            let (_, after) = rest.split_once('"').expect("a serial number");
            example = format!("{before}{after}");
        }
        let proposal = Proposal::from_line(example.as_bytes()).expect("a proposal");
        examples
            .entry(proposal.event.type_name().to_owned())
            .or_insert(example);
    }
    examples
}

/// The fields that an entry always has, in their order, then the others; in brackets what a proposal may leave out.
fn fields(name: &str) -> String {
    let (proposal, all) = (of_type(name), minhbach_events::Event::schemas());
    let (_, entry) = all.into_iter().find(|(known, _)| *known == name).expect("a type");
    let list = |schema: &Value| schema["required"].as_array().expect("a list").clone();
    let (needed, always) = (list(&proposal), list(&entry));
    let others = entry["properties"].as_object().expect("properties").keys();
    let others = others.map(|field| Value::from(field.as_str()));
    let others = others.filter(|field| !always.contains(field));
    let shown = always.iter().cloned().chain(others).filter_map(|field| {
        let written = field
            .as_str()
            .filter(|field| !["type", "v", "serial"].contains(field))?;
        Some(if needed.contains(&field) {
            format!("`{written}`")
        } else {
            format!("[`{written}`]")
        })
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn page(root: &Path) -> String {
    let examples = examples(root);
    let mut page = HEAD.to_owned();
    for (group, names) in &GROUPS {
        let _ = write!(page, "\n## {} / {}\n", heading(VI, group), heading(EN, group));
        for name in types(names) {
            let (vi, en) = (sentence(VI, name), sentence(EN, name));
            let _ = write!(page, "\n### `{name}`\n\n{vi}\n*{en}*\n\n");
            let _ = write!(page, "Trường / fields: {}\n\n", fields(name));
            let _ = write!(page, "```json\n{}\n```\n", examples[name]);
        }
    }
    page
}

#[test]
fn the_page_of_events_is_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("docs/events.md");
    let page = page(&root);
    if std::env::var_os("MINHBACH_WRITE_DOCS").is_some() {
        std::fs::write(&path, page).expect("written");
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/events.md is old: cargo xtask docs");
}
