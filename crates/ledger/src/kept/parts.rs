//! What records are made of: numbers, texts, lists, each of its own type.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::hash::Hash;
use std::io;
use std::sync::Arc;

use imbl::{OrdMap, Vector};
use internment::ArcIntern;
use minhbach_events::event::Restriction;
use minhbach_events::{Actor, Code, Date, Item, Label, Reference, Slug};
use minhbach_projections::recorded::StockId;
use smallvec::{Array, SmallVec};

use super::Unusable;
use super::chunks::{CHUNK_BYTES, Chunks, ReadChunks};

/// Something that is written and read back.
pub(super) trait Part: Sized {
    fn put(&self, out: &mut Out<'_>);
    fn get(input: &mut In<'_>) -> Result<Self, Unusable>;
}

/// Where parts are written. Words that come again are written once.
pub(super) struct Out<'o> {
    chunks: Chunks<'o>,
    bytes: Vec<u8>,
    words: HashMap<String, u32>,
    restrictions: HashMap<*const Restriction, u32>,
}

impl<'o> Out<'o> {
    pub fn new(chunks: Chunks<'o>) -> Out<'o> {
        Out {
            chunks,
            bytes: Vec::with_capacity(CHUNK_BYTES * 2),
            words: HashMap::new(),
            restrictions: HashMap::new(),
        }
    }

    /// A record ends here: the next one may begin a chunk. None lies in two.
    pub fn record_ends(&mut self) {
        if CHUNK_BYTES <= self.bytes.len() {
            self.chunks.write(&self.bytes);
            self.bytes.clear();
        }
    }

    /// How many bytes were written in all.
    pub fn end(mut self) -> io::Result<u64> {
        if !self.bytes.is_empty() {
            self.chunks.write(&self.bytes);
        }
        self.chunks.end()
    }

    /// A whole number of any size, seven bits a byte.
    fn number(&mut self, mut number: u128) {
        while 0x7f < number {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u128);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A text that comes again and again.
    fn word(&mut self, word: &str) {
        if let Some(&known) = self.words.get(word) {
            return self.number(u128::from(known));
        }
        let new = self.words.len() as u32;
        self.words.insert(word.to_owned(), new);
        self.number(u128::from(new));
        self.text(word);
    }
}

/// Where parts are read from.
pub(super) struct In<'i> {
    chunks: ReadChunks<'i>,
    chunk: Vec<u8>,
    at: usize,
    words: Vec<String>,
    /// Words as the names that they were read as, by their place among the words.
    slugs: HashMap<usize, ArcIntern<Slug>>,
    labels: HashMap<usize, ArcIntern<Label>>,
    actors: HashMap<usize, ArcIntern<Actor>>,
    items: HashMap<usize, ArcIntern<Item>>,
    restrictions: Vec<Arc<Restriction>>,
}

impl<'i> In<'i> {
    pub fn new(chunks: ReadChunks<'i>) -> In<'i> {
        In {
            chunks,
            chunk: Vec::new(),
            at: 0,
            words: Vec::new(),
            slugs: HashMap::new(),
            labels: HashMap::new(),
            actors: HashMap::new(),
            items: HashMap::new(),
            restrictions: Vec::new(),
        }
    }

    /// What is left of the chunk, and never nothing.
    fn rest(&mut self) -> Result<&[u8], Unusable> {
        if self.at == self.chunk.len() {
            self.at = 0;
            self.chunks.next(&mut self.chunk)?;
            if self.chunk.is_empty() {
                return Err(Unusable::Damaged("cut"));
            }
        }
        Ok(&self.chunk[self.at..])
    }

    /// Everything must be read.
    pub fn end(mut self) -> Result<(), Unusable> {
        let all = self.at == self.chunk.len();
        self.chunks.next(&mut self.chunk)?;
        if !all || !self.chunk.is_empty() {
            return Err(Unusable::Damaged("end"));
        }
        Ok(())
    }

    fn bytes(&mut self, length: usize) -> Result<&[u8], Unusable> {
        if length == 0 {
            return Ok(&[]);
        }
        if self.rest()?.len() < length {
            return Err(Unusable::Damaged("record"));
        }
        self.at += length;
        Ok(&self.chunk[self.at - length..self.at])
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Unusable> {
        let bytes = self.bytes(N)?;
        bytes.try_into().map_err(|_| Unusable::Damaged("record"))
    }

    fn number(&mut self) -> Result<u128, Unusable> {
        // Nearly all fit in 64 bits, which is several times faster; there are hundreds of millions.
        const SHORT: usize = 9;
        let rest = self.rest()?;
        let mut short = 0;
        for (nth, &byte) in rest.iter().take(SHORT).enumerate() {
            short |= u64::from(byte & 0x7f) << (7 * nth);
            if byte < 0x80 {
                self.at += nth + 1;
                return Ok(short.into());
            }
        }
        let mut long = u128::from(short);
        for (nth, &byte) in rest.iter().enumerate().skip(SHORT) {
            let bits = u128::from(byte & 0x7f);
            let shift = u32::try_from(7 * nth).unwrap_or(u32::MAX);
            let shifted = bits.checked_shl(shift).filter(|shifted| shifted >> shift == bits);
            long |= shifted.ok_or(Unusable::Damaged("number"))?;
            if byte < 0x80 {
                self.at += nth + 1;
                return Ok(long);
            }
        }
        Err(Unusable::Damaged("number"))
    }

    fn text(&mut self) -> Result<&str, Unusable> {
        let length = usize::try_from(self.number()?).map_err(|_| Unusable::Damaged("text"))?;
        std::str::from_utf8(self.bytes(length)?).map_err(|_| Unusable::Damaged("text"))
    }

    /// The place of a word among those that were read; a new one is read.
    fn place_of_word(&mut self) -> Result<usize, Unusable> {
        let place = usize::try_from(self.number()?).map_err(|_| Unusable::Damaged("word"))?;
        if place == self.words.len() {
            let new = self.text()?.to_owned();
            self.words.push(new);
        }
        Ok(place)
    }

    fn word(&mut self) -> Result<&str, Unusable> {
        let place = self.place_of_word()?;
        let word = self.words.get(place).map(String::as_str);
        word.ok_or(Unusable::Damaged("word"))
    }
}

/// Lengths that are not believed before their elements are read.
const BELIEVED_MAX: usize = 1 << 16;

impl Out<'_> {
    /// So many elements, each a record.
    pub fn list<'l, T: Part + 'l>(&mut self, length: usize, list: impl Iterator<Item = &'l T>) {
        self.number(length as u128);
        for element in list {
            element.put(self);
            self.record_ends();
        }
    }

    /// The pairs in the order of their keys.
    pub fn map<K: Part + Ord, V: Part>(&mut self, map: &HashMap<K, V>) {
        let mut pairs: Vec<(&K, &V)> = map.iter().collect();
        pairs.sort_unstable_by(|a, b| a.0.cmp(b.0));
        self.number(pairs.len() as u128);
        for (key, value) in pairs {
            key.put(self);
            value.put(self);
            self.record_ends();
        }
    }
}

impl In<'_> {
    pub fn length(&mut self) -> Result<usize, Unusable> {
        usize::try_from(self.number()?).map_err(|_| Unusable::Damaged("length"))
    }

