//! Why a proposal is refused: a code for programs, a sentence for people, and the data behind both.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use minhbach_events::words::RejectionCode;
use minhbach_events::{Amount, Date, ENTRY_BYTES_MAX, EntryError, Item, Malformed, Problem};
use serde::ser::{Serialize, SerializeMap, Serializer};

static_loader! {
    static SENTENCES = {
        locales: "./texts",
        fallback_language: "vi",
        // Marks of direction around every name would be seen on a terminal; both languages run left to right.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The languages every sentence exists in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Tiếng Việt, first.
    Vietnamese,
    /// English.
    English,
}

impl Language {
    fn identifier(self) -> &'static LanguageIdentifier {
        static IDENTIFIERS: LazyLock<[LanguageIdentifier; 2]> =
            LazyLock::new(|| ["vi", "en"].map(|name| name.parse().expect("a language tag")));
        &IDENTIFIERS[self as usize]
    }
}

macro_rules! reasons {
    ($($code:ident: $($reason:ident = $id:literal),+;)+) => {
        /// What exactly was wrong. Each belongs to one code and has a sentence under its name in the text files.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the sentence in texts/en/rejections.ftl says what each means")]
        pub enum Reason { $($($reason),+),+ }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$($(Reason::$reason),+),+];
            /// The rejection it belongs to.
            pub fn code(self) -> RejectionCode {
                match self { $($(Reason::$reason)|+ => RejectionCode::$code),+ }
            }
            /// Its name in the text files.
            pub fn id(self) -> &'static str {
                match self { $($(Reason::$reason => $id),+),+ }
            }
        }
    };
}

reasons! {
    TooLarge: TooLarge = "too-large", EntryTooLarge = "entry-too-large";
    Malformed: Form = "malformed", FormLine = "malformed-line";
    UnknownType: UnknownType = "unknown-type";
    NotAuthorised: OtherPost = "other-post", NoDuty = "no-duty", NoParty = "no-party",
        OtherReceiver = "other-receiver", OtherParty = "other-party";
    IdempotencyConflict: KeyUsed = "key-used";
    PersonalData: Email = "personal-email", LongNumber = "personal-number";
    DuplicateCode: CodeUsed = "code-used", CodeTwice = "code-twice", SlugUsed = "slug-used",
        RoleHeld = "role-held", OpenedTwice = "opened-twice";
    UnknownReference: Unknown = "unknown", Reversed = "reversed", UnknownInside = "unknown-inside",
        NotOpened = "not-opened", NoEntry = "no-entry", SeveralGifts = "several-gifts", RefundOfPool = "refund-of-pool", InPool = "in-pool",
        NoRole = "no-role";
    Closed: CampaignNotOpen = "campaign-not-open", CampaignOver = "campaign-over",
        ProgrammeClosed = "programme-closed", AlreadyClosed = "already-closed", AlreadySucceeded = "already-succeeded",
        NeedClosed = "need-closed", FindingClosed = "finding-closed", DeliveryAnswered = "delivery-answered",
        DeliveryDisputed = "delivery-disputed", NotDisputed = "not-disputed";
    OutOfPeriod: InFuture = "in-future", OutsideProgramme = "outside-programme", BeforeEarlier = "before-earlier";
    OutOfScope: PlaceNotInScope = "place-not-in-scope", PlaceNotValid = "place-not-valid",
        GroupNotInCategory = "group-not-in-category", GroupMissing = "group-missing",
        DeliveredElsewhere = "delivered-elsewhere", PlaceTooWide = "place-too-wide";
    ItemMismatch: PoolFund = "pool-fund", PoolItem = "pool-item", PledgeItem = "pledge-item", LotItem = "lot-item",
        ItemCategory = "item-category", NeedDiffers = "need-differs", SpendsGoods = "spends-goods",
        ObtainsMoney = "obtains-money", SeveralFunds = "several-funds", SeveralCurrencies = "several-currencies",
        InspectsMoney = "inspects-money",
        ItemUsed = "item-used";
    ValueMismatch: VndValue = "vnd-value", PurchaseValue = "purchase-value";
    SourceNotPermitted: PoolSource = "pool-source", CategorySource = "category-source";
    RestrictionViolated: BoundProgramme = "bound-programme", BoundCategory = "bound-category", BoundPlace = "bound-place",
        BoundGroup = "bound-group", BoundNeed = "bound-need", BoundUntil = "bound-until",
        BoundItem = "bound-item";
    RestrictionConflict: NothingLeft = "nothing-left", PoolRestriction = "pool-restriction";
    Expired: Expired = "expired";
    SmallGroup: PlaceTooFine = "place-too-fine", ReceiverTooFine = "receiver-too-fine",
        NeedTooFine = "need-too-fine", PlaceUsed = "place-used", NoChildren = "no-children";
    FourEyes: SameActor = "same-actor", SameFinder = "same-finder";
    InsufficientQuantity: NotInLot = "not-in-lot", NotInAllocation = "not-in-allocation",
        NotOutstanding = "not-outstanding", MoreThanDelivered = "more-than-delivered",
        NotReturnable = "not-returnable", MoreThanReceived = "more-than-received", NotInReceipt = "not-in-receipt";
    ReversalBlocked: NotReversible = "not-reversible", AlreadyReversed = "already-reversed", InTheWay = "in-the-way",
        DrawnPool = "drawn-pool";
}

