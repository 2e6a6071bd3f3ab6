//! What is kept of each target: its corpus, every input that once found something, and samples that the workspace has anyway.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Target;
use crate::targets::samples;

/// The folder of this crate.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the inputs of a target are that reach what others do not.
pub fn corpus(target: &Target) -> PathBuf {
    root().join("corpus").join(target.name)
}

/// Where the inputs of a target are that once found something.
pub fn found(target: &Target) -> PathBuf {
    root().join("found").join(target.name)
}

/// All inputs of a target, the files by their names.
///
/// # Errors
///
/// A file cannot be read.
pub fn inputs(target: &Target) -> io::Result<Vec<Vec<u8>>> {
    let mut inputs = Vec::new();
    for folder in [found(target), corpus(target)] {
        for path in files(&folder)? {
            inputs.push(fs::read(path)?);
        }
    }
    inputs.extend(samples::of(target.name)?);
    Ok(inputs)
}

/// The files of a folder, by their names; none where there is no folder.
///
/// # Errors
///
/// The system refuses.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let listed: io::Result<Vec<PathBuf>> = fs::read_dir(folder)?
        .map(|item| item.map(|item| item.path()))
        .collect();
    let mut files = listed?;
    files.sort();
    Ok(files)
}