    pub fn map<K: Part + Eq + Hash, V: Part>(&mut self) -> Result<HashMap<K, V>, Unusable> {
        let length = self.length()?;
        let mut map = HashMap::with_capacity(length.min(BELIEVED_MAX));
        for _ in 0..length {
            match map.entry(K::get(self)?) {
                Slot::Vacant(slot) => drop(slot.insert(V::get(self)?)),
                Slot::Occupied(_) => return Err(Unusable::Damaged("key")),
            }
        }
        Ok(map)
    }
}

macro_rules! numbers {
    ($($number:ty)+) => { $(
        impl Part for $number {
            fn put(&self, out: &mut Out<'_>) {
                out.number(u128::from(*self));
            }
            fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
                <$number>::try_from(input.number()?).map_err(|_| Unusable::Damaged("number"))
            }
        }
    )+ };
}
numbers!(u8 u16 u32 u64 u128);

impl Part for bool {
    fn put(&self, out: &mut Out<'_>) {
        u8::from(*self).put(out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        Ok(u8::get(input)? == 1)
    }
}

impl Part for i32 {
    fn put(&self, out: &mut Out<'_>) {
        out.bytes.extend_from_slice(&self.to_le_bytes());
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        input.array().map(i32::from_le_bytes)
    }
}

impl<const N: usize> Part for [u32; N] {
    fn put(&self, out: &mut Out<'_>) {
        for number in self {
            out.bytes.extend_from_slice(&number.to_le_bytes());
        }
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let mut numbers = [0; N];
        for (number, bytes) in numbers.iter_mut().zip(input.bytes(4 * N)?.chunks_exact(4)) {
            *number = bytes.try_into().map_or(0, u32::from_le_bytes);
        }
        Ok(numbers)
    }
}

impl Part for [u8; 5] {
    fn put(&self, out: &mut Out<'_>) {
        out.bytes.extend_from_slice(self);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        input.array()
    }
}

impl Part for () {
    fn put(&self, _: &mut Out<'_>) {}
    fn get(_: &mut In<'_>) -> Result<Self, Unusable> {
        Ok(())
    }
}

macro_rules! tuples {
    ($(($($part:ident),+))+) => { $(
        #[allow(non_snake_case, reason = "each part is named as its type")]
        impl<$($part: Part),+> Part for ($($part,)+) {
            fn put(&self, out: &mut Out<'_>) {
                let ($($part,)+) = self;
                $($part.put(out);)+
            }
            fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
                Ok(($($part::get(input)?,)+))
            }
        }
    )+ };
}
tuples!((A, B)(A, B, C));

impl<T: Part> Part for Option<T> {
    fn put(&self, out: &mut Out<'_>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        bool::get(input)?.then(|| T::get(input)).transpose()
    }
}

impl<T: Part> Part for Vec<T> {
    fn put(&self, out: &mut Out<'_>) {
        out.number(self.len() as u128);
        for element in self {
            element.put(out);
        }
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let length = input.length()?;
        let mut list = Vec::with_capacity(length.min(BELIEVED_MAX));
        for _ in 0..length {
            list.push(T::get(input)?);
        }
        Ok(list)
    }
}

/// A short one.
impl<A: Array<Item: Part>> Part for SmallVec<A> {
    fn put(&self, out: &mut Out<'_>) {
        out.number(self.len() as u128);
        for element in self {
            element.put(out);
        }
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let length = input.length()?;
        let mut list = SmallVec::with_capacity(length.min(BELIEVED_MAX));
        for _ in 0..length {
            list.push(A::Item::get(input)?);
        }
        Ok(list)
    }
}

/// By the order of its keys.
impl<K: Part + Ord + Clone, V: Part + Clone> Part for OrdMap<K, V> {
    fn put(&self, out: &mut Out<'_>) {
        out.number(self.len() as u128);
        for (key, value) in self {
            key.put(out);
            value.put(out);
            out.record_ends();
        }
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let pairs = (0..input.length()?).map(|_| Ok((K::get(input)?, V::get(input)?)));
        pairs.collect()
    }
}

/// A long one, of records.
impl<T: Part + Clone> Part for Vector<T> {
    fn put(&self, out: &mut Out<'_>) {
        out.list(self.len(), self.iter());
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        (0..input.length()?).map(|_| T::get(input)).collect()
    }
}

macro_rules! words {
    ($($word:ty: $new:expr;)+) => { $(
        impl Part for $word {
            fn put(&self, out: &mut Out<'_>) {
                out.word(self.as_str());
            }
            fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
                let new: fn(&str) -> Option<$word> = $new;
                new(input.word()?).ok_or(Unusable::Damaged("word"))
            }
        }
    )+ };
}
words! {
    Slug: Slug::new;
    Label: Label::new;
    Actor: Actor::new;
    Item: Item::new;
}

/// Names that were read before are not read again.
macro_rules! shared_words {
    ($($word:ty: $known:ident;)+) => { $(
        impl Part for ArcIntern<$word> {
            fn put(&self, out: &mut Out<'_>) {
                out.word(self.as_str());
            }
            fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
                let place = input.place_of_word()?;
                if let Some(known) = input.$known.get(&place) {
                    return Ok(known.clone());
                }
                let new: Option<$word> = input.words.get(place).and_then(|word| <$word>::new(word));
                let new = ArcIntern::new(new.ok_or(Unusable::Damaged("word"))?);
                input.$known.insert(place, new.clone());
                Ok(new)
            }
        }
    )+ };
}
shared_words! {
    Slug: slugs;
    Label: labels;
    Actor: actors;
    Item: items;
}

