//! What leaves a stock without becoming another: inspections, refunds, losses, expenses; and changes of purpose.

use minhbach_projections::recorded::Holding;

use crate::effect::Outcome;
use crate::judge::{BOOKS, Judge, Stop};
use crate::line::{Line, digits_fit, is_money};
use crate::restriction::Restriction;
use crate::shares::Shares;
use crate::slow::{Asked, PurposeChange, Slow, future};
use crate::stock::{Piece, front, length};

type Answer = Result<Outcome, Stop>;

impl Slow {
    pub fn goods_inspected(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (accepted, rejected) = (line.quantity("accepted"), line.quantity("rejected"));
        let stock = judge.known(self.stock(line.text("lot")));
        future(&mut judge, line.text("inspected_on"), asked);
        let mut pieces = Vec::new();
        if let Some(stock) = stock {
            let stock = &self.stocks[stock];
            judge.hard("item_mismatch", is_money(&stock.item));
            judge.hard("insufficient_quantity", stock.received() < accepted + rejected);
            judge.hard("insufficient_quantity", length(&stock.free()) < rejected);
            pieces = front(&stock.free(), rejected);
        }
        judge.verdict()?;
        let stock = stock.expect("known");
        let mut out = Outcome {
            about: Some(self.stocks[stock].id.seq()),
            ..Outcome::default()
        };
        self.give_all(stock, &pieces, Holding::WrittenOff(self.next()), &mut out);
        Ok(out)
    }

    pub fn purpose_changed(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let stock = judge.known(self.stock(line.text("lot")));
        let restriction = Restriction::read(line);
        judge.hard("unknown_reference", !self.names_known(&restriction));
        let on = line.text("consented_on");
        future(&mut judge, on, asked);
        if let Some(stock) = stock {
            let stock = &self.stocks[stock];
            judge.hard(
                "out_of_period",
                !stock.pool && on < stock.stretches[0].on.as_str(),
            );
        }
        judge.verdict()?;
        let stock = stock.expect("known");
        self.stocks[stock].restriction = restriction.clone();
        self.changes.push(PurposeChange {
            seq: self.next(),
            stock,
            restriction,
        });
        Ok(Outcome {
            about: Some(self.stocks[stock].id.seq()),
            ..Outcome::default()
        })
    }

    pub fn refund_paid(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (on, quantity) = (line.text("paid_on"), line.quantity("quantity"));
        self.fresh(&mut judge, &[line.opt("refund")]);
        future(&mut judge, on, asked);
        let place = judge.known(self.refundable(line.text("lot")));
        let mut pieces = Vec::new();
        if let Some((stock, within, day)) = &place {
            judge.hard(BOOKS, !digits_fit(&self.stocks[*stock].item, quantity));
            judge.hard("out_of_period", on < day.as_str());
            let free: Vec<Piece> = self.stocks[*stock]
                .free()
                .iter()
                .map(|(from, to)| (*from.max(&within.0), *to.min(&within.1)))
                .filter(|(from, to)| from < to)
                .collect();
            judge.hard("insufficient_quantity", length(&free) < quantity);
            pieces = front(&free, quantity);
        }
        judge.verdict()?;
        let mut out = Outcome::default();
        self.give_all(
            place.expect("known").0,
            &pieces,
            Holding::Refunded(self.next()),
            &mut out,
        );
        self.use_code(line.text("refund"));
        Ok(out)
    }

    /// The stretch of a receipt, or a lot that is wholly of one receipt; with its day.
    fn refundable(&self, name: &str) -> Option<(usize, Piece, String)> {
        if let Some(receipt) = self.receipt(name) {
            let receipt = &self.receipts[receipt];
            return Some((receipt.stock, (receipt.from, receipt.to), receipt.on.clone()));
        }
        let stock = self.stock(name)?;
        let one = !self.stocks[stock].pool && Shares::of(self).receipts_of(self, stock).len() == 1;
        one.then(|| {
            (
                stock,
                (0, self.stocks[stock].end()),
                self.stocks[stock].stretches[0].on.clone(),
            )
        })
    }

    pub fn stock_written_off(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let quantity = line.quantity("quantity");
        self.fresh(&mut judge, &[line.opt("write_off")]);
        future(&mut judge, line.text("written_off_on"), asked);
        let stock = judge.known(self.stock(line.text("lot")));
        let mut pieces = Vec::new();
        if let Some(stock) = stock {
            let stock = &self.stocks[stock];
            judge.hard(BOOKS, !digits_fit(&stock.item, quantity));
            judge.hard("insufficient_quantity", length(&stock.free()) < quantity);
            pieces = front(&stock.free(), quantity);
        }
        judge.verdict()?;
        let mut out = Outcome::default();
        self.give_all(
            stock.expect("known"),
            &pieces,
            Holding::WrittenOff(self.next()),
            &mut out,
        );
        self.use_code(line.text("write_off"));
        Ok(out)
    }

    pub fn expense_paid(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let (on, quantity) = (line.text("paid_on"), line.quantity("quantity"));
        self.fresh(&mut judge, &[line.opt("expense")]);
        future(&mut judge, on, asked);
        let stock = judge.known(self.stock(line.text("lot")));
        let mut pieces = Vec::new();
        if let Some(stock) = stock {
            judge.hard(BOOKS, !digits_fit(&self.stocks[stock].item, quantity));
            pieces = self.drawn(&mut judge, stock, quantity, on);
        }
        judge.verdict()?;
        let mut out = Outcome::default();
        self.give_all(
            stock.expect("known"),
            &pieces,
            Holding::Expensed(self.next()),
            &mut out,
        );
        self.use_code(line.text("expense"));
        Ok(out)
    }
}
