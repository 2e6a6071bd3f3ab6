//! Reading entries by seq: one, or all from one on.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use minhbach_events::Hash;

use crate::chain::{Chain, Head};
use crate::line::{self, SEQ_BYTES};
use crate::lines::{Kind, Lines};
use crate::segment::{self, EndingError, ListError, Segment};
use crate::walk::{End, INDEX_STEP, Walk};
use crate::{At, Damage, IoFault, OpenError, SEGMENT_BYTES_MAX, What};

/// The files kept open for reading: as many bytes as ten million entries have, and far from any limit.
const OPEN_FILES_MAX: usize = 96;

/// Below this distance lines are walked, above it halved.
const WALK_BYTES: u64 = 8 * 1024;

/// How much is looked at where a line is expected.
const LOOK_BYTES: usize = 8 * 1024;

/// How often a line is looked for where it is expected, before halving.
const LOOKS_MAX: usize = 6;

/// An entry as it is in the journal. Its hash was checked when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawEntry {
    /// Its place.
    pub seq: u64,
    /// The hash of its bytes.
    pub hash: Hash,
    /// When it was recorded.
    pub at: At,
    /// The hashed bytes.
    pub bytes: Vec<u8>,
}

/// A [`RawEntry`] that is borrowed from the reading buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRef<'a> {
    /// Its place.
    pub seq: u64,
    /// The hash of its bytes.
    pub hash: Hash,
    /// When it was recorded.
    pub at: At,
    /// The hashed bytes.
    pub bytes: &'a [u8],
}

impl EntryRef<'_> {
    /// A copy that outlives the buffer.
    pub fn to_raw(self) -> RawEntry {
        RawEntry {
            seq: self.seq,
            hash: self.hash,
            at: self.at,
            bytes: self.bytes.to_vec(),
        }
    }
}

/// Why an entry cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// What is read is not what was written.
    #[error("damaged: {0}")]
    Damaged(Box<Damage>),
    /// A file could not be read.
    #[error(transparent)]
    Io(#[from] IoFault),
}

/// A view of a journal for any number of threads: beside a [`crate::Journal`], of what is durable at each call;
/// opened by itself, of what was there then. Clones are cheap and see the same.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// What the writer and its readers share.
pub(crate) struct Shared {
    /// The data folder.
    dir: PathBuf,
    state: RwLock<State>,
    /// Most recently used last.
    open_files: Mutex<Vec<(u64, Arc<File>)>>,
    /// Where some lines of files without an index were found, by seq; at most one among [`INDEX_STEP`].
    found_before: RwLock<BTreeMap<u64, u64>>,
}

/// Invariant: `segments` hold the entries `0..head.size`, whole and durable.
pub(crate) struct State {
    pub head: Head,
    pub segments: Vec<Extent>,
}

/// The part of a file that may be read.
pub(crate) struct Extent {
    pub first: u64,
    pub path: Arc<Path>,
    pub len: u64,
    /// Where every [`INDEX_STEP`]th entry begins; empty where that is not known.
    pub index: Vec<u32>,
}

impl Reader {
    /// Opens the journal in the data folder `dir` for reading only: without the lock, beside a writer or not.
    ///
    /// It ignores a torn tail and reads one line of the last file. Beside a writer in another process it may see
    /// entries that are written and not yet durable.
    ///
    /// # Errors
    ///
    /// No journal is there, a file has a foreign name, the last entry is damaged, or the system does not let us read.
    pub fn open_readonly(dir: &Path) -> Result<Reader, OpenError> {
        let state = look(dir)?;
        Ok(Reader::new(dir, state))
    }

    pub(crate) fn new(dir: &Path, state: State) -> Reader {
        let (dir, state) = (dir.to_path_buf(), RwLock::new(state));
        Reader {
            shared: Arc::new(Shared {
                dir,
                state,
                open_files: Mutex::default(),
                found_before: RwLock::default(),
            }),
        }
    }

    /// Looks again, for a reader that has no writer to tell it.
    ///
    /// # Errors
    ///
    /// As [`Reader::open_readonly`]; what was known stays known.
    pub fn refresh(&self) -> Result<Head, OpenError> {
        let found = look(&self.shared.dir)?;
        Ok(self.publish(|state| {
            if state.head.size < found.head.size {
                *state = found;
            }
        }))
    }

