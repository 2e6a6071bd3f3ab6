//! What is lacking, and recurring support.

use crate::effect::Outcome;
use crate::judge::{BOOKS, Judge, Stop};
use crate::line::{Line, digits_fit};
use crate::slow::{Asked, Need, Slow, Sponsorship, future};

type Answer = Result<Outcome, Stop>;

/// The same day a year earlier.
fn a_year_before(day: &str) -> String {
    let year: u32 = day[..4].parse().expect("a year");
    format!("{:04}{}", year - 1, &day[4..])
}

impl Slow {
    /// Few children are shown beside no fine place; none only where a facility benefits.
    fn check_children(&self, judge: &mut Judge, programme: &str, category: &str, place: &str, children: u64) {
        let Some(programme) = self.programme(programme) else {
            return;
        };
        let few = 0 < children && children < programme.min_group;
        judge.hard("small_group", few && self.fine(place));
        let category = programme.categories.iter().find(|c| c.name == category);
        judge.hard(
            "small_group",
            children == 0 && category.is_some_and(|category| !category.facility),
        );
    }

    pub fn need_assessed(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (on, place, children) = (
            line.text("assessed_on"),
            line.text("place"),
            line.number("children"),
        );
        self.fresh(&mut judge, &[line.opt("need")]);
        let support = self.support(&mut judge, line);
        if let Some(party) = line.opt("assessed_by") {
            judge.known(self.party(party));
        }
        future(&mut judge, on, asked);
        if let Some((programme, category)) = &support {
            let early = on < a_year_before(&programme.from).as_str();
            judge.hard("out_of_period", early || programme.to.as_str() < on);
            judge.hard("out_of_scope", !Self::group_fits(category, line.opt("group")));
            if self.place(place).is_some() {
                let few = children < programme.min_group;
                let inside = self.in_scope(programme, category, place, on)
                    || (few && self.above_scope(programme, category, place, on));
                judge.hard("out_of_scope", !inside || !self.valid(place, on));
            }
            let item = line.text("item");
            judge.hard(
                "item_mismatch",
                self.item_known(item) && !self.item_fits(item, &category.name),
            );
        }
        self.check_children(
            &mut judge,
            line.text("programme"),
            line.text("category"),
            place,
            children,
        );
        judge.verdict()?;
        self.needs.push(Need {
            code: line.own("need"),
            programme: line.own("programme"),
            category: line.own("category"),
            place: place.to_owned(),
            item: line.own("item"),
            on: on.to_owned(),
            children,
            closed: false,
        });
        self.use_code(line.text("need"));
        Ok(Outcome::default())
    }

    pub fn seq_of(&self, code: &str) -> Option<u64> {
        self.codes
            .iter()
            .find(|used| used.code == code)
            .map(|used| used.seq)
    }

    pub fn need_revised(&mut self, line: Line, mut judge: Judge) -> Answer {
        let found = judge.known(self.need(line.text("need")));
        if let Some(at) = found {
            let need = self.needs[at].clone();
            judge.hard("closed", need.closed);
            judge.hard(
                BOOKS,
                line.has("quantity") && !digits_fit(&need.item, line.quantity("quantity")),
            );
            if line.has("children") {
                let children = line.number("children");
                self.check_children(&mut judge, &need.programme, &need.category, &need.place, children);
            }
        }
        judge.verdict()?;
        let at = found.expect("known");
        if line.has("children") {
            self.needs[at].children = line.number("children");
        }
        Ok(Outcome {
            about: self.seq_of(line.text("need")),
            ..Outcome::default()
        })
    }

    pub fn need_closed(&mut self, line: Line, mut judge: Judge) -> Answer {
        let found = judge.known(self.need(line.text("need")));
        judge.hard("closed", found.is_some_and(|at| self.needs[at].closed));
        judge.verdict()?;
        self.needs[found.expect("known")].closed = true;
        Ok(Outcome {
            about: self.seq_of(line.text("need")),
            ..Outcome::default()
        })
    }

    pub fn sponsorship_started(&mut self, line: Line, mut judge: Judge) -> Answer {
        self.fresh(&mut judge, &[line.opt("sponsorship")]);
        if let Some(donor) = line.opt("donor") {
            judge.known(self.party(donor));
        }
        self.support(&mut judge, line);
        judge.verdict()?;
        self.sponsorships.push(Sponsorship {
            code: line.own("sponsorship"),
            starts: line.own("starts"),
            ended: false,
        });
        self.use_code(line.text("sponsorship"));
        Ok(Outcome::default())
    }

    pub fn sponsorship_ended(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let on = line.text("on");
        let found = judge.known(
            self.sponsorships
                .iter()
                .position(|s| s.code == line.text("sponsorship")),
        );
        future(&mut judge, on, asked);
        if let Some(at) = found {
            judge.hard("closed", self.sponsorships[at].ended);
            judge.hard("out_of_period", on < self.sponsorships[at].starts.as_str());
        }
        judge.verdict()?;
        self.sponsorships[found.expect("known")].ended = true;
        Ok(Outcome {
            about: self.seq_of(line.text("sponsorship")),
            ..Outcome::default()
        })
    }

    pub fn finding_answered(&mut self, line: Line, mut judge: Judge) -> Answer {
        judge.known(self.party(line.text("answered_by")));
        let found = judge.known(self.findings.iter().position(|f| f.code == line.text("finding")));
        judge.hard("closed", found.is_some_and(|at| self.findings[at].closed));
        judge.verdict()?;
        Ok(Outcome {
            about: self.seq_of(line.text("finding")),
            ..Outcome::default()
        })
    }

    pub fn finding_closed(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let found = judge.known(self.findings.iter().position(|f| f.code == line.text("finding")));
        if let Some(at) = found {
            judge.hard("closed", self.findings[at].closed);
            judge.hard("four_eyes", self.findings[at].by == asked.by);
        }
        judge.verdict()?;
        self.findings[found.expect("known")].closed = true;
        Ok(Outcome {
            about: self.seq_of(line.text("finding")),
            ..Outcome::default()
        })
    }
}
