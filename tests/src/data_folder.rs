//! A data folder of the binary's, and the commands on it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::binary::minhbach;
use crate::journal_files::JournalFiles;
use crate::proposals::{ORIGIN, PROGRAMME, groundwork};
use crate::run::{Run, run, with_stdin};

/// A data folder; one that was made here is removed with it.
pub struct DataFolder {
    path: PathBuf,
    _temporary: Option<TempDir>,
}

impl DataFolder {
    /// A path where nothing is yet.
    pub fn absent() -> DataFolder {
        let temporary = tempfile::Builder::new().prefix("minhbach-").tempdir();
        let temporary = temporary.expect("a temporary folder");
        DataFolder {
            path: temporary.path().join("data"),
            _temporary: Some(temporary),
        }
    }

    /// A folder that somebody else looks after.
    pub fn at(path: impl Into<PathBuf>) -> DataFolder {
        DataFolder {
            path: path.into(),
            _temporary: None,
        }
    }

    /// A live ledger with the programme and its places, and nothing else.
    pub fn opened() -> DataFolder {
        let folder = DataFolder::absent();
        folder.open();
        folder
    }

    /// A live ledger in which gifts can be received, allocated and delivered.
    pub fn prepared() -> DataFolder {
        let folder = DataFolder::opened();
        folder.record_all(&groundwork());
        folder
    }

    /// A small live ledger: without the programme and its places.
    pub fn bare() -> DataFolder {
        let folder = DataFolder::absent();
        folder.run(["init", "--origin", ORIGIN]).ok();
        folder
    }

    /// Makes the ledger of [`DataFolder::opened`] here.
    pub fn open(&self) {
        self.run(["init", "--origin", ORIGIN, "--programme", PROGRAMME])
            .ok();
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A copy of it, with everything in it.
    pub fn copy(&self) -> DataFolder {
        let copy = DataFolder::absent();
        copy_folder(&self.path, &copy.path);
        copy
    }

    /// A command of the binary on this folder.
    pub fn command<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, arguments: I) -> Command {
        let mut command = bare_command();
        command.args(arguments).arg("--data").arg(&self.path);
        command
    }

    /// Runs a command to its end.
    pub fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, arguments: I) -> Run {
        run(&mut self.command(arguments))
    }

    /// Runs a command to its end, with input.
    pub fn run_with<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, arguments: I, input: &[u8]) -> Run {
        with_stdin(&mut self.command(arguments), input)
    }

    /// Records proposals, and returns the run.
    pub fn record(&self, proposals: &[Value]) -> Run {
        self.run_with(["record", "-"], &lines(proposals))
    }

    /// Records proposals that must all be accepted; the answers.
    #[track_caller]
    pub fn record_all(&self, proposals: &[Value]) -> Vec<Value> {
        let run = self.record(proposals).ok();
        let answers = run.json_lines();
        assert_eq!(
            answers.len(),
            proposals.len(),
            "each line is answered: {}",
            run.out
        );
        answers
    }

    /// The journal's files as they are now.
    pub fn journal(&self) -> JournalFiles {
        JournalFiles::read(&self.path)
    }
}

/// Proposals as the lines that `record` reads.
pub(crate) fn lines(proposals: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for proposal in proposals {
        bytes.extend_from_slice(proposal.to_string().as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

/// The binary with an environment that no machine's settings change.
fn bare_command() -> Command {
    let mut command = Command::new(minhbach());
    command
        .env_remove("MINHBACH_DATA")
        .env_remove("RUST_BACKTRACE")
        .env("LC_ALL", "C.UTF-8")
        .env("MINHBACH_LANG", "en");
    command
}

/// Copies a folder and all in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the copy's folder");
    for found in std::fs::read_dir(from).expect("the folder") {
        let found = found.expect("an item of the folder");
        let to = to.join(found.file_name());
        if found.file_type().expect("its type").is_dir() {
            copy_folder(&found.path(), &to);
        } else {
            std::fs::copy(found.path(), &to).expect("a copy");
        }
    }
}
