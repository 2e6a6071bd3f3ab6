//! A Python for the checks by another's code: the chain is recomputed by lines that share none of ours.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::program::Program;

/// What Debian's packages call what is needed.
const DEBIAN_PACKAGES: [&str; 2] = ["python3", "python3-venv"];

/// The version the checks were written with, and what will do where it is not to be had.
const BLAKE3: [&str; 2] = ["blake3==1.0.11", "blake3>=1.0"];

/// Makes a Python that knows BLAKE3, in a folder of its own, and returns its path.
///
/// # Errors
///
/// Says what is missing. The caller goes on without it, and says loudly what was not checked.
pub fn python(root: &Path, target: &Path) -> Result<PathBuf> {
    let folder = target.join("strangers");
    let python = folder.join("bin/python");
    let ready = || {
        Program::new(&python)
            .args(["-c", "import blake3"])
            .succeeds_in(root)
    };
    if ready() {
        return Ok(python);
    }
    let venv = || {
        Program::new("python3")
            .args(["-m", "venv", "--clear"])
            .args([&folder])
    };
    if let Err(error) = venv().text_in(root) {
        install_python(root).with_context(|| format!("{error:#}"))?;
        venv().text_in(root)?;
    }
    let pip = |requirement| {
        let quiet = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            requirement,
        ];
        Program::new(&python).args(quiet).text_in(root)
    };
    pip(BLAKE3[0]).or_else(|_| pip(BLAKE3[1]))?;
    if !ready() {
        bail!("the Python package blake3 was installed but cannot be imported");
    }
    Ok(python)
}

/// Installs Python with its `venv` on Debian and Ubuntu, where we may.
fn install_python(root: &Path) -> Result<()> {
    let wanted = DEBIAN_PACKAGES.join(" ");
    let user = Program::new("id").args(["-u"]).text_in(root)?;
    if user.trim() != "0" {
        bail!("install it with `sudo apt-get install {wanted}`");
    }
    let apt = |arguments: &[&str]| {
        Program::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments)
            .text_in(root)
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq"][..], &DEBIAN_PACKAGES].concat())?;
    Ok(())
}
