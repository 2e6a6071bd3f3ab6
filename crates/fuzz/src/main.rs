//! Lists the targets, writes what is kept for libFuzzer, and runs inputs from files again.
#![allow(clippy::print_stdout, reason = "a command's output is its purpose")]

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use minhbach_fuzz::{TARGETS, Target, find, kept};

const USAGE: &str = "\
minhbach-fuzz list                  the targets
minhbach-fuzz seeds TARGET FOLDER   writes what is kept of a target into a folder, and its dictionary beside it
minhbach-fuzz replay TARGET FILE…   runs inputs again; it ends with a panic where one finds something";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["list"] => {
            TARGETS.iter().for_each(|target| println!("{}", target.name));
            Ok(())
        }
        ["seeds", name, folder] => with(name, |target| seeds(target, Path::new(folder))),
        ["replay", name, ref files @ ..] if !files.is_empty() => with(name, |target| replay(target, files)),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn with(name: &str, act: impl FnOnce(&Target) -> io::Result<()>) -> Result<(), String> {
    let target =
        find(name).ok_or_else(|| format!("there is no target {name}; `minhbach-fuzz list` names them"))?;
    act(target).map_err(|error| error.to_string())
}

fn seeds(target: &Target, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (nth, input) in kept::inputs(target)?.iter().enumerate() {
        fs::write(folder.join(format!("kept-{nth:04}")), input)?;
    }
    fs::write(folder.with_extension("dict"), target.dictionary.text)
}

fn replay(target: &Target, files: &[&str]) -> io::Result<()> {
    for file in files {
        (target.check)(&fs::read(file)?);
        println!("{file}: nothing is found");
    }
    Ok(())
}
