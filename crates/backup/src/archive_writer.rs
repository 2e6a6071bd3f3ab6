//! Writing members one after another, each hashed on its way.

use std::io::{self, Seek, SeekFrom, Write};

use crate::sums::Sums;
use crate::tar_header::{BLOCK, Mode, SIZE_MAX, TarHeader, filling};

/// So much is hashed and written at once.
const PIECE: usize = 256 * 1024;

/// Members one after another. A member's length is written into its header when it is at its end.
pub(crate) struct ArchiveWriter<W> {
    out: W,
    /// The time of every member.
    time: u64,
    /// Bytes that are written, without the piece.
    at: u64,
    piece: Vec<u8>,
    member: Option<Member>,
    pub sums: Sums,
}

struct Member {
    header: TarHeader,
    /// Where the header stands.
    at: u64,
    hasher: blake3::Hasher,
}

impl<W: Write + Seek> ArchiveWriter<W> {
    pub(crate) fn new(out: W, time: u64) -> ArchiveWriter<W> {
        ArchiveWriter {
            out,
            time,
            at: 0,
            piece: Vec::with_capacity(PIECE),
            member: None,
            sums: Sums::default(),
        }
    }

    /// Begins a member; its name must be plain.
    pub(crate) fn begin(&mut self, name: &str, mode: Mode) -> io::Result<()> {
        let header = TarHeader {
            name: name.to_owned(),
            size: 0,
            time: self.time,
            mode,
        };
        self.out.write_all(&[0; BLOCK])?;
        let at = self.at;
        self.at += BLOCK as u64;
        self.member = Some(Member {
            header,
            at,
            hasher: blake3::Hasher::new(),
        });
        Ok(())
    }

    /// Ends the member that was begun.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.pass_on()?;
        let Some(mut member) = self.member.take() else {
            return Ok(());
        };
        let size = self.at - member.at - BLOCK as u64;
        if SIZE_MAX < size {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let filling = filling(size);
        self.out.write_all(&[0; BLOCK][..filling])?;
        self.at += filling as u64;
        member.header.size = size;
        self.out.seek(SeekFrom::Start(member.at))?;
        self.out.write_all(&member.header.to_bytes())?;
        self.out.seek(SeekFrom::Start(self.at))?;
        self.sums.add(&member.header.name, member.hasher.finalize());
        Ok(())
    }

    /// Writes a whole member.
    pub(crate) fn member(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(name, Mode::Everybody)?;
        self.write_all(bytes)?;
        self.end()
    }

    /// Writes what ends an archive, and gives back what it was written to, and how many bytes there are.
    pub(crate) fn finish(mut self) -> io::Result<(W, u64)> {
        self.out.write_all(&[0; 2 * BLOCK])?;
        self.out.flush()?;
        Ok((self.out, self.at + 2 * BLOCK as u64))
    }

    /// What it was written to, without an end.
    pub(crate) fn into_inner(self) -> W {
        self.out
    }

    fn pass_on(&mut self) -> io::Result<()> {
        if let Some(member) = &mut self.member {
            member.hasher.update(&self.piece);
        }
        self.out.write_all(&self.piece)?;
        self.at += self.piece.len() as u64;
        self.piece.clear();
        Ok(())
    }
}

/// What is written belongs to the member that was begun.
impl<W: Write + Seek> Write for ArchiveWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if PIECE <= self.piece.len() {
            self.pass_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
