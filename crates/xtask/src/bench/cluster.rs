//! A PostgreSQL cluster of its own, in a folder of its own, on a socket of its own.

use std::fs::{File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use postgres::{Client, Config, NoTls};
use rustix::process::{Pid, Signal, kill_process};

const USER: &str = "bench";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running cluster; dropped, it is ended.
pub struct Cluster {
    server: Child,
    folder: PathBuf,
    version: String,
}

/// Whom the server runs as, where we are root: PostgreSQL refuses root.
#[derive(Clone, Copy)]
struct Unprivileged {
    user: u32,
    group: u32,
}

impl Cluster {
    /// Makes and starts one with PostgreSQL's own settings: every commit is durable when it is acknowledged.
    pub fn start(base: &Path) -> Result<Cluster> {
        let programs = programs()?;
        let folder = base.join("postgresql");
        std::fs::create_dir(&folder)?;
        let owner = unprivileged()?;
        if let Some(Unprivileged { user, group }) = owner {
            // The server must pass through our folder to its own.
            std::fs::set_permissions(base, Permissions::from_mode(0o711))?;
            chown(&folder, Some(user), Some(group))?;
        }
        let run = |program: &str| {
            let mut command = Command::new(programs.join(program));
            command.current_dir(&folder).stdin(Stdio::null());
            if let Some(Unprivileged { user, group }) = owner {
                command.uid(user).gid(group);
            }
            command
        };
        eprintln!("making a PostgreSQL cluster");
        let made = run("initdb")
            .args([
                "--pgdata=data",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--username",
                USER,
            ])
            .output()
            .context("starting initdb")?;
        if !made.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim());
        }
        let log = folder.join("log");
        let settings = [
            "listen_addresses=",
            "fsync=on",
            "synchronous_commit=on",
            "unix_socket_permissions=0777",
        ];
        let server = run("postgres")
            .args(["-D", "data", "-k"])
            .arg(&folder)
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()
            .context("starting postgres")?;
        let mut cluster = Cluster {
            server,
            folder,
            version: String::new(),
        };
        let mut client = cluster.wait().with_context(|| {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            format!(
                "postgres does not answer: {}",
                said.lines().last().unwrap_or_default()
            )
        })?;
        cluster.version = client.query_one("SHOW server_version", &[])?.get(0);
        Ok(cluster)
    }

    /// Its version, as it says.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How it is reached.
    pub fn settings(&self) -> tokio_postgres::Config {
        let mut settings = tokio_postgres::Config::new();
        settings.host_path(&self.folder).user(USER).dbname("postgres");
        settings
    }

    /// A new connection.
    pub fn connect(&self) -> Result<Client> {
        let client = Config::from(self.settings()).connect(NoTls);
        client.context("connecting to PostgreSQL")
    }

    fn wait(&mut self) -> Result<Client> {
        let begin = Instant::now();
        loop {
            match self.connect() {
                Ok(client) => return Ok(client),
                Err(error) if PATIENCE < begin.elapsed() => return Err(error),
                Err(error) if self.server.try_wait()?.is_some() => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A fast shutdown: connections are ended, files are closed.
        if let Some(pid) = i32::try_from(self.server.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::INT);
        }
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            if !matches!(self.server.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The folder of `initdb` and `postgres`: Debian keeps them out of `PATH`, a folder for each version.
fn programs() -> Result<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|folders| {
            folders
                .flatten()
                .map(|folder| folder.path().join("bin"))
                .collect()
        })
        .unwrap_or_default();
    // The figures to reach were set beside PostgreSQL 15, so it comes first, then the newest.
    versions.sort_by_key(|folder| std::cmp::Reverse((folder.ends_with("15/bin"), folder.clone())));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = versions.into_iter().chain(std::env::split_paths(&path));
    found
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .context(
            "initdb and postgres are not installed: `apt-get install postgresql-15`, or any version there is",
        )
}

/// A user to run as, where we are root.
fn unprivileged() -> Result<Option<Unprivileged>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").context("looking for a user who is not root")?;
    let user = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some(Unprivileged {
            user: ids.next()?.ok()?,
            group: ids.next()?.ok()?,
        })
    };
    let found = user("postgres").or_else(|| user("nobody"));
    found
        .map(Some)
        .context("postgres refuses root, and there is no user `postgres` or `nobody` to run it as")
}
