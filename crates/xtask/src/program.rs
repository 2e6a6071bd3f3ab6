//! Running another program, and saying clearly when it is not there or fails.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};

use anyhow::{Context as _, Result, bail};

/// A program with its arguments.
pub struct Program {
    name: OsString,
    command: Command,
    arguments: Vec<OsString>,
}

impl Program {
    /// A program found in `PATH`, or by its path. It reads no input.
    pub fn new(name: impl AsRef<OsStr>) -> Program {
        let mut command = Command::new(name.as_ref());
        command.stdin(Stdio::null());
        Program {
            name: name.as_ref().to_owned(),
            command,
            arguments: Vec::new(),
        }
    }

    /// Adds arguments.
    pub fn args<I: IntoIterator<Item: AsRef<OsStr>>>(mut self, arguments: I) -> Program {
        for argument in arguments {
            self.command.arg(argument.as_ref());
            self.arguments.push(argument.as_ref().to_owned());
        }
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Program {
        self.command.env(name, value);
        self
    }

    /// Puts what it prints to stderr into a file.
    pub fn errors_to(mut self, path: &Path) -> Result<Program> {
        let file = File::create(path).with_context(|| format!("making {}", path.display()))?;
        self.command.stderr(file);
        Ok(self)
    }

    /// Runs it with our own output.
    pub fn run_in(mut self, folder: &Path) -> Result<()> {
        let status = self.command.current_dir(folder).status();
        let status = status.map_err(|error| self.not_started(&error))?;
        self.expect_success(status)
    }

    /// Runs it, passes its lines on as they come, and shows each to `see`. Says whether it succeeded.
    pub fn lines_in(mut self, folder: &Path, mut see: impl FnMut(&str)) -> Result<bool> {
        self.command.current_dir(folder).stdout(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| self.not_started(&error))?;
        let stdout = child
            .stdout
            .take()
            .context("the output of the program is not there")?;
        let mut ours = std::io::stdout().lock();
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.context("reading the program's output")?;
            ours.write_all(&line)?;
            ours.write_all(b"\n")?;
            see(&String::from_utf8_lossy(&line));
        }
        Ok(child.wait()?.success())
    }

    /// Runs it and returns what it printed to stdout; what it printed to stderr is in the error.
    pub fn text_in(mut self, folder: &Path) -> Result<String> {
        let output = self.command.current_dir(folder).output();
        let output = output.map_err(|error| self.not_started(&error))?;
        if !output.status.success() {
            bail!("{} failed: {}", self.line(), last_words(&output));
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("the output of {} is not UTF-8", self.line()))
    }

    /// Whether it starts and succeeds; its output is dropped.
    pub fn succeeds_in(mut self, folder: &Path) -> bool {
        self.command
            .current_dir(folder)
            .output()
            .is_ok_and(|output| output.status.success())
    }

    fn expect_success(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("`{}` failed", self.line());
        }
        Ok(())
    }

    fn not_started(&self, error: &std::io::Error) -> anyhow::Error {
        let name = self.name.to_string_lossy();
        match error.kind() {
            ErrorKind::NotFound => anyhow::anyhow!("`{name}` is not installed, or not in PATH"),
            _ => anyhow::anyhow!("`{name}` could not be started: {error}"),
        }
    }

    /// As one would type it.
    fn line(&self) -> String {
        let words = std::iter::once(&self.name).chain(&self.arguments);
        words
            .map(|word| word.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The last lines of what a program said of its failure.
fn last_words(output: &Output) -> String {
    let said = if output.stderr.is_empty() {
        &output.stdout
    } else {
        &output.stderr
    };
    let said = String::from_utf8_lossy(said);
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(6)..].join("\n")
}
