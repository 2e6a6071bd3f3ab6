//! Codes of transactions and slugs of things that stay.

use compact_str::CompactString;
use serde_json::{Value, json};

use crate::field::{Context, Field, Mode, read_text};
use crate::json::Json;
use crate::malformed::{Form, Malformed, Problem};
use crate::text::formed;

fn is_code(text: &str) -> bool {
    (3..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && text.as_bytes()[0] != b'-'
}

fn is_slug(text: &str) -> bool {
    (2..=60).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && text.as_bytes()[0] != b'-'
}

formed! {
    /// The code of a donation, receipt, lot, allocation, delivery or other transaction: unique for ever.
    Code, Form::Code, "^[A-Z0-9][A-Z0-9-]{2,39}$", private: true, is_code
}

formed! {
    /// The name of a programme, place, item, party, campaign or pool: unique for its kind.
    Slug, Form::Slug, "^[a-z0-9][a-z0-9-]{1,59}$", private: true, is_slug
}

formed! {
    /// A code or a slug: what is drawn on (a lot or a pool), or what a paper or finding is about.
    Reference, Form::Reference, "^([A-Z0-9][A-Z0-9-]{2,39}|[a-z0-9][a-z0-9-]{1,59})$", private: true,
    |text| is_code(text) || is_slug(text)
}

impl Reference {
    /// The code, if it is one. A word of digits only could be both; codes come first.
    pub fn as_code(&self) -> Option<Code> {
        Code::new(self.as_str())
    }
    /// The slug, if it is one.
    pub fn as_slug(&self) -> Option<Slug> {
        Slug::new(self.as_str())
    }
}

impl From<&Code> for Reference {
    fn from(code: &Code) -> Reference {
        Reference::new(code.as_str()).expect("every code is a reference")
    }
}

impl From<&Slug> for Reference {
    fn from(slug: &Slug) -> Reference {
        Reference::new(slug.as_str()).expect("every slug is a reference")
    }
}

/// What a code stands for, written as its first two letters when the ledger makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// `DN`
    Donation,
    /// `RC`
    Receipt,
    /// `PU`
    Purchase,
    /// `LT`
    Lot,
    /// `TR`
    Transfer,
    /// `AL`
    Allocation,
    /// `DL`
    Delivery,
    /// `RF`
    Refund,
    /// `WO`
    WriteOff,
    /// `EX`
    Expense,
    /// `ND`
    Need,
    /// `SP`
    Sponsorship,
    /// `EV`
    Evidence,
    /// `RG`
    Recognition,
    /// `IN`
    Inspection,
    /// `FI`
    Finding,
}

impl Prefix {
    /// The two letters.
    pub fn letters(self) -> &'static str {
        match self {
            Prefix::Donation => "DN",
            Prefix::Receipt => "RC",
            Prefix::Purchase => "PU",
            Prefix::Lot => "LT",
            Prefix::Transfer => "TR",
            Prefix::Allocation => "AL",
            Prefix::Delivery => "DL",
            Prefix::Refund => "RF",
            Prefix::WriteOff => "WO",
            Prefix::Expense => "EX",
            Prefix::Need => "ND",
            Prefix::Sponsorship => "SP",
            Prefix::Evidence => "EV",
            Prefix::Recognition => "RG",
            Prefix::Inspection => "IN",
            Prefix::Finding => "FI",
        }
    }
}

/// Crockford's base 32: no I, L, O, U, which are misread or spell words.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ALPHANUMERIC: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The check character of ISO 7064 MOD 37,36 over letters and digits; `None` for any other character.
pub fn check_character(text: &str) -> Option<char> {
    let mut product = 36;
    for byte in text.bytes() {
        let value = ALPHANUMERIC.iter().position(|&c| c == byte)?;
        let sum = (product + value) % 36;
        product = (if sum == 0 { 36 } else { sum }) * 2 % 37;
    }
    Some(char::from(ALPHANUMERIC[(37 - product) % 36]))
}

impl Code {
    /// Makes a code of 40 random bits.
    ///
    /// `None` when the draw has to be repeated: the check character is one of I, L, O, U, or so many digits
    /// came together that the code could be taken for a telephone number.
    pub fn made(prefix: Prefix, random: u64) -> Option<Code> {
        let mut code = CompactString::new(prefix.letters());
        for position in (0..8).rev() {
            code.push(char::from(CROCKFORD[(random >> (5 * position) & 31) as usize]));
        }
        let check = check_character(&code)?;
        if matches!(check, 'I' | 'L' | 'O' | 'U') {
            return None;
        }
        code.insert(2, '-');
        code.push(check);
        (code.bytes().filter(u8::is_ascii_digit).count() < 9).then_some(Code(code))
    }
}

/// A code that the ledger makes where the proposal gives none.
///
/// Invariant: present in every entry.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct NewCode(pub Option<Code>);

impl NewCode {
    /// The code.
    ///
    /// # Panics
    ///
    /// Panics on a proposal's code that the ledger has not made yet.
    pub fn get(&self) -> &Code {
        self.0.as_ref().expect("every code of a decided event is made")
    }
}

