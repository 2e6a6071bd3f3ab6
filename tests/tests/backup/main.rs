//! Backups: made beside a writer, taken apart by a stranger, damaged, forged, restored and compared.

mod at_a_terminal;
mod comparing;
mod damaged;
mod hostile;
mod making;
mod places;
mod private;
mod restoring;
mod sealing;
mod tar;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use minhbach_tests::{DataFolder, Run, fund, minhbach, pool, receipt, run};
use tempfile::TempDir;

/// What a private part is sealed with here.
const PASSPHRASE: &str = "gió mùa đông bắc về";

/// A ledger with `count` gifts, all of it signed.
fn ledger(count: usize) -> DataFolder {
    let folder = DataFolder::bare();
    let mut proposals = vec![fund(), pool()];
    proposals.extend((0..count).map(|nth| receipt(10_000 + nth as u64)));
    folder.record_all(&proposals);
    folder
}

/// A folder for what a test makes.
fn room() -> TempDir {
    let room = tempfile::Builder::new().prefix("minhbach-backup-").tempdir();
    room.expect("a temporary folder")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in text")
}

/// A backup of a ledger, in a file.
#[track_caller]
fn backed_up(folder: &DataFolder, room: &TempDir, name: &str) -> PathBuf {
    let file = room.path().join(name);
    folder.run(["backup", text(&file)]).ok();
    file
}

/// A file with a passphrase that only its owner reads.
fn passphrase_file(room: &TempDir, passphrase: &str) -> PathBuf {
    let path = room.path().join("passphrase");
    fs::write(&path, format!("{passphrase}\n")).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
    path
}

/// Restores a backup to a folder that is not there yet.
fn restore(file: &Path, arguments: &[&str]) -> (DataFolder, Run) {
    let folder = DataFolder::absent();
    let run = folder.run(["restore", text(file)].iter().chain(arguments));
    (folder, run)
}

/// A command of the binary that needs no data folder.
fn command(arguments: &[&str]) -> Run {
    run(Command::new(minhbach())
        .args(arguments)
        .env_remove("MINHBACH_DATA")
        .env_remove("MINHBACH_SERVER")
        .env("MINHBACH_LANG", "en"))
}

/// What is in the folder that holds a data folder.
fn beside(folder: &DataFolder) -> Vec<String> {
    let above = folder.path().parent().expect("a folder above");
    let items = fs::read_dir(above).expect("listed");
    let mut names: Vec<String> = items
        .map(|item| item.expect("an item").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}
