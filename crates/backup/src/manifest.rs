//! What a backup says of itself, before anything else in it.

use minhbach_events::{Hash, Timestamp};
use minhbach_tlog::TreeHash;
use serde::{Deserialize, Serialize};

/// What every backup of this format says.
pub(crate) const FORMAT: &str = "minhbach-backup/1";
/// Longer manifests are none.
pub(crate) const BYTES_MAX: u64 = 16 * 1024;

/// What a backup holds. That it is so is shown by the members, not by these words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// When it was made, in seconds of POSIX time.
    pub made_at: u64,
    /// Entries.
    pub size: u64,
    /// The hash of the last one.
    pub head: Hash,
    /// What was signed of them.
    pub signed: Option<SignedPart>,
    /// Whether the private folder is in it, sealed.
    pub private: bool,
}

/// What a signed checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPart {
    /// The log's name.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// The root over them.
    pub root: TreeHash,
}

impl Manifest {
    /// When it was made, as instants are written.
    pub fn made_at_text(&self) -> String {
        instant(self.made_at).unwrap_or_default()
    }

    /// Its bytes: one line of JSON.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let text = Text {
            format: FORMAT.to_owned(),
            made_at: self.made_at_text(),
            size: self.size,
            head: digits(self.head),
            signed: self.signed.as_ref().map(|signed| SignedText {
                origin: signed.origin.clone(),
                size: signed.size,
                root: signed.root.to_base64(),
            }),
            private: self.private,
        };
        // Strings and numbers are always JSON.
        let mut bytes = serde_json::to_vec(&text).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a manifest, which must be spelled as [`Manifest::to_bytes`] spells it.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Manifest, BadManifest> {
        let form = |why: &str| BadManifest::Form(why.to_owned());
        let format: Format = serde_json::from_slice(bytes).map_err(|error| form(&error.to_string()))?;
        if format.format != FORMAT {
            return Err(BadManifest::Format(format.format));
        }
        let text: Text = serde_json::from_slice(bytes).map_err(|error| form(&error.to_string()))?;
        let millis = Timestamp::parse(&text.made_at).map(Timestamp::millis);
        let made_at = millis.and_then(|millis| u64::try_from(millis / 1_000).ok());
        let signed = text.signed.map(|signed| {
            let root = TreeHash::from_base64(&signed.root).ok_or_else(|| form("root"))?;
            let SignedText { origin, size, .. } = signed;
            Ok(SignedPart { origin, size, root })
        });
        let manifest = Manifest {
            made_at: made_at.ok_or_else(|| form("made_at"))?,
            size: text.size,
            head: Hash::from_hex(text.head.as_bytes()).ok_or_else(|| form("head"))?,
            signed: signed.transpose()?,
            private: text.private,
        };
        if manifest.to_bytes() != bytes {
            return Err(form("another spelling"));
        }
        Ok(manifest)
    }
}

/// Why a text is no manifest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadManifest {
    /// It is of another format.
    Format(String),
    Form(String),
}

#[derive(Deserialize)]
struct Format {
    format: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: String,
    made_at: String,
    size: u64,
    head: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed: Option<SignedText>,
    private: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedText {
    origin: String,
    size: u64,
    root: String,
}

fn instant(seconds: u64) -> Option<String> {
    let millis = i64::try_from(seconds).ok()?.checked_mul(1_000)?;
    let text = Timestamp::from_millis(millis)?.to_text();
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn digits(hash: Hash) -> String {
    String::from_utf8_lossy(&hash.to_hex()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_has_one_spelling() {
        let manifest = Manifest {
            // date -u -d 2026-11-27T16:00:00Z +%s
            made_at: 1_795_795_200,
            size: 3,
            head: Hash([0xab; 32]),
            signed: Some(SignedPart {
                origin: "so.example.vn/thu".into(),
                size: 2,
                root: TreeHash([0; 32]),
            }),
            private: false,
        };
        let head = "ab".repeat(32);
        let root = format!("{}=", "A".repeat(43));
        let text = format!(
            "{{\"format\":\"minhbach-backup/1\",\"made_at\":\"2026-11-27T16:00:00.000Z\",\"size\":3,\"head\":\"{head}\",\
             \"signed\":{{\"origin\":\"so.example.vn/thu\",\"size\":2,\"root\":\"{root}\"}},\"private\":false}}\n"
        );
        assert_eq!(String::from_utf8_lossy(&manifest.to_bytes()), text);
        assert_eq!(Manifest::parse(text.as_bytes()), Ok(manifest));
        for other in [
            text.replace(",\"size\":3", ", \"size\":3"),
            text.replace("000Z", "001Z"),
            text.replace("false}", "false,\"more\":1}"),
            text.replace(&head, &head.to_uppercase()),
            text.trim_end().to_owned(),
        ] {
            assert!(Manifest::parse(other.as_bytes()).is_err(), "{other}");
        }
        let later = text.replace("backup/1", "backup/2");
        assert_eq!(
            Manifest::parse(later.as_bytes()),
            Err(BadManifest::Format("minhbach-backup/2".into()))
        );
    }
}
