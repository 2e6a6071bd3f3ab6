//! A layer around every route, of a function before and one after.
//!
//! As axum's `from_fn`, without copying all that stands within for every request.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use futures_util::future::Either;
use tower::{Layer, Service};

/// Looks at each request, and at each answer with what it kept of the request; or answers itself.
#[derive(Clone)]
pub(crate) struct Around<B, A> {
    before: B,
    after: A,
}

impl<B, A> Around<B, A> {
    pub fn of<T>(before: B, after: A) -> Around<B, A>
    where
        B: Fn(&mut Request) -> Result<T, Box<Response>>,
        A: Fn(T, Response) -> Response,
    {
        Around { before, after }
    }
}

impl<S, B: Clone, A: Clone> Layer<S> for Around<B, A> {
    type Service = Within<S, B, A>;

    fn layer(&self, inner: S) -> Within<S, B, A> {
        Within {
            inner,
            around: self.clone(),
        }
    }
}

/// What is within such a layer.
#[derive(Clone)]
pub(crate) struct Within<S, B, A> {
    inner: S,
    around: Around<B, A>,
}

type Answered = Result<Response, Infallible>;

impl<S, T, B, A, R> Service<Request> for Within<S, B, A>
where
    S: Service<Request, Response = R, Error = Infallible>,
    S::Future: Send + 'static,
    R: axum::response::IntoResponse,
    T: Send + 'static,
    B: Fn(&mut Request) -> Result<T, Box<Response>>,
    A: Fn(T, Response) -> Response + Clone + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Pin<Box<dyn Future<Output = Answered> + Send>>, std::future::Ready<Answered>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let kept = match (self.around.before)(&mut request) {
            Ok(kept) => kept,
            Err(answer) => return Either::Right(ready(Ok(*answer))),
        };
        let (answered, after) = (self.inner.call(request), self.around.after.clone());
        Either::Left(Box::pin(async move {
            let answer = answered.await?.into_response();
            Ok(after(kept, answer))
        }))
    }
}