impl Field for NewCode {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        Code::read(json, context).map(|code| NewCode(Some(code)))
    }
    fn schema() -> Value {
        Code::schema()
    }
    fn absent(mode: Mode) -> Option<Self> {
        (mode == Mode::Proposal).then(NewCode::default)
    }
    fn is_absent(&self) -> bool {
        self.0.is_none()
    }
    fn texts(&self, seen: &mut dyn FnMut(&str)) {
        self.0.texts(seen);
    }
    fn name(&self) -> Option<&str> {
        self.0.as_ref().map(Code::as_str)
    }
}

impl From<Code> for NewCode {
    fn from(code: Code) -> NewCode {
        NewCode(Some(code))
    }
}

/// A receipt's number in its fund's book of a year, `<fund>/<year>/<at least 6 digits>`; given by the ledger.
///
/// Invariant: present in every entry, absent in every proposal.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Serial(Option<CompactString>);

impl Serial {
    /// Writes the number.
    pub fn new(fund: &Slug, year: i32, number: u64) -> Serial {
        Serial(Some(compact_str::format_compact!("{fund}/{year:04}/{number:06}")))
    }

    /// Fund, year and number.
    pub fn parts(&self) -> Option<(Slug, i32, u64)> {
        let mut parts = self.0.as_ref()?.split('/');
        let (fund, year, number) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let padded = number.len() == 6 || (number.len() > 6 && !number.starts_with('0'));
        if parts.next().is_some() || year.len() != 4 || !digits(year) || !digits(number) || !padded {
            return None;
        }
        Some((
            Slug::new(fund)?,
            year.parse().ok()?,
            number.parse().ok().filter(|&number| number > 0)?,
        ))
    }

    /// The number as written, empty before the ledger has given it.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl Field for Serial {
    fn write(&self, out: &mut Vec<u8>) {
        crate::field::write_plain(out, self.as_str());
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        if context.mode == Mode::Proposal {
            return Err(context.wrong(Problem::Unknown));
        }
        let serial = Serial(Some(CompactString::new(read_text(json, context)?)));
        if serial.parts().is_none() {
            return Err(context.wrong(Problem::Form(Form::Serial)));
        }
        Ok(serial)
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,59}/[0-9]{4}/[0-9]{6,}$" })
    }
    fn absent(mode: Mode) -> Option<Self> {
        (mode == Mode::Proposal).then(Serial::default)
    }
    fn is_absent(&self) -> bool {
        self.0.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_design_checks() {
        assert_eq!(check_character("RC7K2Q9M4X"), Some('X'));
    }

    /// ISO 7064's own examples for MOD 37,36 are short; this one is worked by hand: P starts at 36, "A" = 10.
    /// (36 + 10) mod 36 = 10, twice is 20, so the check value c satisfies (20 + c) mod 36 = 1: c = 17, "H".
    #[test]
    fn a_check_character_worked_by_hand() {
        assert_eq!(check_character("A"), Some('H'));
        assert_eq!(check_character("a"), None);
    }

    #[test]
    fn made_codes_are_codes_and_check() {
        let mut made = 0;
        for random in (0..20_000u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24) {
            let Some(code) = Code::made(Prefix::Receipt, random) else {
                continue;
            };
            made += 1;
            let plain: String = code.as_str().chars().filter(|&c| c != '-').collect();
            let (body, check) = plain.split_at(plain.len() - 1);
            assert_eq!(check_character(body), check.chars().next(), "{code}");
            assert!(
                is_code(code.as_str()) && !plain.contains(['I', 'L', 'O', 'U']),
                "{code}"
            );
            assert!(
                plain.bytes().filter(u8::is_ascii_digit).count() < 9,
                "{code} could be a telephone number"
            );
        }
        assert!(made > 15_000);
    }

    #[test]
    fn forms_are_strict() {
        for good in ["RC-7K2Q9M4XX", "ABC", "0A-", "A--"] {
            assert!(Code::new(good).is_some(), "{good}");
        }
        for bad in ["AB", "-AB", "ab", "A B", "", "Ă12", &"A".repeat(41)] {
            assert!(Code::new(bad).is_none(), "{bad}");
        }
        for bad in ["a", "-ab", "A1", "bà-vì", &"a".repeat(61)] {
            assert!(Slug::new(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn serials_are_padded_once() {
        let fund = Slug::new("quy-tre-em").unwrap();
        assert_eq!(Serial::new(&fund, 2026, 1).as_str(), "quy-tre-em/2026/000001");
        assert_eq!(
            Serial::new(&fund, 2026, 1_234_567).parts(),
            Some((fund, 2026, 1_234_567))
        );
        for bad in [
            "quy-tre-em/2026/0000001",
            "quy-tre-em/2026/000000",
            "quy-tre-em/26/000001",
            "quy-tre-em/2026",
        ] {
            assert_eq!(Serial(Some(bad.into())).parts(), None, "{bad}");
        }
    }
}
