//! Lines of the log on their way out: gathered for a moment and written together.
//!
//! A system call for each line costs a request a tenth of its time, and a thread that is woken for each costs as much. So
//! what tells of requests waits for up to [`WAIT`]; what tells of something wrong does not. Nobody waits for the log: where
//! it is not taken, lines are left out once [`GATHERED_BYTES_MAX`] are there, and a line says how many.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Serialize;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits for others.
const WAIT: Duration = Duration::from_millis(100);
/// As many bytes do not wait any longer.
const GATHERED_BYTES: usize = 64 * 1024;
/// More are not kept.
const GATHERED_BYTES_MAX: usize = 1024 * 1024;
/// How long the end waits for the last lines to be taken.
const END_WAIT: Duration = Duration::from_secs(2);

/// Where lines are gathered. Clones are the same.
#[derive(Clone)]
pub(crate) struct LogLines(Arc<Shared>);

struct Shared {
    gathered: Mutex<Gathered>,
    /// Something is to be done.
    some: Condvar,
    /// Everything is done.
    done: Condvar,
}

#[derive(Default)]
struct Gathered {
    lines: Vec<u8>,
    /// Lines that there was no room for.
    left_out: u64,
    /// Whether what is there should not wait for more.
    at_once: bool,
    ended: bool,
    /// Whether the thread has ended, or never was.
    written: bool,
}

/// Writes what is left, when it is dropped; later lines are left out.
pub struct LogEnd(Option<LogLines>);

impl LogEnd {
    /// An end of nothing.
    pub(crate) fn of_nothing() -> LogEnd {
        LogEnd(None)
    }
}

impl Drop for LogEnd {
    fn drop(&mut self) {
        let Some(LogLines(shared)) = self.0.take() else {
            return;
        };
        let mut gathered = shared.locked();
        gathered.ended = true;
        shared.some.notify_all();
        // Who takes nothing does not keep the process.
        let waited = shared
            .done
            .wait_timeout_while(gathered, END_WAIT, |gathered| !gathered.written);
        drop(waited);
    }
}

impl LogLines {
    /// Gathers for `out`, until the end is dropped.
    pub fn before(out: impl Write + Send + 'static) -> (LogLines, LogEnd) {
        let shared = Arc::new(Shared {
            gathered: Mutex::default(),
            some: Condvar::new(),
            done: Condvar::new(),
        });
        let writing = shared.clone();
        let writer = thread::Builder::new().name("log".to_owned());
        let writer = writer.spawn(move || writing.write_to(Torn { out, torn: false }));
        // Without a thread nobody comes for what is gathered.
        shared.locked().written = writer.is_err();
        (LogLines(shared.clone()), LogEnd(Some(LogLines(shared))))
    }

    /// Adds a line that waits with others.
    pub fn line(&self, line: &impl Serialize) {
        self.0.add(false, |lines| {
            let begun = lines.len();
            if serde_json::to_writer(&mut *lines, line).is_err() {
                lines.truncate(begun);
            } else {
                lines.push(b'\n');
            }
        });
    }
}

impl Shared {
    fn add(&self, at_once: bool, write: impl FnOnce(&mut Vec<u8>)) {
        let mut gathered = self.locked();
        if gathered.ended || gathered.written {
            return;
        }
        if GATHERED_BYTES_MAX <= gathered.lines.len() {
            gathered.left_out += 1;
            return;
        }
        let first = gathered.lines.is_empty();
        write(&mut gathered.lines);
        let full = GATHERED_BYTES <= gathered.lines.len();
        let hurry = (at_once || full) && !gathered.at_once;
        gathered.at_once |= hurry;
        if first || hurry {
            self.some.notify_one();
        }
    }

