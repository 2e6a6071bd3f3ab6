//! A made-up year of gifts, to show what the ledger can do: from July 2024 to August 2025 under Hanoi's plan 204.
//!
//! Every organisation in it is invented and says so ("minh hoạ"); the communes and the plan are real. The same story
//! comes out every time. It includes proposals that the ledger refuses, marked as such.

mod cast;
mod mid_autumn;
mod reform;
mod school_year;
mod script;
mod winter;

use minhbach_events::event::Seq;
use minhbach_events::words::RejectionCode;
use minhbach_events::{Event, Proposal};

use crate::read_error::ReadError;
use script::Script;

/// One proposal of the story; its `at` and `by` are set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is proposed.
    pub proposal: Proposal,
    /// The rejection the ledger must answer with; `None` where it must accept.
    pub refused: Option<RejectionCode>,
}

/// How much of the story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Small bank gifts in each of the three campaigns.
    pub small_gifts: u32,
}

impl Scale {
    /// The most small gifts per campaign: one every few seconds.
    pub const SMALL_GIFTS_MAX: u32 = 100_000;
}

impl Default for Scale {
    fn default() -> Scale {
        Scale { small_gifts: 52 }
    }
}

/// A code worth following, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trail {
    /// What `trail` is asked for.
    pub code: &'static str,
    /// Why, in Vietnamese.
    pub vi: &'static str,
    /// Why, in English.
    pub en: &'static str,
}

/// Three codes of the story: a small gift, a promise, and a delivery that went wrong.
pub fn trails() -> [Trail; 3] {
    [
        Trail {
            code: "RC-TRUNG-THU-0001",
            vi: "Một khoản góp nhỏ qua ngân hàng, trong nguồn góp chung: đã đến xã nào, bao nhiêu lượt trẻ?",
            en: "A small bank gift in a pool: which commune did it reach, and how many children?",
        },
        Trail {
            code: "DN-AO-AM-01",
            vi: "Lời hứa tặng 1.000 áo ấm: đã nhận bao nhiêu, trao ở đâu, còn thiếu bao nhiêu?",
            en: "A promise of 1,000 warm coats: how many came, where did they go, how many are missing?",
        },
        Trail {
            code: "DL-SUA-YEN-TRUNG",
            vi: "Lần trao sữa đã quá hạn, vẫn được ghi vào sổ và đang bị khiếu nại: sữa của ai?",
            en: "Milk handed over after its date, on record all the same and now disputed: whose gift was it?",
        },
    ]
}

/// Tells the story, in the order in which it is to be recorded; the first step opens the ledger, as seq 0.
///
/// `None` tells it at the default scale; small gifts beyond [`Scale::SMALL_GIFTS_MAX`] are not told, and no fewer
/// than the default are.
///
/// # Errors
///
/// Only where an embedded data file is wrong, which this crate's tests rule out.
pub fn story(scale: Option<Scale>) -> Result<impl Iterator<Item = Step>, ReadError> {
    let least = Scale::default().small_gifts;
    let small_gifts = scale
        .map_or(least, |scale| scale.small_gifts)
        .clamp(least, Scale::SMALL_GIFTS_MAX);

    let mut script = Script::default();
    cast::enter(&mut script)?;
    school_year::tell(&mut script, small_gifts);
    mid_autumn::tell(&mut script, small_gifts);
    winter::tell(&mut script, small_gifts);
    reform::tell(&mut script)?;
    Ok(number(script))
}

/// Puts the scenes in the order of time and fills in the seqs that reversals name.
fn number(script: Script) -> impl Iterator<Item = Step> {
    let mut seq = 0;
    let mut marks = std::collections::HashMap::new();
    script.in_order().into_iter().map(move |draft| {
        let mut proposal = draft.proposal;
        if let (Event::EntryReversed(reversal), Some(mark)) = (&mut proposal.event, draft.reverses) {
            let reversed = marks.get(mark).copied().and_then(Seq::new);
            reversal.reverses = reversed.expect("a reversal follows what it reverses");
        }
        if draft.refused.is_none() {
            if let Some(mark) = draft.mark {
                marks.insert(mark, seq);
            }
            seq += 1;
        }
        Step {
            proposal,
            refused: draft.refused,
        }
    })
}

#[cfg(test)]
mod tests;
