//! Whoever reads a document has the same document, and its description lets it through.

use std::fmt::Debug;

use minhbach_events::Reference;
use minhbach_projections::*;
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::model::Model;
use crate::properties::{BYS, catch_up};
use crate::world::{REACHES, World, slug, tell};

#[cfg(not(feature = "openapi"))]
pub trait Described {}
#[cfg(not(feature = "openapi"))]
impl<T> Described for T {}
#[cfg(feature = "openapi")]
pub use utoipa::ToSchema as Described;

/// What is done with each document.
trait Reader {
    fn read<T: Serialize + DeserializeOwned + PartialEq + Debug + Described>(&mut self, document: &T);
}

/// What is written is read, and written again byte by byte.
struct SameAgain;

impl Reader for SameAgain {
    fn read<T: Serialize + DeserializeOwned + PartialEq + Debug + Described>(&mut self, document: &T) {
        let json = serde_json::to_string(document).unwrap();
        let again: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
        assert_eq!(again, *document);
        assert_eq!(serde_json::to_string(&again).unwrap(), json);
    }
}

/// Every document about what a ledger of gifts holds.
fn read_gifts(model: &Model, reader: &mut impl Reader) {
    let mut projections = Projections::in_memory();
    catch_up(&mut projections, model).unwrap();
    reader.read(
        &projections
            .balances(&BalancesFilter::default(), page_of(3))
            .unwrap(),
    );
    reader.read(
        &projections
            .statement(&StatementFilter::default(), page_of(50))
            .unwrap(),
    );
    for by in BYS {
        let query = ReceivedQuery {
            by: by.iter().filter_map(|word| Dimension::from_word(word)).collect(),
            ..ReceivedQuery::default()
        };
        reader.read(&projections.received(&query, page_of(20)).unwrap());
    }
    for (opener, name, _) in model.lots() {
        let name = Reference::new(&name).unwrap();
        reader.read(&projections.lot(opener, &name).unwrap().unwrap());
    }
    for name in model.names() {
        let name = Reference::new(&name).unwrap();
        reader.read(&projections.trail(&name, model, page_of(8)).unwrap());
    }
}

/// Every document about plans, and who carries them out.
fn read_plans(world: &World, reader: &mut impl Reader) {
    let mut projections = Projections::in_memory();
    tell(&mut projections, world);
    let needs = NeedsQuery {
        state: None,
        ..NeedsQuery::default()
    };
    let needs = projections.needs(&needs, page_of(50)).unwrap();
    reader.read(&needs);
    for row in &needs.rows {
        let trail = projections
            .trail(&(&row.need).into(), world, page_of(20))
            .unwrap();
        reader.read(&trail);
    }
    let balances = projections.balances(&BalancesFilter::default(), None).unwrap();
    reader.read(&balances);
    for seq in 0..projections.as_of().size {
        for row in &balances.rows {
            if let Some(lot) = projections.lot(seq, &row.lot).unwrap() {
                reader.read(&lot);
            }
        }
    }
    for programme in ["ke-hoach-p", "ke-hoach-q"] {
        reader.read(&projections.progress(&slug(programme), world).unwrap());
    }
    reader.read(&projections.parties(&PartiesQuery::default(), None).unwrap());
    reader.read(&projections.places(&PlacesQuery::default(), None).unwrap());
    for (asked, reach, _) in REACHES {
        let reach = Reach::from_word(reach).unwrap();
        reader.read(&projections.place(&slug(asked), reach, world).unwrap());
    }
    for words in ["ba vì", "Ba Vi", "ND-1", "quỹ", "ao", "kế hoạch", "x", "am"] {
        reader.read(&projections.search(words, world, page_of(9)).unwrap());
    }
}

fn page_of(limit: usize) -> Page<'static> {
    Page { cursor: None, limit }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_is_what_was_written(steps in prop::collection::vec(any::<[u8; 4]>(), 0..200)) {
        let (mut model, mut world) = (Model::new(), World::new());
        for step in steps {
            model.step(step);
            world.step(step);
        }
        read_gifts(&model, &mut SameAgain);
        read_plans(&world, &mut SameAgain);
    }
}

#[test]
fn what_no_answer_says_is_not_read() {
    let mut model = Model::new();
    model.step([0, 0, 3, 0]);
    let mut projections = Projections::in_memory();
    catch_up(&mut projections, &model).unwrap();
    let balances = projections.balances(&BalancesFilter::default(), None).unwrap();
    let good = serde_json::to_string(&balances).unwrap();
    assert!(serde_json::from_str::<Balances>(&good).is_ok());
    for (from, to) in [
        (r#""kind":"pool""#, r#""kind":"Pool""#),
        (r#""source":"fngo""#, r#""source":"several""#),
        (r#""available":"0""#, r#""available":0"#),
        (r#""available":"0""#, r#""available":"-1""#),
        (r#""rows":"#, r#""more":1,"rows":"#),
        (r#""fund":"quy-a","#, ""),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        assert!(serde_json::from_str::<Balances>(&bad).is_err(), "{bad}");
    }
}

#[test]
fn sums_are_read_in_their_one_spelling() {
    for text in ["0", "-0.5", "-12", "12.25", "-12345678901234567.5"] {
        assert_eq!(Balance::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "-", "-0", "+1", "--1", "1.0", "01", "-01"] {
        assert_eq!(Balance::parse(text), None, "{text}");
    }
    for text in ["0", "12345678901234567890"] {
        assert_eq!(Dong::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "-1", "+1", "01", "1.5"] {
        assert_eq!(Dong::parse(text), None, "{text}");
    }
}
