//! Keys, and the policies that say which of them are trusted.

use minhbach_tlog::{KeyName, Policy, Seen, SigningKey, VerifyingKey};

use super::signed_log::SignedLog;
use crate::sentence;

/// A key is the text that it was read from; a secret one is never in what is said of it.
pub fn keys(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match KeyName::new(text) {
        Ok(name) => assert_eq!(name.as_str(), text),
        Err(error) => drop(sentence::check(&error, bytes)),
    }
    match VerifyingKey::parse(text) {
        Ok(key) => {
            assert_eq!(key.to_string(), text, "a key has one spelling");
            assert_eq!(VerifyingKey::parse(text).map(|key| key.id()), Ok(key.id()));
        }
        Err(error) => drop(sentence::check(&error, bytes)),
    }
    match SigningKey::parse_secret_text(text) {
        Ok(key) => {
            let written = key.to_secret_text();
            assert_eq!(written.trim_end(), text.trim_end_matches(['\r', '\n']));
            let again = SigningKey::parse_secret_text(&written).expect("read as it is written");
            assert_eq!(again.public(), key.public());
            assert_eq!(
                VerifyingKey::parse(&key.public().to_string()).as_ref(),
                Ok(key.public())
            );
        }
        Err(error) => {
            let said = sentence::check(&error, bytes);
            let secret = text.rsplit('+').next().unwrap_or_default();
            assert!(
                secret.len() < 12 || !said.contains(secret),
                "the error repeats the secret"
            );
        }
    }
}

/// A policy is read, or what is wrong is said with its line; more witnesses never make it less satisfied.
pub fn policy(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let logs = Policy::parse_logs(text);
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(error) => {
            sentence::check(&error, bytes);
            assert!(
                (1..=text.split('\n').count()).contains(&error.line),
                "line {}",
                error.line
            );
            if let Err(error) = logs {
                sentence::check(&error, bytes);
            }
            return;
        }
    };
    assert_eq!(logs.as_deref(), Ok(policy.logs()));
    let commented = format!("# {}\n\n{text}\n# {}", "x".repeat(9), "y");
    assert_eq!(
        Policy::parse(&commented).as_ref(),
        Ok(&policy),
        "comments say nothing"
    );
    let seen_by = |count: usize| -> Vec<Seen> {
        let seen = policy.witnesses().iter().take(count).map(|witness| Seen {
            witness: witness.name.clone(),
            at: 1,
        });
        seen.collect()
    };
    let mut satisfied = false;
    for count in 0..=policy.witnesses().len() {
        let now = policy.satisfied_by(&seen_by(count));
        assert!(
            now || !satisfied,
            "one witness more, and it is not satisfied any more"
        );
        satisfied = now;
    }
    assert!(satisfied, "all of them are not enough");
    let log = SignedLog::of_vectors();
    match policy.check(&log.note(log.size())) {
        Ok(seen) => assert!(
            seen.iter().all(|seen| seen.at == 1_700_000_000),
            "a time that nobody signed"
        ),
        Err(error) => drop(sentence::check(&error, bytes)),
    }
}
