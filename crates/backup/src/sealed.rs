//! The private folder as one member: an archive of its files, sealed with a passphrase as the `age` tool seals.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use age_core::format::{FileKey, Stanza};
use rustix::fs::OFlags;

use crate::archive_reader::ArchiveReader;
use crate::archive_writer::ArchiveWriter;
use crate::tar_header::{Mode, is_plain};
use crate::{BackupError, Fault, Passphrase};

/// How hard a passphrase is to try, as the `age` tool has it: about a second, and 256 MiB.
const WORK: u8 = 18;
/// More is not taken: it is 1 GiB.
const WORK_MAX: u8 = 20;
/// The folder, here and in the data folder.
pub(crate) const FOLDER: &str = "private";
/// Folders within folders are taken so deep.
const DEPTH_MAX: usize = 8;

/// Writes the private folder of the data folder `dir`, sealed: a file at a time in memory, and nothing of it unsealed on a
/// disk. Gives back the names of the files that are in it.
pub(crate) fn seal(
    dir: &Path,
    passphrase: &Passphrase,
    time: u64,
    to: &mut impl Write,
) -> Result<Vec<String>, BackupError> {
    let folder = dir.join(FOLDER);
    let mut files = Vec::new();
    list(&folder, FOLDER, 0, &mut files)?;
    files.sort();
    let mut recipient = age::scrypt::Recipient::new(passphrase.to_seal());
    recipient.set_work_factor(WORK);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let sealing = age::Encryptor::with_recipients(recipients).map_err(io::Error::other);
    let sealing = sealing.and_then(|sealing| sealing.wrap_output(to));
    let mut out = sealing.map_err(BackupError::io("seal", &folder))?;
    let mut sealed = Vec::new();
    for (name, path) in files {
        let bytes = match read_private(&path) {
            Ok(bytes) => bytes,
            // A draft that has become what it was a draft of.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(BackupError::io("read", &path)(error)),
        };
        let mut member = ArchiveWriter::new(io::Cursor::new(Vec::new()), time);
        let written = member
            .begin(&name, Mode::OwnerAlone)
            .and_then(|()| member.write_all(&bytes))
            .and_then(|()| member.end())
            .map(|()| member.into_inner().into_inner());
        let written = written.and_then(|member| out.write_all(&member));
        written.map_err(BackupError::io("seal", &path))?;
        sealed.push(name);
    }
    let end = ArchiveWriter::new(io::Cursor::new(Vec::new()), time).finish();
    let ended = end.and_then(|(end, _)| out.write_all(&end.into_inner()));
    let ended = ended.and_then(|()| out.finish()).map(drop);
    ended.map_err(BackupError::io("seal", &folder))?;
    Ok(sealed)
}

/// Sees that there is a private folder, and anything in it.
pub(crate) fn is_there(dir: &Path) -> Result<bool, BackupError> {
    let mut files = Vec::new();
    list(&dir.join(FOLDER), FOLDER, 0, &mut files)?;
    Ok(!files.is_empty())
}

/// A file as it is at one moment, not through a link.
fn read_private(path: &Path) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(OFlags::NOFOLLOW.bits() as i32);
    let mut bytes = Vec::new();
    options.open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn list(
    folder: &Path,
    name: &str,
    depth: usize,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), BackupError> {
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound && depth == 0 => return Ok(()),
        Err(error) => return Err(BackupError::io("list", folder)(error)),
    };
    for item in listing {
        let item = item.map_err(BackupError::io("list", folder))?;
        let path = item.path();
        let kind = item.file_type().map_err(BackupError::io("look at", &path))?;
        let file_name = item.file_name();
        let name = file_name.to_str().map(|file| format!("{name}/{file}"));
        let name = name.filter(|name| is_plain(name) && depth < DEPTH_MAX);
        match name {
            Some(name) if kind.is_dir() => list(&path, &name, depth + 1, files)?,
            Some(name) if kind.is_file() => files.push((name, path)),
            _ => return Err(BackupError::Private(path)),
        }
    }
    Ok(())
}

/// Opens what [`seal`] wrote, and unpacks it below `to`, for its owner alone; with none, only sees that it is whole.
pub(crate) fn unseal<R: Read>(
    sealed: &mut ArchiveReader<R>,
    passphrase: &Passphrase,
    to: Option<&Path>,
) -> Result<(), BackupError> {
    let file = sealed.file().to_path_buf();
    let unsealed = unseal_member(&mut *sealed, &file, passphrase, to);
    match (unsealed, sealed.failed()) {
        // What could not be read explains the rest.
        (Err(_), Some(failed)) => Err(failed),
        (Err(Unsealing::Wrong(why)), None) => Err(sealed.broken(Fault::Sealed(why))),
        (Err(Unsealing::Other(error)), None) => Err(error),
        (Ok(()), _) if 0 < sealed.left() => Err(sealed.broken(Fault::Sealed("more after its end".into()))),
        (Ok(()), _) => Ok(()),
    }
}

enum Unsealing {
    Wrong(String),
    Other(BackupError),
}

