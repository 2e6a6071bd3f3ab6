//! A command that a signal ends clears up what it had begun.

use minhbach_backup::Stop;
use tokio::runtime::Builder;

use crate::serving::Signals;

/// The exit code of a command that was ended at once: what shells say of one that SIGINT ended.
const AT_ONCE: i32 = 130;

/// From now on SIGINT and SIGTERM ask the work to stop, which ends the command in its own way; the second one ends it at once.
pub fn at_a_signal() -> anyhow::Result<Stop> {
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let mut signals = {
        let _within = runtime.enter();
        Signals::of_this_process()?
    };
    let stop = Stop::default();
    let wish = stop.clone();
    let waiting = std::thread::Builder::new().name("signals".to_owned());
    waiting.spawn(move || {
        runtime.block_on(async {
            signals.next().await;
            wish.ask();
            signals.next().await;
            std::process::exit(AT_ONCE);
        });
    })?;
    Ok(stop)
}
