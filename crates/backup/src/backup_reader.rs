//! A backup as it is read: what it says of itself, its journal piece by piece, and the rest.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use minhbach_auditing::Signed;
use minhbach_tlog::{KeyKind, VerifyingKey};

use crate::archive_reader::ArchiveReader;
use crate::manifest::{BadManifest, Manifest};
use crate::place::{self, Place};
use crate::tar_header::{Mode, TarHeader};
use crate::{BackupError, Fault, Passphrase, sealed};

/// So much is read at once.
const PIECE: usize = 256 * 1024;

/// A backup of which the beginning was read: everything but the journal and what comes after it.
pub struct BackupReader {
    archive: ArchiveReader<BufReader<File>>,
    manifest: Manifest,
    /// The files of `log/`, in the order of [`place::OF_LOG`].
    log: Vec<(usize, Vec<u8>)>,
    /// The member that comes next, of which the header was read.
    next: Option<(Place, TarHeader)>,
    bytes: u64,
}

/// What is done with the private part.
pub enum PrivatePart<'a> {
    /// Its bytes are checked, and it stays sealed.
    LeftSealed,
    /// It is opened, and unpacked below a folder if one is named.
    Opened(&'a Passphrase, Option<&'a Path>),
}

impl BackupReader {
    /// Opens a backup and reads what it says of itself.
    ///
    /// # Errors
    ///
    /// It is none, or the system refuses.
    pub fn open(path: &Path) -> Result<BackupReader, BackupError> {
        let file = File::open(path).map_err(BackupError::io("open", path))?;
        let meta = file.metadata().map_err(BackupError::io("look at", path))?;
        if meta.is_dir() {
            let error = std::io::ErrorKind::IsADirectory.into();
            return Err(BackupError::io("read", path)(error));
        }
        let mut archive = ArchiveReader::new(BufReader::with_capacity(PIECE, file), path);
        let first = match archive.next() {
            Ok(Some(first)) if first.name == place::MANIFEST => first,
            Err(BackupError::Broken(broken)) if broken.fault == Fault::CutOff && 0 < broken.byte => {
                return Err(broken.into());
            }
            Ok(_) | Err(BackupError::Broken(_)) => return Err(archive.broken(Fault::NotABackup)),
            Err(error) => return Err(error),
        };
        let text = archive.whole(Place::Manifest.bytes_max())?;
        let manifest = Manifest::parse(&text).map_err(|why| {
            archive.broken_in(
                place::MANIFEST.into(),
                match why {
                    BadManifest::Format(format) => Fault::Format(format),
                    BadManifest::Form(why) => Fault::Manifest(why),
                },
            )
        })?;
        if first.time != manifest.made_at || first.mode != Mode::Everybody {
            return Err(archive.broken_in(place::MANIFEST.into(), Fault::Header));
        }
        let mut reader = BackupReader {
            archive,
            manifest,
            log: Vec::new(),
            next: None,
            bytes: meta.len(),
        };
        reader.read_header(&Place::Manifest)?;
        while let Some((Place::Log(nth), _)) = reader.next {
            let bytes = reader.archive.whole(Place::Log(nth).bytes_max())?;
            reader.log.push((nth, bytes));
            reader.read_header(&Place::Log(nth))?;
        }
        // What was signed says nothing where it is not said by whom.
        if reader.log_file(place::VKEY).is_none() && !reader.log.is_empty() {
            return Err(reader.archive.broken(Fault::Missing(place::VKEY)));
        }
        Ok(reader)
    }

    /// What the backup says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How far it was read, and its length.
    pub fn progress(&self) -> (u64, u64) {
        (self.archive.at(), self.bytes)
    }

    /// The file.
    pub fn file(&self) -> &Path {
        self.archive.file()
    }

    /// The files of the log that are kept, by their names in the data folder.
    pub fn log_files(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.log
            .iter()
            .map(|(nth, bytes)| (place::OF_LOG[*nth], bytes.as_slice()))
    }

    /// The log's public key, as the backup has it.
    pub fn key(&self) -> Option<VerifyingKey> {
        let line = std::str::from_utf8(self.log_file(place::VKEY)?).ok()?;
        let key = VerifyingKey::parse(line.trim_end_matches(['\r', '\n'])).ok()?;
        (key.kind() == KeyKind::Log).then_some(key)
    }

