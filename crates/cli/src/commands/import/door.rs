//! Where an import asks and proposes: the ledger itself, or the server that holds it.
//!
//! Over a server the folder is needed all the same, for what `private/` knows of earlier imports. The journal beside it is
//! read without its lock; a lock of its own keeps two imports apart.

use std::collections::VecDeque;
use std::fs::{File, TryLockError};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use minhbach_events::Proposal;
use minhbach_journal::Reader;
use minhbach_ledger::{Answer, Books, BooksGuard, Pending, read_books};
use serde::Deserialize;

use super::refused::Refused;
use crate::failure;
use crate::opening;
use crate::progress::Bar;
use crate::remote::{Answered, Fault, LineAnswer, RemoteError, Server, Token};
use crate::session::Session;
use crate::writing::Writing;

/// Bytes of lines in one request over HTTP. Its answers wait on the way until all of it is sent, so it must not be large.
const REQUEST_BYTES: usize = 128 * 1024;
/// How often lines are sent again whose answers were lost; every imported line has a key, so none is recorded twice.
const TRIES: u32 = 4;
/// How long to wait before the first of those times; twice as long before each next one.
const PAUSE: Duration = Duration::from_millis(500);

/// The door to a ledger.
pub struct Door<'a> {
    session: &'a Session,
    behind: Behind,
    private: PathBuf,
    /// The journal's folder, locked: nobody else imports meanwhile.
    _alone: File,
}

#[expect(clippy::large_enum_variant, reason = "there is one of it in a process")]
enum Behind {
    Ledger(Writing),
    Server {
        server: Server,
        token: Token,
        books: Books,
        journal: Reader,
    },
}

/// What became of a proposal.
pub type Given = Result<Taken, Refused>;

/// A proposal whose entry is in the journal.
pub struct Taken {
    /// It was there already.
    pub repeated: bool,
}

/// Answers that are there already, or on their way.
pub enum Answers {
    There(Vec<Given>),
    Pending(Pending),
}

impl Answers {
    /// Waits for them.
    pub fn wait(self) -> anyhow::Result<Vec<Given>> {
        Ok(match self {
            Answers::There(answers) => answers,
            Answers::Pending(pending) => pending.wait()?.into_iter().map(given).collect(),
        })
    }
}

/// The answer of a ledger as that of any door.
pub fn given(answer: Answer) -> Given {
    match answer {
        Ok(acknowledgement) => Ok(Taken {
            repeated: acknowledgement.repeated,
        }),
        Err(rejection) => Err(Refused::from(&rejection)),
    }
}

impl<'a> Door<'a> {
    /// Opens the folder, or reads it and speaks to the server that was named.
    pub fn open(session: &'a Session) -> anyhow::Result<Door<'a>> {
        let private = session.data.join("private");
        let behind = match session.server() {
            None => Behind::Ledger(opening::to_write(session)?),
            Some(server) => {
                let token = session.token()?;
                if server.url().is_open_to_others() {
                    session.say(&session.texts.with("remote-open", &[("url", server.url())]));
                }
                let (books, journal) = read_books(&session.data, &Bar::new(session))?;
                is_same(session, &server, &books)?;
                Behind::Server {
                    server,
                    token,
                    books,
                    journal,
                }
            }
        };
        // What another import recorded meanwhile is not in those books, and is answered as known when it is proposed.
        let alone = alone(session)?;
        Ok(Door {
            session,
            behind,
            private,
            _alone: alone,
        })
    }

    /// What is known of earlier imports, and nobody else may know.
    pub fn private(&self) -> &Path {
        &self.private
    }

    /// The state of the rules; over a server, as it was when the folder was read.
    pub fn books(&self) -> impl Deref<Target = Books> + '_ {
        match &self.behind {
            Behind::Ledger(ledger) => BooksHere::Locked(ledger.books()),
            Behind::Server { books, .. } => BooksHere::Own(books),
        }
    }

    /// The journal.
    pub fn journal(&self) -> &Reader {
        match &self.behind {
            Behind::Ledger(ledger) => ledger.reader(),
            Behind::Server { journal, .. } => journal,
        }
    }

    /// Hands proposals in. Over a server they are answered when this returns.
    pub fn submit(&self, proposals: Vec<Proposal>) -> anyhow::Result<Answers> {
        Ok(match &self.behind {
            Behind::Ledger(ledger) => {
                Answers::Pending(ledger.submit(proposals, &self.session.caller, false)?)
            }
            Behind::Server { server, token, .. } => Answers::There(self.send(server, token, &proposals)?),
        })
    }