/// A fact that a sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum {
    /// A code or a name.
    Text(String),
    /// A day; each language writes it its own way.
    Day(Date),
    /// A quantity; each language groups its digits its own way.
    Quantity(Amount),
    /// What a quantity is of.
    Of(Item),
    /// A count or a seq.
    Number(u64),
    /// Seqs.
    Seqs(Vec<u64>),
    /// A word of the books, like `pool`; the text files have it as `word-pool`.
    Word(&'static str),
    /// Several such words, of which one will do.
    Words(Vec<&'static str>),
}

/// A refused proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    reason: Reason,
    problem: Option<Problem>,
    data: Vec<(&'static str, Datum)>,
}

impl Rejection {
    /// Refuses for a reason.
    pub fn new(reason: Reason) -> Rejection {
        Rejection {
            reason,
            problem: None,
            data: Vec::new(),
        }
    }
    /// Names a fact.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Rejection {
        self.data.push((name, Datum::Text(value.to_string())));
        self
    }
    /// Names a day.
    pub fn date(mut self, name: &'static str, day: Date) -> Rejection {
        self.data.push((name, Datum::Day(day)));
        self
    }
    /// Names a quantity.
    pub fn quantity(mut self, name: &'static str, quantity: Amount) -> Rejection {
        self.data.push((name, Datum::Quantity(quantity)));
        self
    }
    /// Names what quantities are of.
    pub fn of(mut self, item: &Item) -> Rejection {
        self.data.push(("item", Datum::Of(item.clone())));
        self
    }
    /// Names a count.
    pub fn count(mut self, name: &'static str, number: u64) -> Rejection {
        self.data.push((name, Datum::Number(number)));
        self
    }
    /// Names a thing by its word, which each language has its own for.
    pub fn word(mut self, name: &'static str, word: &'static str) -> Rejection {
        self.data.push((name, Datum::Word(word)));
        self
    }
    /// Names things by their words.
    pub fn words(mut self, name: &'static str, words: impl Iterator<Item = &'static str>) -> Rejection {
        self.data.push((name, Datum::Words(words.collect())));
        self
    }
    /// Names the first 20 entries in the way, and how many there are.
    pub fn entries(mut self, seqs: &[u64]) -> Rejection {
        self.data
            .push(("entries", Datum::Seqs(seqs.iter().copied().take(20).collect())));
        self.count("count", seqs.len() as u64)
    }
    /// The code for programs.
    pub fn code(&self) -> RejectionCode {
        self.reason.code()
    }
    /// What exactly was wrong.
    pub fn reason(&self) -> Reason {
        self.reason
    }
    /// The sentence.
    pub fn message(&self, language: Language) -> String {
        let identifier = language.identifier();
        let mut arguments: HashMap<std::borrow::Cow<'static, str>, FluentValue<'_>> = HashMap::new();
        for (name, datum) in &self.data {
            let value = match datum {
                Datum::Text(text) => FluentValue::from(text.as_str()),
                Datum::Day(day) => FluentValue::from(written_day(*day, language)),
                Datum::Quantity(quantity) => FluentValue::from(written_quantity(*quantity, language)),
                Datum::Of(item) if item.is_vnd() => FluentValue::from("đồng"),
                Datum::Of(item) => FluentValue::from(item.as_str()),
                // As text: a seq is not a quantity and takes no separators.
                Datum::Number(number) => FluentValue::from(number.to_string()),
                Datum::Seqs(seqs) => {
                    FluentValue::from(seqs.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
                }
                Datum::Word(word) => FluentValue::from(written_word(word, language)),
                Datum::Words(words) => {
                    let words = words.iter().map(|word| written_word(word, language));
                    FluentValue::from(words.collect::<Vec<_>>().join(", "))
                }
            };
            arguments.insert((*name).into(), value);
        }
        if let Some(problem) = &self.problem {
            arguments.insert(
                "problem".into(),
                FluentValue::from(problem_text(problem, language)),
            );
        }
        SENTENCES.lookup_with_args(identifier, self.reason.id(), &arguments)
    }
}

impl From<Malformed> for Rejection {
    fn from(malformed: Malformed) -> Rejection {
        let reason = if malformed.field.is_empty() {
            Reason::FormLine
        } else {
            Reason::Form
        };
        let mut rejection = Rejection {
            reason,
            problem: Some(malformed.problem),
            data: Vec::new(),
        };
        if reason == Reason::Form {
            rejection = rejection.with("field", malformed.field);
        }
        rejection
    }
}

impl From<EntryError> for Rejection {
    fn from(error: EntryError) -> Rejection {
        match error {
            EntryError::TooLarge { bytes } => Rejection::new(Reason::TooLarge)
                .count("bytes", bytes as u64)
                .count("max", ENTRY_BYTES_MAX as u64),
            EntryError::Malformed(malformed) => malformed.into(),
            EntryError::UnknownType(name) => Rejection::new(Reason::UnknownType).with("type", name),
        }
    }
}

fn written_word(word: &str, language: Language) -> String {
    SENTENCES.lookup(language.identifier(), &format!("word-{word}"))
}

/// A day in a sentence: 22/11/2026, or 2026-11-22 in English.
fn written_day(day: Date, language: Language) -> String {
    match language {
        Language::Vietnamese => format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year()),
        Language::English => day.to_string(),
    }
}

