//! Promises and gifts in hand.

use minhbach_projections::recorded::Holding;

use crate::effect::{Outcome, Worth};
use crate::judge::{BOOKS, Judge, Stop};
use crate::line::{Line, digits_fit};
use crate::restriction::Restriction;
use crate::slow::{Asked, Campaign, Cancelling, Pledge, Receipt, Slow, future};
use crate::stock::{NewLot, Origin, Segment, Stretch};

type Answer = Result<Outcome, Stop>;

/// Outside the campaign's days, or after it was closed.
fn shut(campaign: &Campaign, on: &str) -> bool {
    on < campaign.opens.as_str()
        || campaign.closes.as_str() < on
        || campaign.closed.as_deref().is_some_and(|closed| closed < on)
}

impl Slow {
    pub fn donation_pledged(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let on = line.text("pledged_on");
        self.fresh(&mut judge, &[line.opt("donation")]);
        if let Some(donor) = line.opt("donor") {
            judge.known(self.party(donor));
        }
        judge.hard("unknown_reference", !self.item_known(line.text("item")));
        let own = Restriction::read(line);
        judge.hard("unknown_reference", !self.names_known(&own));
        let campaign = line
            .opt("campaign")
            .and_then(|name| judge.known(self.campaign(name)));
        judge.hard("closed", campaign.is_some_and(|campaign| shut(campaign, on)));
        future(&mut judge, on, asked);
        let bound = match campaign {
            Some(campaign) => self.join(&own, &campaign.restriction, on),
            None => Some(own),
        };
        judge.hard("restriction_conflict", bound.is_none());
        judge.verdict()?;
        self.pledges.push(Pledge {
            seq: self.next(),
            code: line.own("donation"),
            item: line.own("item"),
            on: on.to_owned(),
            promised: line.quantity("quantity"),
            restriction: bound.expect("something is left"),
        });
        self.use_code(line.text("donation"));
        Ok(Outcome::default())
    }

    /// What was promised and neither cancelled nor received.
    fn outstanding(&self, pledge: usize) -> u128 {
        let cancelled = self
            .cancellings
            .iter()
            .filter(|c| c.pledge == pledge && self.stands(c.seq));
        let received = self
            .receipts
            .iter()
            .filter(|r| r.pledge == Some(pledge) && self.stands(r.seq));
        let gone = cancelled
            .map(|c| c.quantity)
            .chain(received.map(|r| r.to - r.from))
            .sum();
        self.pledges[pledge].promised.saturating_sub(gone)
    }

    pub fn donation_cancelled(&mut self, line: Line, mut judge: Judge) -> Answer {
        let quantity = line.quantity("quantity");
        let pledge = judge.known(self.pledge(line.text("donation")));
        if let Some(pledge) = pledge {
            judge.hard(BOOKS, !digits_fit(&self.pledges[pledge].item, quantity));
            judge.hard("insufficient_quantity", self.outstanding(pledge) < quantity);
        }
        judge.verdict()?;
        let pledge = pledge.expect("known");
        self.cancellings.push(Cancelling {
            seq: self.next(),
            pledge,
            quantity,
        });
        Ok(Outcome {
            about: Some(self.pledges[pledge].seq),
            ..Outcome::default()
        })
    }

    pub fn receipt_issued(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (on, item, fund, source) = (
            line.text("received_on"),
            line.text("item"),
            line.text("fund"),
            line.text("source"),
        );
        self.fresh(&mut judge, &[line.opt("receipt")]);
        judge.known(self.party(fund));
        judge.hard("unknown_reference", !self.item_known(item));
        if let Some(donor) = line.opt("donor") {
            judge.known(self.party(donor));
        }
        let own = Restriction::read(line);
        judge.hard("unknown_reference", !self.names_known(&own));
        let campaign = line
            .opt("campaign")
            .and_then(|name| judge.known(self.campaign(name)));
        let pledge = line
            .opt("donation")
            .and_then(|code| judge.known(self.pledge(code)));
        let pool = line.opt("pool").and_then(|name| {
            judge.known(
                self.stocks
                    .iter()
                    .position(|stock| stock.pool && stock.name == name),
            )
        });
        judge.soft("closed", campaign.is_some_and(|campaign| shut(campaign, on)));
        future(&mut judge, on, asked);
        judge.soft(
            "out_of_period",
            pledge.is_some_and(|pledge| on < self.pledges[pledge].on.as_str()),
        );
        judge.hard(
            "item_mismatch",
            pledge.is_some_and(|pledge| self.pledges[pledge].item != item),
        );
        let dong = (item == "VND").then(|| line.quantity("quantity") / 1000);
        judge.hard(
            "value_mismatch",
            dong.is_some() && line.dong("value_vnd").is_some_and(|v| Some(v) != dong),
        );
        let mut bound = Some(own);
        if let Some(pledge) = pledge {
            bound = bound.and_then(|bound| self.join(&bound, &self.pledges[pledge].restriction, on));
        }
        if let Some(campaign) = campaign {
            bound = bound.and_then(|bound| self.join(&bound, &campaign.restriction, on));
        }
        judge.hard("restriction_conflict", bound.is_none());
        if let Some(pool) = pool {
            let pool = &self.stocks[pool];
            judge.hard("item_mismatch", pool.fund != fund || pool.item != item);
            judge.hard("source_not_permitted", pool.sources != [source]);
            let another =
                |bound: &Restriction| *bound != Restriction::default() && *bound != pool.restriction;
            judge.hard("restriction_conflict", bound.as_ref().is_some_and(another));
        }
        judge.verdict()?;

        let mut out = Outcome {
            about: pledge.map(|pledge| self.pledges[pledge].seq),
            ..Outcome::default()
        };
        let (seq, quantity) = (self.next(), line.quantity("quantity"));
        let worth = match dong.or(line.dong("value_vnd")) {
            Some(value) => Worth::Known(value),
            None => Worth::Unknown,
        };
        let expires = line.opt_own("expires_on");
        let (stock, from) = match pool {
            Some(pool) => {
                let from = self.stocks[pool].end();
                let to = from + quantity;
                self.stocks[pool].stretches.push(Stretch {
                    receipt: Some(seq),
                    from,
                    to,
                    on: on.to_owned(),
                    expires,
                    worth,
                });
                self.stocks[pool].segments.push(Segment {
                    from,
                    to,
                    holder: Holding::Available,
                });
                out.joined = Some((self.stocks[pool].id, from, to));
                (pool, from)
            }
            None => {
                let lot = NewLot {
                    name: line.own("receipt"),
                    fund: fund.to_owned(),
                    item: item.to_owned(),
                    sources: vec![source.to_owned()],
                    restriction: bound.expect("something is left"),
                    depth: 0,
                    origin: Origin::Receipts,
                    quantity,
                    on: on.to_owned(),
                    expires,
                    worth,
                    receipt: Some(seq),
                };
                (self.open_lot(0, lot, &mut out), 0)
            }
        };
        let code = line.own("receipt");
        self.receipts.push(Receipt {
            seq,
            code,
            on: on.to_owned(),
            stock,
            from,
            to: from + quantity,
            pledge,
        });
        self.use_code(line.text("receipt"));
        Ok(out)
    }
}
