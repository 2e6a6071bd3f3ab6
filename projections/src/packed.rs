//! How the store's values are packed: small numbers in few bytes, texts with their length before them.

use minhbach_events::{Item, Label, Slug};

use crate::store::StoreError;

/// Appends packed values.
pub(crate) trait Pack {
    /// Seven bits a byte, lowest first.
    fn number(&mut self, number: u128);
    /// A length and the bytes.
    fn text(&mut self, text: &str);
    /// Nothing, or one more than the number.
    fn maybe(&mut self, number: Option<u128>);
}

impl Pack for Vec<u8> {
    fn number(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.push(number as u8);
    }
    fn text(&mut self, text: &str) {
        self.number(text.len() as u128);
        self.extend_from_slice(text.as_bytes());
    }
    fn maybe(&mut self, number: Option<u128>) {
        match number {
            None => self.push(0),
            Some(number) => {
                self.push(1);
                self.number(number);
            }
        }
    }
}

/// Reads packed values back; what does not fit is damage.
pub(crate) struct Unpack<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Unpack<'a> {
    /// Reads `bytes`, which are a `what`.
    pub(crate) fn new(what: &'static str, bytes: &'a [u8]) -> Unpack<'a> {
        Unpack { what, rest: bytes }
    }
    /// What an unreadable value is answered with.
    pub(crate) fn damaged(&self) -> StoreError {
        StoreError::Damaged { what: self.what }
    }
    pub(crate) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or_else(|| self.damaged())?;
        self.rest = rest;
        Ok(*head)
    }
    pub(crate) fn byte(&mut self) -> Result<u8, StoreError> {
        self.bytes().map(|[byte]| byte)
    }
    pub(crate) fn number(&mut self) -> Result<u128, StoreError> {
        let mut number = 0u128;
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            number |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.damaged())
    }
    pub(crate) fn number64(&mut self) -> Result<u64, StoreError> {
        u64::try_from(self.number()?).map_err(|_| self.damaged())
    }
    pub(crate) fn maybe(&mut self) -> Result<Option<u128>, StoreError> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.number().map(Some),
            _ => Err(self.damaged()),
        }
    }
    pub(crate) fn text(&mut self) -> Result<&'a str, StoreError> {
        let length = usize::try_from(self.number()?).map_err(|_| self.damaged())?;
        let (text, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.damaged())?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| self.damaged())
    }
    pub(crate) fn slug(&mut self) -> Result<Slug, StoreError> {
        let text = self.text()?;
        Slug::new(text).ok_or_else(|| self.damaged())
    }
    pub(crate) fn label(&mut self) -> Result<Label, StoreError> {
        let text = self.text()?;
        Label::new(text).ok_or_else(|| self.damaged())
    }
    pub(crate) fn item(&mut self) -> Result<Item, StoreError> {
        let text = self.text()?;
        Item::new(text).ok_or_else(|| self.damaged())
    }
    /// What is not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
    /// Whether everything was read.
    pub(crate) fn finish(self) -> Result<(), StoreError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.damaged())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_cut_values_are_damage() {
        let mut bytes = Vec::new();
        let numbers = [0, 1, 127, 128, 300, u128::from(u64::MAX), u128::MAX];
        for number in numbers {
            bytes.number(number);
        }
        bytes.maybe(None);
        bytes.text("áo ấm");
        assert_eq!(bytes[3..5], [0x80, 0x01], "128 takes two bytes");
        let mut read = Unpack::new("test", &bytes);
        for number in numbers {
            assert_eq!(read.number().unwrap(), number);
        }
        assert_eq!(read.maybe().unwrap(), None);
        assert_eq!(read.text().unwrap(), "áo ấm");
        read.finish().unwrap();
        let cut = &bytes[..bytes.len() - 1];
        let mut read = Unpack::new("test", cut);
        for number in numbers {
            assert_eq!(read.number().unwrap(), number);
        }
        assert!(read.maybe().is_ok() && read.text().is_err());
    }
}
