//! Finding things by name, however it is typed, and by code.
//!
//! Each name of a place, party, programme, category, item, campaign or pool is indexed by its folded words and as a
//! whole. A name that was revised stays findable. What folds alike (Yên Bài, Yên Bái) is suggested side by side.

use std::collections::BTreeMap;

use minhbach_events::text::Title;
use minhbach_events::words::PlaceKind;
use minhbach_events::{Code, Date, Event, Label, Slug};
use serde::{Deserialize, Serialize};

use crate::answer::{AsOf, Page, ReadError};
use crate::document::document;
use crate::folding::{folded, marked};
use crate::journal::Journal;
use crate::keys::{CODE, Key, NAME, NAME_WHOLE, NAME_WORD, take_number, take_text};
use crate::node::{Kind, Node};
use crate::overlay::{Overlay, after_prefix};
use crate::packed::{Pack, Unpack};
use crate::places::{Place, PlaceRow, SuccessionRow, place_row};
use crate::progress::entry_of;
use crate::projection::{Fault, Projection};
use crate::recorded::Recorded;
use crate::store::{Direction, StoreError};

/// The most characters of a query; what follows is not read.
pub const QUERY_CHARS_MAX: usize = 200;
/// The most rows of an answer.
pub const SEARCH_PAGE: usize = 50;
/// The most names that a query looks at: one that fits more has to say more.
const CANDIDATES_MAX: usize = 1_000;
/// The most names of one thing.
const NAMES_MAX: u16 = u16::MAX;

/// The read model of names and codes.
pub struct Search;

impl Projection for Search {
    fn name(&self) -> &'static str {
        "search"
    }

    fn apply(&self, overlay: &mut Overlay, recorded: &Recorded) -> Result<(), Fault> {
        let seq = recorded.entry.seq;
        match &recorded.entry.event {
            Event::PlaceRegistered(e) => place_named(overlay, e)?,
            Event::PlaceRevised(e) => place_named(overlay, &e.base)?,
            Event::PartyRegistered(e) => {
                named(
                    overlay,
                    Subject::Party,
                    e.party.as_str(),
                    &[e.name.as_str()],
                    None,
                )?;
            }
            Event::PartyRevised(e) => {
                let names = [e.base.name.as_str()];
                named(overlay, Subject::Party, e.base.party.as_str(), &names, None)?;
            }
            Event::ProgrammePublished(e) => programme_named(overlay, e)?,
            Event::ProgrammeRevised(e) => programme_named(overlay, &e.base)?,
            Event::ItemRegistered(e) => titled(overlay, Subject::Item, e.item.as_str(), &e.title)?,
            Event::ItemRevised(e) => titled(overlay, Subject::Item, e.base.item.as_str(), &e.base.title)?,
            Event::CampaignOpened(e) => titled(overlay, Subject::Campaign, e.campaign.as_str(), &e.title)?,
            Event::PoolOpened(e) => named(overlay, Subject::Pool, e.pool.as_str(), &[], None)?,
            // Receipts of a pool come by the hundred thousand: each is found by its whole code, in the journal.
            Event::ReceiptIssued(e) if e.pool.is_some() => {}
            Event::PurchaseMade(e) => {
                coded(overlay, seq, e.purchase.get());
                for obtained in &e.obtains {
                    coded(overlay, seq, obtained.lot.get());
                }
            }
            Event::CustodyTransferred(e) => {
                coded(overlay, seq, e.transfer.get());
                coded(overlay, seq, e.new_lot.get());
            }
            Event::DeliveryReturned(e) => coded(overlay, seq, e.new_lot.get()),
            event => {
                if let Some(code) = opens(event) {
                    coded(overlay, seq, code);
                }
            }
        }
        Ok(())
    }
}

/// The code that an entry gives first.
fn opens(event: &Event) -> Option<&Code> {
    let code = match event {
        Event::NeedAssessed(e) => &e.need,
        Event::DonationPledged(e) => &e.donation,
        Event::ReceiptIssued(e) => &e.receipt,
        Event::AllocationMade(e) => &e.allocation,
        Event::DeliveryMade(e) => &e.delivery,
        Event::RefundPaid(e) => &e.refund,
        Event::StockWrittenOff(e) => &e.write_off,
        Event::ExpensePaid(e) => &e.expense,
        Event::SponsorshipStarted(e) => &e.sponsorship,
        Event::EvidenceAttached(e) => &e.evidence,
        Event::RecognitionAwarded(e) => &e.recognition,
        Event::InspectionOpened(e) => &e.inspection,
        Event::FindingRaised(e) => &e.finding,
        _ => return None,
    };
    Some(code.get())
}

