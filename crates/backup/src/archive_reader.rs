//! Reading members one after another, believing nothing.

use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::sums::Sums;
use crate::tar_header::{BLOCK, TarHeader, filling};
use crate::{BackupError, Broken, Fault};

/// Members one after another. Whatever is not exactly what [`crate::archive_writer::ArchiveWriter`] writes is refused.
pub(crate) struct ArchiveReader<R> {
    input: R,
    file: PathBuf,
    /// Bytes read so far.
    at: u64,
    /// What of the member is not read yet.
    left: u64,
    member: Option<(TarHeader, blake3::Hasher)>,
    /// What went wrong while a member was read through [`Read`].
    failed: Option<BackupError>,
    pub sums: Sums,
}

impl<R: Read> ArchiveReader<R> {
    pub(crate) fn new(input: R, file: &Path) -> ArchiveReader<R> {
        ArchiveReader {
            input,
            file: file.to_path_buf(),
            at: 0,
            left: 0,
            member: None,
            failed: None,
            sums: Sums::default(),
        }
    }

    /// The header of the next member; none at the end, after which there is nothing.
    pub(crate) fn next(&mut self) -> Result<Option<TarHeader>, BackupError> {
        let mut block = [0; BLOCK];
        self.exactly(&mut block)?;
        if block == [0; BLOCK] {
            self.exactly(&mut block)?;
            let mut more = [0];
            let more = self.some(&mut more)?;
            return match (block == [0; BLOCK], more) {
                (true, 0) => Ok(None),
                _ => Err(self.broken(Fault::Trailing)),
            };
        }
        let header = TarHeader::read(&block).ok_or_else(|| self.broken(Fault::Header))?;
        self.left = header.size;
        self.member = Some((header.clone(), blake3::Hasher::new()));
        Ok(Some(header))
    }

    /// Reads what is left of the member, and that nothing stands between it and the next.
    pub(crate) fn end(&mut self) -> Result<(), BackupError> {
        let mut piece = [0; 64 * 1024];
        while self.read_some(&mut piece)? != 0 {}
        let Some((header, hasher)) = self.member.take() else {
            return Ok(());
        };
        let mut block = [0; BLOCK];
        let filling = filling(header.size);
        let filled = self.exactly(&mut block[..filling]);
        if let Err(error) = filled {
            self.member = Some((header, hasher));
            return Err(error);
        }
        if block != [0; BLOCK] {
            self.member = Some((header, hasher));
            return Err(self.broken(Fault::Filling));
        }
        self.sums.add(&header.name, hasher.finalize());
        Ok(())
    }

    /// Reads the whole member, which must not be longer.
    pub(crate) fn whole(&mut self, most: u64) -> Result<Vec<u8>, BackupError> {
        if most < self.left {
            return Err(self.broken(Fault::TooLong { most }));
        }
        let mut bytes = Vec::new();
        let mut piece = [0; 16 * 1024];
        loop {
            match self.read_some(&mut piece)? {
                0 => break,
                read => bytes.extend_from_slice(&piece[..read]),
            }
        }
        self.end()?;
        Ok(bytes)
    }

    /// What of the member is not read yet.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// How many bytes were read so far.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Reads on in the member: 0 at its end.
    pub(crate) fn read_some(&mut self, piece: &mut [u8]) -> Result<usize, BackupError> {
        let wanted = self.left.min(piece.len() as u64) as usize;
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.some(&mut piece[..wanted])?;
        if read == 0 {
            return Err(self.broken(Fault::CutOff));
        }
        self.left -= read as u64;
        if let Some((_, hasher)) = &mut self.member {
            hasher.update(&piece[..read]);
        }
        Ok(read)
    }

    /// What went wrong while the member was read through [`Read`].
    pub(crate) fn failed(&mut self) -> Option<BackupError> {
        self.failed.take()
    }

    /// That something is wrong here.
    pub(crate) fn broken(&self, fault: Fault) -> BackupError {
        let member = self.member.as_ref().map(|(header, _)| header.name.clone());
        self.broken_in(member.unwrap_or_default(), fault)
    }

    pub(crate) fn broken_in(&self, member: String, fault: Fault) -> BackupError {
        Broken {
            file: self.file.clone(),
            byte: self.at,
            member,
            fault,
        }
        .into()
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    fn some(&mut self, bytes: &mut [u8]) -> Result<usize, BackupError> {
        loop {
            match self.input.read(bytes) {
                Ok(read) => {
                    self.at += read as u64;
                    return Ok(read);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(BackupError::io("read", &self.file)(error)),
            }
        }
    }

    fn exactly(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        let mut filled = 0;
        while filled < bytes.len() {
            match self.some(&mut bytes[filled..])? {
                0 => return Err(self.broken(Fault::CutOff)),
                read => filled += read,
            }
        }
        Ok(())
    }
}

/// What is read is of the member; what went wrong is told by [`ArchiveReader::failed`].
impl<R: Read> Read for ArchiveReader<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        self.read_some(piece).map_err(|error| {
            self.failed = Some(error);
            io::ErrorKind::Other.into()
        })
    }
}
