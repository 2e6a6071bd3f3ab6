//! The list of hashes at the end of a backup, as `b3sum --check` reads it.

/// A line for each member: 64 digits, two spaces, its name.
#[derive(Default)]
pub(crate) struct Sums(String);

impl Sums {
    pub(crate) fn add(&mut self, name: &str, hash: blake3::Hash) {
        self.0.push_str(&format!("{hash}  {name}\n"));
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The first member whose line in `other` is another, where both name the same members.
    pub(crate) fn first_other(&self, other: &[u8]) -> Option<String> {
        let other = std::str::from_utf8(other).ok()?;
        let name = |line: &str| line.split_once("  ").map(|(_, name)| name.to_owned());
        let mut lines = self.0.lines().zip(other.lines());
        lines
            .find(|(own, other)| own != other)
            .and_then(|(own, other)| name(own).filter(|own| name(other).as_ref() == Some(own)))
    }
}
