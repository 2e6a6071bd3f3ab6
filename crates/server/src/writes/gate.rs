//! The way to the writer: requests queue here, are decided in their order, and answered when they are durable.
//!
//! Two threads, as the engine wants it: one decides, the other waits for the disk and answers. While a batch is in
//! `fdatasync`, all who come meanwhile are decided into the next, so that many small requests share one sync.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};
use minhbach_events::Proposal;
use minhbach_ledger::{Answer, Caller, Ledger, Pending, Stopped};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::operation;
use crate::problem::{Fault, Problem};

/// Requests that wait to be decided.
const QUEUE_MAX: usize = 512;
/// Requests that are decided and wait for the disk.
const DECIDED_MAX: usize = 1_024;
/// Bytes of proposals that wait, in KiB.
const WAITING_KIB_MAX: u32 = 64 * 1024;

/// What comes back when the request is durable.
type Reply = oneshot::Sender<Result<Vec<Answer>, Stopped>>;

/// Proposals of one caller that are decided together.
struct Request {
    proposals: Vec<Proposal>,
    caller: Caller,
    atomic: bool,
    reply: Reply,
    _room: OwnedSemaphorePermit,
    queued: operation::Counted,
}

/// A request that is decided.
struct Decided {
    pending: Pending,
    reply: Reply,
    _room: OwnedSemaphorePermit,
}

/// The way to the writer.
pub(crate) struct Gate {
    /// None once no more is taken.
    queue: Mutex<Option<mpsc::Sender<Request>>>,
    room: Arc<Semaphore>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Gate {
    /// Begins the two threads.
    pub fn begin(ledger: Arc<Ledger>) -> Gate {
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        let (decided_sender, decided) = bounded(DECIDED_MAX);
        let threads = vec![
            std::thread::spawn(move || decide(&ledger, requests, &decided_sender)),
            std::thread::spawn(move || answer(&decided)),
        ];
        Gate {
            queue: Mutex::new(Some(queue)),
            room: Arc::new(Semaphore::new(WAITING_KIB_MAX as usize)),
            threads: Mutex::new(threads),
        }
    }

    /// Hands proposals of `bytes` bytes in, waiting for room; the answers come when all that were accepted are durable.
    pub async fn hand_in(
        &self,
        proposals: Vec<Proposal>,
        bytes: usize,
        caller: Caller,
        atomic: bool,
    ) -> Result<Waiting, Problem> {
        let ended = || Problem::new(Fault::ShuttingDown, &[]);
        let kib = u32::try_from(bytes / 1024 + 1)
            .unwrap_or(WAITING_KIB_MAX)
            .min(WAITING_KIB_MAX);
        let room = self
            .room
            .clone()
            .acquire_many_owned(kib)
            .await
            .map_err(|_| ended())?;
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or_else(ended)?;
        let (reply, answers) = oneshot::channel();
        let request = Request {
            proposals,
            caller,
            atomic,
            reply,
            _room: room,
            queued: operation::queued(),
        };
        queue.send(request).await.map_err(|_| ended())?;
        Ok(Waiting(answers))
    }

    /// Takes no more, and returns when all that was handed in is answered.
    pub fn end(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let threads: Vec<_> = self
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
            .collect();
        for thread in threads {
            // A panic has been reported by the thread itself, and its callers were told.
            let _ = thread.join();
        }
    }
}

/// Answers that are on their way.
pub(crate) struct Waiting(oneshot::Receiver<Result<Vec<Answer>, Stopped>>);

impl Waiting {
    /// Waits for the answers, one for each proposal, in order.
    pub async fn answers(self) -> Result<Vec<Answer>, Problem> {
        match self.0.await {
            Ok(Ok(answers)) => {
                operation::answered(&answers);
                Ok(answers)
            }
            Ok(Err(stopped)) => {
                tracing::error!(%stopped, "the writer has stopped");
                Err(Problem::new(Fault::WriterStopped, &[]))
            }
            Err(_) => Err(Problem::new(Fault::WriterStopped, &[])),
        }
    }
}

fn decide(ledger: &Ledger, mut requests: mpsc::Receiver<Request>, decided: &Sender<Decided>) {
    while let Some(request) = requests.blocking_recv() {
        let Request {
            proposals,
            caller,
            atomic,
            reply,
            _room,
            queued,
        } = request;
        drop(queued);
        // Who has gone before his proposals were decided does not have them recorded.
        if reply.is_closed() {
            continue;
        }
        match ledger.submit(proposals, &caller, atomic) {
            Ok(pending) => {
                if decided
                    .send(Decided {
                        pending,
                        reply,
                        _room,
                    })
                    .is_err()
                {
                    return;
                }
            }
            Err(stopped) => drop(reply.send(Err(stopped))),
        }
    }
}

fn answer(decided: &Receiver<Decided>) {
    for Decided {
        pending,
        reply,
        _room,
    } in decided
    {
        // Who has gone meanwhile finds his entries in the journal.
        let _ = reply.send(pending.wait());
    }
}
