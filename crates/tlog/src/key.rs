//! Keys of logs and witnesses, and how they are written (C2SP signed-note, "Verifier keys").

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};

/// The longest name, in bytes: a bound of ours, so that no line of a note is without one.
const NAME_BYTES_MAX: usize = 255;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A log's own notes, in Ed25519 (type 0x01).
    Log,
    /// A witness's timestamped cosignatures, in Ed25519 (type 0x04).
    Cosigner,
}

impl KeyKind {
    fn byte(self) -> u8 {
        match self {
            KeyKind::Log => 1,
            KeyKind::Cosigner => 4,
        }
    }

    fn of(byte: u8) -> Option<KeyKind> {
        [KeyKind::Log, KeyKind::Cosigner]
            .into_iter()
            .find(|kind| kind.byte() == byte)
    }
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not of the form.
    #[error("it is not of the form name+8 hexadecimal digits+base64")]
    Form,
    /// The name cannot be that of a key.
    #[error("the name of the key is empty, too long, or has a space, a plus or a control character in it")]
    Name,
    /// The hexadecimal digits are not those of name and key.
    #[error("the hexadecimal digits do not fit the name and the key")]
    Id,
    /// It is a key of a kind that is not known here.
    #[error("it is a key of another kind")]
    Kind,
    /// The bytes are no point of the curve, or a weak one.
    #[error("the bytes are no Ed25519 key")]
    Point,
}

