//! Requests to a server, and what comes back.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::time::Duration;

use minhbach_ledger::Language;
use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body};

use super::url::Url;
use super::{Fault, Problem, RemoteError};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the next part of an answer is waited for: a large question takes its time before the first byte.
const QUIET: Duration = Duration::from_secs(90);
/// A connection that has rested so long is not used again: the server may be about to close it.
const REST: Duration = Duration::from_secs(5);
/// The largest document that is read: a page of a thousand rows is a hundredth of it.
const DOCUMENT_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The longest line of an answer.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How long a server may ask to be left alone, once and altogether.
const WAIT_ONCE: u64 = 10;
const WAIT_IN_ALL: u64 = 30;

/// What an actor writes with.
///
/// Invariant: ASCII that can be seen, without spaces.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Reads a token; none where it cannot be one.
    pub fn new(text: &str) -> Option<Token> {
        let text = text.trim();
        let fits =
            !text.is_empty() && text.len() <= 1_024 && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Token(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A server.
pub struct Server {
    url: Url,
    reading: Agent,
    writing: Agent,
    language: &'static str,
}

/// What a request to write was answered.
pub enum Answered {
    /// Lines, each given to the caller as it came.
    Lines,
    /// Nothing was recorded, and why.
    Refused(Box<Problem>),
}

impl Server {
    /// A server that is not asked yet.
    pub fn at(url: Url, language: Language) -> Server {
        let config = || {
            Agent::config_builder()
                .http_status_as_error(false)
                // A token goes to the server that it was given for.
                .max_redirects(0)
                .max_redirects_will_error(false)
                .timeout_connect(Some(CONNECT))
                .timeout_resolve(Some(CONNECT))
                .timeout_per_read(Some(QUIET))
                .timeout_per_write(Some(QUIET))
                .user_agent(concat!("minhbach/", env!("CARGO_PKG_VERSION")))
        };
        Server {
            url,
            reading: config().max_idle_age(REST).build().new_agent(),
            // Each request to write has a connection of its own: one that rested and broke would leave its lines in doubt.
            writing: config().max_idle_connections(0).build().new_agent(),
            language: match language {
                Language::Vietnamese => "vi",
                Language::English => "en",
            },
        }
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// An error that came from it.
    pub fn error(&self, fault: Fault) -> RemoteError {
        RemoteError {
            url: self.url.clone(),
            fault,
        }
    }

    /// Asks a question, waiting a little where the server wants to be left alone.
    pub fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Result<T, RemoteError> {
        let body = self.patiently(|| {
            let mut request = self
                .reading
                .get(self.url.of(path))
                .header("accept", "application/json")
                .header("accept-language", self.language);
            for (name, value) in query {
                request = request.query(name, value);
            }
            let response = request.call().map_err(|error| self.failed(error))?;
            self.body_of(response)
        })?;
        serde_json::from_slice(&body).map_err(|error| {
            let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
            self.error(if is_json {
                Fault::NotUnderstood(error.to_string())
            } else {
                Fault::Foreign
            })
        })
    }

    /// Asks for a file that is handed on as it is.
    pub fn file(&self, path: &str) -> Result<Vec<u8>, RemoteError> {
        self.patiently(|| {
            let request = self.reading.get(self.url.of(path));
            let request = request.header("accept-language", self.language);
            let response = request.call().map_err(|error| self.failed(error))?;
            self.body_of_type(response, &["application/json", "text/plain"])
        })
    }

    /// Sends lines of proposals and gives each line of the answer as it comes.
    ///
    /// # Errors
    ///
    /// The request failed, perhaps after some lines of the answer; [`Fault::leaves_doubt`] says whether the server may
    /// have taken the others. Or `give` failed.
    pub fn post_lines(
        &self,
        token: &Token,
        lines: &[u8],
        atomic: bool,
        mut give: impl FnMut(&str) -> anyhow::Result<()>,
    ) -> anyhow::Result<Answered> {
        let response = self.patiently(|| {
            let mut request = self
                .writing
                .post(self.url.of("/v1/entries"))
                .header("content-type", "application/x-ndjson")
                .header("accept", "application/x-ndjson")
                .header("accept-language", self.language)
                .header("authorization", format!("Bearer {}", token.0));
            if atomic {
                request = request.query("atomic", "true");
            }
            let response = request.send(lines).map_err(|error| self.failed(error))?;
            if response.status().is_success() {
                return Ok(Some(response));
            }
            match self.body_of(response) {
                Err(RemoteError {
                    fault: Fault::Problem(problem),
                    ..
                }) if problem.answers().is_some() => Err(self.error(Fault::Problem(problem))),
                Err(error) => Err(error),
                Ok(_) => Ok(None),
            }
        });
        let response = match response {
            Ok(Some(response)) => response,
            Ok(None) => return Err(self.error(Fault::Foreign).into()),
            Err(RemoteError {
                fault: Fault::Problem(problem),
                ..
            }) if problem.answers().is_some() => return Ok(Answered::Refused(problem)),
            Err(error) => return Err(error.into()),
        };
        if media_type(response.headers()) != "application/x-ndjson" {
            return Err(self.error(Fault::Foreign).into());
        }
        let mut reader = BufReader::new(response.into_body().into_with_config().limit(u64::MAX).reader());
        loop {
            let mut line = Vec::new();
            let read = std::io::Read::take(&mut reader, LINE_BYTES_MAX).read_until(b'\n', &mut line);
            let read = read.map_err(|error| self.failed(ureq::Error::from(error)))?;
            if read == 0 {
                return Ok(Answered::Lines);
            }
            // A line that does not end was cut off: it says nothing for certain.
            let whole = line
                .strip_suffix(b"\n")
                .and_then(|line| str::from_utf8(line).ok());
            match whole {
                Some(line) => give(line)?,
                None => return Err(self.error(Fault::CutOff).into()),
            }
        }
    }

    /// Tries again while the server says when to come back and it is soon.
    fn patiently<T>(&self, mut ask: impl FnMut() -> Result<T, RemoteError>) -> Result<T, RemoteError> {
        let mut waited = 0;
        loop {
            let error = match ask() {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let wait = match &error.fault {
                Fault::Problem(problem) if !error.fault.leaves_doubt() => problem.retry_after,
                _ => None,
            };
            match wait {
                Some(seconds) if seconds <= WAIT_ONCE && waited + seconds.max(1) <= WAIT_IN_ALL => {
                    std::thread::sleep(Duration::from_secs(seconds.max(1)));
                    waited += seconds.max(1);
                }
                _ => return Err(error),
            }
        }
    }

    fn failed(&self, error: ureq::Error) -> RemoteError {
        self.error(Fault::of(error, self.url.is_secure()))
    }

    /// The body of an answer; a problem document is an error.
    fn body_of(&self, response: Response<Body>) -> Result<Vec<u8>, RemoteError> {
        self.body_of_type(response, &["application/json"])
    }

    fn body_of_type(&self, mut response: Response<Body>, wanted: &[&str]) -> Result<Vec<u8>, RemoteError> {
        let status = response.status();
        if status.is_redirection() {
            let to = text_of(response.headers(), "location").unwrap_or_default();
            return Err(self.error(Fault::Elsewhere(to.to_owned())));
        }
        let media_type = media_type(response.headers());
        let retry_after = text_of(response.headers(), "retry-after").and_then(|seconds| seconds.parse().ok());
        let body = response.body_mut().with_config().limit(DOCUMENT_BYTES_MAX);
        let body = body.read_to_vec().map_err(|error| self.failed(error))?;
        if status.is_success() && wanted.contains(&media_type.as_str()) {
            return Ok(body);
        }
        let problem = Problem::read(status.as_u16(), retry_after, &body)
            .filter(|_| media_type == "application/problem+json" && !status.is_success());
        Err(self.error(problem.map_or(Fault::Foreign, |problem| Fault::Problem(Box::new(problem)))))
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn media_type(headers: &HeaderMap) -> String {
    let given = text_of(headers, "content-type").unwrap_or_default();
    given
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
