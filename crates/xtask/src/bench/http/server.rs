//! The command's own server, in a process of its own, as whoever runs it starts it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// Names a binary to measure instead of the one that is built.
const CHOSEN: &str = "MINHBACH_BIN";

/// The command, built as it is given away.
pub struct Binary(PathBuf);

impl Binary {
    /// Builds it beside this program, unless the environment names another.
    ///
    /// # Errors
    ///
    /// It does not build.
    pub fn build() -> Result<Binary> {
        if let Some(chosen) = std::env::var_os(CHOSEN) {
            eprintln!("measuring {}", Path::new(&chosen).display());
            return Ok(Binary(PathBuf::from(chosen)));
        }
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR");
        let manifest = manifest.context("CARGO_MANIFEST_DIR is not set: run this as `cargo xtask bench`")?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args([
                "build",
                "--release",
                "--locked",
                "--quiet",
                "--package",
                "minhbach",
                "--bin",
                "minhbach",
            ])
            .current_dir(manifest)
            .status()
            .context("starting cargo")?;
        if !built.success() {
            bail!("the command was not built");
        }
        Ok(Binary(std::env::current_exe()?.with_file_name("minhbach")))
    }

    /// Gives an actor of the folder's ledger the right to record, and returns its token.
    ///
    /// # Errors
    ///
    /// The command refuses.
    pub fn token(&self, folder: &Path) -> Result<String> {
        let output = self
            .command(folder)
            .args(["actor", "add", "bench", "--role", "recorder"])
            .output()?;
        if !output.status.success() {
            bail!(
                "no token was given: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let said = String::from_utf8(output.stdout)?;
        Ok(said.trim().to_owned())
    }

    /// Serves a folder with its own settings, but without limits of rate: there is one address here, and one token.
    /// `more` are further arguments.
    ///
    /// # Errors
    ///
    /// It ends before it listens.
    pub fn serve(&self, folder: &Path, more: &[&str]) -> Result<Server> {
        let log = folder.join("served.log");
        let mut child = self
            .command(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--requests-per-second", "0", "--writes-per-second", "0"])
            .args(more)
            .stdout(Stdio::piped())
            // A file, as a service's log is.
            .stderr(File::create(&log)?)
            .spawn()
            .context("starting the server")?;
        let out = child.stdout.take().context("the server has no output")?;
        let mut url = String::new();
        // It is said once the ledger is open.
        BufReader::new(out).read_line(&mut url)?;
        let address = url
            .trim()
            .strip_prefix("http://")
            .and_then(|address| address.parse().ok());
        let server = Server {
            child,
            address: address.unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0))),
        };
        if address.is_none() {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            bail!(
                "the server did not begin: {}",
                said.lines().last().unwrap_or_default()
            );
        }
        Ok(server)
    }

    /// The command on a folder.
    pub fn command(&self, folder: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(&self.0);
        command.arg("--data").arg(folder).stdin(Stdio::null());
        command
    }
}

/// A server that runs; dropped, it is told to end, and waited for.
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Where it is reached.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The memory that it holds, in KiB.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub fn resident_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().split(' ').next()?.parse().ok());
        kib.context("the server has ended")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.child.wait();
    }
}
