//! Free text in NFC, and labels, addresses and other short texts of a fixed alphabet.

use compact_str::CompactString;
use serde_json::{Value, json};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::field::{Context, Field, Mode, read_text, record, write_text};
use crate::json::Json;
use crate::malformed::{Form, Malformed, Problem};

/// Free text of 1 to `MAX` characters in NFC, not only white space.
///
/// Invariant: NFC, within its length, not blank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(Box<str>);

/// A name of an organisation or place.
pub type Name = Text<200>;
/// A reason, detail, answer or method.
pub type Prose = Text<1000>;

impl<const MAX: usize> Text<MAX> {
    /// Takes a text, brought to NFC.
    pub fn new(text: &str) -> Result<Self, Problem> {
        if is_nfc(text) {
            Self::from_nfc(text)
        } else {
            Self::from_nfc(&text.nfc().collect::<String>())
        }
    }

    fn from_nfc(text: &str) -> Result<Self, Problem> {
        if text.chars().all(is_invisible) {
            Err(Problem::Empty)
        } else if text.len() > MAX && text.chars().count() > MAX {
            Err(Problem::TooLong { max: MAX })
        } else {
            Ok(Text(text.into()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// White space, control and format characters, and letters without a shape: a text of these only is blank.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        )
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

impl<const MAX: usize> Field for Text<MAX> {
    fn write(&self, out: &mut Vec<u8>) {
        write_text(out, &self.0);
    }
    fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
        let text = read_text(json, context)?;
        let read = match context.mode {
            Mode::Proposal => Text::new(text),
            Mode::Entry if is_nfc(text) => Text::from_nfc(text),
            Mode::Entry => Err(Problem::NotNfc),
        };
        read.map_err(|problem| context.wrong(problem))
    }
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": MAX, "description": "Unicode NFC, not blank" })
    }
    fn texts(&self, seen: &mut dyn FnMut(&str)) {
        seen(&self.0);
    }
    fn name(&self) -> Option<&str> {
        Some(&self.0)
    }
}

record! {
    /// A heading in Vietnamese and, where there is one, in English.
    Title {
        vi: Text<200>,
        en: Option<Text<200>>,
    }
}

impl Title {
    /// The heading in the language asked for, else in Vietnamese.
    pub fn in_language(&self, english: bool) -> &str {
        match &self.en {
            Some(en) if english => en.as_str(),
            _ => self.vi.as_str(),
        }
    }
}

/// Declares a short text whose form one function decides.
macro_rules! formed {
    ($(#[doc = $doc:literal])+ $name:ident, $form:expr, $pattern:literal, private: $private:literal, $valid:expr) => {
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(CompactString);

        impl $name {
            /// The form as a regular expression.
            pub const PATTERN: &'static str = $pattern;

            /// Takes a text of the right form.
            pub fn new(text: &str) -> Option<$name> {
                let valid: fn(&str) -> bool = $valid;
                valid(text).then(|| $name(CompactString::new(text)))
            }
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl Field for $name {
            fn write(&self, out: &mut Vec<u8>) {
                $crate::field::write_plain(out, &self.0);
            }
            fn read(json: &Json<'_>, context: &mut Context) -> Result<Self, Malformed> {
                $name::new(read_text(json, context)?).ok_or_else(|| context.wrong(Problem::Form($form)))
            }
            fn schema() -> Value {
                json!({ "type": "string", "pattern": $pattern })
            }
            fn texts(&self, seen: &mut dyn FnMut(&str)) {
                if $private {
                    seen(&self.0);
                }
            }
            fn name(&self) -> Option<&str> {
                Some(&self.0)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = Problem;
            fn from_str(text: &str) -> Result<$name, Problem> {
                $name::new(text).ok_or(Problem::Form($form))
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        $crate::as_text::in_documents!($name, concat!($($doc, "\n"),+), <$name as Field>::schema(), $name::new);
    };
}
pub(crate) use formed;

fn all(text: &str, min: usize, max: usize, allowed: fn(u8) -> bool) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(allowed)
}

formed! {
    /// The name of a category, group, target, report or duty inside a programme, or of a rule.
    Label, Form::Label, "^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$", private: true,
    |text| all(text, 1, 60, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && text.as_bytes()[0].is_ascii_alphanumeric()
}

formed! {
    /// The code of a post that writes to the ledger, never of a person.
    Actor, Form::Actor, "^[A-Za-z0-9._:-]{1,64}$", private: false,
    |text| all(text, 1, 64, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'))
}

formed! {
    /// An idempotency key: the same key answers the same, for ever.
    Key, Form::Key, "^[A-Za-z0-9._:-]{1,64}$", private: false,
    |text| all(text, 1, 64, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'))
}

formed! {
    /// A unit of UN/CEFACT Recommendation 20, like `H87` for a piece.
    Unit, Form::Unit, "^[A-Z0-9]{1,3}$", private: false,
    |text| all(text, 1, 3, |b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

formed! {
    /// A media type like `application/pdf`.
    MediaType, Form::MediaType, "^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$", private: false,
    |text| text.len() <= 100 && text.split_once('/').is_some_and(|(kind, sub)| [kind, sub].iter().all(|part| {
        all(part, 1, 100, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'))
            && part.as_bytes()[0].is_ascii_alphanumeric()
    }))
}

formed! {
    /// A log's origin: an address without scheme and without a slash at its end (C2SP tlog-checkpoint).
    Origin, Form::Origin, "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,198}[A-Za-z0-9]$", private: false,
    |text| all(text, 2, 200, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'/' | b'-'))
        && text.as_bytes()[0].is_ascii_alphanumeric()
        && text.as_bytes()[text.len() - 1].is_ascii_alphanumeric()
        && !text.contains("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_see_is_blank() {
        for blank in [
            "",
            " ",
            "\u{a0}\t\n",
            "\u{200b}",
            "\u{3164}",
            "\u{feff} \u{2060}",
            "\0",
        ] {
            assert_eq!(Name::new(blank), Err(Problem::Empty), "{blank:?}");
        }
        assert!(Name::new("\u{200b}Quỹ").is_ok());
    }
}
