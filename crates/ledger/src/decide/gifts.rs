//! Promises and gifts in hand.

use minhbach_events::event::{DonationCancelled, DonationPledged, ReceiptIssued};
use minhbach_events::{Date, Slug, Vnd};

use super::{Ask, reference};
use crate::books::{Campaign, Donation, amount};
use crate::codes::Record;
use crate::rejection::{Reason, Rejection};
use crate::restriction::{join, normal};

fn campaign<'a>(ask: &Ask<'a>, campaign: Option<&Slug>) -> Result<Option<&'a Campaign>, Rejection> {
    let Some(slug) = campaign else { return Ok(None) };
    ask.books
        .campaigns
        .get(slug)
        .map(Some)
        .ok_or_else(|| Ask::unknown("campaign", slug))
}

/// A gift or promise outside the days of its campaign.
fn outside_campaign(campaign: &Campaign, date: Date) -> Option<Rejection> {
    let closes = campaign
        .closed
        .map_or(campaign.terms.closes, |closed| closed.min(campaign.terms.closes));
    let rejection = |reason| {
        Rejection::new(reason)
            .with("campaign", &campaign.terms.campaign)
            .date("date", date)
    };
    if date < campaign.terms.opens {
        Some(rejection(Reason::CampaignNotOpen).date("opens", campaign.terms.opens))
    } else if closes < date {
        Some(rejection(Reason::CampaignOver).date("closes", closes))
    } else {
        None
    }
}

pub(super) fn donation_pledged(ask: &mut Ask<'_>, e: &DonationPledged) -> Result<(), Rejection> {
    ask.new_code(&e.donation);
    e.donor.iter().try_for_each(|donor| ask.party(donor))?;
    ask.item(&e.item)?;
    let campaign = campaign(ask, e.campaign.as_ref())?;
    reference::restriction(ask, e.restriction.as_ref())?;
    if let Some(rejection) = campaign.and_then(|campaign| outside_campaign(campaign, e.pledged_on)) {
        ask.rule(rejection);
    }
    ask.not_in_future("pledged_on", e.pledged_on);
    let own = normal(e.restriction.as_ref());
    if join(
        ask.books,
        own.as_ref(),
        campaign.and_then(|c| c.restriction.as_ref()),
        e.pledged_on,
    )
    .is_err()
    {
        let names = e.campaign.as_ref().map_or("", Slug::as_str);
        ask.rule(Rejection::new(Reason::NothingLeft).with("names", format!("restriction, {names}")));
    }
    Ok(())
}

fn donation<'a>(ask: &Ask<'a>, code: &minhbach_events::Code) -> Result<&'a Donation, Rejection> {
    match ask.record("donation", code)? {
        (Record::Donation(index), _) => Ok(&ask.books.donations[index as usize]),
        _ => Err(Ask::unknown("donation", code)),
    }
}

pub(super) fn donation_cancelled(ask: &mut Ask<'_>, e: &DonationCancelled) -> Result<(), Rejection> {
    let donation = donation(ask, &e.donation)?;
    Ask::decimals("quantity", &donation.item, e.quantity.decimals())?;
    let promised = u128::from(donation.pledged - donation.cancelled);
    let outstanding = promised.saturating_sub(donation.received);
    if outstanding < u128::from(e.quantity.thousandths()) {
        let rejection = Rejection::new(Reason::NotOutstanding).with("donation", &e.donation);
        let rejection = rejection
            .quantity("available", amount(outstanding))
            .of(&donation.item);
        ask.rule(rejection.quantity("requested", e.quantity.amount()));
    }
    Ok(())
}

pub(super) fn receipt_issued(ask: &mut Ask<'_>, e: &ReceiptIssued) -> Result<(), Rejection> {
    ask.new_code(&e.receipt);
    let donation = e.donation.as_ref().map(|code| donation(ask, code)).transpose()?;
    e.donor.iter().try_for_each(|donor| ask.party(donor))?;
    ask.party(&e.fund)?;
    let pool = match &e.pool {
        None => None,
        Some(slug) => {
            let index = ask
                .books
                .pools
                .get(slug)
                .ok_or_else(|| Ask::unknown("pool", slug))?;
            Some((slug, &ask.books.stocks[*index as usize]))
        }
    };
    ask.item(&e.item)?;
    let campaign = campaign(ask, e.campaign.as_ref())?;
    reference::restriction(ask, e.restriction.as_ref())?;

    if let Some(rejection) = campaign.and_then(|campaign| outside_campaign(campaign, e.received_on)) {
        ask.policy(rejection);
    }
    ask.not_in_future("received_on", e.received_on);
    if let Some(donation) = donation {
        if e.received_on < donation.pledged_on {
            let rejection = Rejection::new(Reason::BeforeEarlier).with("field", "received_on");
            let rejection = rejection
                .date("date", e.received_on)
                .date("earlier", donation.pledged_on);
            ask.policy(rejection.with("name", &donation.code));
        }
        if e.item != donation.item {
            let rejection = Rejection::new(Reason::PledgeItem).with("donation", &donation.code);
            ask.rule(rejection.with("item", &donation.item).with("given", &e.item));
        }
    }
    if let Some((slug, pool)) = pool {
        if e.fund != *pool.fund {
            let rejection = Rejection::new(Reason::PoolFund).with("pool", slug);
            ask.rule(rejection.with("fund", &pool.fund).with("given", &e.fund));
        }
        if e.item != *pool.item {
            let rejection = Rejection::new(Reason::PoolItem).with("pool", slug);
            ask.rule(rejection.with("item", &pool.item).with("given", &e.item));
        }
        if !pool.sources.iter().eq([e.source]) {
            let source = pool.sources.iter().next().map_or("", |source| source.word());
            let rejection = Rejection::new(Reason::PoolSource).with("pool", slug);
            ask.rule(rejection.word("source", source).word("given", e.source.word()));
        }
    }
    if e.item.is_vnd()
        && let Some(value) = e.value_vnd
        && Vnd::of(e.quantity) != Some(value)
    {
        ask.rule(
            Rejection::new(Reason::VndValue)
                .quantity("quantity", e.quantity.amount())
                .quantity("value", amount(u128::from(value.get()) * 1000)),
        );
    }
    let own = normal(e.restriction.as_ref());
    let joined = join(
        ask.books,
        own.as_ref(),
        donation.and_then(|d| d.restriction.as_ref()),
        e.received_on,
    )
    .and_then(|both| {
        join(
            ask.books,
            both.as_ref(),
            campaign.and_then(|c| c.restriction.as_ref()),
            e.received_on,
        )
    });
    match (joined, pool) {
        (Err(_), _) => {
            let donation = donation.map(|d| d.code.to_string());
            let campaign = e.campaign.as_ref().map(Slug::to_string);
            let own = own.map(|_| "restriction".to_owned());
            let names: Vec<String> = [own, donation, campaign].into_iter().flatten().collect();
            ask.rule(Rejection::new(Reason::NothingLeft).with("names", names.join(", ")));
        }
        // A receipt that states none takes the pool's.
        (Ok(Some(joined)), Some((slug, pool))) if pool.restriction.as_ref() != Some(&joined) => {
            ask.rule(Rejection::new(Reason::PoolRestriction).with("pool", slug));
        }
        _ => {}
    }
    Ok(())
}