/// A quantity in a sentence: 1.234,5, or 1,234.5 in English.
fn written_quantity(quantity: Amount, language: Language) -> String {
    let (group, point) = match language {
        Language::Vietnamese => ('.', ','),
        Language::English => (',', '.'),
    };
    let plain = quantity.to_string();
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut written = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if 0 < place && (whole.len() - place).is_multiple_of(3) {
            written.push(group);
        }
        written.push(digit);
    }
    if !decimals.is_empty() {
        written.push(point);
        written.push_str(decimals);
    }
    written
}

/// Says what is wrong with the form of a field.
pub fn problem_text(problem: &Problem, language: Language) -> String {
    let mut arguments: HashMap<std::borrow::Cow<'static, str>, FluentValue<'_>> = HashMap::new();
    let mut set = |name: &'static str, value: String| arguments.insert(name.into(), FluentValue::from(value));
    let id = match problem {
        Problem::NotJson { byte, what } => {
            set("byte", byte.to_string());
            set("what", what.clone());
            "problem-not-json".to_owned()
        }
        Problem::NotCanonical { byte } => {
            set("byte", byte.to_string());
            "problem-not-canonical".to_owned()
        }
        Problem::Missing => "problem-missing".to_owned(),
        Problem::Unknown => "problem-unknown".to_owned(),
        Problem::Null => "problem-null".to_owned(),
        Problem::Expected(kind) => format!("problem-expected-{kind}"),
        Problem::Form(form) => format!("form-{}", form.name().replace('_', "-")),
        Problem::OneOf(words) => {
            set("words", words.join(", "));
            "problem-one-of".to_owned()
        }
        Problem::TooLong { max } => {
            set("max", max.to_string());
            "problem-too-long".to_owned()
        }
        Problem::Empty => "problem-empty".to_owned(),
        Problem::NotNfc => "problem-not-nfc".to_owned(),
        Problem::OutOfBounds { min, max } => {
            set("min", min.to_string());
            set("max", max.to_string());
            "problem-out-of-bounds".to_owned()
        }
        Problem::Degrees { max } => {
            set("max", max.to_string());
            "problem-degrees".to_owned()
        }
        Problem::Twice => "problem-twice".to_owned(),
        Problem::EmptyList => "problem-empty-list".to_owned(),
        Problem::Decimals { currency, digits } => {
            set("currency", currency.clone());
            set("digits", digits.to_string());
            "problem-decimals".to_owned()
        }
        Problem::EndsBeforeBegin => "problem-ends-before-begin".to_owned(),
        Problem::DespiteNotNeeded { code } => {
            set("code", code.clone());
            "problem-despite-not-needed".to_owned()
        }
        Problem::ReasonWithoutDespite => "problem-reason-without-despite".to_owned(),
        Problem::DespiteWithoutReason => "problem-despite-without-reason".to_owned(),
        Problem::AnonymousDonor => "problem-anonymous-donor".to_owned(),
        Problem::AtOutsideDemo => "problem-at-outside-demo".to_owned(),
        Problem::UnderItself => "problem-under-itself".to_owned(),
        Problem::NeitherSupplierNorCommitment => "problem-neither-supplier-nor-commitment".to_owned(),
        Problem::NothingInspected => "problem-nothing-inspected".to_owned(),
        Problem::RejectedWithoutReason => "problem-rejected-without-reason".to_owned(),
        Problem::TooDeep { max } => {
            set("max", max.to_string());
            "problem-too-deep".to_owned()
        }
        Problem::OtherHead => "problem-other-head".to_owned(),
    };
    SENTENCES.lookup_with_args(language.identifier(), &id, &arguments)
}

