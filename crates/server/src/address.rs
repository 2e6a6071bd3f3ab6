//! The address that a request counts for.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::limits::network;

/// Where a connection came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub SocketAddr);

/// The address that a request counts for: an IPv6 network of 64 bits is one. Without a connection, as in tests, it is none
/// of any machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address(pub IpAddr);

impl Address {
    /// The one that was [found](Address::find) before.
    pub fn of(extensions: &Extensions) -> Address {
        let found = extensions.get::<Address>().copied();
        found.unwrap_or(Address(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }

    /// Finds it, and keeps it with the request; none where there is no connection.
    pub fn find(request: &mut Request, behind_proxy: bool) -> Option<Address> {
        let Peer(peer) = *request.extensions().get::<Peer>()?;
        let address = if behind_proxy {
            forwarded(request.headers(), peer)
        } else {
            peer.ip()
        };
        let address = Address(network(address));
        request.extensions_mut().insert(address);
        Some(address)
    }
}

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Address, Infallible> {
        Ok(Address::of(&parts.extensions))
    }
}

/// The address that the nearest proxy saw: the last one named, since those before it are whatever the client wrote.
fn forwarded(headers: &HeaderMap, peer: SocketAddr) -> IpAddr {
    let last = headers.get_all("x-forwarded-for").iter().next_back();
    let named = last
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next());
    named
        .and_then(|address| address.trim().parse().ok())
        .unwrap_or_else(|| peer.ip())
}
