//! Whom a reader trusts: which logs, and which of their witnesses must have seen a checkpoint (C2SP tlog-policy).

use std::collections::{HashMap, HashSet};

use crate::cosignature;
use crate::{KeyError, KeyKind, Note, NoteError, VerifyingKey};

/// The longest policy that is read, in bytes.
pub const POLICY_BYTES_MAX: usize = 1024 * 1024;
/// The most logs; the specification asks for 32 of each at least.
const LOGS_MAX: usize = 4_096;
/// The most witnesses.
const WITNESSES_MAX: usize = 128;
/// The most groups of them.
const GROUPS_MAX: usize = 128;
/// The longest name or address, in bytes.
const WORD_BYTES_MAX: usize = 2_048;
/// The most letters of a name that are shown.
const NAME_CHARS_SHOWN: usize = 100;
/// Nobody: what a quorum may be and nothing may be called.
const NONE: &str = "none";

/// A log of a policy. The name of its key is its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLog {
    /// Its key.
    pub key: VerifyingKey,
    /// Where it is, as the policy says; nobody has looked whether that is an address.
    pub url: Option<String>,
}

/// A witness of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownWitness {
    /// What the policy calls it; nothing outside of it does.
    pub name: String,
    /// Its key.
    pub key: VerifyingKey,
    /// Where checkpoints are sent to, as the policy says; nobody has looked whether that is an address.
    pub url: Option<String>,
}

/// That a witness saw a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The witness, as the policy calls it.
    pub witness: String,
    /// When, in POSIX seconds, by its own clock.
    pub at: u64,
}

/// Logs, witnesses, and the rule of how many of them must have seen a checkpoint.
///
/// Invariant: a group names what stands before it, and nothing is a member twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<KnownLog>,
    witnesses: Vec<KnownWitness>,
    /// Witnesses and groups, in the order of their lines.
    named: Vec<Named>,
    /// Nobody need have seen it where there is none.
    quorum: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    /// By its place among the witnesses.
    Witness(usize),
    Group {
        threshold: usize,
        members: Vec<usize>,
    },
}

/// What is wrong with a policy, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What.
    pub why: PolicyFault,
}

