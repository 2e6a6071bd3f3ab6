//! What becomes other lots: purchases and transfers of custody.

use minhbach_projections::recorded::Holding;

use crate::effect::{Outcome, Worth};
use crate::judge::{BOOKS, Judge, Stop};
use crate::line::{Line, digits_fit, is_money};
use crate::slow::{Asked, Conversion, Slow, future};
use crate::stock::{NewLot, Origin, Piece};

type Answer = Result<Outcome, Stop>;

/// The most steps between a lot and the gifts it comes from.
pub const DEPTH_MAX: u32 = 64;

impl Slow {
    pub fn purchase_made(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let on = line.text("purchased_on");
        let (spends, obtains) = (line.list("spends"), line.list("obtains"));
        let mut codes = vec![line.opt("purchase")];
        codes.extend(obtains.iter().map(|lot| lot.opt("lot")));
        self.fresh(&mut judge, &codes);
        if let Some(supplier) = line.opt("supplier") {
            judge.known(self.party(supplier));
        }
        judge.hard(
            "unknown_reference",
            obtains.iter().any(|lot| !self.item_known(lot.text("item"))),
        );
        judge.hard(
            "item_mismatch",
            obtains.iter().any(|lot| is_money(lot.text("item"))),
        );
        future(&mut judge, on, asked);
        let found: Vec<Option<usize>> = spends
            .iter()
            .map(|spend| judge.known(self.stock(spend.text("lot"))))
            .collect();
        let stocks: Vec<usize> = found.iter().copied().flatten().collect();
        let mut drawn: Vec<(usize, Vec<Piece>)> = Vec::new();
        let mut known_so_far = true;
        for (spend, stock) in spends.iter().zip(&found) {
            let Some(stock) = *stock else {
                known_so_far = false;
                continue;
            };
            let quantity = spend.quantity("quantity");
            judge.hard(
                BOOKS,
                known_so_far && !digits_fit(&self.stocks[stock].item, quantity),
            );
            drawn.push((stock, self.drawn(&mut judge, stock, quantity, on)));
        }
        let mut bound = None;
        let mut sources: Vec<String> = Vec::new();
        let spent: u128 = spends.iter().map(|spend| spend.quantity("quantity")).sum();
        let values: Vec<u128> = obtains
            .iter()
            .map(|lot| lot.dong("value_vnd").unwrap_or_default())
            .collect();
        let worth: u128 = values.iter().sum();
        let mut depth = 0;
        if let Some(&first) = stocks.first() {
            let first = self.stocks[first].clone();
            bound = Some(first.restriction.clone());
            for &stock in &stocks {
                let stock = &self.stocks[stock];
                judge.hard("item_mismatch", !is_money(&stock.item));
                judge.hard(
                    "item_mismatch",
                    stock.item != first.item || stock.fund != first.fund,
                );
                judge.hard("restriction_violated", stock.restriction.over(on));
                bound = bound.and_then(|bound| self.join(&bound, &stock.restriction, on));
                for source in &stock.sources {
                    if !sources.contains(source) {
                        sources.push(source.clone());
                    }
                }
                depth = depth.max(stock.depth + 1);
            }
            // Whether the money is đồng is said of money of one kind only.
            let all_dong = stocks.iter().all(|&stock| self.stocks[stock].item == "VND");
            judge.hard("value_mismatch", all_dong && worth * 1000 != spent);
            judge.hard("restriction_conflict", bound.is_none());
            judge.hard(BOOKS, known_so_far && DEPTH_MAX < depth);
        }
        let bounds = stocks
            .iter()
            .map(|&stock| &self.stocks[stock].restriction)
            .chain(&bound);
        for bound in bounds {
            let excluded = |item: &str| {
                let categories = self
                    .item(item)
                    .map(|item| item.categories.clone())
                    .unwrap_or_default();
                !bound.categories.is_empty() && !bound.categories.iter().any(|c| categories.contains(c))
            };
            judge.hard(
                "restriction_violated",
                obtains
                    .iter()
                    .any(|lot| self.item(lot.text("item")).is_some() && excluded(lot.text("item"))),
            );
        }
        judge.verdict()?;

        let mut out = Outcome::default();
        let seq = self.next();
        let fund = self.stocks[stocks[0]].fund.clone();
        for (stock, pieces) in drawn {
            self.give_all(stock, &pieces, Holding::Spent(seq), &mut out);
        }
        let mut lots = Vec::new();
        for (nth, (lot, value)) in obtains.iter().zip(&values).enumerate() {
            let (part, whole) = if worth == 0 {
                (1, obtains.len() as u128)
            } else {
                (*value, worth)
            };
            let lot = NewLot {
                name: lot.own("lot"),
                fund: fund.clone(),
                item: lot.own("item"),
                sources: sources.clone(),
                restriction: bound.clone().expect("something is left"),
                depth,
                origin: Origin::Purchase(seq, part, whole),
                quantity: lot.quantity("quantity"),
                on: on.to_owned(),
                expires: lot.opt_own("expires_on"),
                worth: Worth::Known(*value),
                receipt: None,
            };
            lots.push(self.open_lot(nth as u16, lot, &mut out));
        }
        self.conversions.push(Conversion { seq, lots });
        for code in codes.into_iter().flatten() {
            self.use_code(code);
        }
        Ok(out)
    }

    pub fn custody_transferred(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (on, quantity) = (line.text("transferred_on"), line.quantity("quantity"));
        self.fresh(&mut judge, &[line.opt("transfer"), line.opt("new_lot")]);
        judge.known(self.party(line.text("to")));
        future(&mut judge, on, asked);
        let stock = judge.known(self.stock(line.text("lot")));
        let mut pieces = Vec::new();
        if let Some(stock) = stock {
            judge.hard(BOOKS, !digits_fit(&self.stocks[stock].item, quantity));
            judge.hard(BOOKS, DEPTH_MAX <= self.stocks[stock].depth);
            pieces = self.drawn(&mut judge, stock, quantity, on);
        }
        judge.verdict()?;

        let mut out = Outcome::default();
        let seq = self.next();
        let from = self.stocks[stock.expect("known")].clone();
        self.give_all(
            stock.expect("known"),
            &pieces,
            Holding::Transferred(seq),
            &mut out,
        );
        let lot = NewLot {
            name: line.own("new_lot"),
            fund: line.own("to"),
            item: from.item.clone(),
            sources: from.sources.clone(),
            restriction: from.restriction.clone(),
            depth: from.depth + 1,
            origin: Origin::Transfer(seq),
            quantity,
            on: on.to_owned(),
            expires: from.expires(&pieces),
            worth: from.worth(&pieces),
            receipt: None,
        };
        let lot = self.open_lot(0, lot, &mut out);
        self.conversions.push(Conversion { seq, lots: vec![lot] });
        self.use_code(line.text("transfer"));
        self.use_code(line.text("new_lot"));
        Ok(out)
    }
}
