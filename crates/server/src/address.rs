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
        .and_then(|address| read(address.trim()))
        .unwrap_or_else(|| peer.ip())
}

/// An address, with a port or in brackets where a proxy writes it so.
fn read(address: &str) -> Option<IpAddr> {
    let with_port = || address.parse().ok().map(|socket: SocketAddr| socket.ip());
    let bare = address.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_address_counts_however_it_is_written() {
        let peer = "192.0.2.9:1".parse().expect("an address");
        let seen = |given: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", given.parse().expect("a header"));
            forwarded(&headers, peer).to_string()
        };
        for (given, expected) in [
            ("198.51.100.7", "198.51.100.7"),
            ("203.0.113.1, 198.51.100.7", "198.51.100.7"),
            ("198.51.100.7:4711", "198.51.100.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("unknown", "192.0.2.9"),
            ("", "192.0.2.9"),
        ] {
            assert_eq!(seen(given), expected, "{given}");
        }
    }
}