/// Who signs, as the lines of a note name it: not empty, without spaces and `+`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// It cannot be one.
    pub fn new(name: &str) -> Result<KeyName, KeyError> {
        let bad = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '+';
        if name.is_empty() || NAME_BYTES_MAX < name.len() || name.contains(bad) {
            return Err(KeyError::Name);
        }
        Ok(KeyName(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key).
fn key_id(name: &KeyName, kind: KeyKind, key: &[u8; 32]) -> [u8; 4] {
    let hasher = Sha256::new()
        .chain_update(name.as_str())
        .chain_update([b'\n', kind.byte()]);
    let hash: [u8; 32] = hasher.chain_update(key).finalize().into();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// The public half of a key: who may have signed what.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: KeyName,
    kind: KeyKind,
    id: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

impl VerifyingKey {
    fn new(name: KeyName, kind: KeyKind, key: ed25519_dalek::VerifyingKey) -> VerifyingKey {
        let id = key_id(&name, kind, key.as_bytes());
        VerifyingKey { name, kind, id, key }
    }

    /// Reads a key as it is written: `name+id+base64`.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(text: &str) -> Result<VerifyingKey, KeyError> {
        // Base64 may hold more of them.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let name = KeyName::new(name)?;
        let bytes = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
        let (kind, key) = bytes.split_first().ok_or(KeyError::Form)?;
        let kind = KeyKind::of(*kind).ok_or(KeyError::Kind)?;
        let key: [u8; 32] = key.try_into().map_err(|_| KeyError::Form)?;
        let point = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| KeyError::Point)?;
        if point.is_weak() {
            return Err(KeyError::Point);
        }
        let read = VerifyingKey::new(name, kind, point);
        if hex(read.id) != id {
            return Err(KeyError::Id);
        }
        Ok(read)
    }

    /// Whose it is.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The four bytes that a signature names it by.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The key without its name: whoever has two names has it twice.
    pub(crate) fn point(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Whether it has signed these bytes; weak forms of a signature are none.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.key.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.kind.byte()], &self.key.as_bytes()[..]].concat();
        write!(f, "{}+{}+{}", self.name, hex(self.id), STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The secret half of a key. It is shown nowhere but where it is [written](SigningKey::to_secret_text) on purpose.
pub struct SigningKey {
    public: VerifyingKey,
    secret: ed25519_dalek::SigningKey,
}

/// How a secret key begins.
const SECRET: &str = "PRIVATE+KEY";

impl SigningKey {
    /// The key of a seed: 32 bytes of randomness.
    pub fn of_seed(name: KeyName, kind: KeyKind, seed: &[u8; 32]) -> SigningKey {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = VerifyingKey::new(name, kind, secret.verifying_key());
        SigningKey { public, secret }
    }

    /// Reads what [`SigningKey::to_secret_text`] wrote, which is the form of Go's `note` package:
    /// `PRIVATE+KEY+name+id+base64(type ‖ seed)`.
    ///
    /// # Errors
    ///
    /// It is none; the error does not say what it read.
    pub fn parse_secret_text(text: &str) -> Result<SigningKey, KeyError> {
        let rest = text.trim_end_matches(['\r', '\n']).strip_prefix(SECRET);
        let rest = rest
            .and_then(|rest| rest.strip_prefix('+'))
            .ok_or(KeyError::Form)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let bytes = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
        let (kind, seed) = bytes.split_first().ok_or(KeyError::Form)?;
        let kind = KeyKind::of(*kind).ok_or(KeyError::Kind)?;
        let seed = seed.try_into().map_err(|_| KeyError::Form)?;
        let key = SigningKey::of_seed(KeyName::new(name)?, kind, seed);
        if hex(key.public.id) == id {
            Ok(key)
        } else {
            Err(KeyError::Id)
        }
    }

    /// The key with its secret, on one line: for a file that nobody else can read.
    pub fn to_secret_text(&self) -> String {
        let VerifyingKey { name, kind, id, .. } = &self.public;
        let bytes = [&[kind.byte()], &self.secret.as_bytes()[..]].concat();
        format!("{SECRET}+{name}+{}+{}\n", hex(*id), STANDARD.encode(bytes))
    }

    /// Its public half.
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public)
    }
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The keys of the pinned vector: seeds 00..1f and 20..3f.
    pub(crate) fn log_key() -> SigningKey {
        key("example.org/ledger", KeyKind::Log, 0)
    }

    pub(crate) fn witness_key() -> SigningKey {
        key("witness.example/w1", KeyKind::Cosigner, 32)
    }

    fn key(name: &str, kind: KeyKind, first: u8) -> SigningKey {
        let seed = std::array::from_fn(|nth| first + nth as u8);
        SigningKey::of_seed(KeyName::new(name).expect("a name"), kind, &seed)
    }

    #[test]
    fn keys_are_written_as_the_specification_does() {
        let log = "example.org/ledger+5f5b716d+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
        let witness = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
        for (key, text) in [(log_key(), log), (witness_key(), witness)] {
            assert_eq!(key.public().to_string(), text);
            assert_eq!(VerifyingKey::parse(text).as_ref(), Ok(key.public()));
            let again = SigningKey::parse_secret_text(&key.to_secret_text()).expect("a key");
            assert_eq!(again.public(), key.public());
            assert_eq!(again.sign(b"x"), key.sign(b"x"));
            assert!(
                !format!("{key:?}").contains(
                    key.to_secret_text()
                        .trim_end()
                        .rsplit('+')
                        .next()
                        .expect("a seed")
                )
            );
        }
        // The vector of the signed-note specification.
        let spec = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        assert_eq!(
            VerifyingKey::parse(spec).map(|key| key.to_string()).as_deref(),
            Ok(spec)
        );
    }

    #[test]
    fn what_is_no_key_says_why() {
        let good = log_key().public().to_string();
        // Base64 may hold more of them.
        let (second_plus, _) = good.match_indices('+').nth(1).expect("three parts");
        let (head, key) = (&good[..second_plus], &good[second_plus + 1..]);
        let no_point = STANDARD.encode([&[1][..], &[2; 32][..]].concat());
        let weak = STANDARD.encode([&[1, 1][..], &[0; 31][..]].concat());
        for (text, expected) in [
            ("", KeyError::Form),
            ("a+b", KeyError::Form),
            (head, KeyError::Form),
            (&good.replace("5f5b716d", "5f5b716e"), KeyError::Id),
            (&good.replace("5f5b716d", "5F5B716D"), KeyError::Id),
            (&good.replace("ledger", "ledgers"), KeyError::Id),
            (&good.replace("ledger", "led ger"), KeyError::Name),
            (&good.replace("example.org/ledger", ""), KeyError::Name),
            (&format!("{head}+{}", &key[..key.len() - 4]), KeyError::Form),
            (&format!("{head}+{key}!"), KeyError::Form),
            (&format!("{head}+{}", key.replacen("AQ", "Ag", 1)), KeyError::Kind),
            (&format!("{head}+{no_point}"), KeyError::Point),
            (&format!("{head}+{weak}"), KeyError::Point),
        ] {
            assert_eq!(VerifyingKey::parse(text), Err(expected), "{text}");
        }
        let secret = log_key().to_secret_text();
        for (text, expected) in [
            (good.clone(), KeyError::Form),
            (secret.replace("5f5b716d", "00000000"), KeyError::Id),
            (secret.replace("ledger", "led\u{a0}ger"), KeyError::Name),
        ] {
            assert_eq!(SigningKey::parse_secret_text(&text).err(), Some(expected));
        }
    }
}
