//! The second thread: makes batches durable, then acknowledges, then hands them on.

use crossbeam_channel::{Receiver, Sender};
use minhbach_journal::{Batch, Journal};
use minhbach_projections::recorded::Recorded;

use super::answer::Stopped;
use super::decider::Decided;

/// Works until the decider ends or the journal fails. After a failure nothing is acknowledged any more.
pub(super) fn run(
    mut journal: Journal,
    batches: &Receiver<Decided>,
    projections: &Sender<Vec<Recorded>>,
    used: &Sender<Batch>,
) {
    while let Ok(Decided { lines, recorded, replies }) = batches.recv() {
        let appended = if lines.is_empty() { Ok(()) } else { journal.append(&lines).map(drop) };
        if let Err(error) = appended {
            let stopped = Stopped::because(error);
            let waiting = batches.try_iter().flat_map(|decided| decided.replies);
            for (reply, _) in replies.into_iter().chain(waiting) {
                // A caller that has gone needs no answer.
                let _ = reply.send(Err(stopped.clone()));
            }
            return;
        }
        for (reply, answers) in replies {
            let _ = reply.send(Ok(answers));
        }
        let _ = used.try_send(lines);
        // Waits when the projections lag: memory is bounded. They end only after this thread.
        if !recorded.is_empty() && projections.send(recorded).is_err() {
            return;
        }
    }
}
