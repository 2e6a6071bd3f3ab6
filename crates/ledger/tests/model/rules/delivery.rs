//! Handing over, the receiver's word, and what comes back.

use minhbach_projections::recorded::Holding;

use crate::effect::Outcome;
use crate::judge::{BOOKS, Judge, Stop};
use crate::line::{Line, digits_fit};
use crate::restriction::Restriction;
use crate::rules::conversion::DEPTH_MAX;
use crate::slow::{Answer as Word, Answered, Asked, Conversion, Delivery, Returned, Slow, future};
use crate::stock::{NewLot, Origin, Piece, front, length, tail, total};

type Answer = Result<Outcome, Stop>;

impl Slow {
    pub fn delivery_made(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (on, place, children) = (
            line.text("delivered_on"),
            line.text("place"),
            line.number("children"),
        );
        let quantity = line.quantity("quantity");
        self.fresh(&mut judge, &[line.opt("delivery")]);
        let found = judge.known(self.allocation(line.text("allocation")));
        let place_known = judge.known(self.place(place)).is_some();
        let receiver = judge.known(self.party(line.text("receiver"))).cloned();
        future(&mut judge, on, asked);
        let mut pieces = Vec::new();
        if let Some(at) = found {
            let allocation = self.allocations[at].clone();
            judge.hard(BOOKS, !digits_fit(&allocation.item, quantity));
            judge.soft("out_of_period", on < allocation.on.as_str());
            let programme = self
                .programme(&allocation.programme)
                .expect("its programme")
                .clone();
            let category = programme
                .categories
                .iter()
                .find(|c| c.name == allocation.category)
                .expect("its category");
            let few = 0 < children && children < programme.min_group;
            if place_known {
                let there = self.within(place, &allocation.place, on)
                    && (self.valid(place, on) || self.valid_heir(&allocation.place, on));
                // A place above those of the plan was only taken for few children; any other stands as decided.
                let inside = self.in_scope(&programme, category, place, on)
                    || (children < programme.min_group && self.above_scope(&programme, category, place, on))
                    || self.fine(&allocation.place)
                    || self.in_scope(&programme, category, &allocation.place, &allocation.on);
                judge.soft("out_of_scope", !there || !inside);
            }
            let fine = [
                Some(place),
                receiver.as_ref().and_then(|party| party.place.as_deref()),
                allocation.need.map(|need| self.needs[need].place.as_str()),
            ];
            judge.hard(
                "small_group",
                few && fine.iter().flatten().any(|place| self.fine(place)),
            );
            judge.hard("small_group", children == 0 && !category.facility);
            let open = self.open(at);
            judge.hard("insufficient_quantity", self.open_quantity(at) < quantity);
            let mut left = quantity;
            for stock in &allocation.draws {
                let held: Vec<Piece> = open
                    .iter()
                    .filter(|(s, _)| s == stock)
                    .map(|(_, piece)| *piece)
                    .collect();
                let used = front(&held, left);
                left -= length(&used);
                if used.is_empty() {
                    continue;
                }
                judge.soft("restriction_violated", self.stocks[*stock].restriction.over(on));
                let expires = self.stocks[*stock].expires(&used);
                judge.soft("expired", expires.is_some_and(|expires| expires.as_str() < on));
                pieces.push((*stock, used));
            }
        }
        judge.verdict()?;

        let at = found.expect("known");
        let mut out = Outcome {
            ordered: true,
            about: Some(self.allocations[at].seq),
            ..Outcome::default()
        };
        for (stock, used) in pieces {
            self.give_all(stock, &used, Holding::Delivered(self.next()), &mut out);
        }
        self.deliveries.push(Delivery {
            seq: self.next(),
            code: line.own("delivery"),
            allocation: at,
            by: asked.by.to_owned(),
            place: line.own("place"),
            on: on.to_owned(),
            quantity,
        });
        self.use_code(line.text("delivery"));
        Ok(out)
    }

    /// The answer that stands, the last one.
    pub fn answer(&self, delivery: usize) -> Option<Word> {
        let standing = self
            .answers
            .iter()
            .rev()
            .find(|a| a.delivery == delivery && self.stands(a.seq));
        standing.map(|answered| answered.answer)
    }

    fn answered(&mut self, delivery: Option<usize>, answer: Word) -> Answer {
        let delivery = delivery.expect("known");
        self.answers.push(Answered {
            seq: self.next(),
            delivery,
            answer,
        });
        Ok(Outcome {
            about: Some(self.deliveries[delivery].seq),
            ..Outcome::default()
        })
    }

    fn check_accepted(&self, judge: &mut Judge, delivery: usize, accepted: u128) {
        let delivery = &self.deliveries[delivery];
        judge.hard(
            BOOKS,
            !digits_fit(&self.allocations[delivery.allocation].item, accepted),
        );
        judge.hard("insufficient_quantity", delivery.quantity < accepted);
    }

    pub fn delivery_confirmed(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let on = line.text("confirmed_on");
        judge.known(self.party(line.text("confirmed_by")));
        let delivery = judge.known(self.delivery(line.text("delivery")));
        future(&mut judge, on, asked);
        if let Some(at) = delivery {
            judge.hard("closed", self.answer(at).is_some());
            judge.soft("out_of_period", on < self.deliveries[at].on.as_str());
            judge.hard("four_eyes", self.deliveries[at].by == asked.by);
            self.check_accepted(&mut judge, at, line.quantity("accepted"));
        }
        judge.verdict()?;
        self.answered(delivery, Word::Confirmed)
    }

