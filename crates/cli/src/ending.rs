//! How a command ends.

use std::process::ExitCode;

/// What the exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// 0: done, found, sound.
    Yes,
    /// 1: refused, tampered with, not found.
    No,
    /// 2: a wrong command line, a disk that fails, a folder in use.
    CouldNotTell,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> ExitCode {
        ExitCode::from(match ending {
            Ending::Yes => 0,
            Ending::No => 1,
            Ending::CouldNotTell => 2,
        })
    }
}