fn coded(overlay: &mut Overlay, seq: u64, code: &Code) {
    overlay.put(Key::of(CODE).text(code.as_str()).0, seq.to_be_bytes().to_vec());
}

fn place_named(overlay: &mut Overlay, place: &minhbach_events::event::PlaceRegistered) -> Result<(), Fault> {
    let code = place.code.as_ref().map(Label::as_str);
    named(
        overlay,
        Subject::Place,
        place.place.as_str(),
        &[place.name.as_str()],
        code,
    )
}

fn programme_named(
    overlay: &mut Overlay,
    programme: &minhbach_events::event::ProgrammePublished,
) -> Result<(), Fault> {
    let id = programme.programme.as_str();
    let mut names = titles(&programme.title);
    names.extend(
        programme
            .documents
            .iter()
            .map(|document| document.number.as_str()),
    );
    named(overlay, Subject::Programme, id, &names, None)?;
    for category in &programme.categories {
        let id = format!("{id} {}", category.category);
        titled(overlay, Subject::Category, &id, &category.title)?;
    }
    Ok(())
}

fn titles(title: &Title) -> Vec<&str> {
    let en = title.en.iter().map(|en| en.as_str());
    std::iter::once(title.vi.as_str()).chain(en).collect()
}

fn titled(overlay: &mut Overlay, subject: Subject, id: &str, title: &Title) -> Result<(), Fault> {
    named(overlay, subject, id, &titles(title), None)
}

/// Indexes the names that a subject has now, its slug, and its official code. Those it had stay.
fn named(
    overlay: &mut Overlay,
    subject: Subject,
    id: &str,
    names: &[&str],
    code: Option<&str>,
) -> Result<(), Fault> {
    let mut known: Vec<Named> = names_of(overlay, subject, id)?;
    for name in &mut known {
        name.now = false;
    }
    let slug = id.split_once(' ').map_or(id, |(_, label)| label);
    let words = names.iter().map(|name| (Form::Name, *name));
    let codes = code.into_iter().chain([slug]).map(|code| (Form::Code, code));
    for (form, text) in words.chain(codes) {
        let again = known
            .iter_mut()
            .find(|known| known.text == text && known.form == form);
        if let Some(again) = again {
            again.now = true;
            continue;
        }
        known.push(Named {
            form,
            now: true,
            text: text.to_owned(),
        });
        let nth = u16::try_from(known.len() - 1).ok().filter(|nth| *nth < NAMES_MAX);
        let nth = nth.ok_or_else(|| Fault::Inconsistent(format!("{id} has too many names")))?;
        index(overlay, subject, id, nth, form, text);
    }
    for (nth, name) in known.iter().enumerate() {
        let mut value = vec![name.form as u8, u8::from(name.now)];
        value.text(&name.text);
        overlay.put(named_key(Key::of(NAME), subject, id, nth as u16), value);
    }
    Ok(())
}

fn index(overlay: &mut Overlay, subject: Subject, id: &str, nth: u16, form: Form, text: &str) {
    let words = folded(text);
    let mut wholes = vec![words.join(" ")];
    // "Ba Vì" is asked for, "Xã Ba Vì" is its name.
    wholes.extend(without_kind(subject, &words).map(|rest| rest.join(" ")));
    for whole in wholes {
        overlay.put(
            named_key(Key::of(NAME_WHOLE).text(&whole), subject, id, nth),
            Vec::new(),
        );
    }
    for word in words.into_iter().filter(|_| form == Form::Name) {
        overlay.put(
            named_key(Key::of(NAME_WORD).text(&word), subject, id, nth),
            Vec::new(),
        );
    }
}

fn named_key(key: Key, subject: Subject, id: &str, nth: u16) -> Vec<u8> {
    key.byte(subject as u8).text(id).bytes(&nth.to_be_bytes()).0
}

