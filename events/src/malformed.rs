//! What is wrong with the form of a line: where it is, and what was expected there.

use std::fmt;

/// A line that is not of the required form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where: `draws[0].quantity`, or empty for the line as a whole.
    pub field: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong at one place of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not JSON at all, or a key given twice; the parser's words.
    NotJson {
        /// The byte, from 1, at which the parser stopped.
        byte: usize,
        /// The parser's words, in English.
        what: String,
    },
    /// Not in the one accepted spelling: white space, order of keys, escapes.
    NotCanonical {
        /// The first byte, from 0, that differs from the canonical spelling.
        byte: usize,
    },
    /// A required field is absent.
    Missing,
    /// A field that this event does not have.
    Unknown,
    /// `null` where a value or nothing belongs.
    Null,
    /// Another kind of JSON value was expected: `text`, `list`, `object`, `integer`.
    Expected(&'static str),
    /// The text does not have the form its type demands.
    Form(Form),
    /// One of these words was expected.
    OneOf(&'static [&'static str]),
    /// More characters than the field takes.
    TooLong {
        /// The most characters it takes.
        max: usize,
    },
    /// Nothing but white space.
    Empty,
    /// The text is not in Unicode normalisation form C.
    NotNfc,
    /// An integer outside its bounds.
    OutOfBounds {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// A latitude or longitude beyond its bounds.
    Degrees {
        /// The most, north or south, east or west.
        max: u64,
    },
    /// A list names the same thing twice, or a list that must not be empty is.
    Twice,
    /// A list that must name something is empty.
    EmptyList,
    /// More decimals than this currency has.
    Decimals {
        /// The currency.
        currency: String,
        /// Decimals of its minor unit.
        digits: u32,
    },
    /// A period, or a span of validity, that ends before it begins.
    EndsBeforeBegin,
    /// `despite` lifts nothing here: the rule was not broken, or cannot be lifted.
    DespiteNotNeeded {
        /// The rejection that `despite` names.
        code: String,
    },
    /// `reason` without `despite`.
    ReasonWithoutDespite,
    /// `despite` without `reason`.
    DespiteWithoutReason,
    /// A donor is named although the gift is displayed as anonymous.
    AnonymousDonor,
    /// `at` is only allowed in a ledger of kind demo.
    AtOutsideDemo,
    /// A place that would lie under itself, or a programme that would carry over to itself.
    UnderItself,
    /// A purchase from a natural person needs the commitment of its paper, because the supplier is left out.
    NeitherSupplierNorCommitment,
    /// Neither accepted nor rejected anything.
    NothingInspected,
    /// What is rejected needs a reason.
    RejectedWithoutReason,
    /// One step of provenance more than is followed.
    TooDeep {
        /// The most steps.
        max: u64,
    },
    /// Not the hash of the last entry at this size.
    OtherHead,
}

/// The forms a text can be required to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A transaction's code.
    Code,
    /// A slug.
    Slug,
    /// A code or slug.
    Reference,
    /// A label inside a programme.
    Label,
    /// An actor's code.
    Actor,
    /// An idempotency key.
    Key,
    /// A quantity above zero.
    Quantity,
    /// A quantity of zero or more.
    Amount,
    /// Whole đồng.
    Vnd,
    /// A signed decimal.
    Decimal,
    /// A fraction in lowest terms.
    Fraction,
    /// A date.
    Date,
    /// A day of the year.
    MonthDay,
    /// An instant.
    Timestamp,
    /// 64 hexadecimal digits.
    Hash,
    /// A currency or a registered item's slug.
    Item,
    /// A unit of UN Recommendation 20.
    Unit,
    /// A media type.
    MediaType,
    /// A log's origin.
    Origin,
    /// A receipt's serial number.
    Serial,
}

