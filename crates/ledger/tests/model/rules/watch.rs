//! What is said about the rest: evidence, figures, reports, praise, inspections and findings.

use crate::effect::Outcome;
use crate::judge::{BOOKS, Judge, Stop};
use crate::line::Line;
use crate::slow::{Asked, Finding, Slow, future};

type Answer = Result<Outcome, Stop>;

impl Slow {
    pub fn evidence_attached(&mut self, line: Line, mut judge: Judge) -> Answer {
        self.fresh(&mut judge, &[line.opt("evidence")]);
        judge.hard("unknown_reference", !self.anything(line.text("subject")));
        judge.verdict()?;
        self.use_code(line.text("evidence"));
        Ok(Outcome::default())
    }

    pub fn indicator_reported(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let programme = judge.known(self.programme(line.text("programme")));
        if let (Some(programme), Some(target)) = (programme, line.opt("target")) {
            judge.known(programme.targets.iter().find(|known| *known == target));
        }
        future(&mut judge, line.text("as_of"), asked);
        judge.verdict()?;
        Ok(Outcome::default())
    }

    pub fn report_filed(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let programme = judge.known(self.programme(line.text("programme")));
        if let Some(programme) = programme {
            judge.known(
                programme
                    .reports
                    .iter()
                    .find(|known| *known == line.text("report")),
            );
        }
        judge.hard("unknown_reference", self.next() < line.number("size"));
        judge.hard(
            BOOKS,
            line.number("size") == self.next() && line.text("head") != asked.head,
        );
        future(&mut judge, line.text("filed_on"), asked);
        judge.verdict()?;
        Ok(Outcome::default())
    }

    pub fn recognition_awarded(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        self.fresh(&mut judge, &[line.opt("recognition")]);
        judge.known(self.party(line.text("party")));
        for code in line.texts("receipts") {
            let receipt = judge.known(self.receipt(&code));
            let early =
                receipt.is_some_and(|receipt| line.text("awarded_on") < self.receipts[receipt].on.as_str());
            judge.hard("out_of_period", early);
        }
        future(&mut judge, line.text("awarded_on"), asked);
        judge.verdict()?;
        self.use_code(line.text("recognition"));
        Ok(Outcome::default())
    }

    pub fn inspection_opened(&mut self, line: Line, mut judge: Judge) -> Answer {
        self.fresh(&mut judge, &[line.opt("inspection")]);
        judge.known(self.party(line.text("inspector")));
        judge.verdict()?;
        self.inspections.push(line.own("inspection"));
        self.use_code(line.text("inspection"));
        Ok(Outcome::default())
    }

    pub fn finding_raised(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        self.fresh(&mut judge, &[line.opt("finding")]);
        if let Some(inspection) = line.opt("inspection") {
            judge.known(self.inspections.iter().find(|known| *known == inspection));
        }
        judge.hard(
            "unknown_reference",
            line.texts("subjects").iter().any(|name| !self.anything(name)),
        );
        judge.verdict()?;
        self.findings.push(Finding {
            code: line.own("finding"),
            by: asked.by.to_owned(),
            closed: false,
        });
        self.use_code(line.text("finding"));
        Ok(Outcome::default())
    }
}
