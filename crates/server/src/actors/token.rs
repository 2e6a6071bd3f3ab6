//! A token: what an actor shows to be let in, of which only a hash is kept.

use std::fmt;

use minhbach_events::Hash;

use super::error::ActorsError;

const PREFIX: &str = "mb_";
/// Sets these hashes apart from every other use of BLAKE3 here. It stays as it is for ever, or no token holds any more.
const CONTEXT: &str = "minhbach 2026-11 actors: hash of a token";

/// A new token, `mb_` and 64 hexadecimal digits of 32 random bytes. It is shown once, and never in `Debug`.
pub struct Token(String);

impl Token {
    /// Draws one from the operating system.
    pub(super) fn draw() -> Result<Token, ActorsError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| ActorsError::NoRandomness)?;
        Ok(Token(format!("{PREFIX}{}", Hash(bytes))))
    }

    /// Its text, for the one who will bear it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What is kept of a token. 32 random bytes cannot be guessed from it, so it needs no salt and no slow hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token's text; `None` for a text that is no token.
    pub(super) fn of(token: &str) -> Option<TokenHash> {
        let secret = Hash::from_hex(token.strip_prefix(PREFIX)?.as_bytes())?;
        Some(TokenHash(blake3::derive_key(CONTEXT, &secret.0)))
    }

    pub(super) fn to_hex(self) -> String {
        Hash(self.0).to_string()
    }

    pub(super) fn from_hex(hex: &str) -> Option<TokenHash> {
        Hash::from_hex(hex.as_bytes()).map(|hash| TokenHash(hash.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_token_is_pinned() {
        let token = format!("mb_{}", "07".repeat(32));
        let hash = TokenHash::of(&token).expect("a token").to_hex();
        assert_eq!(
            hash,
            "3d1dfa7dcf8f4a96055e1dbca4f7a62b147720f2d524a0c43e9c4d8b19bb16ce"
        );
        assert_ne!(hash, Hash::of(&[7; 32]).to_string());
        assert_ne!(hash, Hash::of(token.as_bytes()).to_string());
    }

    #[test]
    fn only_the_exact_form_is_a_token() {
        let token = Token::draw().expect("drawn");
        assert!(TokenHash::of(token.reveal()).is_some());
        let digits = &token.reveal()[3..];
        let others = [
            String::new(),
            "mb_".to_owned(),
            digits.to_owned(),
            format!("MB_{digits}"),
            format!(" mb_{digits}"),
            format!("mb_{digits}0"),
            format!("mb_{}", &digits[1..]),
            format!("mb_{}G", &digits[1..]),
            format!("mb_{}A", &digits[1..]),
            format!("mb_{}ă", &digits[2..]),
        ];
        for other in others {
            assert!(TokenHash::of(&other).is_none(), "{other:?}");
        }
        assert_ne!(Token::draw().expect("drawn").reveal(), token.reveal());
    }
}