impl From<BackupError> for Unsealing {
    fn from(error: BackupError) -> Unsealing {
        match error {
            // The sealed archive is no file of its own.
            BackupError::Broken(broken) => Unsealing::Wrong(broken.fault.to_string()),
            BackupError::Io {
                doing: "read", error, ..
            } => Unsealing::Wrong(error.to_string()),
            other => Unsealing::Other(other),
        }
    }
}

fn unseal_member(
    sealed: impl Read,
    file: &Path,
    passphrase: &Passphrase,
    to: Option<&Path>,
) -> Result<(), Unsealing> {
    use age::DecryptError;
    let wrong = |why: DecryptError| Unsealing::Wrong(why.to_string());
    let opening = age::Decryptor::new_buffered(BufReader::new(sealed)).map_err(wrong)?;
    if !opening.is_scrypt() {
        return Err(Unsealing::Wrong("it is not sealed with a passphrase".into()));
    }
    let identity = AnyForm(passphrase);
    let opened = opening.decrypt(std::iter::once(&identity as &dyn age::Identity));
    let opened = opened.map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed => {
            Unsealing::Other(BackupError::WrongPassphrase(file.to_path_buf()))
        }
        other => wrong(other),
    })?;
    let mut archive = ArchiveReader::new(opened, file);
    let mut before = String::new();
    while let Some(header) = archive.next()? {
        let below = header.name.strip_prefix("private/").is_some();
        if !below || header.mode != Mode::OwnerAlone || header.name <= before {
            return Err(Unsealing::Wrong(format!("{} does not belong there", header.name)));
        }
        before.clone_from(&header.name);
        if let Some(to) = to {
            unpack(&mut archive, &to.join(&header.name))?;
        }
        archive.end()?;
    }
    Ok(())
}

/// A passphrase in any of the forms in which the same words are typed.
struct AnyForm<'a>(&'a Passphrase);

impl age::Identity for AnyForm<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, age::DecryptError>> {
        let mut last = None;
        for form in self.0.to_open() {
            let mut identity = age::scrypt::Identity::new(form);
            identity.set_max_work_factor(WORK_MAX);
            last = identity.unwrap_stanza(stanza);
            // Only of what another form would open is another tried.
            if !matches!(last, Some(Err(age::DecryptError::DecryptionFailed))) {
                break;
            }
        }
        last
    }
}

fn unpack(archive: &mut ArchiveReader<impl Read>, path: &Path) -> Result<(), Unsealing> {
    let failed = |error| Unsealing::Other(BackupError::io("write", path)(error));
    let mut folder = DirBuilder::new();
    let folder = folder.recursive(true).mode(0o700);
    folder
        .create(path.parent().unwrap_or(path))
        .map_err(|error| Unsealing::Other(BackupError::io("make the folder for", path)(error)))?;
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut out = BufWriter::new(file.map_err(failed)?);
    let mut piece = [0; 64 * 1024];
    loop {
        match archive.read_some(&mut piece)? {
            0 => break,
            read => out.write_all(&piece[..read]).map_err(failed)?,
        }
    }
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    let synced = |file: File| file.sync_all();
    synced(file).map_err(failed)
}

#[cfg(test)]
mod tests {
    use age::secrecy::SecretString;

    use super::*;

    /// A private part without files, sealed with exactly these bytes, as earlier versions did and the `age` tool does.
    fn sealed_with(text: &str) -> Vec<u8> {
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(text));
        recipient.set_work_factor(2);
        let recipients = std::iter::once(&recipient as &dyn age::Recipient);
        let sealing = age::Encryptor::with_recipients(recipients).expect("a recipient");
        let mut sealed = Vec::new();
        let mut out = sealing.wrap_output(&mut sealed).expect("begun");
        let end = ArchiveWriter::new(io::Cursor::new(Vec::new()), 0).finish();
        out.write_all(&end.expect("an archive").0.into_inner())
            .expect("sealed");
        out.finish().expect("ended");
        sealed
    }

    #[test]
    fn what_was_sealed_with_another_form_of_the_words_opens() {
        let opens = |sealed: &[u8], typed: &str| {
            let passphrase = Passphrase::given(typed.to_owned());
            match unseal_member(sealed, Path::new("a.tar"), &passphrase, None) {
                Ok(()) => true,
                Err(Unsealing::Other(BackupError::WrongPassphrase(_))) => false,
                Err(Unsealing::Other(error)) => panic!("{error}"),
                Err(Unsealing::Wrong(why)) => panic!("{why}"),
            }
        };
        let (composed, apart) = (
            "m\u{1b0}a n\u{1eaf}ng r\u{1ed3}i",
            "mu\u{31b}a na\u{306}\u{301}ng ro\u{302}\u{300}i",
        );
        for form in [composed, apart] {
            let sealed = sealed_with(form);
            for typed in [composed, apart, &format!("{composed} "), &format!("{apart}\n")] {
                assert!(opens(&sealed, typed), "{form:?} {typed:?}");
            }
            assert!(!opens(&sealed, "m\u{1b0}a n\u{1eaf}ng r\u{1ed3}"));
        }
        // With a space behind it only as it was typed.
        let spaced = format!("{apart} ");
        assert!(opens(&sealed_with(&spaced), &spaced));
    }
}