impl Form {
    /// Says what the form is, with an example, in English. The name in [`Form::name`] keys other languages.
    pub fn english(self) -> &'static str {
        match self {
            Form::Code => "a code of 3 to 40 characters A-Z, 0-9 and -, like RC-7K2Q9M4XX",
            Form::Slug => "a slug of 2 to 60 characters a-z, 0-9 and -, like ba-vi",
            Form::Reference => "a code like RC-7K2Q9M4XX or a slug like ba-vi",
            Form::Label => "a label of 1 to 60 characters A-Z, a-z, 0-9, '.', '_' and -, like CLO-WRM",
            Form::Actor => "an actor's code of 1 to 64 characters A-Z, a-z, 0-9, '.', '_', ':' and -",
            Form::Key => "a key of 1 to 64 characters A-Z, a-z, 0-9, '.', '_', ':' and -",
            Form::Quantity => {
                "a quantity above zero as text, like \"1500000\" or \"2.5\", with at most 15 digits and 3 decimals"
            }
            Form::Amount => {
                "a quantity of zero or more as text, like \"0\" or \"2.5\", with at most 15 digits and 3 decimals"
            }
            Form::Vnd => "whole đồng as text, like \"1500000\", with at most 15 digits",
            Form::Decimal => "a decimal as text, like \"21.0581\" or \"-3.5\"",
            Form::Fraction => "a fraction as text, like \"1/3\"",
            Form::Date => "a date like 2026-11-22",
            Form::MonthDay => "a day of the year like 11-30",
            Form::Timestamp => "an instant in UTC like 2026-11-22T01:11:00.123Z",
            Form::Hash => "64 lower-case hexadecimal digits",
            Form::Item => "a currency like VND or the slug of a registered item",
            Form::Unit => "a unit code of UN Recommendation 20, like H87",
            Form::MediaType => "a media type like application/pdf",
            Form::Origin => {
                "an address without scheme, spaces or + and without a slash at its end, like so.example.vn/hanoi"
            }
            Form::Serial => "a serial number like quy-tre-em/2026/000001",
        }
    }

    /// The form's name in text files and answers.
    pub fn name(self) -> &'static str {
        match self {
            Form::Code => "code",
            Form::Slug => "slug",
            Form::Reference => "reference",
            Form::Label => "label",
            Form::Actor => "actor",
            Form::Key => "key",
            Form::Quantity => "quantity",
            Form::Amount => "amount",
            Form::Vnd => "vnd",
            Form::Decimal => "decimal",
            Form::Fraction => "fraction",
            Form::Date => "date",
            Form::MonthDay => "month_day",
            Form::Timestamp => "timestamp",
            Form::Hash => "hash",
            Form::Item => "item",
            Form::Unit => "unit",
            Form::MediaType => "media_type",
            Form::Origin => "origin",
            Form::Serial => "serial",
        }
    }
}

impl Malformed {
    /// Names a problem at a place.
    pub fn new(field: impl Into<String>, problem: Problem) -> Malformed {
        Malformed {
            field: field.into(),
            problem,
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            write!(f, "the line: {}", self.problem)
        } else {
            write!(f, "field {}: {}", self.field, self.problem)
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::NotJson { byte, what } => write!(f, "not JSON at byte {byte}: {what}"),
            Problem::NotCanonical { byte } => {
                write!(
                    f,
                    "not in canonical form at byte {byte}: white space, order of keys or escaping differ"
                )
            }
            Problem::Missing => f.write_str("required but missing"),
            Problem::Unknown => f.write_str("this event has no such field"),
            Problem::Null => f.write_str("null is not allowed; leave the field out"),
            Problem::Expected(kind) => write!(f, "expected {kind}"),
            Problem::Form(form) => write!(f, "expected {}", form.english()),
            Problem::OneOf(words) => write!(f, "expected one of {}", words.join(", ")),
            Problem::TooLong { max } => write!(f, "longer than {max} characters"),
            Problem::Empty => f.write_str("must not be empty"),
            Problem::NotNfc => f.write_str("not in Unicode normalisation form C"),
            Problem::OutOfBounds { min, max } => write!(f, "must be an integer from {min} to {max}"),
            Problem::Degrees { max } => write!(f, "must be from -{max} to {max} degrees"),
            Problem::Twice => f.write_str("named twice"),
            Problem::EmptyList => f.write_str("the list must not be empty"),
            Problem::Decimals { currency, digits } => write!(f, "{currency} takes at most {digits} decimals"),
            Problem::EndsBeforeBegin => f.write_str("ends before it begins"),
            Problem::DespiteNotNeeded { code } => {
                write!(f, "nothing to lift: {code} was not broken or cannot be lifted")
            }
            Problem::ReasonWithoutDespite => f.write_str("a reason is given only together with despite"),
            Problem::DespiteWithoutReason => f.write_str("despite needs a reason"),
            Problem::AnonymousDonor => f.write_str("an anonymous gift must not name its donor"),
            Problem::AtOutsideDemo => {
                f.write_str("only a ledger of kind demo takes the time from the proposal")
            }
            Problem::UnderItself => {
                f.write_str("a place cannot lie under itself, nor a programme follow itself")
            }
            Problem::NeitherSupplierNorCommitment => {
                f.write_str("required where no supplier is named: the commitment of the supplier's paper")
            }
            Problem::NothingInspected => f.write_str("accepted and rejected cannot both be 0"),
            Problem::RejectedWithoutReason => f.write_str("required when something is rejected"),
            Problem::TooDeep { max } => {
                write!(
                    f,
                    "this would be more than {max} purchases, transfers and returns after the gift"
                )
            }
            Problem::OtherHead => f.write_str("not the hash of the last entry at that size"),
        }
    }
}

impl std::error::Error for Malformed {}