    fn locked(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is gathered, time and again, outside the lock: who takes it slowly holds up nobody else.
    fn write_to(&self, mut out: Torn<impl Write>) {
        let mut lines = Vec::with_capacity(GATHERED_BYTES);
        loop {
            let nothing = |gathered: &mut Gathered| gathered.lines.is_empty() && !gathered.ended;
            let waited = self.some.wait_while(self.locked(), nothing);
            let gathered = waited.unwrap_or_else(PoisonError::into_inner);
            let alone = |gathered: &mut Gathered| !gathered.at_once && !gathered.ended;
            let waited = self.some.wait_timeout_while(gathered, WAIT, alone);
            let mut gathered = waited.unwrap_or_else(PoisonError::into_inner).0;
            std::mem::swap(&mut lines, &mut gathered.lines);
            gathered.at_once = false;
            let (left_out, ended) = (std::mem::take(&mut gathered.left_out), gathered.ended);
            drop(gathered);
            if 0 < left_out {
                let told =
                    format!(r#"{{"level":"WARN","message":"lines of the log left out","count":{left_out}}}"#);
                lines.extend_from_slice(told.as_bytes());
                lines.push(b'\n');
            }
            out.write(&lines);
            lines.clear();
            if ended {
                self.locked().written = true;
                self.done.notify_all();
                return;
            }
        }
    }
}

/// Where lines go, and whether the last of them is there in part only.
struct Torn<W> {
    out: W,
    torn: bool,
}

impl<W: Write> Torn<W> {
    /// Who takes the log may have gone, or the disk be full: that is no reason to fail a request, and there is nowhere to say
    /// it. What comes later begins on a line of its own.
    fn write(&mut self, lines: &[u8]) {
        if lines.is_empty() {
            return;
        }
        let begun = if self.torn { self.all(b"\n") } else { Ok(()) };
        if begun.is_ok() {
            self.torn = false;
            // In part, the rest is left out.
            let _ = self.all(lines);
        }
        let _ = self.out.flush();
    }

    fn all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.out.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.torn = bytes[count - 1] != b'\n';
                    bytes = &bytes[count..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The line of one event.
pub(crate) struct Line<'a> {
    shared: &'a Shared,
    at_once: bool,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.shared
            .add(self.at_once, |lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogLines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line {
            shared: &self.0,
            at_once: true,
        }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Line<'a> {
        Line {
            shared: &self.0,
            at_once: *event.level() <= Level::WARN,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Instant;

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Passes on what is written; as much at once as is said, and a failure where that is nothing.
    struct Seen(Sender<Vec<u8>>, Vec<usize>);

    impl Write for Seen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let most = self.1.pop().unwrap_or(usize::MAX).min(bytes.len());
            if most == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.send(bytes[..most].to_vec()).map_err(io::Error::other)?;
            Ok(most)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logging(takes: &[usize]) -> (impl tracing::Subscriber, LogEnd, Receiver<Vec<u8>>) {
        let (sender, seen) = channel();
        let takes = takes.iter().rev().copied().collect();
        let (lines, end) = LogLines::before(Seen(sender, takes));
        let layer = tracing_subscriber::fmt::layer().json().with_writer(lines);
        (tracing_subscriber::registry().with(layer), end, seen)
    }

    fn next(seen: &Receiver<Vec<u8>>) -> String {
        let written = seen.recv_timeout(100 * WAIT).expect("written");
        String::from_utf8(written).expect("text")
    }

    #[test]
    fn requests_are_written_together_and_in_time() {
        let (subscriber, _end, seen) = logging(&[]);
        tracing::subscriber::with_default(subscriber, || {
            for nth in 0..100 {
                tracing::info!(nth, "request");
            }
        });
        let (mut text, mut writes) = (String::new(), 0);
        while text.lines().count() < 100 {
            text += &next(&seen);
            writes += 1;
        }
        assert!(writes < 20, "{writes} writes");
        for (nth, line) in text.lines().enumerate() {
            assert!(line.contains(&format!("\"nth\":{nth}}}")), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_brings_all_before_it_and_the_end_the_rest() {
        let (subscriber, end, seen) = logging(&[]);
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("request");
            tracing::error!("the journal could not be read");
            let mut text = String::new();
            while !text.contains("could not be read") {
                text += &next(&seen);
            }
            assert_eq!(text.lines().count(), 2);
            tracing::info!("another");
            drop(end);
            let rest: Vec<u8> = seen.try_iter().flatten().collect();
            assert!(String::from_utf8(rest).expect("text").contains("another"));
        });
    }

    #[test]
    fn a_log_that_nobody_takes_holds_up_nobody() {
        let (sender, seen) = std::sync::mpsc::sync_channel::<()>(0);
        struct Stuck(std::sync::mpsc::SyncSender<()>);
        impl Write for Stuck {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.send(()).map_err(io::Error::other)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (lines, end) = LogLines::before(Stuck(sender));
        let long = "x".repeat(1_000);
        for _ in 0..5_000 {
            lines.line(&long);
        }
        let gathered = lines.0.locked();
        assert!(
            gathered.lines.len() < GATHERED_BYTES_MAX + 2_000,
            "{}",
            gathered.lines.len()
        );
        assert!(2_000 < gathered.left_out, "{}", gathered.left_out);
        drop(gathered);
        let begun = Instant::now();
        drop(end);
        assert!(begun.elapsed() < 3 * END_WAIT);
        drop(seen);
    }

    #[test]
    fn what_was_written_in_part_does_not_spoil_the_next_line() {
        // Ten bytes, then the disk is full once.
        let (subscriber, end, seen) = logging(&[10, 0]);
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!("first");
            assert_eq!(next(&seen).len(), 10);
            tracing::error!("second");
            assert_eq!(next(&seen), "\n");
            assert!(next(&seen).contains("second"));
        });
        drop(end);
    }
}