/// Most come once.
impl Part for Code {
    fn put(&self, out: &mut Out<'_>) {
        out.text(self.as_str());
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        Code::new(input.text()?).ok_or(Unusable::Damaged("code"))
    }
}

impl Part for Reference {
    fn put(&self, out: &mut Out<'_>) {
        out.text(self.as_str());
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        Reference::new(input.text()?).ok_or(Unusable::Damaged("reference"))
    }
}

impl Part for Date {
    fn put(&self, out: &mut Out<'_>) {
        self.ordinal().put(out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        Date::from_ordinal(i32::get(input)?).ok_or(Unusable::Damaged("date"))
    }
}

impl Part for StockId {
    fn put(&self, out: &mut Out<'_>) {
        self.number().put(out);
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        Ok(StockId::from_number(u64::get(input)?))
    }
}

/// Many stocks are bound by the same one, which is written and kept once.
impl Part for Arc<Restriction> {
    fn put(&self, out: &mut Out<'_>) {
        let next = out.restrictions.len() as u32;
        match out.restrictions.entry(Arc::as_ptr(self)) {
            Slot::Occupied(known) => {
                let known = *known.get();
                known.put(out);
            }
            Slot::Vacant(new) => {
                new.insert(next);
                next.put(out);
                let Restriction {
                    programmes,
                    categories,
                    places,
                    groups,
                    need,
                    until,
                } = &**self;
                (programmes.clone(), categories.clone(), places.clone()).put(out);
                (groups.clone(), need.clone(), *until).put(out);
            }
        }
    }
    fn get(input: &mut In<'_>) -> Result<Self, Unusable> {
        let place = u32::get(input)? as usize;
        if place == input.restrictions.len() {
            let (programmes, categories, places) = Part::get(input)?;
            let (groups, need, until) = Part::get(input)?;
            input.restrictions.push(Arc::new(Restriction {
                programmes,
                categories,
                places,
                groups,
                need,
                until,
            }));
        }
        let known = input.restrictions.get(place).cloned();
        known.ok_or(Unusable::Damaged("restriction"))
    }
}
