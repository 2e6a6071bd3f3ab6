//! What the books say of names: which are unknown, and what the known ones stand for.

use minhbach_events::{Item, Label, Reference, Slug};
use minhbach_ledger::{NameKind, NameRow, Named, NamedKind, NamesTable};
use minhbach_projections::{AsOf, Page, ReadError};

use crate::world::books;

fn as_of() -> AsOf {
    let books = books();
    AsOf {
        size: books.size(),
        head: books.head(),
    }
}

#[test]
fn the_first_unknown_name_is_said() {
    let books = books();
    let slug = |text: &str| Slug::new(text).expect("a slug");
    let (fund, no_fund) = (slug("quy-tre-em"), slug("quy-la"));
    let (pool, no_pool) = (slug("gop-chung"), slug("gop-la"));
    let (place, no_place) = (slug("xa-cu"), slug("xa-la"));
    let (programme, no_programme) = (slug("da-dong"), slug("la"));
    let item = |text: &str| Item::new(text).expect("an item");
    let (coat, no_coat, dollar) = (item("ao-am"), item("ao-la"), item("USD"));
    let reference = |text: &str| Reference::new(text).expect("a reference");
    let (lot, pool_as_lot, no_lot) = (reference("RC-AO"), reference("gop-chung"), reference("RC-LA"));
    let label = |text: &str| Label::new(text).expect("a label");
    let (category, no_category) = (label("BEP"), label("LA"));

    let known = Named {
        fund: Some(&fund),
        pool: Some(&pool),
        place: Some(&place),
        item: Some(&coat),
        lot: Some(&lot),
        programme: Some(&programme),
        category: Some(&category),
        party: Some(&fund),
    };
    let by_slug = Named {
        item: Some(&dollar),
        lot: Some(&pool_as_lot),
        ..known
    };
    for known in [known, by_slug, Named::default()] {
        assert_eq!(known.first_unknown(&books), None, "{known:?}");
    }
    // From the last kind to the first: an unknown name of an earlier kind goes before all that are there already.
    let mut named = known;
    type Change<'a> = Box<dyn Fn(&mut Named<'a>) + 'a>;
    let changes: [(NamedKind, &str, Change<'_>); 8] = [
        (NamedKind::Party, "quy-la", Box::new(|n| n.party = Some(&no_fund))),
        (
            NamedKind::Category,
            "LA",
            Box::new(|n| n.category = Some(&no_category)),
        ),
        (
            NamedKind::Programme,
            "la",
            Box::new(|n| n.programme = Some(&no_programme)),
        ),
        (NamedKind::Lot, "RC-LA", Box::new(|n| n.lot = Some(&no_lot))),
        (NamedKind::Item, "ao-la", Box::new(|n| n.item = Some(&no_coat))),
        (NamedKind::Place, "xa-la", Box::new(|n| n.place = Some(&no_place))),
        (NamedKind::Pool, "gop-la", Box::new(|n| n.pool = Some(&no_pool))),
        (NamedKind::Fund, "quy-la", Box::new(|n| n.fund = Some(&no_fund))),
    ];
    for (kind, name, change) in &changes {
        change(&mut named);
        let unknown = named.first_unknown(&books).expect("it is unknown");
        assert_eq!((unknown.kind, unknown.name.as_str()), (*kind, *name));
        assert_eq!(NamedKind::from_word(kind.word()), Some(*kind));
    }
}

fn all(kind: Option<NameKind>, limit: usize) -> Vec<NameRow> {
    let books = books();
    let (mut rows, mut next) = (Vec::new(), None);
    loop {
        let cursor: Option<String> = next.take();
        let page = Page {
            cursor: cursor.as_deref(),
            limit,
        };
        let table = NamesTable::of(&books, as_of(), kind, page).expect("a page");
        assert!(table.rows.len() <= limit);
        rows.extend(table.rows);
        next = table.next;
        if next.is_none() {
            return rows;
        }
    }
}

#[test]
fn names_come_in_order_and_in_pages() {
    let whole = all(None, 1_000);
    let place = |row: &NameRow| (row.kind, row.id.clone(), row.programme.clone());
    assert!(whole.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])));
    // 10 places, 5 parties, 2 items, 3 plans, and 4, 4 and 3 categories.
    assert_eq!(whole.len(), 10 + 5 + 2 + 3 + 11);
    for limit in [1, 3, 10, 31, 32] {
        assert_eq!(all(None, limit), whole, "in pages of {limit}");
    }
    let by_kind: Vec<NameRow> = NameKind::ALL
        .iter()
        .flat_map(|kind| all(Some(*kind), 2))
        .collect();
    assert_eq!(by_kind, whole);
}

#[test]
fn a_name_says_what_it_stands_for() {
    let json = |id: &str| {
        let whole = all(None, 1_000);
        let row = whole.iter().find(|row| row.id == id).expect("it is known");
        let text = serde_json::to_string(row).expect("JSON");
        assert_eq!(&serde_json::from_str::<NameRow>(&text).expect("a row"), row);
        text
    };
    assert_eq!(
        json("ao-am"),
        r#"{"kind":"item","id":"ao-am","vi":"Chăn bông","unit":"H87"}"#
    );
    assert_eq!(json("xa-cu"), r#"{"kind":"place","id":"xa-cu","vi":"xa-cu"}"#);
    assert_eq!(
        json("KHAM"),
        r#"{"kind":"category","id":"KHAM","vi":"Khám bệnh","programme":"da-dong"}"#
    );
}

#[test]
fn another_cursor_is_refused() {
    for cursor in [
        "",
        "place",
        "place~xa",
        "place~xa~la",
        "place~Xa~",
        "category~AO~",
        "lot~a~",
        "item~a~~",
    ] {
        let found = NamesTable::of(&books(), as_of(), None, Some(cursor));
        assert!(
            matches!(found, Err(ReadError::BadCursor)),
            "{cursor:?}: {found:?}"
        );
    }
}
