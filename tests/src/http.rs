//! HTTP/1.1 over a plain socket: what a client library smooths over is what the tests ask about.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// A server under test that is silent for longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask {
    /// A request of any method, without a body.
    pub fn new(method: &str, path: &str) -> Ask {
        Ask {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A question.
    pub fn get(path: &str) -> Ask {
        Ask::new("GET", path)
    }

    /// A proposal, with the token of who proposes.
    pub fn propose(token: &str, proposal: &Value) -> Ask {
        let ask = Ask::new("POST", "/v1/entries").with("Content-Type", "application/json");
        ask.bearing(token).body(proposal.to_string().into_bytes())
    }

    /// Lines of proposals, with the token of who proposes; `query` with its question mark.
    pub fn lines(token: &str, query: &str, lines: impl Into<Vec<u8>>) -> Ask {
        let ask = Ask::new("POST", &format!("/v1/entries{query}"));
        let ask = ask.with("Content-Type", "application/x-ndjson");
        ask.bearing(token).body(lines.into())
    }

    /// The same with a header.
    pub fn with(mut self, name: &str, value: &str) -> Ask {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a token.
    pub fn bearing(self, token: &str) -> Ask {
        self.with("Authorization", &format!("Bearer {token}"))
    }

    /// The same with a body.
    pub fn body(mut self, body: Vec<u8>) -> Ask {
        self.body = body;
        self
    }

    /// The head as it is sent; `framing` says how long the body is.
    fn head(&self, framing: &str) -> Vec<u8> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: localhost\r\n{framing}",
            self.method, self.path
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    fn bytes(&self) -> Vec<u8> {
        let framing = match (self.body.len(), self.method.as_str()) {
            (0, "GET" | "HEAD" | "OPTIONS") => String::new(),
            (length, _) => format!("Content-Length: {length}\r\n"),
        };
        [self.head(&framing), self.body.clone()].concat()
    }
}

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// Its body, as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value; the first, where there are more.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self
            .headers
            .iter()
            .filter(|(given, _)| given.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }

    /// Its body as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// Its body as a JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.shown()))
    }

    /// Its body as JSON documents, one a line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let line = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        self.text().lines().map(line).collect()
    }

    /// Asserts the status.
    #[track_caller]
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.shown());
        self
    }

    /// Asserts a whole problem document (RFC 9457) of that status and code; returns it.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.shown());
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.shown()
        );
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{problem}");
        for text in ["title", "detail"] {
            assert!(
                problem[text].as_str().is_some_and(|text| !text.is_empty()),
                "{text} of {problem}"
            );
        }
        for language in ["vi", "en"] {
            let said = problem["message"][language].as_str().unwrap_or_default();
            assert!(
                !said.is_empty() && !said.contains("problem-"),
                "{language} of {problem}"
            );
        }
        problem
    }

    fn shown(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.chars().take(2_000).collect();
        format!("{} {:?}\n{body}", self.status, self.headers)
    }
}

/// One connection to a server; it is kept from one request to the next.
#[derive(Debug)]
pub struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    ///
    /// Nobody listens there.
    pub fn open(address: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            reader: BufReader::new(stream),
        })
    }

    /// Asks and waits for the whole answer.
    ///
    /// # Errors
    ///
    /// The connection broke, or what came is not HTTP.
    pub fn ask(&mut self, ask: &Ask) -> io::Result<Answer> {
        self.send(&ask.bytes())?;
        self.answer(ask.method == "HEAD")
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.reader.get_mut().write_all(bytes)
    }

    /// Says that nothing more is sent, while answers are still read.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn end_sending(&self) -> io::Result<()> {
        self.reader.get_ref().shutdown(Shutdown::Write)
    }

    /// The next answer, whole; that to a HEAD has no body.
    ///
    /// # Errors
    ///
    /// The connection broke, or what came is not HTTP.
    pub fn answer(&mut self, to_head: bool) -> io::Result<Answer> {
        let (status, headers) = head(&mut self.reader)?;
        let mut body = Vec::new();
        if !to_head && !matches!(status, 204 | 304) {
            let framing = Framing::of(&headers)?;
            Body {
                reader: &mut self.reader,
                framing,
            }
            .read_to_end(&mut body)?;
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    /// Begins a request whose body is sent piece by piece while its answer is read.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn stream(mut self, ask: &Ask) -> io::Result<(Sender, Receiver)> {
        self.send(&ask.head("Transfer-Encoding: chunked\r\n"))?;
        let sender = Sender(self.reader.get_ref().try_clone()?);
        Ok((sender, Receiver::new(self.reader)))
    }

    /// Asks and reads the answer piece by piece.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn follow(mut self, ask: &Ask) -> io::Result<Receiver> {
        self.send(&ask.bytes())?;
        Ok(Receiver::new(self.reader))
    }
}

/// A body that is sent piece by piece.
#[derive(Debug)]
pub struct Sender(TcpStream);

impl Sender {
    /// Sends a piece.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn send(&mut self, piece: &[u8]) -> io::Result<()> {
        let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
        self.0.write_all(&chunk)
    }

    /// Sends a proposal as a line.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn line(&mut self, proposal: &Value) -> io::Result<()> {
        self.send(format!("{proposal}\n").as_bytes())
    }

    /// Ends the body.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn end(mut self) -> io::Result<()> {
        self.0.write_all(b"0\r\n\r\n")
    }

    /// Closes the connection's sending half, with the body unfinished.
    ///
    /// # Errors
    ///
    /// The connection broke before.
    pub fn break_off(self) -> io::Result<()> {
        self.0.shutdown(Shutdown::Write)
    }

    /// Drops the connection in both directions.
    pub fn drop_connection(self) {
        // That the other side was faster is no matter.
        drop(self.0.shutdown(Shutdown::Both));
    }
}

