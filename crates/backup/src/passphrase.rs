//! What seals the private part of a backup.

use age::secrecy::SecretString;
use unicode_normalization::UnicodeNormalization as _;

/// Shorter ones are tried out by whoever finds the file.
pub const PASSPHRASE_CHARS_MIN: usize = 12;

/// A passphrase. It is shown nowhere, and its memory is cleared.
///
/// Sealed is with its plain form: composed letters (NFC), without spaces at either end. One system types “ế” as one
/// character and another as three, and nobody sees which, nor a space behind the last word.
#[derive(Clone)]
pub struct Passphrase {
    plain: SecretString,
    /// Other forms of the same words, with which earlier backups may have been sealed.
    others: Vec<SecretString>,
}

/// Why a text is no passphrase to seal with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassphrase {
    /// There is none.
    #[error("the passphrase is empty")]
    Empty,
    /// It is too short.
    #[error("the passphrase has fewer than {PASSPHRASE_CHARS_MIN} characters")]
    Short,
    /// It is one character again and again.
    #[error("the passphrase is of fewer than four different characters")]
    Same,
}

impl Passphrase {
    /// A passphrase to seal with.
    ///
    /// # Errors
    ///
    /// It is empty, or so short that it is found by trying.
    pub fn to_seal_with(text: String) -> Result<Passphrase, WeakPassphrase> {
        let mut different: Vec<char> = plain(&text).chars().collect();
        let chars = different.len();
        different.sort_unstable();
        different.dedup();
        match (chars, different.len()) {
            (0, _) => Err(WeakPassphrase::Empty),
            (..PASSPHRASE_CHARS_MIN, _) => Err(WeakPassphrase::Short),
            (_, ..4) => Err(WeakPassphrase::Same),
            _ => Ok(Passphrase::given(text)),
        }
    }

    /// A passphrase to open with, whatever it is.
    pub fn given(text: String) -> Passphrase {
        let first = plain(&text);
        let mut others: Vec<String> = Vec::new();
        let apart = first.nfd().collect();
        for other in [text, apart] {
            if other != first && !others.contains(&other) {
                others.push(other);
            }
        }
        Passphrase {
            plain: SecretString::from(first),
            others: others.into_iter().map(SecretString::from).collect(),
        }
    }

    pub(crate) fn to_seal(&self) -> SecretString {
        self.plain.clone()
    }

    /// What a file can have been sealed with, the likeliest first.
    pub(crate) fn to_open(&self) -> impl Iterator<Item = SecretString> {
        std::iter::once(&self.plain).chain(&self.others).cloned()
    }
}

/// Two texts that look the same are the same in this form.
fn plain(text: &str) -> String {
    text.trim().nfc().collect()
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn what_is_found_by_trying_is_refused() {
        let weak = |text: &str| Passphrase::to_seal_with(text.to_owned()).err();
        assert_eq!(weak(""), Some(WeakPassphrase::Empty));
        assert_eq!(weak("elevenchars"), Some(WeakPassphrase::Short));
        assert_eq!(weak("twelve chars"), None);
        // Characters count, not bytes.
        assert_eq!(weak("mưa nắng rồi"), None);
        assert_eq!(weak("ăăăăăăăăă"), Some(WeakPassphrase::Short));
        assert_eq!(weak("ababababababab"), Some(WeakPassphrase::Same));
        // Nor do marks and spaces that nobody sees: ten letters of two characters each, and spaces behind them.
        assert_eq!(weak(&"a\u{306}o\u{302}".repeat(5)), Some(WeakPassphrase::Short));
        assert_eq!(weak("elevenchars   "), Some(WeakPassphrase::Short));
        assert_eq!(weak("     \t       "), Some(WeakPassphrase::Empty));
    }

    #[test]
    fn what_looks_the_same_seals_the_same_and_is_opened_in_every_form() {
        let forms = |text: &str| {
            let given = Passphrase::given(text.to_owned());
            let forms = given.to_open();
            forms
                .map(|form| form.expose_secret().to_owned())
                .collect::<Vec<_>>()
        };
        let seal = |text: &str| {
            let given = Passphrase::to_seal_with(text.to_owned()).expect("strong");
            given.to_seal().expose_secret().to_owned()
        };
        let (composed, apart) = (
            "gi\u{f3} m\u{f9}a \u{111}\u{f4}ng",
            "gio\u{301} mu\u{300}a \u{111}o\u{302}ng",
        );
        for written in [
            composed,
            apart,
            &format!(" {apart} \t"),
            &format!("{composed}\u{a0}"),
        ] {
            assert_eq!(seal(written), composed);
            let forms = forms(written);
            assert_eq!(forms[0], composed);
            // Earlier backups were sealed with what was typed, whatever it was.
            for form in [written, apart] {
                assert!(forms.iter().any(|known| known == form), "{written:?} {form:?}");
            }
        }
        // Where there is only one form, a wrong passphrase is found out by one trial.
        assert_eq!(forms("plain words"), ["plain words"]);
    }
}
