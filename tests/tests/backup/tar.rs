//! A backup as a stranger takes it apart and puts it together, from the description of ustar alone.

use minhbach_tests::hash;

/// A member: where its header stands, its name, its bytes.
#[derive(Clone, Debug)]
pub struct Member {
    pub at: usize,
    pub name: String,
    pub bytes: Vec<u8>,
    pub mode: u32,
}

/// The members of an archive.
#[track_caller]
pub fn members(archive: &[u8]) -> Vec<Member> {
    let (mut members, mut at) = (Vec::new(), 0);
    while archive[at] != 0 {
        let header = &archive[at..at + 512];
        let text = |from: usize, to: usize| {
            let field = header[from..to].split(|byte| *byte == 0).next();
            String::from_utf8(field.expect("a field").to_vec()).expect("text")
        };
        assert_eq!((header[156], &header[257..263]), (b'0', &b"ustar\0"[..]));
        let size = usize::from_str_radix(&text(124, 136), 8).expect("a size");
        members.push(Member {
            at,
            name: text(0, 100),
            bytes: archive[at + 512..at + 512 + size].to_vec(),
            mode: u32::from_str_radix(&text(100, 108), 8).expect("a mode"),
        });
        at += 512 + size.next_multiple_of(512);
    }
    assert_eq!(archive.len(), at + 1024, "two empty blocks end it");
    assert!(archive[at..].iter().all(|byte| *byte == 0));
    members
}

/// How a header is to be made.
#[derive(Clone)]
pub struct Header {
    pub name: String,
    pub size: u64,
    pub mode: u32,
    pub time: u64,
    pub kind: u8,
    pub link: String,
}

impl Header {
    pub fn file(name: &str, size: usize, time: u64) -> Header {
        Header {
            name: name.to_owned(),
            size: size as u64,
            mode: if name == "private.age" { 0o600 } else { 0o644 },
            time,
            kind: b'0',
            link: String::new(),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut block = vec![0; 512];
        let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
        put(0, self.name.as_bytes());
        put(100, format!("{:07o}", self.mode).as_bytes());
        put(108, b"0000000");
        put(116, b"0000000");
        put(124, format!("{:011o}", self.size).as_bytes());
        put(136, format!("{:011o}", self.time).as_bytes());
        put(148, b"        ");
        put(156, &[self.kind]);
        put(157, self.link.as_bytes());
        put(257, b"ustar\x0000");
        put(329, b"0000000");
        put(337, b"0000000");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        block
    }
}

/// The time of an archive's members.
pub fn time_of(archive: &[u8]) -> u64 {
    let digits = std::str::from_utf8(&archive[136..147]).expect("digits");
    u64::from_str_radix(digits, 8).expect("a time")
}

/// Puts an archive together from members; what is listed of them is made anew.
pub fn archive(members: &[Member], time: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut sums = String::new();
    for member in members.iter().filter(|member| member.name != "B3SUMS") {
        append(&mut bytes, &member.name, &member.bytes, time);
        sums.push_str(&format!("{}  {}\n", hash(&member.bytes), member.name));
    }
    append(&mut bytes, "B3SUMS", sums.as_bytes(), time);
    bytes.extend([0; 1024]);
    bytes
}

/// Appends a member.
pub fn append(archive: &mut Vec<u8>, name: &str, bytes: &[u8], time: u64) {
    archive.extend(Header::file(name, bytes.len(), time).bytes());
    archive.extend(bytes);
    archive.resize(archive.len().next_multiple_of(512), 0);
}

/// The member of a name.
#[track_caller]
pub fn member<'a>(members: &'a [Member], name: &str) -> &'a Member {
    let found = members.iter().find(|member| member.name == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

/// A public backup with the private part of another one: as if it had been made with it.
pub fn with_private_of(public: &std::path::Path, sealed: &std::path::Path) -> Vec<u8> {
    let read = |file| std::fs::read(file).expect("read");
    let (public, sealed) = (read(public), read(sealed));
    let mut all = members(&public);
    let manifest = String::from_utf8(all[0].bytes.clone()).expect("text");
    all[0].bytes = manifest
        .replace(r#""private":false"#, r#""private":true"#)
        .into_bytes();
    all.push(member(&members(&sealed), "private.age").clone());
    archive(&all, time_of(&public))
}
