//! A Python that has what a check by strangers' code needs.

use std::path::PathBuf;
use std::process::Command;

use crate::loud::not_checked;

/// A Python that can import these modules, named with commas between: `MINHBACH_PYTHON`, else `python3`. None where there
/// is none, which is said, with `what` it leaves unchecked.
///
/// # Panics
///
/// `MINHBACH_PYTHON` names one that cannot import them.
pub fn python(modules: &str, what: &str) -> Option<PathBuf> {
    let given = std::env::var_os("MINHBACH_PYTHON").map(PathBuf::from);
    let python = given.clone().unwrap_or_else(|| "python3".into());
    let knows = Command::new(&python)
        .args(["-c", &format!("import {modules}")])
        .output();
    match knows {
        Ok(output) if output.status.success() => Some(python),
        _ if given.is_some() => panic!(
            "MINHBACH_PYTHON names {}, which cannot import {modules}",
            python.display()
        ),
        _ => {
            not_checked(&format!(
                "{what}: python3 cannot import {modules} (tests/python/requirements.txt)"
            ));
            None
        }
    }
}
