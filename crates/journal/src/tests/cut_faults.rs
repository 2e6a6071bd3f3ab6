//! The power goes when a cut has been made: what it keeps and what it set aside are there.

use std::fs;
use std::path::Path;

use super::sample::{Sample, file, files, holder, quick_folder};
use crate::OpenOptions;
use crate::simulated::{self, Dice, Seeds, SimulatedDisk};
use crate::storage::Storage as _;

/// Seeds in the usual run.
const SEEDS: u64 = 400;
/// Files of two entries.
const LIMIT: u64 = 900;

#[test]
fn what_a_cut_keeps_and_what_it_sets_aside_outlive_the_power() {
    Seeds::of_environment(SEEDS).each(|seed| {
        let mut dice = Dice::new(seed);
        let folder = quick_folder();
        let (data, disk) = (
            folder.path().join("data"),
            SimulatedDisk::new(folder.path(), seed),
        );
        let acknowledged = 7 + dice.index(2);
        let sample = Sample::of((0..=acknowledged).map(|seq| 100 + seq));
        let mut journal = simulated::create(&data, &holder(), LIMIT, &disk).expect("made");
        for seq in 0..acknowledged {
            journal.append(&sample.batch(seq..seq + 1)).expect("appended");
        }
        drop(journal);
        be_killed_while_writing(&data, &disk, &sample, acknowledged, dice.once_in(2));
        if dice.once_in(2) {
            // A cut was killed when it had begun.
            disk.make_folder(&data.join("recovered")).expect("made");
        }
        let before = files(&data);
        let seq = acknowledged + 1 - [0, 1, 2, 5][dice.index(4)];
        let cut = simulated::cut(&data, &holder(), seq as u64, LIMIT, &disk).expect("cut");
        disk.lose_power().expect("the files are what is left");

        let kept = bytes_in(&data.join("journal"));
        assert!(kept == sample.lines(0..seq).into_bytes(), "what is kept");
        let saved = cut.saved.map_or(Vec::new(), |saved| bytes_in(&saved));
        let all: Vec<u8> = before.into_iter().flat_map(|(_, bytes)| bytes).collect();
        assert!([kept, saved].concat() == all, "what is set aside");
        let options = OpenOptions { verify_all: true };
        let (journal, recovery) = simulated::open(&data, &holder(), options, LIMIT, &disk).expect("opens");
        assert_eq!((journal.head().size, recovery.torn_tail), (seq as u64, None));
    });
}

/// An entry, at times with half of another, is there, and nobody has made it durable, nor the name of its file where that
/// is new.
fn be_killed_while_writing(data: &Path, disk: &SimulatedDisk, sample: &Sample, seq: usize, half: bool) {
    let line = sample.line(seq);
    let (name, bytes) = files(data).pop().expect("a file");
    let rest = if half { "half of" } else { "" };
    let fits = bytes.len() + line.len() <= LIMIT as usize;
    let (writing, at) = if fits {
        (disk.open(&data.join("journal").join(name)), bytes.len())
    } else {
        (disk.create(&file(data, seq as u64)), 0)
    };
    let written = writing.and_then(|mut file| file.write_at((line + rest).as_bytes(), at as u64));
    written.expect("written");
}

/// The bytes of all files of a folder, by their names.
fn bytes_in(folder: &Path) -> Vec<u8> {
    let listed = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = listed.map(|item| item.expect("an item").path()).collect();
    paths.sort();
    let bytes = paths.iter().map(|path| fs::read(path).expect("read"));
    bytes.flatten().collect()
}
