//! A log's side: asking the witnesses of a policy for their cosignatures.

mod address;
mod asking;
mod trouble;

#[cfg(test)]
mod tests;

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use minhbach_tlog::{Checkpoint, KnownWitness, Note, Policy, Signature, TreeHash, VerifyingKey, cosignature};
use ureq::Agent;

pub use trouble::Trouble;

use address::Address;

/// How long one witness is waited for, with all that it asks for again.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection that has rested so long is not used again: the witness may be about to close it.
const REST: Duration = Duration::from_secs(1);
/// The largest head of an answer.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// How a log proves that its first so many entries are the beginning of its checkpoint; none where it cannot.
pub(crate) type Consistency<'a> = dyn Fn(u64) -> io::Result<Option<Vec<TreeHash>>> + Sync + 'a;

/// The witnesses of one log.
pub struct Witnesses {
    agent: Agent,
    members: Vec<Member>,
}

/// A witness, and what is remembered of it.
struct Member {
    name: String,
    key: VerifyingKey,
    address: Result<Address, Trouble>,
    remembered: Mutex<Remembered>,
}

#[derive(Default)]
struct Remembered {
    /// Size and time.
    cosigned: Option<(u64, u64)>,
    trouble: Option<Trouble>,
}

/// What a witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The witness, as the policy calls it.
    pub name: String,
    /// Its cosignature, or why there is none.
    pub result: Result<Cosigned, Trouble>,
}

/// A cosignature that was checked: it is the witness's, over this note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The line to add to the note.
    pub signature: Signature,
    /// When the witness says that it saw it, in POSIX seconds.
    pub at: u64,
}

/// What is known of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessSeen {
    /// The witness, as the policy calls it.
    pub name: String,
    /// The size that it cosigned last, as far as we know; none if it never did.
    pub size: Option<u64>,
    /// When, in POSIX seconds, by its own clock.
    pub at: Option<u64>,
    /// Why it did not the last time it was asked; none if it did.
    pub trouble: Option<Trouble>,
}

impl Witnesses {
    /// The witnesses of a policy, of which nothing is known yet.
    pub fn new(policy: &Policy) -> Witnesses {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A checkpoint goes to the witness that the policy names.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEAD_BYTES_MAX)
            .max_idle_age(REST)
            .user_agent(concat!("minhbach/", env!("CARGO_PKG_VERSION")));
        Witnesses {
            agent: config.build().new_agent(),
            members: policy.witnesses().iter().map(Member::of).collect(),
        }
    }

    /// Learns from an earlier note who cosigned what, so that nobody is asked who it was. Lines that are not theirs are
    /// passed over.
    pub fn recall(&self, note: &Note) {
        let Ok(checkpoint) = Checkpoint::parse(note.text()) else {
            return;
        };
        for member in &self.members {
            if let Ok(Some(at)) = cosignature::time_of(note, &member.key) {
                member.remembered().cosigned = Some((checkpoint.size, at));
            }
        }
    }

    /// Asks all witnesses at once to cosign a note, which says `checkpoint` and is signed by the log; the answers come in
    /// the order of the policy, after some five seconds at most. `consistency` says how the first entries of a size are
    /// the beginning of the checkpoint's.
    pub fn ask(&self, note: &Note, checkpoint: &Checkpoint, consistency: &Consistency<'_>) -> Vec<Answer> {
        let ask = |member: &Member| member.ask(&self.agent, note, checkpoint, consistency);
        thread::scope(|scope| {
            let asked: Vec<_> = self
                .members
                .iter()
                .map(|member| {
                    let thread = thread::Builder::new().name("witness".into());
                    (member, thread.spawn_scoped(scope, move || ask(member)))
                })
                .collect();
            let answers = asked.into_iter().map(|(member, asked)| {
                let result = match asked {
                    Ok(thread) => thread.join().unwrap_or(Err(Trouble::NoProof)),
                    // The system gives no more threads: then one after the other.
                    Err(_) => ask(member),
                };
                member.learn(checkpoint.size, &result);
                Answer {
                    name: member.name.clone(),
                    result,
                }
            });
            answers.collect()
        })
    }

    /// What is known of each witness, in the order of the policy.
    pub fn seen(&self) -> Vec<WitnessSeen> {
        let seen = self.members.iter().map(|member| {
            let remembered = member.remembered();
            WitnessSeen {
                name: member.name.clone(),
                size: remembered.cosigned.map(|(size, _)| size),
                at: remembered.cosigned.map(|(_, at)| at),
                trouble: remembered.trouble,
            }
        });
        seen.collect()
    }
}

impl Member {
    fn of(known: &KnownWitness) -> Member {
        let url = known.url.as_deref().ok_or(Trouble::NoAddress);
        Member {
            name: known.name.clone(),
            key: known.key.clone(),
            address: url.and_then(|url| Address::new(url).ok_or(Trouble::BadAddress)),
            remembered: Mutex::default(),
        }
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, size: u64, result: &Result<Cosigned, Trouble>) {
        let mut remembered = self.remembered();
        remembered.trouble = result.as_ref().err().copied();
        if let Ok(cosigned) = result {
            remembered.cosigned = Some((size, cosigned.at));
        }
    }
}
