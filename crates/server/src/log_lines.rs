//! Lines of the log on their way out: gathered for a moment and written together.
//!
//! A system call for each line costs a request a tenth of its time, and a thread that is woken for each costs as much.
//! So what tells of requests waits for up to [`WAIT`]; what tells of something wrong does not. Nothing is dropped: where
//! the log is taken slowly, requests wait for it once [`GATHERED_BYTES`] are there.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Serialize;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits for others.
const WAIT: Duration = Duration::from_millis(100);
/// As many bytes are written at once.
const GATHERED_BYTES: usize = 64 * 1024;

/// Where lines are gathered. Clones are the same.
#[derive(Clone)]
pub(crate) struct LogLines(Arc<Shared>);

struct Shared {
    gathered: Mutex<Gathered>,
    /// Something is there that waits.
    some: Condvar,
}

struct Gathered {
    lines: Vec<u8>,
    out: Box<dyn Write + Send>,
    ended: bool,
}

/// Writes what is left, when it is dropped; lines after that are written one by one.
pub struct LogEnd(Option<Box<dyn FnOnce() + Send>>);

impl LogEnd {
    /// An end of nothing.
    pub(crate) fn of_nothing() -> LogEnd {
        LogEnd(None)
    }
}

impl Drop for LogEnd {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

impl LogLines {
    /// Gathers for `out`, until the end is dropped.
    pub fn before(out: impl Write + Send + 'static) -> (LogLines, LogEnd) {
        let shared = Arc::new(Shared {
            gathered: Mutex::new(Gathered {
                lines: Vec::with_capacity(GATHERED_BYTES),
                out: Box::new(out),
                ended: false,
            }),
            some: Condvar::new(),
        });
        let (writing, ending) = (shared.clone(), shared.clone());
        let writer = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writing.write_in_time());
        // Without a thread nobody comes back for what waits.
        shared.locked().ended = writer.is_err();
        let end = move || {
            ending.locked().end();
            ending.some.notify_all();
        };
        (LogLines(shared), LogEnd(Some(Box::new(end))))
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
        let first = gathered.lines.is_empty();
        write(&mut gathered.lines);
        if at_once || gathered.ended || GATHERED_BYTES <= gathered.lines.len() {
            gathered.write_out();
        } else if first {
            self.some.notify_one();
        }
    }

    fn locked(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_in_time(&self) {
        loop {
            let waiting = |gathered: &mut Gathered| gathered.lines.is_empty() && !gathered.ended;
            let some = self.some.wait_while(self.locked(), waiting);
            if some.unwrap_or_else(PoisonError::into_inner).ended {
                return;
            }
            thread::sleep(WAIT);
            self.locked().write_out();
        }
    }
}

impl Gathered {
    /// Who takes the log may have gone: that is no reason to fail a request, and there is nowhere to say it.
    fn write_out(&mut self) {
        let _ = self.out.write_all(&self.lines).and_then(|()| self.out.flush());
        self.lines.clear();
    }

    fn end(&mut self) {
        self.ended = true;
        self.write_out();
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

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Passes on what is written at once.
    struct Seen(Sender<Vec<u8>>);

    impl Write for Seen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines_in(seen: &Receiver<Vec<u8>>) -> Vec<usize> {
        let count = |written: Vec<u8>| written.iter().filter(|byte| **byte == b'\n').count();
        seen.try_iter().map(count).collect()
    }

    fn logging() -> (impl tracing::Subscriber, LogEnd, Receiver<Vec<u8>>) {
        let (sender, seen) = channel();
        let (lines, end) = LogLines::before(Seen(sender));
        let layer = tracing_subscriber::fmt::layer().json().with_writer(lines);
        (tracing_subscriber::registry().with(layer), end, seen)
    }

    #[test]
    fn requests_are_written_together_and_in_time() {
        let (subscriber, _end, seen) = logging();
        tracing::subscriber::with_default(subscriber, || {
            for nth in 0..100 {
                tracing::info!(nth, "request");
            }
        });
        let (mut text, mut writes) = (String::new(), 0);
        while text.lines().count() < 100 {
            let written = seen.recv_timeout(100 * WAIT).expect("written without an end");
            text += &String::from_utf8(written).expect("text");
            writes += 1;
        }
        assert!(writes < 20, "{writes} writes");
        for (nth, line) in text.lines().enumerate() {
            assert!(line.contains(&format!("\"nth\":{nth}}}")), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_written_at_once_with_all_before_it() {
        let (subscriber, end, seen) = logging();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("request");
            tracing::error!("the journal could not be read");
            assert_eq!(lines_in(&seen).iter().sum::<usize>(), 2);
            tracing::info!("another");
            drop(end);
            assert_eq!(lines_in(&seen).iter().sum::<usize>(), 1);
            tracing::info!("after the end");
            assert_eq!(lines_in(&seen), [1]);
        });
    }

    #[test]
    fn memory_is_bounded() {
        let (subscriber, _end, seen) = logging();
        let long = "x".repeat(GATHERED_BYTES / 4);
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..4 {
                tracing::info!(long, "request");
            }
            assert_eq!(lines_in(&seen).iter().sum::<usize>(), 4);
        });
    }
}
