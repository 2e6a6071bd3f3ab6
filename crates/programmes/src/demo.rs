//! A made-up story of gifts, to show what the ledger can do: both cities, from July 2024 to December 2025.
//!
//! Every organisation in it is invented and says so ("minh hoạ"); the places, plans and reforms are real. The same
//! story comes out every time. It includes proposals that the ledger refuses, marked as such. A larger scale tells it
//! many times over without ever holding more than one.
//!
//! What people complained about elsewhere, and where the story shows it or is refused:
//!
//! | Complaint | Here |
//! |---|---|
//! | money moved to another cause without asking | refused: `PU-DO-CHOI-KHONG-HOI`; with consent: `PU-DO-CHOI-SAU-BAO` |
//! | money idle for months | `RC-TIEN-MAT-HOI-XUAN`, finding `FI-TIEN-MAT-NAM-YEN`; `FI-TIEN-BAO-CHAM` |
//! | general confirmations | one for each delivery; `DL-SACH-BA-VI` confirms less, `DL-AO-MUA-2` is disputed |
//! | much announced, little given | `DN-HOC-BONG-01`: twenty million promised, one received |
//! | a picture of a transfer | refused: `RG-KHONG-BIEN-NHAN`, `FI-TIN-DON`, `RC-NGAY-MAI` |
//! | another's name in a memo | `RC-TEN-MUON` names nobody |
//! | one child sold to several sponsors | `SP-DO-DAU-01` and `-02` share one, and say it; no child has a code |
//! | a sponsor asked to renew for a child who left | `SP-DO-DAU-01` ended with its reason |
//! | overhead, and who pays it | `EX-TAP-HUAN-01` (budget), `EX-THUE-KHO-01` (its donor agreed) |
//! | children who can be found | refused: `ND-BA-EM-VAN-HOA`, `DL-TRUNG-THU-BA-EM` in a commune |
//! | books edited afterwards | the reversals of `DL-AO-MUA-3` and `RC-MUA-DONG-THU-HOI` stay visible |

mod accounts;
mod appeals;
mod cast;
mod closing;
mod coats;
mod copies;
mod foreign_money;
mod hai_phong;
mod mid_autumn;
mod milk;
mod mistakes;
mod needs;
mod oversight;
mod public_money;
mod reform;
mod school_year;
mod script;
mod small_gifts;
mod sponsorships;
mod spring;
mod storm;
mod table;
mod winter;
mod words;

use std::collections::HashMap;

use minhbach_events::event::Seq;
use minhbach_events::words::RejectionCode;
use minhbach_events::{Event, Hash, Proposal};

use crate::read_error::ReadError;
pub use cast::ORIGIN;
use script::{Draft, Script};

/// One proposal of the story; its `at` and `by` are set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is proposed.
    pub proposal: Proposal,
    /// The rejection the ledger must answer with; `None` where it must accept.
    pub refused: Option<RejectionCode>,
}

impl Step {
    /// Whether it files a report, which is bound to the journal's head just before it: only who records the story
    /// knows that, and says it by [`Step::bind`].
    pub fn wants_head(&self) -> bool {
        matches!(self.proposal.event, Event::ReportFiled(_))
    }

    /// Binds a report to the head of the journal it was made from; other steps stay as they are.
    pub fn bind(&mut self, head: Hash) {
        if let Event::ReportFiled(report) = &mut self.proposal.event {
            report.head = head;
        }
    }
}

/// How many times the story is told, side by side in one ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Copies of the gifts, decisions and deliveries; plans, places and parties are common to all.
    pub times: u32,
}

impl Scale {
    /// The most copies: some thousand million entries.
    pub const TIMES_MAX: u32 = 1_000_000;
}

