//! Trails in bundles, and what somebody writes into one.

use serde_json::value::RawValue;

use super::bundles::{NODES, changed, trail};
use crate::{BundleError, NodeWrong};

#[test]
fn a_trail_says_nothing_that_its_entries_do_not() {
    let node = |one: &'static str, other: &'static str| {
        assert!(NODES.contains(one), "{one}");
        changed(move |bundle| bundle.trail = Some(trail(&NODES.replacen(one, other, 1))))
    };
    for (one, other, seq, wrong) in [
        (
            r#""quantity":"500000""#,
            r#""quantity":"500001""#,
            1,
            NodeWrong::Quantity,
        ),
        (
            r#""quantity":"500000""#,
            r#""quantity":"499999""#,
            1,
            NodeWrong::Quantity,
        ),
        (
            r#""quantity":"500000""#,
            r#""quantity":"x""#,
            1,
            NodeWrong::Quantity,
        ),
        (
            r#""quantity":"400000""#,
            r#""quantity":"300000""#,
            3,
            NodeWrong::Quantity,
        ),
        (r#""quantity":"40""#, r#""quantity":"41""#, 3, NodeWrong::Quantity),
        (
            r#""quantity":"20""#,
            r#""quantity":"20.5""#,
            5,
            NodeWrong::Quantity,
        ),
        (r#""quantity":"18""#, r#""quantity":"21""#, 6, NodeWrong::Quantity),
        (r#""quantity":"2""#, r#""quantity":"3""#, 7, NodeWrong::Quantity),
        ("2024-11-01", "2024-11-02", 1, NodeWrong::Date),
        ("2024-10-31", "2024-10-30", 0, NodeWrong::Date),
        ("2024-11-08", "x", 6, NodeWrong::Date),
        (r#""item":"VND""#, r#""item":"USD""#, 1, NodeWrong::Item),
        (
            r#""item":"ao-am","quantity":"40""#,
            r#""item":"chan","quantity":"40""#,
            3,
            NodeWrong::Item,
        ),
        (r#""place":"xa-mot""#, r#""place":"xa-hai""#, 5, NodeWrong::Place),
        (
            r#""category":"CLO""#,
            r#""category":"MEAL""#,
            5,
            NodeWrong::Category,
        ),
        (r#""code":"LT-AO""#, r#""code":"LT-X""#, 3, NodeWrong::Code),
        (r#""code":"TR-AO""#, r#""code":"LT-AO""#, 4, NodeWrong::Code),
        (r#""seq":1,"#, r#""seq":2,"#, 2, NodeWrong::NoEntry),
        (r#""seq":1,"#, r#""seq":9,"#, 9, NodeWrong::NoEntry),
        (r#""seq":1,"#, r#""seq":3,"#, 3, NodeWrong::Code),
    ] {
        let told = node(one, other);
        assert!(
            matches!(told, Err(BundleError::Node { index, wrong: found, .. }) if index == seq && found == wrong),
            "{other}: {told:?}"
        );
    }
    // Less where something was given back, and nothing where it was reversed.
    for (one, other) in [
        (r#""quantity":"18""#, r#""quantity":"0""#),
        (r#""quantity":"20""#, r#""quantity":"1""#),
        (r#""quantity":"40""#, r#""quantity":"0","reversed_by":8"#),
        (r#""quantity":"200000""#, r#""quantity":"123456789""#),
        (r#","item":"VND","quantity":"500000""#, ""),
        (r#""answered_by":[7,8]"#, r#""answered_by":[7,8],"share":"1/2""#),
    ] {
        assert_eq!(node(one, other), Ok(()), "{other}");
    }
    let of = |text: &str| {
        let trail = RawValue::from_string(text.to_owned()).expect("JSON");
        changed(|bundle| bundle.trail = Some(trail))
    };
    let good = trail(NODES);
    let other_size = of(&good.get().replacen("\"size\":9", "\"size\":8", 1));
    assert_eq!(other_size, Err(BundleError::OtherSize { found: 8, size: 9 }));
    for bad in ["null", "[]", "{}", "\"x\"", r#"{"code":"RC-MOT","nodes":[]}"#] {
        assert!(matches!(of(bad), Err(BundleError::Trail(_))), "{bad}");
    }
}