    /// The last entry.
    pub fn head(&self) -> Head {
        self.with_state(|state| state.head)
    }

    /// Reads one entry; `None` when there is none of that seq yet.
    ///
    /// # Errors
    ///
    /// The entry is damaged or cannot be read.
    pub fn entry(&self, seq: u64) -> Result<Option<RawEntry>, ReadError> {
        let Some(place) = self.place(seq) else {
            return Ok(None);
        };
        let file = self.file(&place)?;
        let mut looked_at = [0; LOOK_BYTES];
        let found = find(&file, &place, seq, &mut looked_at);
        let found = found.map_err(IoFault::on("read", &place.segment.path))?;
        // Nearly every line is whole where it was found; what is wrong with another is said where lines are read.
        let whole = found.as_ref().and_then(|found| found.whole.clone());
        if let Some(Ok(checked)) = whole.map(|whole| line::check(&looked_at[whole])) {
            self.remember(&place, seq, found.map(|found| found.at));
            return Ok(Some(entry_of(seq, &checked).to_raw()));
        }
        let mut lines = lines_from(&place, &file, seq, found)?;
        let checked = next_entry(&mut lines, &place.segment, seq)?;
        Ok(Some(checked.0.to_raw()))
    }

    /// Streams the entries from `from` on, up to the last one there is at this call, in bounded memory. Every hash,
    /// link and time between them is checked.
    pub fn entries(&self, from: u64) -> Entries {
        Entries {
            reader: self.clone(),
            next: from,
            end: self.head().size,
            // The first entry follows nothing, and must say so.
            before: (from == 0).then(Chain::empty),
            lines: None,
        }
    }

    /// Changes what readers see, and answers with the head they see then.
    pub(crate) fn publish(&self, change: impl FnOnce(&mut State)) -> Head {
        let mut state = self.shared.state.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        state.head
    }

    fn with_state<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.shared.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the line of `seq` must be.
    fn place(&self, seq: u64) -> Option<Place> {
        self.with_state(|state| {
            if state.head.size <= seq {
                return None;
            }
            let after = state.segments.partition_point(|extent| extent.first <= seq);
            let extent = &state.segments[after.checked_sub(1)?];
            let slot = usize::try_from((seq - extent.first) / INDEX_STEP).ok()?;
            let known = |slot: usize| {
                let byte = u64::from(*extent.index.get(slot)?);
                Some((extent.first + slot as u64 * INDEX_STEP, byte))
            };
            let after_last = state
                .segments
                .get(after)
                .map_or(state.head.size, |next| next.first);
            let (mut before, mut behind) = (known(slot), known(slot + 1));
            if extent.index.is_empty() {
                let found = self.found_before();
                let line = |(seq, at): (&u64, &u64)| (*seq, *at);
                before = found.range(extent.first..=seq).next_back().map(line);
                behind = found.range(seq + 1..after_last).next().map(line);
            }
            let (from_seq, from) = before.unwrap_or((extent.first, 0));
            let (to_seq, to) = behind.unwrap_or((after_last, extent.len));
            Some(Place {
                segment: Segment {
                    first: extent.first,
                    path: Arc::clone(&extent.path),
                    len: extent.len,
                },
                span: Span {
                    from,
                    to,
                    seqs: from_seq..to_seq,
                },
            })
        })
    }

    fn found_before(&self) -> RwLockReadGuard<'_, BTreeMap<u64, u64>> {
        self.shared
            .found_before
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps where a sound line was found, unless one near it is known: the next one near it is found in one look.
    fn remember(&self, place: &Place, seq: u64, at: Option<u64>) {
        let Range { start, end } = place.span.seqs;
        let far = INDEX_STEP / 2 <= seq - start && INDEX_STEP / 2 < end - seq;
        if let Some(at) = at.filter(|_| far) {
            let found = self.shared.found_before.write();
            found.unwrap_or_else(PoisonError::into_inner).insert(seq, at);
        }
    }

    fn file(&self, place: &Place) -> Result<Arc<File>, IoFault> {
        let first = place.segment.first;
        let mut open = self
            .shared
            .open_files
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let file = match open.iter().rposition(|(key, _)| *key == first) {
            Some(at) => open.remove(at).1,
            None => Arc::new(place.segment.open()?),
        };
        if open.len() == OPEN_FILES_MAX {
            open.remove(0);
        }
        open.push((first, Arc::clone(&file)));
        Ok(file)
    }
}

