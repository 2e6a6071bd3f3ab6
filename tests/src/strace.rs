//! A command whose system calls are counted, or of which one fails or is the last.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;

/// The calls that look at files or change them.
const CALLS: &str = "openat,read,pread64,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,rename,renameat2,mkdir,\
                     unlink,unlinkat,rmdir,flock,statx,getdents64,fadvise64,sync_file_range,fchmod,chmod,lseek";

/// A call: its name, and which of its thread it is, from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The call's name.
    pub name: String,
    /// Which one of that name on its thread.
    pub number: u64,
}

impl Call {
    /// Whether a disk without room may refuse it.
    pub fn takes_room(&self) -> bool {
        let taking = [
            "openat",
            "write",
            "pwrite64",
            "fsync",
            "fdatasync",
            "ftruncate",
            "fallocate",
            "rename",
            "renameat2",
            "mkdir",
        ];
        taking.contains(&self.name.as_str())
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It answers with that error, and nothing is done.
    Error(&'static str),
    /// The process is killed as it begins.
    Kill,
}

/// The command under strace, which writes the calls it makes into a file.
pub fn counted(command: &Command, calls: &Path) -> Command {
    let mut traced = traced(&["-y", "-s", "0", "-e", &format!("trace={CALLS}")], calls);
    on(&mut traced, command);
    traced
}

/// The command under strace, with that fate for that call.
pub fn fated(command: &Command, call: &Call, fate: Fate) -> Command {
    let Call { name, number } = call;
    let fate = match fate {
        Fate::Error(error) => format!("error={error}"),
        Fate::Kill => "signal=KILL".to_owned(),
    };
    let inject = format!("inject={name}:{fate}:when={number}");
    let mut traced = traced(
        &["-e", &format!("trace={name}"), "-e", &inject],
        Path::new("/dev/null"),
    );
    on(&mut traced, command);
    traced
}

fn traced(arguments: &[&str], into: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq"]).args(arguments).arg("-o").arg(into);
    strace
}

fn on(strace: &mut Command, command: &Command) {
    strace.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
}

/// The calls that name something under a folder, as [`counted`] wrote them. Each thread counts for itself, as an injection
/// does.
pub fn calls_under(folder: &Path, written: &str) -> BTreeSet<Call> {
    let folder = folder.to_string_lossy();
    let mut numbers: HashMap<(&str, &str), u64> = HashMap::new();
    let mut calls = BTreeSet::new();
    for line in written.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        let Some((name, _)) = rest.split_once('(') else {
            continue;
        };
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            continue;
        }
        let number = numbers.entry((thread, name)).or_default();
        *number += 1;
        if rest.contains(&*folder) {
            calls.insert(Call {
                name: name.to_owned(),
                number: *number,
            });
        }
    }
    calls
}
