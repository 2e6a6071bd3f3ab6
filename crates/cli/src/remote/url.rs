//! The address of a server.

use std::fmt;

use ureq::http::Uri;

/// The address of a server, without the path of any question.
///
/// Invariant: begins with `http://` or `https://` and a host, has no user, no query and no slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url(String);

impl Url {
    /// Reads an address as people type it; none where it is not one.
    pub fn new(typed: &str) -> Option<Url> {
        let trimmed = typed.trim().trim_end_matches('/');
        let uri: Uri = trimmed.parse().ok()?;
        let scheme = uri.scheme_str()?;
        let authority = uri.authority()?;
        let plain = uri.query().is_none() && !trimmed.contains('#') && !authority.as_str().contains('@');
        let known = matches!(scheme, "http" | "https") && !authority.host().is_empty();
        (plain && known).then(|| Url(trimmed.to_owned()))
    }

    /// The address of a question.
    pub fn of(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether whoever listens on the way can read what is sent.
    pub fn is_open_to_others(&self) -> bool {
        let Some(rest) = self.0.strip_prefix("http://") else {
            return false;
        };
        let authority = rest.split('/').next().unwrap_or_default();
        let host = match authority.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        let loopback = host
            .parse::<std::net::IpAddr>()
            .map_or(host == "localhost", |address| address.is_loopback());
        !loopback
    }

    /// Whether it is reached by TLS.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of a path, with what has a meaning in addresses written out.
pub fn part(text: &str) -> String {
    let mut part = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            part.push(char::from(byte));
        } else {
            part.push_str(&format!("%{byte:02X}"));
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_people_type_it() {
        for (typed, read) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            (" https://so.example.vn/ ", "https://so.example.vn"),
            ("https://so.example.vn/quy//", "https://so.example.vn/quy"),
            ("http://[::1]:80", "http://[::1]:80"),
        ] {
            assert_eq!(Url::new(typed).map(|url| url.to_string()).as_deref(), Some(read));
        }
        for wrong in [
            "",
            "so.example.vn",
            "127.0.0.1:8080",
            "ftp://so.example.vn",
            "http://",
            "http://ai:bimat@so.example.vn",
            "http://so.example.vn/?a=b",
            "http://so.example.vn/#a",
            "http://so example.vn",
        ] {
            assert_eq!(Url::new(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_leaves_the_machine_without_tls_is_known() {
        let open = |typed| Url::new(typed).expect("an address").is_open_to_others();
        for safe in [
            "https://so.example.vn",
            "http://127.0.0.1:8080",
            "http://localhost/so",
            "http://[::1]:8080",
        ] {
            assert!(!open(safe), "{safe}");
        }
        for bare in [
            "http://so.example.vn",
            "http://192.168.1.7:8080",
            "http://[2001:db8::1]",
        ] {
            assert!(open(bare), "{bare}");
        }
    }

    #[test]
    fn a_part_of_a_path_stays_one_part() {
        assert_eq!(part("RC-A.1_b~"), "RC-A.1_b~");
        assert_eq!(part("a/b?c é"), "a%2Fb%3Fc%20%C3%A9");
    }
}
