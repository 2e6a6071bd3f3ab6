//! Asking the ledger from a request, without holding up the others.

use std::net::IpAddr;

use minhbach_ledger::{ReadFault, View};
use minhbach_projections::{Projections, ReadError};

use crate::app::App;
use crate::problem::{Fault, Problem};

impl App {
    /// A question about one thing: a few look-ups, asked on the spot where nothing has to be waited for.
    pub(crate) async fn ask_one<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Projections, &View<'_>) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, Problem> {
        match self.ledger()?.read_now(question) {
            Ok(Ok(answer)) => answer.map_err(read_error),
            Ok(Err(question)) => self.ask_waiting(question).await,
            Err(fault) => Err(read_models_failed(&fault)),
        }
    }

    /// A question over a list, which may take long: some at once, the others wait their turn, and each address behind its
    /// own.
    pub(crate) async fn ask_list<T: Send + 'static>(
        &self,
        from: IpAddr,
        question: impl FnOnce(&Projections, &View<'_>) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.list_questions.turn(from).await;
        let turn = turn.ok_or_else(|| Problem::new(Fault::Busy, &[]))?;
        let answer = self.ask_waiting(question).await;
        drop(turn);
        answer
    }

    /// Waits, on a thread for that, until the read models know all that is acknowledged.
    async fn ask_waiting<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Projections, &View<'_>) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, Problem> {
        let ledger = self.ledger()?.clone();
        self.blocking(move || {
            let answer = ledger
                .read(question)
                .map_err(|fault| read_models_failed(&fault))?;
            answer.map_err(read_error)
        })
        .await
    }

    /// Works on a thread that may wait.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a question ended in a panic");
            Err(Problem::new(Fault::Internal, &[]))
        })
    }
}

fn read_models_failed(fault: &ReadFault) -> Problem {
    tracing::error!(%fault, "the read models have failed");
    Problem::new(Fault::ReadModelsFailed, &[])
}

/// A question without an answer. What the disk says goes to the log, not to the reader.
pub(crate) fn read_error(error: ReadError) -> Problem {
    match error {
        ReadError::NotFound(name) => Problem::new(Fault::NotFound, &[("name", &name)]),
        ReadError::BadCursor => Problem::new(Fault::BadCursor, &[]),
        error @ (ReadError::Store(_) | ReadError::Journal(_) | ReadError::NotInJournal { .. }) => {
            tracing::error!(%error, "a question could not be answered");
            Problem::new(Fault::ReadModelsFailed, &[])
        }
    }
}