impl Default for Scale {
    fn default() -> Scale {
        Scale { times: 1 }
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

/// Codes of the story to follow: small gifts, a delivery that went wrong, a need, a promise, a recalled transfer.
pub fn trails() -> [Trail; 6] {
    [
        Trail {
            code: "RC-TRUNG-THU-0001",
            vi: "Một khoản góp nhỏ qua ngân hàng, trong nguồn góp chung: đã đến xã nào, bao nhiêu lượt trẻ?",
            en: "A small bank gift in a pool: which commune did it reach, and how many children?",
        },
        Trail {
            code: "RC-MUA-DONG-0001",
            vi: "Tiền thành áo ấm: qua nguồn chung, hoá đơn mua, kho của xã, đến tay trẻ em.",
            en: "Money that became coats: through the pool, the purchase and the commune's store to the children.",
        },
        Trail {
            code: "DL-AO-MUA-2",
            vi: "Lần trao áo bị khiếu nại, được giải quyết, trả lại một phần: áo của ai?",
            en: "A delivery of coats that was disputed, settled and partly returned: whose coats were they?",
        },
        Trail {
            code: "ND-AO-BA-VI",
            vi: "Một nhu cầu áo ấm: ai đã đáp ứng, được bao nhiêu?",
            en: "A need for coats: who met it, and how much of it?",
        },
        Trail {
            code: "DN-AO-AM-01",
            vi: "Lời hứa tặng 1.000 áo ấm: đã nhận bao nhiêu, trao ở đâu, còn thiếu bao nhiêu?",
            en: "A promise of 1,000 warm coats: how many came, where did they go, how many are missing?",
        },
        Trail {
            code: "RC-MUA-DONG-THU-HOI",
            vi: "Khoản chuyển bị ngân hàng thu hồi sau khi đã dùng: khoản nào thế vào chỗ của nó?",
            en: "A transfer the bank recalled after it was spent: which gifts took its place?",
        },
    ]
}

/// Tells the story, in the order in which it is to be recorded; the first step opens the ledger, as seq 0.
///
/// `None` tells it once. Fewer than one copy or more than [`Scale::TIMES_MAX`] are not told.
///
/// # Errors
///
/// Only where an embedded data file is wrong, which this crate's tests rule out.
pub fn story(scale: Option<Scale>) -> Result<Story, ReadError> {
    let mut script = Script::default();
    cast::enter(&mut script)?;
    appeals::tell(&mut script);
    needs::tell(&mut script);
    school_year::tell(&mut script);
    mid_autumn::tell(&mut script);
    storm::tell(&mut script);
    winter::tell(&mut script);
    coats::tell(&mut script);
    milk::tell(&mut script);
    spring::tell(&mut script);
    foreign_money::tell(&mut script);
    public_money::tell(&mut script);
    sponsorships::tell(&mut script);
    hai_phong::tell(&mut script);
    mistakes::tell(&mut script);
    oversight::tell(&mut script);
    accounts::tell(&mut script)?;
    reform::tell(&mut script)?;
    closing::tell(&mut script);
    Ok(Story::new(script, scale.unwrap_or_default()))
}

/// The steps of the story, made one by one: at any scale it holds the drafts of a single copy.
pub struct Story {
    drafts: Vec<Draft>,
    times: u32,
    /// The draft told next, and which copy of it.
    next: (usize, u32),
    /// The seq of the entry that comes next.
    seq: u64,
    /// The seq of the first copy of what a reversal names; the others follow it.
    marks: HashMap<&'static str, u64>,
}

impl Story {
    fn new(script: Script, scale: Scale) -> Story {
        Story {
            drafts: script.in_order(),
            times: scale.times.clamp(1, Scale::TIMES_MAX),
            next: (0, 0),
            seq: 0,
            marks: HashMap::new(),
        }
    }

    /// How many steps there are in all.
    pub fn steps(&self) -> u64 {
        self.drafts
            .iter()
            .map(|draft| u64::from(self.copies(draft)))
            .sum()
    }

    /// What is refused, and what is common to all copies, is told once.
    fn copies(&self, draft: &Draft) -> u32 {
        if draft.refused.is_none() && copies::is_copied(&draft.proposal.event) {
            self.times
        } else {
            1
        }
    }
}

impl Iterator for Story {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let (index, copy) = self.next;
        let draft = self.drafts.get(index)?;
        let mut proposal = draft.proposal.clone();
        copies::mark(&mut proposal.event, copy);
        match &mut proposal.event {
            Event::EntryReversed(reversal) => {
                let first = draft.reverses.and_then(|mark| self.marks.get(mark));
                let reversed = first.and_then(|first| Seq::new(first + u64::from(copy)));
                reversal.reverses = reversed.expect("a reversal follows what it reverses");
            }
            Event::ReportFiled(report) => {
                report.size = Seq::new(self.seq).expect("fewer entries than a seq can count");
            }
            _ => {}
        }
        if let (Some(mark), 0) = (draft.mark, copy) {
            self.marks.insert(mark, self.seq);
        }
        let refused = draft.refused;
        self.next = if copy + 1 < self.copies(draft) {
            (index, copy + 1)
        } else {
            (index + 1, 0)
        };
        self.seq += u64::from(refused.is_none());
        Some(Step { proposal, refused })
    }
}

#[cfg(test)]
mod tests;