/// What is wrong with a line of a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// It does not end where policies do.
    #[error("the policy is longer than {POLICY_BYTES_MAX} bytes")]
    TooLong,
    /// A control character other than tab.
    #[error("it has a control character in it")]
    Control,
    /// It does not begin as a line does.
    #[error("it begins with none of log, witness, group and quorum")]
    Keyword,
    /// It has too few or too many words.
    #[error("it is not of the form: {0}")]
    Form(&'static str),
    /// A name or an address without end.
    #[error("a name or an address is longer than {WORD_BYTES_MAX} bytes")]
    Word,
    /// What should be a key is none, or of a kind that is not known here.
    #[error("not a key: {0}")]
    Key(KeyError),
    /// A witness's key for a log, or a log's for a witness.
    #[error("the key is of the other kind: logs and witnesses have keys of different types")]
    OtherKind,
    /// The same key bytes stand on an earlier line, whatever name is with them.
    #[error("the key is on an earlier line already")]
    KeyTwice,
    /// Nothing may be called so.
    #[error("nothing can be called none")]
    Reserved,
    /// Another line has the name.
    #[error("{0} is the name of something else already")]
    NameTwice(String),
    /// No earlier line defines it.
    #[error("no earlier line says what {0} is")]
    Unknown(String),
    /// It would count twice.
    #[error("{0} is a member already, here or of another group")]
    MemberTwice(String),
    /// It is no number, or not one of the members' number.
    #[error("the number of members needed must be all, any or from 1 to their number")]
    Threshold,
    /// There are two rules.
    #[error("there is a quorum on an earlier line already")]
    SecondQuorum,
    /// There is no rule.
    #[error("the policy ends without a quorum line")]
    NoQuorum,
    /// More than we keep.
    #[error("there are too many: at most {LOGS_MAX} logs, {WITNESSES_MAX} witnesses and {GROUPS_MAX} groups")]
    TooMany,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    ///
    /// A line is none of a policy, or there is no rule.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        let read = Reading::of(text)?;
        if !read.has_quorum {
            let line = text.lines().count().max(1);
            let why = PolicyFault::NoQuorum;
            return Err(PolicyError { line, why });
        }
        Ok(read.policy)
    }

    /// Reads a list of logs in the form of a policy, in which a quorum may be missing: for whoever trusts no witness.
    ///
    /// # Errors
    ///
    /// A line is none of a policy.
    pub fn parse_logs(text: &str) -> Result<Vec<KnownLog>, PolicyError> {
        Reading::of(text).map(|read| read.policy.logs)
    }

    /// The logs, in the order of their lines. A policy may have none, for readers who know theirs from elsewhere.
    pub fn logs(&self) -> &[KnownLog] {
        &self.logs
    }

    /// The witnesses, in the order of their lines.
    pub fn witnesses(&self) -> &[KnownWitness] {
        &self.witnesses
    }

    /// Which witnesses saw a checkpoint, and when. Whether they are enough, [`Policy::satisfied_by`] says.
    ///
    /// # Errors
    ///
    /// A known log's or witness's signature is wrong; or the policy has logs, and none has signed it under its own name.
    pub fn check(&self, note: &Note) -> Result<Vec<Seen>, NoteError> {
        if !self.logs.is_empty() {
            let known: Vec<VerifyingKey> = self.logs.iter().map(|log| log.key.clone()).collect();
            let origin = note.text().lines().next().unwrap_or_default();
            let signers = note.signed_by(&known)?;
            if !signers.iter().any(|key| key.name().as_str() == origin) {
                return Err(NoteError::Unsigned);
            }
        }
        let mut seen = Vec::new();
        for KnownWitness { name, key, .. } in &self.witnesses {
            if let Some(at) = cosignature::time_of(note, key)? {
                let witness = name.clone();
                seen.push(Seen { witness, at });
            }
        }
        Ok(seen)
    }

    /// Whether those who have seen a checkpoint are enough.
    pub fn satisfied_by(&self, seen: &[Seen]) -> bool {
        let Some(quorum) = self.quorum else {
            return true;
        };
        // What a group names stands before it, and so is known when the group is asked.
        let mut witnessed: Vec<bool> = Vec::with_capacity(self.named.len());
        for named in &self.named {
            let has = match named {
                Named::Witness(nth) => {
                    let name = &self.witnesses[*nth].name;
                    seen.iter().any(|seen| seen.witness == *name)
                }
                Named::Group { threshold, members } => {
                    *threshold <= members.iter().filter(|member| witnessed[**member]).count()
                }
            };
            witnessed.push(has);
        }
        witnessed[quorum]
    }
}

