//! Where the binary under test is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The binary under test: `MINHBACH_BIN`, else it is built, once, beside these tests and in their profile.
///
/// # Panics
///
/// `MINHBACH_BIN` names no file, or the build fails.
pub fn minhbach() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("MINHBACH_BIN") {
        Some(path) => {
            let path = PathBuf::from(path);
            path.canonicalize()
                .unwrap_or_else(|error| panic!("MINHBACH_BIN names {}: {error}", path.display()))
        }
        None => build(),
    })
}

/// The folder of the workspace.
pub fn workspace_root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests lie in the workspace")
}

/// A test lies in `<target>/<profile>/deps/`.
fn build() -> PathBuf {
    let test = std::env::current_exe().expect("the test knows where it is");
    let folder = test.ancestors().nth(2).expect("cargo's folder of this profile");
    let target = folder.parent().expect("cargo's target folder");
    let release = folder.ends_with("release");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(workspace_root())
        .args(["build", "--quiet", "--package", "minhbach", "--target-dir"])
        .arg(target);
    if release {
        command.arg("--release");
    }
    let built = command.status().expect("cargo runs");
    assert!(built.success(), "the binary was not built: {command:?}");
    folder.join("minhbach")
}