/// The words of a place's name behind the word for its kind.
fn without_kind(subject: Subject, words: &[String]) -> Option<&[String]> {
    const KINDS: [&[&str]; 11] = [
        &["thanh", "pho"],
        &["thi", "xa"],
        &["thi", "tran"],
        &["dac", "khu"],
        &["tinh"],
        &["huyen"],
        &["quan"],
        &["xa"],
        &["phuong"],
        &["thon"],
        &["ban"],
    ];
    if subject != Subject::Place {
        return None;
    }
    let begins = |kind: &&&[&str]| kind.len() < words.len() && kind.iter().zip(words).all(|(a, b)| a == b);
    KINDS.iter().find(begins).map(|kind| &words[kind.len()..])
}

/// A name of something, or a code of it.
struct Named {
    form: Form,
    /// Whether it is so named now.
    now: bool,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Name = 0,
    Code = 1,
}

fn names_of(overlay: &Overlay, subject: Subject, id: &str) -> Result<Vec<Named>, StoreError> {
    let names = overlay.prefix(&Key::of(NAME).byte(subject as u8).text(id).0);
    names.map(|pair| unpack_named(&pair?.1)).collect()
}

fn unpack_named(value: &[u8]) -> Result<Named, StoreError> {
    let mut read = Unpack::new("name", value);
    let form = match read.byte()? {
        0 => Form::Name,
        1 => Form::Code,
        _ => return Err(read.damaged()),
    };
    let named = Named {
        form,
        now: read.byte()? == 1,
        text: read.text()?.to_owned(),
    };
    read.finish()?;
    Ok(named)
}

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Place = 0,
    Party = 1,
    Programme = 2,
    Category = 3,
    Item = 4,
    Campaign = 5,
    Pool = 6,
}

impl Subject {
    const ALL: [Subject; 7] = [
        Subject::Place,
        Subject::Party,
        Subject::Programme,
        Subject::Category,
        Subject::Item,
        Subject::Campaign,
        Subject::Pool,
    ];
    fn kind(self) -> FoundKind {
        match self {
            Subject::Place => FoundKind::Place,
            Subject::Party => FoundKind::Party,
            Subject::Programme => FoundKind::Programme,
            Subject::Category => FoundKind::Category,
            Subject::Item => FoundKind::Item,
            Subject::Campaign => FoundKind::Campaign,
            Subject::Pool => FoundKind::Pool,
        }
    }
}

/// What was found: something that has a name, or the entry of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A place.
    Place,
    /// An organisation.
    Party,
    /// A plan.
    Programme,
    /// A category of a plan.
    Category,
    /// Goods or a service.
    Item,
    /// A campaign.
    Campaign,
    /// A line of like receipts.
    Pool,
    /// A pledge.
    Donation,
    /// A gift in hand.
    Receipt,
    /// A lot that something else than a receipt put into stock.
    Lot,
    /// What is reserved for a place and category.
    Allocation,
    /// What was handed over.
    Delivery,
    /// Money that became goods or services.
    Purchase,
    /// A move to another keeper.
    Transfer,
    /// A gift given back.
    Refund,
    /// A loss.
    WriteOff,
    /// Overhead.
    Expense,
    /// A lack.
    Need,
    /// Recurring support.
    Sponsorship,
    /// A paper or picture.
    Evidence,
    /// Praise.
    Recognition,
    /// An inspection.
    Inspection,
    /// Something found wrong.
    Finding,
}

impl FoundKind {
    /// The word of the documents.
    pub fn word(self) -> &'static str {
        match self {
            FoundKind::Place => "place",
            FoundKind::Party => "party",
            FoundKind::Programme => "programme",
            FoundKind::Category => "category",
            FoundKind::Item => "item",
            FoundKind::Campaign => "campaign",
            FoundKind::Pool => "pool",
            FoundKind::Donation => "donation",
            FoundKind::Receipt => "receipt",
            FoundKind::Lot => "lot",
            FoundKind::Allocation => "allocation",
            FoundKind::Delivery => "delivery",
            FoundKind::Purchase => "purchase",
            FoundKind::Transfer => "transfer",
            FoundKind::Refund => "refund",
            FoundKind::WriteOff => "write_off",
            FoundKind::Expense => "expense",
            FoundKind::Need => "need",
            FoundKind::Sponsorship => "sponsorship",
            FoundKind::Evidence => "evidence",
            FoundKind::Recognition => "recognition",
            FoundKind::Inspection => "inspection",
            FoundKind::Finding => "finding",
        }
    }

    /// What the entry of a code is.
    fn of(kind: Kind) -> FoundKind {
        match kind {
            Kind::Donation => FoundKind::Donation,
            Kind::Receipt => FoundKind::Receipt,
            Kind::Lot => FoundKind::Lot,
            Kind::Pool => FoundKind::Pool,
            Kind::Allocation => FoundKind::Allocation,
            Kind::Delivery => FoundKind::Delivery,
            Kind::Purchase => FoundKind::Purchase,
            Kind::Transfer => FoundKind::Transfer,
            Kind::Refund => FoundKind::Refund,
            Kind::WriteOff => FoundKind::WriteOff,
            Kind::Expense => FoundKind::Expense,
            Kind::Need => FoundKind::Need,
            Kind::Sponsorship => FoundKind::Sponsorship,
            Kind::Evidence => FoundKind::Evidence,
            Kind::Recognition => FoundKind::Recognition,
            Kind::Inspection => FoundKind::Inspection,
            Kind::Finding => FoundKind::Finding,
        }
    }
}

