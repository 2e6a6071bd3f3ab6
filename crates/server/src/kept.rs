//! Answers that are asked for again before the ledger grows: the trail of a gift whose address was passed on.
//!
//! What is kept is of one state of the ledger, and goes with it. So an answer out of here is the one that would be found
//! anew, and a read after an acknowledged write sees it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderValue;
use minhbach_projections::AsOf;

/// Bytes of a generation. There are two: what was not asked for while the younger one filled is forgotten.
const GENERATION_BYTES_MAX: usize = 32 * 1024 * 1024;
/// A longer answer is made anew: it is a list that is read once, and would take the place of many.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// What an answer takes beside its bytes.
const BESIDE_BYTES: usize = 160;

/// Answers of one state of the ledger, in bounded memory.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Generations>);

/// What an answer is made of again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The document.
    pub body: Bytes,
    /// Where its next page is.
    pub link: Option<HeaderValue>,
}

#[derive(Default)]
struct Generations {
    as_of: Option<AsOf>,
    young: Generation,
    old: Generation,
}

#[derive(Default)]
struct Generation {
    answers: HashMap<String, Answer>,
    bytes: usize,
}

impl Kept {
    /// The answer to a question in that state, if it is kept.
    pub fn get(&self, as_of: AsOf, question: &str) -> Option<Answer> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_of != Some(as_of) {
            return None;
        }
        if let Some(answer) = kept.young.answers.get(question) {
            return Some(answer.clone());
        }
        let (question, answer) = kept.old.answers.remove_entry(question)?;
        kept.put(question, answer.clone());
        Some(answer)
    }

    /// Keeps the answer to a question in that state, unless a later one is kept already.
    pub fn keep(&self, as_of: AsOf, question: String, answer: Answer) {
        if ANSWER_BYTES_MAX < answer.body.len() {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut past = Generations::default();
        if kept.as_of.is_none_or(|known| known.size < as_of.size) {
            past = std::mem::take(&mut *kept);
            kept.as_of = Some(as_of);
        }
        if kept.as_of == Some(as_of) {
            kept.put(question, answer);
        }
        // Nobody waits while thousands of answers are let go.
        drop(kept);
        drop(past);
    }
}

impl Generations {
    fn put(&mut self, question: String, answer: Answer) {
        let bytes = question.len() + answer.body.len() + BESIDE_BYTES;
        if GENERATION_BYTES_MAX < self.young.bytes + bytes {
            self.old = std::mem::take(&mut self.young);
        }
        if self.young.answers.insert(question, answer).is_none() {
            self.young.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(size: u64) -> AsOf {
        AsOf {
            size,
            head: minhbach_events::Hash([size as u8; 32]),
        }
    }

    fn answer(bytes: usize) -> Answer {
        Answer {
            body: Bytes::from(vec![b'x'; bytes]),
            link: None,
        }
    }

    #[test]
    fn an_answer_goes_with_its_state() {
        let kept = Kept::default();
        kept.keep(state(7), "a".into(), answer(1));
        assert_eq!(kept.get(state(7), "a"), Some(answer(1)));
        assert_eq!((kept.get(state(8), "a"), kept.get(state(7), "b")), (None, None));
        kept.keep(state(8), "b".into(), answer(2));
        // Found late, in a state that is over.
        kept.keep(state(7), "c".into(), answer(3));
        assert_eq!((kept.get(state(8), "a"), kept.get(state(8), "c")), (None, None));
        assert_eq!(kept.get(state(8), "b"), Some(answer(2)));
        assert_eq!((kept.get(state(7), "a"), kept.get(state(7), "c")), (None, None));
    }

    #[test]
    fn memory_is_bounded_and_what_is_asked_for_stays() {
        let kept = Kept::default();
        let long = ANSWER_BYTES_MAX;
        kept.keep(state(1), "longer".into(), answer(long + 1));
        assert_eq!(kept.get(state(1), "longer"), None);
        for nth in 0..4 * GENERATION_BYTES_MAX / long {
            kept.keep(state(1), format!("{nth}"), answer(long));
            assert!(kept.get(state(1), "0").is_some(), "after {nth} others");
            let generations = kept.0.lock().expect("no panic");
            for generation in [&generations.young, &generations.old] {
                let bytes: usize = generation.answers.values().map(|answer| answer.body.len()).sum();
                assert!(bytes <= GENERATION_BYTES_MAX);
            }
        }
        // Nobody asked for it while a generation filled twice.
        assert_eq!(kept.get(state(1), "1"), None);
    }
}
