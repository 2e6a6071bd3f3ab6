//! The files of a log over HTTP.

use std::io;
use std::thread::sleep;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, Uri};

use crate::{Source, SourceError, SourceFault};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the next part of an answer is waited for: files are read from a disk and not worked out.
const QUIET: Duration = Duration::from_secs(30);
/// How long an answer may take in all, so that a server who sends a byte now and then holds nobody up.
const WHOLE: Duration = Duration::from_secs(180);
/// A connection that has rested so long is not used again: the server may be about to close it.
const REST: Duration = Duration::from_secs(5);

/// How often, and after which pauses, a server that is busy or breaks off is asked again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often a file is asked for before it is given up.
    pub tries: u32,
    /// The pause after the first time; it doubles each time.
    pub pause: Duration,
    /// The longest pause, also where a server names one.
    pub pause_max: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            tries: 6,
            pause: Duration::from_millis(250),
            pause_max: Duration::from_secs(30),
        }
    }
}

/// A log behind an address.
pub struct HttpSource {
    /// Without a slash at its end.
    prefix: String,
    agent: Agent,
    patience: Patience,
}

/// Why an address cannot be that of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an address of a log: http:// or https://, a machine and a path, without user, question and fragment"
)]
pub struct BadAddress;

impl HttpSource {
    /// The log whose checkpoint is at `<prefix>/checkpoint`. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// It is no such address.
    pub fn new(prefix: &str, patience: Patience) -> Result<HttpSource, BadAddress> {
        let prefix = prefix.trim().trim_end_matches('/');
        let uri: Uri = prefix.parse().map_err(|_| BadAddress)?;
        let authority = uri.authority().ok_or(BadAddress)?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        let plain = uri.query().is_none() && !prefix.contains('#') && !authority.as_str().contains('@');
        if !known || !plain || authority.host().is_empty() {
            return Err(BadAddress);
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A log is where its key's owner says, not where an answer points.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_resolve(Some(CONNECT))
            .timeout_per_read(Some(QUIET))
            .timeout_per_write(Some(QUIET))
            .timeout_global(Some(WHOLE))
            .max_idle_age(REST)
            .accept("*/*")
            // As tlog-tiles asks of clients.
            .accept_encoding("gzip, identity")
            .user_agent(concat!("minhbach/", env!("CARGO_PKG_VERSION")));
        Ok(HttpSource {
            prefix: prefix.to_owned(),
            agent: config.build().new_agent(),
            patience,
        })
    }

    /// The prefix, without a slash at its end.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    fn ask(&self, address: &str, fresh: bool, most: u64) -> Result<Option<Vec<u8>>, Refused> {
        let mut request = self.agent.get(address);
        if fresh {
            request = request.header("cache-control", "no-cache");
        }
        let mut response = request.call()?;
        let status = response.status().as_u16();
        match status {
            200 => {}
            404 | 410 => return Ok(None),
            300..=399 => {
                let to = text_of(response.headers(), "location").unwrap_or_default();
                return Err(SourceFault::Elsewhere(shortened(to)).into());
            }
            429 | 502 | 503 | 504 => {
                let seconds = text_of(response.headers(), "retry-after").and_then(|text| text.parse().ok());
                return Err(Refused {
                    fault: SourceFault::Status(status),
                    again: Some(seconds.map_or(Duration::ZERO, Duration::from_secs)),
                });
            }
            _ => return Err(SourceFault::Status(status).into()),
        }
        let body = response.body_mut().with_config().limit(most).read_to_vec();
        match body {
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(SourceFault::TooLong { most }.into()),
            body => Ok(Some(body?)),
        }
    }
}

impl Source for HttpSource {
    fn get(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let address = format!("{}/{path}", self.prefix);
        // What a cache kept of a checkpoint is what the log said once.
        let fresh = path == crate::remote_log::CHECKPOINT;
        let mut pause = self.patience.pause;
        let mut tries = 1;
        loop {
            let Refused { fault, again } = match self.ask(&address, fresh, most) {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            let wait = again.map(|asked| asked.max(pause));
            match wait.filter(|wait| tries < self.patience.tries && *wait <= self.patience.pause_max) {
                Some(wait) => sleep(wait),
                None => {
                    return Err(SourceError {
                        place: address,
                        fault,
                    });
                }
            }
            tries += 1;
            pause = (pause * 2).min(self.patience.pause_max);
        }
    }
}

/// An answer that is none, and after which pause to ask again, if at all.
struct Refused {
    fault: SourceFault,
    again: Option<Duration>,
}

impl From<SourceFault> for Refused {
    fn from(fault: SourceFault) -> Refused {
        Refused { fault, again: None }
    }
}

impl From<ureq::Error> for Refused {
    fn from(error: ureq::Error) -> Refused {
        let broken = |why: String| Refused {
            fault: SourceFault::Broken(why),
            again: Some(Duration::ZERO),
        };
        match error {
            ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => {
                SourceFault::NotReached(error.to_string()).into()
            }
            ureq::Error::Timeout(_) => SourceFault::TimedOut.into(),
            ureq::Error::Tls(why) => SourceFault::Tls(why.to_owned()).into(),
            ureq::Error::Rustls(why) => SourceFault::Tls(why.to_string()).into(),
            ureq::Error::Io(error) => match error.kind() {
                io::ErrorKind::ConnectionRefused
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::AddrNotAvailable => SourceFault::NotReached(error.to_string()).into(),
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => SourceFault::TimedOut.into(),
                _ => broken(error.to_string()),
            },
            other => broken(other.to_string()),
        }
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// What a server sends, as far as it belongs into a sentence.
fn shortened(text: &str) -> String {
    text.chars()
        .take(200)
        .filter(|letter| !letter.is_control())
        .collect()
}