/// The lines from `seq` to the end of its file, where it was found.
fn lines_from(
    place: &Place,
    file: &Arc<File>,
    seq: u64,
    found: Option<Seen>,
) -> Result<Lines<Arc<File>>, ReadError> {
    let Place { segment, .. } = place;
    let from = match found {
        Some(Seen { at, .. }) => at,
        None => {
            let line = seq - segment.first + 1;
            return Err(ReadError::Damaged(segment.damage(
                line,
                place.span.from,
                seq,
                What::Missing,
            )));
        }
    };
    Ok(Lines::new(Arc::clone(file), from, from + 1, segment.len))
}

/// A file, and between which bytes of it a line begins.
struct Place {
    segment: Segment,
    span: Span,
}

/// A line that was found by what it says of itself.
struct Seen {
    /// Where it begins in the file.
    at: u64,
    /// Which of the bytes that were looked at it is, without its `\n`, if it was seen as a whole.
    whole: Option<Range<usize>>,
}

/// Between which lines of a file another one is.
#[derive(Clone)]
struct Span {
    /// The beginning of a line, at or before the one looked for.
    from: u64,
    /// The line looked for begins before this.
    to: u64,
    /// The entries whose lines begin between the two.
    seqs: Range<u64>,
}

/// Finds where the line of `seq` begins by what the lines say of themselves; the line found is checked later.
///
/// Lines are of many lengths, but thousands of them are together about as long as other thousands: so the next look goes
/// where the line is if all between two known places are of one length, and two or three find it among any number. Where
/// they do not, halving does.
fn find(file: &File, place: &Place, seq: u64, looked_at: &mut [u8; LOOK_BYTES]) -> io::Result<Option<Seen>> {
    let mut span = place.span.clone();
    for _ in 0..LOOKS_MAX {
        match look_for(file, place.segment.len, &span, seq, looked_at)? {
            Looked::Seen(seen) => return Ok(Some(seen)),
            Looked::Within(nearer) => span = nearer,
            Looked::Lost => break,
        }
    }
    let Span { mut from, mut to, .. } = span;
    while WALK_BYTES < to - from {
        let middle = from + (to - from) / 2;
        let Some(start) = line_after(file, middle, to)? else {
            to = middle;
            continue;
        };
        match seq_at(file, start, place.segment.len)? {
            Some(found) if found <= seq => from = start,
            Some(_) => to = start,
            // A damaged line cannot tell the way: walk.
            None => break,
        }
    }
    let near = from..to;
    if let Some(seen) = walked_to(file, near, place.segment.len, seq)? {
        return Ok(Some(seen));
    }
    // A damaged line somewhere may have told a wrong way. That is rare, and then the long one is taken.
    walked_to(file, place.span.from..place.span.to, place.segment.len, seq)
}

/// The line of `seq` among those that begin between two bytes, the first being the beginning of one.
fn walked_to(file: &File, bytes: Range<u64>, end: u64, seq: u64) -> io::Result<Option<Seen>> {
    let mut lines = Lines::new(FileRef(file), bytes.start, bytes.end, end);
    while let Some(found) = lines.next()? {
        if found.kind == Kind::Whole && line::seq_of_line(found.bytes) == Some(seq) {
            return Ok(Some(Seen {
                at: found.at,
                whole: None,
            }));
        }
    }
    Ok(None)
}

/// What a look at some lines showed.
enum Looked {
    Seen(Seen),
    /// The line looked for is in this smaller part.
    Within(Span),
    /// No line that could tell the way begins there.
    Lost,
}

