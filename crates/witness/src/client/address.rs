//! Where a witness takes checkpoints.

use ureq::http::Uri;

/// An address of HTTP.
///
/// Invariant: begins with `http://` or `https://` and a host, has no user and no query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(String);

impl Address {
    /// What a policy says of a witness, with the path of the request; none where it is no address.
    pub(crate) fn new(prefix: &str) -> Option<Address> {
        let prefix = prefix.trim_end_matches('/');
        let uri: Uri = prefix.parse().ok()?;
        let authority = uri.authority()?;
        let known = matches!(uri.scheme_str()?, "http" | "https") && !authority.host().is_empty();
        let plain = uri.query().is_none() && !prefix.contains('#') && !authority.as_str().contains('@');
        (known && plain).then(|| Address(format!("{prefix}/add-checkpoint")))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_below_the_prefix() {
        for (prefix, address) in [
            ("http://127.0.0.1:80", "http://127.0.0.1:80/add-checkpoint"),
            (
                "https://witness.example/",
                "https://witness.example/add-checkpoint",
            ),
            (
                "https://witness.example/a/b//",
                "https://witness.example/a/b/add-checkpoint",
            ),
        ] {
            let read = Address::new(prefix);
            assert_eq!(read.as_ref().map(Address::as_str), Some(address));
        }
        for bad in [
            "",
            "witness.example",
            "ftp://witness.example",
            "http://",
            "http://a:b@witness.example",
            "http://witness.example/?a",
            "http://witness.example/#a",
        ] {
            assert_eq!(Address::new(bad), None, "{bad}");
        }
    }
}
