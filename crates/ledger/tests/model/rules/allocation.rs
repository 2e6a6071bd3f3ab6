//! Reserving parts of stocks, and giving them back.

use minhbach_projections::recorded::Holding;

use crate::effect::Outcome;
use crate::judge::{BOOKS, Judge, Stop};
use crate::line::{Line, digits_fit, is_money};
use crate::restriction::Purpose;
use crate::slow::{Allocation, Asked, Category, Need, Programme, Release, Slow, future};
use crate::stock::{Piece, length, tail};

type Answer = Result<Outcome, Stop>;

impl Slow {
    /// A programme with one of its categories, a group of it if one is named, and a place.
    pub fn support(&self, judge: &mut Judge, line: Line) -> Option<(Programme, Category)> {
        judge.known(self.place(line.text("place")));
        judge.hard("unknown_reference", !self.item_known(line.text("item")));
        let programme = judge.known(self.programme(line.text("programme")))?;
        let category = judge.known(
            programme
                .categories
                .iter()
                .find(|c| c.name == line.text("category")),
        );
        if let Some(group) = line.opt("group") {
            judge.known(programme.groups.iter().find(|g| *g == group));
        }
        Some((programme.clone(), category?.clone()))
    }

    /// A category that lists groups wants one of them.
    pub fn group_fits(category: &Category, group: Option<&str>) -> bool {
        category
            .groups
            .as_ref()
            .is_none_or(|groups| group.is_some_and(|group| groups.iter().any(|g| g == group)))
    }

    /// Goods and services serve the categories of their item; money serves all.
    pub fn item_fits(&self, item: &str, category: &str) -> bool {
        is_money(item)
            || self
                .item(item)
                .is_some_and(|item| item.categories.iter().any(|c| c == category))
    }

    pub fn allocation_made(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (on, item, place) = (line.text("decided_on"), line.text("item"), line.text("place"));
        self.fresh(&mut judge, &[line.opt("allocation")]);
        let support = self.support(&mut judge, line);
        let need = line.opt("need").and_then(|code| judge.known(self.need(code)));
        let draws = line.list("draws");
        let found: Vec<Option<usize>> = draws
            .iter()
            .map(|draw| judge.known(self.stock(draw.text("lot"))))
            .collect();
        future(&mut judge, on, asked);
        let small =
            |programme: &Programme, need: &Need| 0 < need.children && need.children < programme.min_group;
        if let Some((programme, category)) = &support {
            let closed = programme
                .closed
                .as_ref()
                .is_some_and(|(day, _)| day.as_str() < on);
            judge.hard("closed", closed);
            judge.hard(
                "out_of_period",
                on < programme.from.as_str() || programme.to.as_str() < on,
            );
            judge.hard("out_of_scope", !Self::group_fits(category, line.opt("group")));
            if self.place(place).is_some() {
                let above = need.is_none_or(|need| self.needs[need].children < programme.min_group);
                let inside = self.in_scope(programme, category, place, on)
                    || (above && self.above_scope(programme, category, place, on));
                judge.hard("out_of_scope", !inside || !self.valid(place, on));
            }
            judge.hard(
                "item_mismatch",
                self.item_known(item) && !self.item_fits(item, &category.name),
            );
        }
        if let Some(need) = need {
            let need = &self.needs[need];
            judge.hard("closed", need.closed);
            judge.hard("out_of_period", on < need.on.as_str());
            let fits = self.carried(&need.programme, line.text("programme"), on)
                && need.category == line.text("category")
                && need.item == item
                && self.within(place, &need.place, on);
            judge.hard("item_mismatch", !fits);
            if let Some((programme, _)) = &support {
                judge.hard("small_group", small(programme, need) && self.fine(place));
            }
        }
        let mut drawn: Vec<(usize, Vec<Piece>)> = Vec::new();
        for (draw, stock) in draws.iter().zip(&found) {
            let Some(stock) = *stock else { continue };
            let pieces = self.drawn(&mut judge, stock, draw.quantity("quantity"), on);
            let it = &self.stocks[stock];
            judge.hard("item_mismatch", it.item != item);
            judge.hard(
                "expired",
                it.expires(&pieces).is_some_and(|expires| expires.as_str() < on),
            );
            if let Some((_, category)) = &support {
                let permitted = |source: &String| match &category.sources {
                    Some(sources) => sources.contains(source),
                    None => source != "state_budget",
                };
                judge.hard("source_not_permitted", !it.sources.iter().all(permitted));
            }
            let purpose = Purpose {
                programme: line.text("programme"),
                category: line.text("category"),
                place,
                group: line.opt("group"),
                need: line.opt("need"),
                on,
            };
            judge.hard("restriction_violated", !self.keeps(&it.restriction, &purpose));
            drawn.push((stock, pieces));
        }
        judge.verdict()?;

        let about = need.and_then(|need| self.seq_of(&self.needs[need].code));
        let mut out = Outcome {
            ordered: true,
            about,
            ..Outcome::default()
        };
        let seq = self.next();
        let draws = drawn.iter().map(|(stock, _)| *stock).collect();
        for (stock, pieces) in drawn {
            self.give_all(stock, &pieces, Holding::Allocated(seq), &mut out);
        }
        self.allocations.push(Allocation {
            seq,
            code: line.own("allocation"),
            programme: line.own("programme"),
            category: line.own("category"),
            place: place.to_owned(),
            group: line.opt_own("group"),
            need,
            item: item.to_owned(),
            on: on.to_owned(),
            draws,
        });
        self.use_code(line.text("allocation"));
        Ok(out)
    }

    /// What an allocation still holds, in the order of its draws.
    pub fn open(&self, allocation: usize) -> Vec<(usize, Piece)> {
        let allocation = &self.allocations[allocation];
        let held = |stock: usize| self.stocks[stock].held(|s| s.holder == Holding::Allocated(allocation.seq));
        allocation
            .draws
            .iter()
            .flat_map(|stock| held(*stock).into_iter().map(|piece| (*stock, piece)))
            .collect()
    }

    pub fn open_quantity(&self, allocation: usize) -> u128 {
        self.open(allocation)
            .iter()
            .map(|(_, (from, to))| to - from)
            .sum()
    }

    pub fn allocation_released(&mut self, line: Line, mut judge: Judge) -> Answer {
        let quantity = line.quantity("quantity");
        let found = judge.known(self.allocation(line.text("allocation")));
        if let Some(allocation) = found {
            judge.hard(BOOKS, !digits_fit(&self.allocations[allocation].item, quantity));
            judge.hard("insufficient_quantity", self.open_quantity(allocation) < quantity);
        }
        judge.verdict()?;

        let allocation = found.expect("known");
        let mut out = Outcome {
            about: Some(self.allocations[allocation].seq),
            ..Outcome::default()
        };
        let mut left = quantity;
        let mut given_back = Vec::new();
        // The last-listed draws first, from their tail.
        for stock in self.allocations[allocation].draws.clone().into_iter().rev() {
            let seq = self.allocations[allocation].seq;
            let held = self.stocks[stock].held(|segment| segment.holder == Holding::Allocated(seq));
            let pieces = tail(&held, left);
            left -= length(&pieces);
            self.give_all(stock, &pieces, Holding::Available, &mut out);
            given_back.extend(pieces.into_iter().map(|(from, to)| (stock, from, to)));
        }
        self.releases.push(Release {
            seq: self.next(),
            allocation,
            pieces: given_back,
        });
        Ok(out)
    }
}
