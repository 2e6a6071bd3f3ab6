//! What seals the private part of a backup.

use age::secrecy::SecretString;

/// Shorter ones are tried out by whoever finds the file.
pub const PASSPHRASE_CHARS_MIN: usize = 12;

/// A passphrase. It is shown nowhere, and its memory is cleared.
#[derive(Clone)]
pub struct Passphrase(SecretString);

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
        let mut different: Vec<char> = text.chars().collect();
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
        Passphrase(SecretString::from(text))
    }

    pub(crate) fn secret(&self) -> SecretString {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
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
    }
}