/// An answer that is read piece by piece.
#[derive(Debug)]
pub struct Receiver {
    reader: BufReader<TcpStream>,
    head: Option<(u16, Vec<(String, String)>)>,
    framing: Framing,
    /// What was read and ends in no newline yet.
    begun: Vec<u8>,
}

/// An event of a stream (WHATWG HTML, 9.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SseEvent {
    /// Its id.
    pub id: String,
    /// Its name.
    pub event: String,
    /// Its data.
    pub data: String,
}

impl Receiver {
    fn new(reader: BufReader<TcpStream>) -> Receiver {
        Receiver {
            reader,
            head: None,
            framing: Framing::UntilClosed,
            begun: Vec::new(),
        }
    }

    /// The status; it is waited for.
    ///
    /// # Errors
    ///
    /// The connection broke, or what came is not HTTP.
    pub fn status(&mut self) -> io::Result<u16> {
        if self.head.is_none() {
            let (status, headers) = head(&mut self.reader)?;
            self.framing = Framing::of(&headers)?;
            self.head = Some((status, headers));
        }
        Ok(self.head.as_ref().map_or(0, |(status, _)| *status))
    }

    /// The next line, without its end; none after the last.
    ///
    /// # Errors
    ///
    /// The connection broke before the body was whole.
    pub fn line(&mut self) -> io::Result<Option<String>> {
        self.status()?;
        loop {
            if let Some(end) = self.begun.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.begun.drain(..=end).take(end).collect();
                return String::from_utf8(line).map(Some).map_err(io::Error::other);
            }
            let mut piece = [0; 16 * 1024];
            let mut body = Body {
                reader: &mut self.reader,
                framing: self.framing,
            };
            let read = body.read(&mut piece);
            self.framing = body.framing;
            match read? {
                0 if self.begun.is_empty() => return Ok(None),
                0 => return Err(io::Error::other("the last line has no end")),
                bytes => self.begun.extend_from_slice(&piece[..bytes]),
            }
        }
    }

    /// The next line as JSON; none after the last.
    ///
    /// # Errors
    ///
    /// The connection broke before the body was whole.
    pub fn json(&mut self) -> io::Result<Option<Value>> {
        let line = self.line()?;
        line.map(|line| serde_json::from_str(&line).map_err(io::Error::other))
            .transpose()
    }

    /// The next event of a stream of them, comments left out; none after the last.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn event(&mut self) -> io::Result<Option<SseEvent>> {
        let (mut id, mut event, mut data) = (None, String::new(), String::new());
        while let Some(line) = self.line()? {
            match line
                .split_once(':')
                .map(|(field, value)| (field, value.strip_prefix(' ').unwrap_or(value)))
            {
                Some(("id", value)) => id = Some(value.to_owned()),
                Some(("event", value)) => value.clone_into(&mut event),
                Some(("data", value)) => data.push_str(value),
                _ => {}
            }
            if line.is_empty()
                && let Some(id) = id.take()
            {
                return Ok(Some(SseEvent { id, event, data }));
            }
        }
        Ok(None)
    }
}

/// How long a body is.
#[derive(Clone, Copy, Debug)]
enum Framing {
    /// So many bytes more.
    Length(usize),
    /// In chunks; so many bytes are left of this one, none before the first.
    Chunk(Option<usize>),
    /// The last chunk has come.
    Ended,
    UntilClosed,
}

impl Framing {
    fn of(headers: &[(String, String)]) -> io::Result<Framing> {
        let header = |wanted: &str| {
            headers
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str())
        };
        match (header("transfer-encoding"), header("content-length")) {
            (Some("chunked"), _) => Ok(Framing::Chunk(None)),
            (_, Some(length)) => length.parse().map(Framing::Length).map_err(io::Error::other),
            _ => Ok(Framing::UntilClosed),
        }
    }
}

struct Body<'a, R> {
    reader: &'a mut R,
    framing: Framing,
}

impl<R: BufRead> Read for Body<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.framing {
            Framing::Ended | Framing::Length(0) => Ok(0),
            Framing::UntilClosed => self.reader.read(into),
            Framing::Length(left) => {
                let read = self.part(into, left)?;
                self.framing = Framing::Length(left - read);
                Ok(read)
            }
            Framing::Chunk(Some(left)) if 0 < left => {
                let read = self.part(into, left)?;
                self.framing = Framing::Chunk(Some(left - read));
                Ok(read)
            }
            Framing::Chunk(before) => {
                if before.is_some() {
                    line(self.reader)?;
                }
                let length = line(self.reader)?;
                let length = usize::from_str_radix(length.trim(), 16).map_err(io::Error::other)?;
                self.framing = Framing::Chunk(Some(length));
                if length == 0 {
                    line(self.reader)?;
                    self.framing = Framing::Ended;
                }
                self.read(into)
            }
        }
    }
}

impl<R: BufRead> Body<'_, R> {
    fn part(&mut self, into: &mut [u8], left: usize) -> io::Result<usize> {
        let room = into.len().min(left);
        match self.reader.read(&mut into[..room])? {
            0 if 0 < room => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

/// A status and headers, their names in small letters.
fn head(reader: &mut impl BufRead) -> io::Result<(u16, Vec<(String, String)>)> {
    let first = line(reader)?;
    let status = first
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("no HTTP: {first:?}")))?;
    let mut headers = Vec::new();
    loop {
        let line = line(reader)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| io::Error::other(format!("no header: {line:?}")))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if status == 100 {
        head(reader)
    } else {
        Ok((status, headers))
    }
}

fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
