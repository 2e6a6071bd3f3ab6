//! A server that is given wrong things, and what must hold of it afterwards.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::data_folder::DataFolder;
use crate::http::Ask;
use crate::journal_files::JournalFiles;
use crate::proposals::receipt;
use crate::server::{Server, actor};

/// A server with a post that may record, and the journal as it is before.
pub struct Door {
    /// The ledger.
    pub folder: DataFolder,
    /// Its server.
    pub server: Server,
    /// The token of a recorder.
    pub token: String,
    /// The journal as it was when the server began.
    pub before: JournalFiles,
}

impl Door {
    /// Opens a ledger, gives a recorder a token, and serves.
    #[track_caller]
    pub fn open() -> Door {
        let folder = DataFolder::prepared();
        let token = actor(&folder, "ke-toan", &["recorder"], None);
        let server = Server::start(&folder);
        let before = folder.journal();
        Door {
            folder,
            server,
            token,
            before,
        }
    }

    /// A body with who sends it, of a media type.
    pub fn body(&self, media_type: &str, body: &[u8]) -> Ask {
        let ask = Ask::new("POST", "/v1/entries").bearing(&self.token);
        ask.with("Content-Type", media_type).body(body.to_vec())
    }

    /// The head of a request to write, with these header lines.
    pub fn head(&self, headers: &str) -> Vec<u8> {
        let token = &self.token;
        format!("POST /v1/entries HTTP/1.1\r\nHost: so\r\nAuthorization: Bearer {token}\r\n{headers}\r\n")
            .into_bytes()
    }

    /// Sends bytes as they are, then ends sending; the whole answer as it came.
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.stream();
        // The server may refuse before it has read everything.
        drop(stream.write_all(bytes));
        drop(stream.shutdown(Shutdown::Write));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A connection without any reading of answers.
    pub fn stream(&self) -> TcpStream {
        let stream = TcpStream::connect(self.server.address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a limit");
        stream
    }

    /// Asserts that nothing was recorded.
    #[track_caller]
    pub fn unchanged(&self) {
        assert!(
            self.folder.journal().bytes == self.before.bytes,
            "something was recorded"
        );
    }

    /// Asserts that `recorded` entries came in, that good proposals still do, that no answer was the server's fault, and
    /// that the journal holds.
    #[track_caller]
    pub fn goes_on(self, recorded: usize) {
        let size = self.folder.journal().size();
        assert_eq!(size, self.before.size() + recorded, "entries");
        self.server.ask(&Ask::propose(&self.token, &receipt(5))).is(201);
        let metrics = self.server.get("/metrics");
        let faults: Vec<&str> = metrics
            .text()
            .lines()
            .filter(|line| line.contains("status=\"5"))
            .collect();
        assert!(faults.is_empty(), "{faults:?}");
        let end = self.server.terminate();
        assert_eq!(end.code, Some(0), "{}", end.err);
        assert!(!end.err.contains("panicked"), "{}", end.err);
        self.folder.run(["verify"]).ok();
    }
}

/// The status of an answer as [`Door::raw`] gives it; none where it is no answer.
pub fn raw_status(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
