//! A Python for the checks by another's code: the chain is recomputed by lines that share none of ours, the API is asked
//! and described by tools that know nothing of it.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::program::Program;

/// What Debian's packages call what is needed.
const DEBIAN_PACKAGES: [&str; 2] = ["python3", "python3-venv"];

/// What is installed, and the versions of what that stands on.
const REQUIREMENTS: &str = "tests/python/requirements.txt";
const CONSTRAINTS: &str = "tests/python/constraints.txt";
/// What the checks import, with what the command line of each stands on.
const IMPORTED: &str = "import blake3, cryptography, jsonschema, openapi_python_client, openapi_spec_validator, playwright, schemathesis";
/// A browser, and what Debian's package of one is called.
const BROWSER: &str = "chromium";

/// How often an index that does not answer is asked again, and after which time.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(3);

/// Makes a Python that has what the checks need, in a folder of its own, and returns its path. One that is there already
/// is taken, unless other versions are asked for now.
///
/// # Errors
///
/// Says what is missing. The caller goes on without it, and says loudly what was not checked.
pub fn python(root: &Path, target: &Path) -> Result<PathBuf> {
    let folder = target.join("strangers");
    let (python, made_of) = (folder.join("bin/python"), folder.join("made-of.txt"));
    let wanted = wanted(root)?;
    let imports = || Program::new(&python).args(["-c", IMPORTED]).succeeds_in(root);
    let is = std::fs::read_to_string(&made_of).unwrap_or_default();
    if is == wanted && imports() {
        return Ok(python);
    }
    let venv = || {
        Program::new("python3")
            .args(["-m", "venv", "--clear"])
            .args([&folder])
    };
    if let Err(error) = venv().text_in(root) {
        install_debian(root, &DEBIAN_PACKAGES).with_context(|| format!("{error:#}"))?;
        venv().text_in(root)?;
    }
    let exactly = ["--requirement", REQUIREMENTS, "--constraint", CONSTRAINTS];
    if let Err(error) = install(root, &python, &exactly, TRIES) {
        // Another Python may lack one of those versions; the tools themselves must be the ones asked for.
        println!("not with the versions of {CONSTRAINTS}: {error:#}");
        install(root, &python, &exactly[..2], 1)?;
    }
    if !imports() {
        bail!("the Python packages of {REQUIREMENTS} were installed but cannot be imported");
    }
    std::fs::write(&made_of, wanted).with_context(|| format!("writing {}", made_of.display()))?;
    Ok(python)
}

/// What the folder is to be made of.
fn wanted(root: &Path) -> Result<String> {
    let read =
        |path: &str| std::fs::read_to_string(root.join(path)).with_context(|| format!("reading {path}"));
    Ok(read(REQUIREMENTS)? + &read(CONSTRAINTS)?)
}

fn install(root: &Path, python: &Path, what: &[&str], tries: u32) -> Result<()> {
    let pip = || {
        let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        Program::new(python).args(quiet).args(what).text_in(root)
    };
    let mut left = tries;
    loop {
        left -= 1;
        match pip() {
            Ok(_) => return Ok(()),
            Err(error) if left == 0 => return Err(error),
            Err(_) => sleep(PAUSE),
        }
    }
}

/// Sees that there is a browser for the page that checks proofs, and installs one where we may.
///
/// # Errors
///
/// Says what is missing. The caller goes on without it, and says loudly what was not checked.
pub fn browser(root: &Path) -> Result<()> {
    let runs = || Program::new(BROWSER).args(["--version"]).succeeds_in(root);
    if runs() {
        return Ok(());
    }
    install_debian(root, &[BROWSER])?;
    if runs() {
        Ok(())
    } else {
        bail!("{BROWSER} was installed and does not run")
    }
}

/// Installs packages on Debian and Ubuntu, where we may.
fn install_debian(root: &Path, packages: &[&str]) -> Result<()> {
    let wanted = packages.join(" ");
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
    apt(&[&["install", "-y", "-qq"][..], packages].concat())?;
    Ok(())
}