/// `{"code":…,"message":{"vi":…,"en":…},"detail":{…}}`
impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Message<'a>(&'a Rejection);
        impl Serialize for Message<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("vi", &self.0.message(Language::Vietnamese))?;
                map.serialize_entry("en", &self.0.message(Language::English))?;
                map.end()
            }
        }
        struct Detail<'a>(&'a Rejection);
        impl Serialize for Detail<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("reason", self.0.reason.id())?;
                for (name, datum) in &self.0.data {
                    match datum {
                        Datum::Text(text) => map.serialize_entry(name, text)?,
                        Datum::Day(day) => map.serialize_entry(name, day)?,
                        Datum::Quantity(quantity) => map.serialize_entry(name, quantity)?,
                        Datum::Of(item) => map.serialize_entry(name, item)?,
                        Datum::Number(number) => map.serialize_entry(name, number)?,
                        Datum::Seqs(seqs) => map.serialize_entry(name, seqs)?,
                        Datum::Word(word) => map.serialize_entry(name, word)?,
                        Datum::Words(words) => map.serialize_entry(name, words)?,
                    }
                }
                if let Some(problem) = &self.0.problem {
                    map.serialize_entry("problem", &problem.to_string())?;
                }
                map.end()
            }
        }
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("code", self.code().word())?;
        map.serialize_entry("message", &Message(self))?;
        map.serialize_entry("detail", &Detail(self))?;
        map.end()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message(Language::English))
    }
}

impl std::error::Error for Rejection {}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(language: &str) -> Vec<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("texts")
            .join(language);
        let mut keys = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            keys.extend(
                text.lines()
                    .filter_map(|line| line.split_once(" = ").map(|(key, _)| key.trim().to_owned())),
            );
        }
        keys.retain(|key| !key.starts_with('#') && !key.contains('['));
        keys.sort();
        keys
    }

    #[test]
    fn every_reason_has_a_sentence_in_both_languages() {
        assert_eq!(keys("vi"), keys("en"));
        for reason in Reason::ALL {
            assert!(
                keys("en").iter().any(|key| key == reason.id()),
                "{} has no sentence",
                reason.id()
            );
        }
    }

    #[test]
    fn sentences_name_their_facts() {
        let rejection = Rejection::new(Reason::NotInLot)
            .with("lot", "RC-7K2Q9M4XX")
            .quantity("requested", Amount(1_234_500))
            .quantity("available", Amount(5_000))
            .date("date", Date::new(2026, 11, 2).unwrap())
            .with("item", "ao-am");
        for language in [Language::Vietnamese, Language::English] {
            let sentence = rejection.message(language);
            let requested = if language == Language::English {
                "1,234.5"
            } else {
                "1.234,5"
            };
            for fact in ["RC-7K2Q9M4XX", requested, " 5 ", "ao-am"] {
                assert!(sentence.contains(fact), "{sentence}");
            }
        }
        assert_ne!(
            rejection.message(Language::Vietnamese),
            rejection.message(Language::English)
        );
    }
}