    /// What was signed last, if the backup's own key has signed it.
    pub fn signed(&self) -> Option<Signed> {
        Signed::read(self.log_file(place::CHECKPOINT)?, &self.key()?).ok()
    }

    /// Whether it is of a mirror of somebody else's log.
    pub fn is_of_a_mirror(&self) -> bool {
        self.log_file(place::MIRROR).is_some()
    }

    /// A file of the log that is kept.
    pub(crate) fn log_file(&self, name: &str) -> Option<&[u8]> {
        let mut files = self.log_files();
        files.find(|(known, _)| *known == name).map(|(_, bytes)| bytes)
    }

    /// The first entry of the journal's next file; none when there is no other. Its bytes are read with
    /// [`BackupReader::read_some`], up to the end.
    pub(crate) fn journal_file(&self) -> Option<u64> {
        match self.next {
            Some((Place::Journal(first), _)) => Some(first),
            _ => None,
        }
    }

    /// Reads on in the journal's file: 0 at its end, after which [`BackupReader::end_of_file`] goes on.
    pub(crate) fn read_some(&mut self, piece: &mut [u8]) -> Result<usize, BackupError> {
        self.archive.read_some(piece)
    }

    /// Goes on behind the journal's file.
    pub(crate) fn end_of_file(&mut self, first: u64) -> Result<(), BackupError> {
        self.archive.end()?;
        self.read_header(&Place::Journal(first))
    }

    /// Reads what comes after the journal, to the end of the file.
    pub(crate) fn finish(&mut self, private: &PrivatePart<'_>) -> Result<(), BackupError> {
        if self.manifest.private {
            if !matches!(self.next, Some((Place::Sealed, _))) {
                return Err(self.archive.broken(Fault::Missing(place::SEALED)));
            }
            if let PrivatePart::Opened(passphrase, to) = private {
                sealed::unseal(&mut self.archive, passphrase, *to)?;
            }
            self.archive.end()?;
            self.read_header(&Place::Sealed)?;
        }
        match &self.next {
            Some((Place::Sums, _)) => {}
            Some((_, header)) => {
                let fault = Fault::Unexpected(header.name.clone());
                return Err(self.archive.broken(fault));
            }
            None => return Err(self.archive.broken(Fault::Missing(place::SUMS))),
        }
        let most = Place::Sums.bytes_max();
        let own = std::mem::take(&mut self.archive.sums);
        let listed = self.archive.whole(most)?;
        if own.as_bytes() != listed {
            return Err(match own.first_other(&listed) {
                Some(member) => self.archive.broken_in(member, Fault::Sum),
                None => self.archive.broken_in(place::SUMS.into(), Fault::Sums),
            });
        }
        match self.archive.next()? {
            None => Ok(()),
            Some(header) => Err(self.archive.broken(Fault::Unexpected(header.name))),
        }
    }

    /// That something is wrong where the reading is.
    pub(crate) fn broken(&self, fault: Fault) -> BackupError {
        self.archive.broken(fault)
    }

    /// Where a file of the journal is within the backup, for people.
    pub(crate) fn path_of(&self, first: u64) -> PathBuf {
        let file = self.archive.file().display();
        PathBuf::from(format!("{file}:{}", place::journal_member(first)))
    }

    /// Reads the next header, which must belong after `before`.
    fn read_header(&mut self, before: &Place) -> Result<(), BackupError> {
        self.next = None;
        let Some(header) = self.archive.next()? else {
            return Err(self.archive.broken(Fault::Missing(place::SUMS)));
        };
        let place = Place::of(&header.name).filter(|place| before < place);
        let fits = |place: &Place| {
            let mode = match place {
                Place::Sealed => Mode::OwnerAlone,
                _ => Mode::Everybody,
            };
            header.time == self.manifest.made_at && header.mode == mode
        };
        let Some(place) = place.filter(fits) else {
            return Err(self.archive.broken(Fault::Unexpected(header.name)));
        };
        if place.bytes_max() < header.size {
            let most = place.bytes_max();
            return Err(self.archive.broken(Fault::TooLong { most }));
        }
        self.next = Some((place, header));
        Ok(())
    }
}
