//! A bar on the terminal for work that takes more than a second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use minhbach_ledger::{Progress, Replaying};

use crate::session::Session;
use crate::texts::Texts;

/// Work that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that appears when the work takes long, and goes when it is done.
pub struct Bar {
    texts: Texts,
    shown: bool,
    begun: Instant,
    bar: Mutex<Option<ProgressBar>>,
}

impl Bar {
    /// For a session's next work.
    pub fn new(session: &Session) -> Bar {
        Bar {
            texts: session.texts,
            shown: session.terminal.progress,
            begun: Instant::now(),
            bar: Mutex::new(None),
        }
    }

    /// Says how far the work is: `done` of `of`, under the text `key`.
    pub fn at(&self, key: &str, done: u64, of: u64) {
        if !self.shown || self.begun.elapsed() < PATIENCE {
            return;
        }
        let mut bar = self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{msg} {bar:30} {percent:>3}% {eta}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(of).with_style(style)
        });
        bar.set_message(self.texts.get(key));
        bar.set_length(of);
        bar.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = self
            .bar
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar {
    fn entries(&self, what: Replaying, done: u64, of: u64) {
        let key = match what {
            Replaying::Books => "progress-opening",
            Replaying::Rebuilding => "progress-rebuilding",
        };
        self.at(key, done, of);
    }
}