/// Looks where the line of `seq` is if all lines of the span are of one length.
fn look_for(
    file: &File,
    end: u64,
    span: &Span,
    seq: u64,
    looked_at: &mut [u8; LOOK_BYTES],
) -> io::Result<Looked> {
    let before = u128::from(seq - span.seqs.start);
    let all = u128::from(span.seqs.end - span.seqs.start).max(1);
    // Less than `to`, since `before` is less than `all`.
    let expected = span.from + (u128::from(span.to - span.from) * before / all) as u64;
    let from = expected.saturating_sub(LOOK_BYTES as u64 / 2).max(span.from);
    let looked_at = &mut looked_at[..(end - from).min(LOOK_BYTES as u64) as usize];
    file.read_exact_at(looked_at, from)?;
    let line_end = |at: usize| memchr::memchr(b'\n', &looked_at[at..]).map(|found| at + found);
    let after = |end: usize| Some(end + 1).filter(|next| *next < looked_at.len());
    // A line begins at `span.from`; anywhere else it has begun before.
    let mut next = if from == span.from {
        Some(0)
    } else {
        line_end(0).and_then(after)
    };
    let mut last = None;
    while let Some(at) = next {
        let place = from + at as u64;
        let end = line_end(at);
        match line::seq_of_line(&looked_at[at..]) {
            Some(found) if found == seq => {
                let whole = end.map(|end| at..end);
                return Ok(Looked::Seen(Seen { at: place, whole }));
            }
            Some(found) if seq < found && last.is_some() => {
                // What stands between its neighbours says another seq.
                return Ok(Looked::Lost);
            }
            Some(found) if seq < found => {
                let seqs = span.seqs.start..found;
                let nearer = Span {
                    from: span.from,
                    to: place,
                    seqs,
                };
                return Ok(nearer.within(span));
            }
            Some(found) => last = Some((place, found)),
            // Cut off at the end of what was looked at, or damaged.
            None => break,
        }
        next = end.and_then(after);
    }
    Ok(match last {
        Some((from, found)) => Span {
            from,
            to: span.to,
            seqs: found..span.seqs.end,
        }
        .within(span),
        None => Looked::Lost,
    })
}

impl Span {
    /// Damaged lines may say anything: a part must be smaller than the whole, and hold its own seqs.
    fn within(self, whole: &Span) -> Looked {
        let smaller = self.from < self.to && self.to - self.from < whole.to - whole.from;
        let inside = whole.seqs.start <= self.seqs.start && self.seqs.end <= whole.seqs.end;
        if smaller && inside {
            Looked::Within(self)
        } else {
            Looked::Lost
        }
    }
}

/// The beginning of the first line that begins after `middle` and before `to`.
fn line_after(file: &File, middle: u64, to: u64) -> io::Result<Option<u64>> {
    let mut buffer = [0; 2048];
    let mut at = middle;
    while at + 1 < to {
        let wanted = (to - 1 - at).min(buffer.len() as u64) as usize;
        file.read_exact_at(&mut buffer[..wanted], at)?;
        if let Some(found) = memchr::memchr(b'\n', &buffer[..wanted]) {
            return Ok(Some(at + found as u64 + 1));
        }
        at += wanted as u64;
    }
    Ok(None)
}

fn seq_at(file: &File, start: u64, end: u64) -> io::Result<Option<u64>> {
    let mut buffer = [0; SEQ_BYTES];
    let wanted = (end - start).min(SEQ_BYTES as u64) as usize;
    file.read_exact_at(&mut buffer[..wanted], start)?;
    Ok(line::seq_of_line(&buffer[..wanted]))
}

struct FileRef<'a>(&'a File);

impl AsRef<File> for FileRef<'_> {
    fn as_ref(&self) -> &File {
        self.0
    }
}

/// The next line, which must be the entry `seq`, and the chain after it.
fn next_entry<'a>(
    lines: &'a mut Lines<Arc<File>>,
    segment: &Segment,
    seq: u64,
) -> Result<(EntryRef<'a>, line::Header, Chain), ReadError> {
    let at = lines.position();
    let damage = |what| ReadError::Damaged(segment.damage(seq - segment.first + 1, at, seq, what));
    let found = lines.next().map_err(IoFault::on("read", &segment.path))?;
    let found = found.ok_or_else(|| damage(What::Missing))?;
    match found.kind {
        Kind::Whole => {}
        Kind::Overlong => return Err(damage(What::LineTooLong)),
        Kind::Unterminated => return Err(damage(What::Missing)),
    }
    let checked = line::check(found.bytes).map_err(&damage)?;
    if checked.header.seq != seq {
        return Err(damage(What::Seq {
            found: checked.header.seq,
        }));
    }
    let chain = Chain::ending_with(&checked);
    Ok((entry_of(seq, &checked), checked.header, chain))
}

fn entry_of<'a>(seq: u64, checked: &line::Checked<'a>) -> EntryRef<'a> {
    EntryRef {
        seq,
        hash: checked.hash,
        at: checked.header.at,
        bytes: checked.entry,
    }
}