    fn send(&self, server: &Server, token: &Token, proposals: &[Proposal]) -> anyhow::Result<Vec<Given>> {
        let mut lines: VecDeque<Vec<u8>> = proposals.iter().map(Proposal::to_line).collect();
        let mut answers = Vec::with_capacity(lines.len());
        let (mut tries_left, mut pause) = (TRIES, PAUSE);
        while !lines.is_empty() {
            let mut body = Vec::new();
            let mut sent = 0;
            for line in &lines {
                if 0 < sent && REQUEST_BYTES < body.len() + line.len() {
                    break;
                }
                body.extend_from_slice(line);
                body.push(b'\n');
                sent += 1;
            }
            let before = answers.len();
            let given = self.request(server, token, &body, &mut answers);
            let answered = answers.len() - before;
            lines.drain(..answered.min(lines.len()));
            let error = match given {
                Ok(()) if answered == sent => {
                    (tries_left, pause) = (TRIES, PAUSE);
                    continue;
                }
                Ok(()) => server.error(Fault::CutOff).into(),
                Err(error) => error,
            };
            tries_left -= 1;
            let doubtful = error
                .downcast_ref::<RemoteError>()
                .is_some_and(|error| error.fault.leaves_doubt());
            if !doubtful || tries_left == 0 {
                return Err(error);
            }
            std::thread::sleep(pause);
            pause *= 2;
        }
        Ok(answers)
    }

    /// One request; what was answered before it failed is kept.
    fn request(
        &self,
        server: &Server,
        token: &Token,
        body: &[u8],
        answers: &mut Vec<Given>,
    ) -> anyhow::Result<()> {
        let mut ended = None;
        let answered = server.post_lines(token, body, false, |answer| {
            let Some(answer) = LineAnswer::read(answer) else {
                return Err(server.error(Fault::Foreign).into());
            };
            if let Some(error) = answer.ended_by() {
                ended
                    .get_or_insert_with(|| error.message.in_language(self.session.texts.language).to_owned());
                return Ok(());
            }
            answers.push(match answer.error {
                None => Ok(Taken {
                    repeated: answer.repeated,
                }),
                Some(error) => Err(Refused::from(error)),
            });
            Ok(())
        })?;
        match (answered, ended) {
            (Answered::Lines, None) => Ok(()),
            (Answered::Lines, Some(why)) => Err(self
                .session
                .told("remote-ended", &[("url", server.url()), ("why", &why)])),
            (Answered::Refused(problem), _) => Err(server.error(Fault::Problem(problem)).into()),
        }
    }

    /// Ends it. Everything acknowledged is durable.
    pub fn close(self) {
        if let Behind::Ledger(ledger) = self.behind {
            ledger.close(self.session);
        }
    }
}

/// Keeps other imports into the folder away until what is returned is dropped.
fn alone(session: &Session) -> anyhow::Result<File> {
    // It is there whenever there is a ledger, so nothing is made where an import is refused.
    let folder = session.data.join("journal");
    let opened = File::open(&folder).map_err(TryLockError::Error);
    match opened.and_then(|opened| opened.try_lock().map(|()| opened)) {
        Ok(locked) => Ok(locked),
        Err(TryLockError::WouldBlock) => {
            Err(session.told("import-elsewhere", &[("path", &session.data.display())]))
        }
        Err(TryLockError::Error(error)) => {
            let why = failure::system(&error, session.texts);
            Err(session.told("failure-io", &[("path", &folder.display()), ("why", &why)]))
        }
    }
}

/// Whether the server serves the ledger of the folder: it has the folder's last entry too.
fn is_same(session: &Session, server: &Server, books: &Books) -> anyhow::Result<()> {
    let other = || {
        let folder = session.data.display();
        session.told(
            "import-other-ledger",
            &[("url", server.url()), ("folder", &folder)],
        )
    };
    let Some(last) = books.size().checked_sub(1) else {
        return Err(other());
    };
    let entry: Result<LastEntry, RemoteError> = server.get(&format!("/v1/entries/{last}"), &[]);
    match entry {
        Ok(entry) if entry.hash == books.head().to_string() => Ok(()),
        Ok(_) => Err(other()),
        Err(RemoteError {
            fault: Fault::Problem(problem),
            ..
        }) if problem.status == 404 => Err(other()),
        Err(error) => Err(error.into()),
    }
}

/// What of an entry is compared.
#[derive(Deserialize)]
struct LastEntry {
    hash: String,
}

/// The books of a ledger that goes on, or those that were read.
enum BooksHere<'a> {
    Locked(BooksGuard<'a>),
    Own(&'a Books),
}

impl Deref for BooksHere<'_> {
    type Target = Books;

    fn deref(&self) -> &Books {
        match self {
            BooksHere::Locked(books) => books,
            BooksHere::Own(books) => books,
        }
    }
}
