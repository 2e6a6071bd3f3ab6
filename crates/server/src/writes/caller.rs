//! Who proposes: the actor of the token.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::actors::ActorRecord;
use crate::app::App;
use crate::problem::{Fault, Problem};

/// The actor whose token a request bears.
pub(crate) struct Bearer(pub Arc<ActorRecord>);

impl FromRequestParts<App> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Bearer, Problem> {
        let nobody = || Problem::new(Fault::Unauthenticated, &[]);
        let token = token(&parts.headers).ok_or_else(nobody)?;
        let actor = app.actors.authenticate(token).map_err(|error| {
            tracing::error!(%error, "who may write cannot be read");
            Problem::new(Fault::ActorsUnreadable, &[])
        })?;
        let actor = actor.ok_or_else(nobody)?;
        let waited = app.rates.token(&actor.code);
        waited.map_err(|seconds| {
            Problem::new(Fault::TooManyRequests, &[("seconds", &seconds)]).retry_after(seconds)
        })?;
        Ok(Bearer(actor))
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750).
fn token(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