/// The entries of [`Reader::entries`]. After an error it ends.
pub struct Entries {
    reader: Reader,
    next: u64,
    end: u64,
    before: Option<Chain>,
    lines: Option<(Segment, Lines<Arc<File>>)>,
}

impl Entries {
    /// The next entry without a copy of its bytes.
    pub fn next_ref(&mut self) -> Option<Result<EntryRef<'_>, ReadError>> {
        if self.end <= self.next {
            return None;
        }
        let seq = self.next;
        // Set back below when the entry is good.
        let end = std::mem::replace(&mut self.end, 0);
        if let Err(error) = self.enter_file(seq) {
            return Some(Err(error));
        }
        let (segment, lines) = self.lines.as_mut()?;
        let at = lines.position();
        let (entry, header, chain) = match next_entry(lines, segment, seq) {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        if let Some(Err(what)) = self.before.map(|before| before.permits(&header)) {
            return Some(Err(ReadError::Damaged(segment.damage(
                seq - segment.first + 1,
                at,
                seq,
                what,
            ))));
        }
        self.before = Some(chain);
        self.next = seq + 1;
        self.end = end;
        Some(Ok(entry))
    }

    /// Has `lines` stand before `seq`.
    fn enter_file(&mut self, seq: u64) -> Result<(), ReadError> {
        if self
            .lines
            .as_ref()
            .is_some_and(|(segment, lines)| lines.position() < segment.len)
        {
            return Ok(());
        }
        let Some(place) = self.reader.place(seq) else {
            return Ok(());
        };
        let file = self.reader.file(&place)?;
        let found = find(&file, &place, seq, &mut [0; LOOK_BYTES]);
        let found = found.map_err(IoFault::on("read", &place.segment.path))?;
        let mut lines = lines_from(&place, &file, seq, found)?;
        lines.extend_to(place.segment.len);
        self.lines = Some((place.segment, lines));
        Ok(())
    }
}

impl Iterator for Entries {
    type Item = Result<RawEntry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_ref().map(|entry| entry.map(EntryRef::to_raw))
    }
}

/// What the files hold up to the last whole line.
fn look(dir: &Path) -> Result<State, OpenError> {
    let segments = segment::list(dir)?;
    let mut extents: Vec<Extent> = segments.iter().map(Segment::extent).collect();
    // Only the last file may have no whole line; then the one before it has the last entry.
    for (index, segment) in segments.iter().enumerate().rev().take(2) {
        match segment::ending(segment, segments.get(index + 1).map(|next| next.first)) {
            Ok(ending) => {
                extents[index].len = ending.len;
                if let Some(chain) = ending.chain {
                    return Ok(State {
                        head: chain.head,
                        segments: extents,
                    });
                }
            }
            Err(EndingError::Io(fault)) => return Err(fault.into()),
            Err(EndingError::Damage(damage)) => return Err(OpenError::Damaged(exact(&segments, damage)?)),
        }
    }
    match segments.as_slice() {
        [] | [Segment { first: 0, .. }] => Ok(State {
            head: Chain::empty().head,
            segments: extents,
        }),
        [only] => {
            let damage = only.damage(1, 0, 0, What::Misnamed { named: only.first });
            Err(OpenError::Damaged(damage))
        }
        [.., before, _] => Err(OpenError::Damaged(before.damage(
            1,
            0,
            before.first,
            What::EmptyFile,
        ))),
    }
}

/// The first damage there is, when the end of a file shows some.
fn exact(segments: &[Segment], shown: Box<Damage>) -> Result<Box<Damage>, IoFault> {
    let walk = Walk {
        segment_bytes_max: SEGMENT_BYTES_MAX,
        piece_bytes: None,
        progress: &|_| {},
    };
    let walked = walk.over(segments, Chain::empty())?;
    Ok(match walked.end {
        End::Damaged(damage) => damage,
        End::Clean | End::Torn(_) => shown,
    })
}

impl From<ListError> for OpenError {
    fn from(error: ListError) -> OpenError {
        match error {
            ListError::NotThere(dir) => OpenError::NotThere(dir),
            ListError::Foreign(file) => OpenError::Foreign(file),
            ListError::Io(fault) => OpenError::Io(fault),
        }
    }
}