/// A name as a sentence can carry it: names may have 2 KiB, and the control characters that ASCII does not have.
fn shown(name: &str) -> String {
    let letters = name.chars().take(NAME_CHARS_SHOWN);
    let mut shown: String = letters
        .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
        .collect();
    if name.chars().nth(NAME_CHARS_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// A policy, as far as it is read.
struct Reading {
    policy: Policy,
    has_quorum: bool,
    /// Where a name stands among what is named.
    names: HashMap<String, usize>,
    members: HashSet<usize>,
    keys: HashSet<[u8; 32]>,
}

impl Reading {
    fn of(text: &str) -> Result<Reading, PolicyError> {
        let mut reading = Reading {
            policy: Policy {
                logs: Vec::new(),
                witnesses: Vec::new(),
                named: Vec::new(),
                quorum: None,
            },
            has_quorum: false,
            names: HashMap::new(),
            members: HashSet::new(),
            keys: HashSet::new(),
        };
        let mut bytes = 0;
        // Not `lines()`, which would let a carriage return pass.
        for (nth, line) in text.split('\n').enumerate() {
            bytes += line.len() + 1;
            let read = if bytes <= POLICY_BYTES_MAX + 1 {
                reading.line(line)
            } else {
                Err(PolicyFault::TooLong)
            };
            read.map_err(|why| PolicyError { line: nth + 1, why })?;
        }
        Ok(reading)
    }

    fn line(&mut self, line: &str) -> Result<(), PolicyFault> {
        if line.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            return Err(PolicyFault::Control);
        }
        // Spaces of other alphabets are letters of a name here.
        let words = line.split([' ', '\t']).filter(|word| !word.is_empty());
        let words: Vec<&str> = words.collect();
        let Some((keyword, words)) = words.split_first() else {
            return Ok(());
        };
        if keyword.starts_with('#') {
            return Ok(());
        }
        if words.iter().any(|word| WORD_BYTES_MAX < word.len()) {
            return Err(PolicyFault::Word);
        }
        match (*keyword, words) {
            ("log", [key, url @ ..]) if url.len() <= 1 => self.log(key, url.first()),
            ("log", _) => Err(PolicyFault::Form("log <vkey> [<url>]")),
            ("witness", [name, key, url @ ..]) if url.len() <= 1 => self.witness(name, key, url.first()),
            ("witness", _) => Err(PolicyFault::Form("witness <name> <vkey> [<url>]")),
            ("group", [name, threshold, members @ ..]) if !members.is_empty() => {
                self.group(name, threshold, members)
            }
            ("group", _) => Err(PolicyFault::Form("group <name> all|any|<k> <name>...")),
            ("quorum", [name]) => self.quorum(name),
            ("quorum", _) => Err(PolicyFault::Form("quorum <name>|none")),
            _ => Err(PolicyFault::Keyword),
        }
    }

    fn log(&mut self, key: &str, url: Option<&&str>) -> Result<(), PolicyFault> {
        if self.policy.logs.len() == LOGS_MAX {
            return Err(PolicyFault::TooMany);
        }
        let key = self.key(key, KeyKind::Log)?;
        let url = url.map(|url| (*url).to_owned());
        self.policy.logs.push(KnownLog { key, url });
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&&str>) -> Result<(), PolicyFault> {
        if self.policy.witnesses.len() == WITNESSES_MAX {
            return Err(PolicyFault::TooMany);
        }
        let key = self.key(key, KeyKind::Cosigner)?;
        self.define(name, Named::Witness(self.policy.witnesses.len()))?;
        self.policy.witnesses.push(KnownWitness {
            name: name.to_owned(),
            key,
            url: url.map(|url| (*url).to_owned()),
        });
        Ok(())
    }

    /// A key that no earlier line has: one who signs under two names is still one.
    fn key(&mut self, text: &str, kind: KeyKind) -> Result<VerifyingKey, PolicyFault> {
        let key = VerifyingKey::parse(text).map_err(PolicyFault::Key)?;
        if key.kind() != kind {
            return Err(PolicyFault::OtherKind);
        }
        if !self.keys.insert(key.point()) {
            return Err(PolicyFault::KeyTwice);
        }
        Ok(key)
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), PolicyFault> {
        if GROUPS_MAX + self.policy.witnesses.len() == self.policy.named.len() {
            return Err(PolicyFault::TooMany);
        }
        let mut places = Vec::new();
        for member in members {
            let place = self.place(member)?;
            if !self.members.insert(place) {
                return Err(PolicyFault::MemberTwice(shown(member)));
            }
            places.push(place);
        }
        let threshold = match threshold {
            "all" => places.len(),
            "any" => 1,
            number => decimal(number).ok_or(PolicyFault::Threshold)?,
        };
        if threshold < 1 || places.len() < threshold {
            return Err(PolicyFault::Threshold);
        }
        self.define(
            name,
            Named::Group {
                threshold,
                members: places,
            },
        )
    }

    fn quorum(&mut self, name: &str) -> Result<(), PolicyFault> {
        if std::mem::replace(&mut self.has_quorum, true) {
            return Err(PolicyFault::SecondQuorum);
        }
        if name != NONE {
            self.policy.quorum = Some(self.place(name)?);
        }
        Ok(())
    }

    fn place(&self, name: &str) -> Result<usize, PolicyFault> {
        let place = self.names.get(name).copied();
        place.ok_or_else(|| PolicyFault::Unknown(shown(name)))
    }

    fn define(&mut self, name: &str, named: Named) -> Result<(), PolicyFault> {
        if name == NONE {
            return Err(PolicyFault::Reserved);
        }
        let place = self.policy.named.len();
        if self.names.contains_key(name) {
            return Err(PolicyFault::NameTwice(shown(name)));
        }
        self.names.insert(name.to_owned(), place);
        self.policy.named.push(named);
        Ok(())
    }
}

/// A number without sign and leading zeros.
fn decimal(text: &str) -> Option<usize> {
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests;
