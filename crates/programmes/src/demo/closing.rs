//! The plans under scheme 588 end with 2025; what Hanoi has left goes on under plan 138.

use minhbach_events::event::ProgrammeClosed;
use minhbach_events::words::{Channel, RejectionCode};

use super::cast::HP_FUND;
use super::script::Script;
use super::words::{Aim, Gift, UNNAMED, slug};

pub fn tell(script: &mut Script) {
    script.at("2025-12-22 09:00", "quy-hp.thu-kho");
    let on = script.today();
    let set = Gift {
        receipt: "RC-PHUC-LOI-01",
        fund: HP_FUND,
        donor: Some("ct-cang-dong-hai"),
        item: "bo-thiet-bi-phuc-loi",
        units: 1,
        channel: Channel::Goods,
        ..UNNAMED
    };
    script.write(set.on(on));
    close(script, "2025-12-26 16:00", "ubdt-960-2019", None);
    // A plan that is closed decides nothing more.
    script.at("2025-12-29 09:00", "quy-hp.dieu-phoi");
    let on = script.today();
    let welfare = Aim {
        programme: "ubdt-960-2019",
        category: "WEL-FAC",
        group: None,
        item: "bo-thiet-bi-phuc-loi",
    };
    let draws = [("RC-PHUC-LOI-01", 1)];
    script.refused(
        welfare.allocate("AL-PHUC-LOI-01", "dac-khu-cat-hai-hai-phong", &draws, on),
        RejectionCode::Closed,
    );
    close(script, "2025-12-31 16:00", "hn-dolisa-3874", Some("hn-138-2021"));
    close(script, "2025-12-31 16:10", "hn-204-2019", Some("hn-138-2021"));
    close(script, "2025-12-31 16:20", "hp-256-2019", None);
    close(script, "2025-12-31 16:30", "vn-588-2019", None);
    let on = script.today();
    let again = ProgrammeClosed {
        programme: slug("hp-256-2019"),
        on,
        carries_to: None,
    };
    script.refused(again, RejectionCode::Closed);
}

fn close(script: &mut Script, when: &str, programme: &str, carries_to: Option<&str>) {
    script.at(when, "so.quan-tri");
    let on = script.today();
    script.write(ProgrammeClosed {
        programme: slug(programme),
        on,
        carries_to: carries_to.map(slug),
    });
}
