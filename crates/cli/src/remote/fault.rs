//! Why a server gave no answer, in a sentence.

use std::fmt;
use std::io::ErrorKind;

use super::Problem;
use super::url::Url;
use crate::failure;
use crate::texts::Texts;

/// A question to a server, or lines for it, that were not answered.
#[derive(Debug)]
pub struct RemoteError {
    /// The server.
    pub url: Url,
    /// What stood in the way.
    pub fault: Fault,
}

/// What stood in the way.
#[derive(Debug)]
pub enum Fault {
    /// No connection: nothing was sent.
    NotReached(std::io::Error),
    /// Nobody knows a machine of that name.
    NoSuchHost,
    /// A connection that could not be made secure.
    Tls(String),
    /// No answer in time; whether before anything was sent.
    TimedOut { sent: bool },
    /// The connection broke.
    Broken(String),
    /// The answer ended before it was whole.
    CutOff,
    /// Whoever answers is no server of ours.
    Foreign,
    /// The answer is elsewhere.
    Elsewhere(String),
    /// A document that cannot be read, as of another version.
    NotUnderstood(String),
    /// The server says why.
    Problem(Box<Problem>),
}

impl Fault {
    /// What a failed request met.
    pub fn of(error: ureq::Error, secure: bool) -> Fault {
        match error {
            ureq::Error::HostNotFound => Fault::NoSuchHost,
            ureq::Error::ConnectionFailed => Fault::NotReached(ErrorKind::NotConnected.into()),
            ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
                Fault::TimedOut { sent: false }
            }
            ureq::Error::Timeout(_) => Fault::TimedOut { sent: true },
            ureq::Error::Tls(why) => Fault::Tls(why.to_owned()),
            ureq::Error::Rustls(why) => Fault::Tls(why.to_string()),
            ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::BodyExceedsLimit(_) => {
                Fault::Foreign
            }
            ureq::Error::Io(error) => Fault::of_io(error, secure),
            other => Fault::Broken(other.to_string()),
        }
    }

    fn of_io(error: std::io::Error, secure: bool) -> Fault {
        match error.kind() {
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable => Fault::NotReached(error),
            ErrorKind::InvalidData if secure => Fault::Tls(error.to_string()),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Fault::TimedOut { sent: true },
            _ => Fault::Broken(error.to_string()),
        }
    }

    /// Whether the server may have taken what was sent.
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Fault::NotReached(_) | Fault::NoSuchHost | Fault::Tls(_) | Fault::Elsewhere(_) => false,
            Fault::TimedOut { sent } => *sent,
            Fault::Broken(_) | Fault::CutOff | Fault::Foreign | Fault::NotUnderstood(_) => true,
            // A writer that has stopped cannot tell what it kept.
            Fault::Problem(problem) => problem.code() == "writer_stopped" || problem.status == 500,
        }
    }
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.url, self.fault)
    }
}

impl std::error::Error for RemoteError {}

/// What stood in the way, where, and what to do.
pub fn sentence(error: &RemoteError, texts: Texts) -> String {
    let url = &error.url;
    let because = |key: &str, why: &dyn fmt::Display| texts.with(key, &[("url", url), ("why", why)]);
    match &error.fault {
        Fault::NotReached(error) => because("remote-not-reached", &failure::system(error, texts)),
        Fault::NoSuchHost => texts.with("remote-no-such-host", &[("url", url)]),
        Fault::Tls(why) => because("remote-tls", why),
        Fault::TimedOut { .. } => texts.with("remote-timed-out", &[("url", url)]),
        Fault::Broken(why) => because("remote-broken", why),
        Fault::CutOff => because("remote-broken", &texts.get("remote-cut-off")),
        Fault::Foreign => texts.with("remote-foreign", &[("url", url)]),
        Fault::Elsewhere(to) => texts.with("remote-elsewhere", &[("url", url), ("to", to)]),
        Fault::NotUnderstood(why) => because("remote-not-understood", why),
        Fault::Problem(problem) => {
            let said = problem.message(texts.language);
            match problem.status {
                401 => texts.with("remote-unauthenticated", &[("url", url)]),
                403 => because("remote-forbidden", &said),
                429 => because("remote-too-many", &said),
                503 => because("remote-unavailable", &said),
                _ => because("remote-problem", &said),
            }
        }
    }
}
