//! Money that becomes goods or services, and lots that go to another keeper.

use minhbach_events::event::{CustodyTransferred, PurchaseMade, Restriction};
use minhbach_events::{Item, Reference};

use super::{Ask, stock};
use crate::books::{Stock, amount};
use crate::rejection::{Reason, Rejection};
use crate::restriction::join;

pub(super) fn purchase_made(ask: &mut Ask<'_>, e: &PurchaseMade) -> Result<(), Rejection> {
    let books = ask.books;
    ask.new_codes(std::iter::once(&e.purchase).chain(e.obtains.iter().map(|lot| &lot.lot)));
    let mut spent: Vec<(&Reference, &Stock)> = Vec::with_capacity(e.spends.len());
    for (index, spend) in e.spends.iter().enumerate() {
        let (_, stock) = stock::stock(ask, &spend.lot)?;
        Ask::decimals(
            &format!("spends[{index}].quantity"),
            &stock.item,
            spend.quantity.decimals(),
        )?;
        stock::step("spends", stock.depth)?;
        spent.push((&spend.lot, stock));
    }
    for obtained in &e.obtains {
        ask.item(&obtained.item)?;
    }
    e.supplier.iter().try_for_each(|supplier| ask.party(supplier))?;

    ask.not_in_future("purchased_on", e.purchased_on);
    let (first_name, first) = spent[0];
    let mut restriction = None;
    let mut nothing_left = false;
    for (spend, (name, stock)) in e.spends.iter().zip(&spent) {
        let spans = stock::drawn(ask, name, stock, spend.quantity);
        stock::not_before(ask, "purchased_on", e.purchased_on, stock, &spans);
        if !stock.item.is_money() {
            let rejection = Rejection::new(Reason::SpendsGoods).with("lot", name);
            ask.rule(rejection.with("item", &stock.item));
        } else if stock.item != first.item && first.item.is_money() {
            let rejection = Rejection::new(Reason::SeveralCurrencies).with("first", first_name);
            let rejection = rejection.with("item", &first.item).with("lot", name);
            ask.rule(rejection.with("given", &stock.item));
        }
        if stock.fund != first.fund {
            let rejection = Rejection::new(Reason::SeveralFunds).with("first", first_name);
            let rejection = rejection.with("fund", &first.fund).with("lot", name);
            ask.rule(rejection.with("given", &stock.fund));
        }
        bound(ask, e, name.as_str(), stock.restriction.as_deref());
        match join(
            books,
            restriction.as_ref(),
            stock.restriction.as_ref(),
            e.purchased_on,
        ) {
            Ok(joined) => restriction = joined,
            Err(_) => nothing_left = true,
        }
    }
    let names: Vec<&str> = e.spends.iter().map(|spend| spend.lot.as_str()).collect();
    if nothing_left {
        ask.rule(Rejection::new(Reason::NothingLeft).with("names", names.join(", ")));
    } else {
        // What is bought bears all the conditions together.
        bound(ask, e, &names.join(", "), restriction.as_deref());
    }
    for obtained in &e.obtains {
        if obtained.item.is_money() {
            ask.rule(Rejection::new(Reason::ObtainsMoney).with("item", &obtained.item));
        }
    }
    worth_what_was_paid(ask, e, first);
    Ok(())
}

/// In đồng, what was obtained is worth what was spent.
fn worth_what_was_paid(ask: &mut Ask<'_>, e: &PurchaseMade, first: &Stock) {
    if !first.item.is_vnd() {
        return;
    }
    let spent: u128 = e.spends.iter().map(|spend| spend.quantity.amount().0).sum();
    let value: u128 = e
        .obtains
        .iter()
        .map(|obtained| u128::from(obtained.value_vnd.get()) * 1000)
        .sum();
    if spent != value {
        ask.rule(
            Rejection::new(Reason::PurchaseValue)
                .quantity("spent", amount(spent))
                .quantity("value", amount(value)),
        );
    }
}

/// What the donors bound the money to holds for what is bought with it.
fn bound(ask: &mut Ask<'_>, e: &PurchaseMade, name: &str, restriction: Option<&Restriction>) {
    let Some(restriction) = restriction else {
        return;
    };
    if let Some(until) = restriction.until.filter(|until| *until < e.purchased_on) {
        let rejection = Rejection::new(Reason::BoundUntil).with("lot", name);
        ask.rule(rejection.date("until", until).date("date", e.purchased_on));
    }
    let Some(categories) = &restriction.categories else {
        return;
    };
    for obtained in &e.obtains {
        let Item::Kind(slug) = &obtained.item else {
            continue;
        };
        let item = &ask.books.items[slug];
        if !item
            .categories
            .iter()
            .any(|category| categories.contains(category))
        {
            let rejection = Rejection::new(Reason::BoundItem).with("lot", name);
            ask.rule(rejection.with("item", slug));
        }
    }
}

pub(super) fn custody_transferred(ask: &mut Ask<'_>, e: &CustodyTransferred) -> Result<(), Rejection> {
    ask.new_codes([&e.transfer, &e.new_lot]);
    let (_, stock) = stock::stock(ask, &e.lot)?;
    Ask::decimals("quantity", &stock.item, e.quantity.decimals())?;
    stock::step("lot", stock.depth)?;
    ask.party(&e.to)?;
    ask.not_in_future("transferred_on", e.transferred_on);
    let spans = stock::drawn(ask, &e.lot, stock, e.quantity);
    stock::not_before(ask, "transferred_on", e.transferred_on, stock, &spans);
    Ok(())
}
