//! A log and a running witness, and what they do to each other.

mod ask;
mod key;
mod kill;
mod remember;
mod status;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use minhbach_tlog::{
    AddCheckpoint, Checkpoint, KeyKind, KeyName, Nodes, Note, SigningKey, TreeHash, VerifyingKey,
    consistency_proof, root_at,
};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::{Ended, Options, WitnessError, serve};

pub(crate) const ORIGIN: &str = "so.example.vn/quy";
pub(crate) const WITNESS: &str = "nhan-chung.example/w1";

pub(crate) fn name(text: &str) -> KeyName {
    KeyName::new(text).expect("a name")
}

/// A log in memory. Two of the same key with other entries are two histories of it.
pub(crate) struct Log {
    pub(crate) key: SigningKey,
    leaves: Vec<TreeHash>,
}

impl Log {
    /// The log that everybody knows, with 64 entries.
    pub(crate) fn honest() -> Log {
        Log::of(ORIGIN, 1, 64)
    }

    /// The same log with another history from entry `from` on.
    pub(crate) fn forked_at(from: u64) -> Log {
        Log::of(ORIGIN, 1, from)
    }

    /// A log of that name, with the key of a seed, whose entries are others from `forked` on.
    pub(crate) fn of(origin: &str, seed: u8, forked: u64) -> Log {
        let entry = |nth: u64| format!("{{\"seq\":{nth},\"changed\":{}}}", forked <= nth);
        Log {
            key: SigningKey::of_seed(name(origin), KeyKind::Log, &[seed; 32]),
            leaves: (0..64).map(|nth| TreeHash::leaf(entry(nth).as_bytes())).collect(),
        }
    }

    pub(crate) fn vkey(&self) -> VerifyingKey {
        self.key.public().clone()
    }

    pub(crate) fn checkpoint(&self, size: u64) -> Checkpoint {
        let Ok(root) = root_at(self, size);
        let origin = self.key.public().name().clone();
        Checkpoint { origin, size, root }
    }

    pub(crate) fn note(&self, size: u64) -> Note {
        let mut note = self.checkpoint(size).to_note();
        note.sign(&self.key);
        note
    }

    pub(crate) fn proof(&self, old: u64, new: u64) -> Vec<TreeHash> {
        let Ok(proof) = consistency_proof(self, old, new);
        proof.expect("a larger tree")
    }

    /// What it sends to a witness.
    pub(crate) fn body(&self, old: u64, new: u64) -> String {
        let request = AddCheckpoint::new(old, self.proof(old, new), self.note(new));
        request.expect("a request").to_string()
    }
}

impl Nodes for Log {
    type Error = Infallible;

    fn node(&self, level: u32, index: u64) -> Result<TreeHash, Infallible> {
        let Some(below) = level.checked_sub(1) else {
            return Ok(self.leaves[index as usize]);
        };
        Ok(TreeHash::node(
            self.node(below, 2 * index)?,
            self.node(below, 2 * index + 1)?,
        ))
    }
}

/// An answer: its status, what it says that it is, and its text.
pub(crate) type Heard = (u16, String, String);

/// A witness that serves.
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) key: VerifyingKey,
    end: oneshot::Sender<()>,
    served: JoinHandle<Result<Ended, WitnessError>>,
}

pub(crate) fn options(folder: &Path, logs: &[&Log]) -> Options {
    Options {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        folder: PathBuf::from(folder),
        logs: logs.iter().map(|log| log.vkey()).collect(),
        name: Some(name(WITNESS)),
    }
}

impl Running {
    pub(crate) fn begin(folder: &Path, logs: &[&Log]) -> Running {
        let options = options(folder, logs);
        let (tell, told) = mpsc::channel();
        let (end, ended) = oneshot::channel();
        let served = thread::spawn(move || {
            let runtime = Runtime::new().expect("a runtime");
            runtime.block_on(serve(
                options,
                move |started| tell.send(started).expect("somebody waits"),
                async {
                    let _ = ended.await;
                },
            ))
        });
        let started = told.recv().expect("it serves");
        let (url, key) = (started.url, started.key);
        Running {
            url,
            key,
            end,
            served,
        }
    }

    pub(crate) fn post(&self, body: &str) -> Heard {
        post(&self.url, body)
    }

    pub(crate) fn get(&self, path: &str) -> Heard {
        get(&self.url, path)
    }

    /// Ends as a service manager ends it.
    pub(crate) fn end(self) -> Ended {
        let _ = self.end.send(());
        let ended = self.served.join().expect("no panic");
        ended.expect("it served")
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.build().new_agent()
}

fn heard(response: ureq::http::Response<ureq::Body>) -> Heard {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type");
    let kind = kind.map_or("", |kind| kind.to_str().expect("ASCII")).to_owned();
    let text = response.into_body().read_to_string().expect("text");
    (status, kind, text)
}

pub(crate) fn post(url: &str, body: &str) -> Heard {
    let sent = agent().post(format!("{url}/add-checkpoint")).send(body);
    heard(sent.expect("an answer"))
}

pub(crate) fn get(url: &str, path: &str) -> Heard {
    heard(agent().get(format!("{url}{path}")).call().expect("an answer"))
}

pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
/// SHA-256 of the origin, by another implementation.
pub(crate) const HEX: &str = "45fbd0346c88f48482817a5e6bd09168dfd5e2aa7eeba02b73d2960ba796f87d";