    pub fn delivery_disputed(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        judge.known(self.party(line.text("disputed_by")));
        let delivery = judge.known(self.delivery(line.text("delivery")));
        future(&mut judge, line.text("disputed_on"), asked);
        judge.hard(
            "closed",
            delivery.is_some_and(|delivery| self.answer(delivery).is_some()),
        );
        judge.verdict()?;
        self.answered(delivery, Word::Disputed)
    }

    pub fn delivery_resolved(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let delivery = judge.known(self.delivery(line.text("delivery")));
        future(&mut judge, line.text("resolved_on"), asked);
        if let Some(at) = delivery {
            judge.hard("closed", self.answer(at) != Some(Word::Disputed));
            self.check_accepted(&mut judge, at, line.quantity("accepted"));
        }
        judge.verdict()?;
        self.answered(delivery, Word::Resolved)
    }

    pub fn returned_quantity(&self, delivery: usize) -> u128 {
        let standing = self
            .returns
            .iter()
            .filter(|r| r.delivery == delivery && self.stands(r.seq));
        standing.map(|returned| returned.quantity).sum()
    }

    /// The pieces that a delivery uses up, by stock in the order of its draws.
    pub fn used(&self, delivery: usize) -> Vec<(usize, Vec<Piece>)> {
        let delivery = &self.deliveries[delivery];
        let held = |stock: usize| self.stocks[stock].held(|s| s.holder == Holding::Delivered(delivery.seq));
        let draws = self.allocations[delivery.allocation].draws.iter();
        draws
            .map(|stock| (*stock, held(*stock)))
            .filter(|(_, pieces)| !pieces.is_empty())
            .collect()
    }

    /// The parts of a delivery, counted from its first piece, that no standing return brought back.
    pub fn not_returned(&self, delivery: usize) -> Vec<Piece> {
        let mut there = vec![(0, self.deliveries[delivery].quantity)];
        for returned in self
            .returns
            .iter()
            .filter(|r| r.delivery == delivery && self.stands(r.seq))
        {
            for &(from, to) in &returned.parts {
                there = there
                    .iter()
                    .flat_map(|&(f, t): &Piece| [(f, t.min(from)), (f.max(to), t)])
                    .filter(|(f, t)| f < t)
                    .collect();
            }
        }
        there
    }

    pub fn delivery_returned(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (on, quantity) = (line.text("returned_on"), line.quantity("quantity"));
        self.fresh(&mut judge, &[line.opt("new_lot")]);
        let found = judge.known(self.delivery(line.text("delivery")));
        future(&mut judge, on, asked);
        let mut used: Vec<(usize, Vec<Piece>)> = Vec::new();
        let mut depth = 0;
        if let Some(at) = found {
            let delivery = &self.deliveries[at];
            judge.hard(
                BOOKS,
                !digits_fit(&self.allocations[delivery.allocation].item, quantity),
            );
            judge.hard(
                "insufficient_quantity",
                delivery.quantity - self.returned_quantity(at) < quantity,
            );
            used = self.used(at);
            depth = used
                .iter()
                .map(|(stock, _)| self.stocks[*stock].depth + 1)
                .max()
                .unwrap_or_default();
            judge.hard(BOOKS, DEPTH_MAX < depth);
        }
        judge.verdict()?;

        let delivery = self.deliveries[found.expect("known")].clone();
        let allocation = self.allocations[delivery.allocation].clone();
        let mut out = Outcome {
            about: Some(delivery.seq),
            ..Outcome::default()
        };
        let seq = self.next();
        let first = used[0].0;
        let fund = self.stocks[first].fund.clone();
        let mut sources: Vec<String> = Vec::new();
        let mut bound = Some(Restriction::default());
        for (stock, ..) in &used {
            for source in &self.stocks[*stock].sources {
                if !sources.contains(source) {
                    sources.push(source.clone());
                }
            }
            bound = bound.and_then(|bound| self.join(&bound, &self.stocks[*stock].restriction, on));
        }
        let restriction = bound.unwrap_or(Restriction {
            programmes: vec![allocation.programme.clone()],
            categories: vec![allocation.category.clone()],
            places: vec![allocation.place.clone()],
            groups: allocation.group.iter().cloned().collect(),
            ..Restriction::default()
        });
        let parts = tail(&self.not_returned(found.expect("known")), quantity);
        let mut back: Vec<(usize, Piece)> = Vec::new();
        let mut begin = 0;
        for (stock, (from, to)) in used
            .iter()
            .flat_map(|(stock, pieces)| pieces.iter().map(move |piece| (*stock, *piece)))
        {
            for part in &parts {
                let inside = (part.0.max(begin), part.1.min(begin + to - from));
                if inside.0 < inside.1 {
                    back.push((stock, (from + inside.0 - begin, from + inside.1 - begin)));
                }
            }
            begin += to - from;
        }
        let worth = total(
            back.iter()
                .map(|(stock, piece)| self.stocks[*stock].worth(&[*piece])),
        );
        // Nobody knows which part came back: the earliest day of all that was delivered.
        let expires = used
            .iter()
            .filter_map(|(stock, all)| self.stocks[*stock].expires(all))
            .min();
        out.returned = back
            .iter()
            .map(|(stock, (from, to))| (self.stocks[*stock].id, *from, *to))
            .collect();
        let lot = NewLot {
            name: line.own("new_lot"),
            fund,
            item: allocation.item.clone(),
            sources,
            restriction,
            depth,
            origin: Origin::Return {
                seq,
                delivery: delivery.seq,
            },
            quantity,
            on: on.to_owned(),
            expires,
            worth,
            receipt: None,
        };
        let lot = self.open_lot(0, lot, &mut out);
        self.conversions.push(Conversion { seq, lots: vec![lot] });
        self.returns.push(Returned {
            seq,
            delivery: found.expect("known"),
            quantity,
            parts,
        });
        self.use_code(line.text("new_lot"));
        Ok(out)
    }
}