/// How well a name fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = NameMatch))]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// It is what was typed, marks and all, or the very code.
    Exact,
    /// It is what was typed, but for marks.
    Folded,
    /// It begins with what was typed.
    Prefix,
    /// Each word that was typed begins one of its words.
    Words,
}

impl Match {
    /// The word of the documents.
    pub fn word(self) -> &'static str {
        match self {
            Match::Exact => "exact",
            Match::Folded => "folded",
            Match::Prefix => "prefix",
            Match::Words => "words",
        }
    }
}

document! {
    /// What was found, the best first.
    #[serde(deny_unknown_fields)]
    pub struct SearchAnswer {
        /// How far the journal was read.
        pub as_of: AsOf,
        /// By how well they fit, then by name.
        pub rows: Vec<FoundRow>,
        /// Whether more names fit than were looked at; then the rows may not be the best, and a longer query is better.
        pub too_many: bool,
        /// Where the next page begins.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    /// Something that was found.
    #[serde(deny_unknown_fields)]
    pub struct FoundRow {
        /// What it is; of a code, what its entry is.
        pub kind: FoundKind,
        /// Its slug, label or code.
        pub id: String,
        /// What it is called now; nothing for a code or a pool.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        /// How well it fits.
        #[serde(rename = "match")]
        pub fits: Match,
        /// The name or code that fits, where it is not the one shown.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub matched: Option<String>,
        /// Whether that is a name it no longer has.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        pub former_name: bool,
        /// Of a category: its programme.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub programme: Option<Slug>,
        /// Of a place: what it is, when it was, and what became of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub place: Option<FoundPlace>,
        /// Of a code: the entry that gave it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub seq: Option<u64>,
        /// Of a code: its business date.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub on: Option<Date>,
        /// Of a code: the entry that reversed that one.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub reversed_by: Option<u64>,
    }

    /// A place that was found, former or present.
    #[serde(deny_unknown_fields)]
    pub struct FoundPlace {
        /// What kind it is.
        pub kind: PlaceKind,
        /// The place it lies under.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parent: Option<Slug>,
        /// That place's name.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub parent_name: Option<String>,
        /// Its official code.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub code: Option<Label>,
        /// Its first day.
        pub valid_from: Date,
        /// Its last day, if it was registered with one.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub valid_to: Option<Date>,
        /// The day on which others took over from it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub succeeded_on: Option<Date>,
        /// What took over from it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub successors: Vec<SuccessionRow>,
    }
}

/// What was typed.
struct Query {
    folded: Vec<String>,
    whole: String,
    marked: Vec<String>,
    plain: String,
}

impl Query {
    fn of(text: &str) -> Query {
        let text: String = text.chars().take(QUERY_CHARS_MAX).collect();
        let folded = folded(&text);
        Query {
            whole: folded.join(" "),
            marked: marked(&text),
            plain: text.trim().to_owned(),
            folded,
        }
    }

    /// How well a name or code fits; `None` when it does not.
    fn fits(&self, subject: Subject, form: Form, text: &str) -> Option<Match> {
        if form == Form::Code && text.eq_ignore_ascii_case(&self.plain) {
            return Some(Match::Exact);
        }
        let (words, marks) = (folded(text), marked(text));
        let short = without_kind(subject, &words).map(<[String]>::len);
        let last = |words: &[String], count: usize| words[words.len() - count..].join(" ");
        let forms: Vec<usize> = std::iter::once(words.len()).chain(short).collect();
        let any = |fits: &dyn Fn(usize) -> bool| forms.iter().any(|count| fits(*count));
        if any(&|count| last(&words, count) == self.whole) {
            let typed = self.marked.join(" ");
            // A slug has no marks that one could get right.
            let exact = form == Form::Name && any(&|count| last(&marks, count) == typed);
            return Some(if exact { Match::Exact } else { Match::Folded });
        }
        if any(&|count| last(&words, count).starts_with(&self.whole)) {
            return Some(Match::Prefix);
        }
        // A slug repeats what is above a place, which is not its name.
        if form == Form::Code {
            return None;
        }
        let begun = |typed: &String| words.iter().any(|word| word.starts_with(typed.as_str()));
        self.folded.iter().all(begun).then_some(Match::Words)
    }
}

/// Something that has a name, by its kind and id.
type Id = (Subject, String);
/// How well a name of it fits, whether it is so named no longer, and the name.
type Best = (Match, bool, Form, String);

pub(crate) fn search(
    overlay: &Overlay,
    as_of: AsOf,
    text: &str,
    journal: &dyn Journal,
    page: Page<'_>,
) -> Result<SearchAnswer, ReadError> {
    let (cursor, limit) = (page.cursor, page.rows(SEARCH_PAGE));
    let skip: usize = cursor.map_or(Ok(0), |cursor| cursor.parse().map_err(|_| ReadError::BadCursor))?;
    let query = Query::of(text);
    let mut answer = SearchAnswer {
        as_of,
        rows: Vec::new(),
        too_many: false,
        next: None,
    };
    if query.plain.is_empty() {
        return Ok(answer);
    }
    let (candidates, too_many) = candidates(overlay, &query)?;
    let mut found: BTreeMap<Id, Best> = BTreeMap::new();
    for (id, nth) in candidates {
        let value = overlay.get(&named_key(Key::of(NAME), id.0, &id.1, nth))?;
        let named = unpack_named(&value.ok_or(StoreError::Damaged { what: "name" })?)?;
        let Some(fits) = query.fits(id.0, named.form, &named.text) else {
            continue;
        };
        let best = (fits, !named.now, named.form, named.text);
        let better = found
            .get(&id)
            .is_none_or(|known| (best.0, best.1, best.2 as u8) < (known.0, known.1, known.2 as u8));
        if better {
            found.insert(id, best);
        }
    }
    let mut rows = Vec::new();
    for (id, best) in found {
        rows.push(named_row(overlay, id, best)?);
    }
    let (codes, more_codes) = by_code(overlay, &query, journal)?;
    rows.extend(codes);
    answer.too_many = too_many || more_codes;
    let order = |row: &FoundRow| {
        let name = row.name.as_deref().unwrap_or(&row.id);
        (
            row.fits,
            folded(name).join(" "),
            name.to_owned(),
            row.kind.word(),
            row.id.clone(),
        )
    };
    rows.sort_by_cached_key(order);
    if skip.saturating_add(limit) < rows.len() {
        answer.next = Some((skip + limit).to_string());
    }
    answer.rows = rows.into_iter().skip(skip).take(limit).collect();
    Ok(answer)
}

/// The names that may fit: those that begin with all that was typed, and those with its rarest word.
fn candidates(overlay: &Overlay, query: &Query) -> Result<(Vec<(Id, u16)>, bool), StoreError> {
    let Some(longest) = query.folded.iter().max_by_key(|word| word.len()) else {
        return Ok((Vec::new(), false));
    };
    let (mut found, mut too_many) = begun(overlay, NAME_WHOLE, &query.whole)?;
    let mut rarest: Option<Vec<(Id, u16)>> = None;
    // Each word is looked up as far as it could still be the rarest.
    for word in std::iter::once(longest).chain(&query.folded) {
        let (names, more) = begun(overlay, NAME_WORD, word)?;
        if !more && rarest.as_ref().is_none_or(|rarest| names.len() < rarest.len()) {
            rarest = Some(names);
        }
    }
    match rarest {
        Some(names) => found.extend(names),
        None => {
            let (names, more) = begun(overlay, NAME_WORD, longest)?;
            too_many |= more;
            found.extend(names);
        }
    }
    Ok((found, too_many))
}

/// The names under a text of an index, and under all that it begins.
fn begun(overlay: &Overlay, table: u8, text: &str) -> Result<(Vec<(Id, u16)>, bool), StoreError> {
    let mut names = Vec::new();
    for pair in overlay.prefix(&Key::of(table).bytes(text.as_bytes()).0) {
        if names.len() == CANDIDATES_MAX {
            return Ok((names, true));
        }
        let (key, _) = pair?;
        let read = || {
            let mut rest = &key[1..];
            take_text(&mut rest)?;
            let (subject, after) = rest.split_first()?;
            rest = after;
            let id = take_text(&mut rest)?.to_owned();
            let nth = u16::from_be_bytes(rest.try_into().ok()?);
            Some(((*Subject::ALL.get(usize::from(*subject))?, id), nth))
        };
        names.push(read().ok_or(StoreError::Damaged {
            what: "index of names",
        })?);
    }
    Ok((names, false))
}

fn named_row(overlay: &Overlay, (subject, id): Id, best: Best) -> Result<FoundRow, StoreError> {
    let (fits, former_name, form, text) = best;
    let names = names_of(overlay, subject, &id)?;
    let name = names
        .into_iter()
        .find(|name| name.now && name.form == Form::Name)
        .map(|name| name.text);
    let (programme, id) = match id.split_once(' ') {
        Some((programme, label)) => (Slug::new(programme), label.to_owned()),
        None => (None, id),
    };
    let place = match (subject, Slug::new(&id)) {
        (Subject::Place, Some(slug)) => found_place(overlay, slug)?,
        _ => None,
    };
    Ok(FoundRow {
        kind: subject.kind(),
        matched: (name.as_ref() != Some(&text) && (text != id || form == Form::Name)).then_some(text),
        former_name,
        id,
        name,
        fits,
        programme,
        place,
        seq: None,
        on: None,
        reversed_by: None,
    })
}

fn found_place(overlay: &Overlay, slug: Slug) -> Result<Option<FoundPlace>, StoreError> {
    let Some(place) = Place::load(overlay, &slug)? else {
        return Ok(None);
    };
    let PlaceRow {
        kind,
        parent,
        code,
        valid_from,
        valid_to,
        succeeded_on,
        successors,
        ..
    } = place_row(overlay, slug, place)?;
    let parent_name = match &parent {
        Some(parent) => Place::load(overlay, parent)?.map(|parent| parent.name),
        None => None,
    };
    Ok(Some(FoundPlace {
        kind,
        parent,
        parent_name,
        code,
        valid_from,
        valid_to,
        succeeded_on,
        successors,
    }))
}

/// Entries whose code is what was typed or begins with it.
fn by_code(
    overlay: &Overlay,
    query: &Query,
    journal: &dyn Journal,
) -> Result<(Vec<FoundRow>, bool), ReadError> {
    let typed = query.plain.to_ascii_uppercase();
    let mut rows = Vec::new();
    let exact = Code::new(&typed);
    if let Some(code) = &exact
        && let Some(seq) = journal.seq_of_code(code)
    {
        rows.extend(code_row(journal, code.as_str(), seq, Match::Exact)?);
    }
    // Two letters and the dash fit half a ledger.
    if typed.len() < 4 || !typed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Ok((rows, false));
    }
    let prefix = Key::of(CODE).bytes(typed.as_bytes()).0;
    for pair in overlay.range(&prefix, &after_prefix(&prefix), Direction::Forward) {
        let (key, value) = pair?;
        let read = || Some((take_text(&mut &key[1..])?, take_number(&mut value.as_slice())?));
        let (code, seq) = read().ok_or(StoreError::Damaged { what: "code" })?;
        if exact.as_ref().is_some_and(|exact| exact.as_str() == code) {
            continue;
        }
        if SEARCH_PAGE < rows.len() {
            return Ok((rows, true));
        }
        rows.extend(code_row(journal, code, seq, Match::Prefix)?);
    }
    Ok((rows, false))
}

fn code_row(journal: &dyn Journal, code: &str, seq: u64, fits: Match) -> Result<Option<FoundRow>, ReadError> {
    let Some(node) = Node::of(&*entry_of(journal, seq)?) else {
        return Ok(None);
    };
    // A purchase, transfer or return gives lots their codes too.
    let kind = if node.code.as_str() == code {
        node.kind
    } else {
        Kind::Lot
    };
    Ok(Some(FoundRow {
        kind: FoundKind::of(kind),
        id: code.to_owned(),
        name: None,
        fits,
        matched: None,
        former_name: false,
        programme: None,
        place: None,
        seq: Some(seq),
        on: Some(node.on),
        reversed_by: journal.is_reversed(seq),
    }))
}
