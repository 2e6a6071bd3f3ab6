//! The disk: its files and folders, what goes wrong on it, and the power.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Dice;
use super::contents::Contents;
use crate::storage::{SegmentFile, Storage};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// What goes wrong with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The disk answers with an error; whether it did what it was asked all the same.
    Error {
        /// Whether it did it.
        done: bool,
    },
    /// There is no room; whether it did what it was asked all the same.
    Full {
        /// Whether it did it.
        done: bool,
    },
    /// The power goes in the middle of it: no call succeeds before [`SimulatedDisk::lose_power`].
    Power,
}

impl Trouble {
    /// Everything that a disk may answer and go on.
    pub const ANSWERS: [Trouble; 4] = [
        Trouble::Error { done: false },
        Trouble::Error { done: true },
        Trouble::Full { done: false },
        Trouble::Full { done: true },
    ];

    fn done(self) -> bool {
        matches!(self, Trouble::Error { done: true } | Trouble::Full { done: true })
    }

    fn answer(self) -> io::Error {
        io::Error::from_raw_os_error(match self {
            Trouble::Full { .. } => ENOSPC,
            Trouble::Error { .. } | Trouble::Power => EIO,
        })
    }
}

/// A disk in a folder. Clones are the same disk.
#[derive(Clone)]
pub struct SimulatedDisk {
    root: Arc<Path>,
    state: Arc<Mutex<State>>,
}

struct State {
    dice: Dice,
    files: BTreeMap<u64, Contents>,
    /// What is shown under each name.
    names: BTreeMap<PathBuf, Node>,
    /// What the next start finds under each name at the least.
    durable: BTreeMap<PathBuf, Node>,
    /// What happened to names since their folder was synced, in order.
    renamed: Vec<Renamed>,
    next_file: u64,
    calls: u64,
    /// At which call what goes wrong.
    plan: Option<(u64, Trouble)>,
    dark: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(u64),
}

#[derive(Clone)]
enum Renamed {
    Appeared(PathBuf, Node),
    Moved(PathBuf, PathBuf),
}

impl SimulatedDisk {
    /// An empty disk in the folder `root`. The same seed loses the same.
    pub fn new(root: &Path, seed: u64) -> SimulatedDisk {
        SimulatedDisk {
            root: root.into(),
            state: Arc::new(Mutex::new(State {
                dice: Dice::new(seed),
                files: BTreeMap::new(),
                names: BTreeMap::new(),
                durable: BTreeMap::new(),
                renamed: Vec::new(),
                next_file: 0,
                calls: 0,
                plan: None,
                dark: false,
            })),
        }
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Has something go wrong at the call after so many more.
    pub fn plan(&self, after: u64, trouble: Trouble) {
        let mut state = self.state();
        state.plan = Some((state.calls + after, trouble));
    }

    /// Nothing goes wrong any more; whether what was planned had come.
    pub fn clear(&self) -> bool {
        self.state().plan.take().is_none()
    }

    /// Whether the power is gone.
    pub fn is_dark(&self) -> bool {
        self.state().dark
    }

    /// The power goes and comes back: the files become what is left of them.
    ///
    /// Whoever has files of this disk open must have let them go.
    ///
    /// # Errors
    ///
    /// The real disk below refuses.
    pub fn lose_power(&self) -> io::Result<()> {
        let mut guard = self.state();
        let state = &mut *guard;
        let mut left = state.durable.clone();
        let all = state.dice.below(3);
        for change in &state.renamed {
            let kept = match all {
                0 => true,
                _ => state.dice.once_in(2),
            };
            if kept {
                change.apply(&mut left);
            }
        }
        let folders: Vec<PathBuf> = left
            .iter()
            .filter(|(_, node)| **node == Node::Folder)
            .map(|(path, _)| path.clone())
            .collect();
        let reachable = |path: &Path| {
            path.ancestors()
                .skip(1)
                .take_while(|above| *above != &*self.root)
                .all(|above| folders.iter().any(|folder| folder == above))
        };
        left.retain(|path, _| reachable(path));
        for (path, node) in state.names.iter().rev() {
            match node {
                Node::File(_) if path.exists() => fs::remove_file(path)?,
                Node::Folder if !left.contains_key(path) && path.exists() => fs::remove_dir_all(path)?,
                _ => {}
            }
        }
        let mut files = BTreeMap::new();
        for (path, node) in &left {
            match node {
                Node::Folder if !path.exists() => fs::create_dir(path)?,
                Node::Folder => {}
                Node::File(number) => {
                    let contents = state.files.get(number).cloned().unwrap_or_default();
                    let bytes = contents.left(&mut state.dice);
                    fs::write(path, &bytes)?;
                    files.insert(*number, Contents::durable(bytes));
                }
            }
        }
        state.files = files;
        state.names = left.clone();
        state.durable = left;
        state.renamed.clear();
        state.dark = false;
        state.plan = None;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Renamed {
    fn apply(&self, names: &mut BTreeMap<PathBuf, Node>) {
        match self {
            Renamed::Appeared(path, node) => drop(names.insert(path.clone(), *node)),
            Renamed::Moved(from, to) => {
                if let Some(node) = names.remove(from) {
                    names.insert(to.clone(), node);
                }
            }
        }
    }

    /// Whether a sync of the folder makes it durable.
    fn is_in(&self, folder: &Path) -> bool {
        match self {
            Renamed::Appeared(path, _) => path.parent() == Some(folder),
            // A name that moves between folders is in both or in neither.
            Renamed::Moved(from, to) => [from, to].iter().any(|path| path.parent() == Some(folder)),
        }
    }
}

impl State {
    /// Counts a call; what goes wrong with it.
    fn call(&mut self) -> Option<Trouble> {
        let number = self.calls;
        self.calls += 1;
        if self.dark {
            return Some(Trouble::Power);
        }
        let (_, trouble) = self.plan.take_if(|(at, _)| *at <= number)?;
        self.dark = trouble == Trouble::Power;
        Some(trouble)
    }

    /// Whether a call is carried out, though it fails: a power loss may come before or after.
    fn carried_out(&mut self, trouble: Trouble, was_dark: bool) -> bool {
        trouble.done() || (trouble == Trouble::Power && !was_dark && self.dice.once_in(2))
    }

    fn rename(&mut self, change: Renamed) {
        change.apply(&mut self.names);
        self.renamed.push(change);
    }
}

impl SimulatedDisk {
    /// Carries out a call of which nothing or all happens.
    fn whole<T>(&self, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state();
        let was_dark = state.dark;
        match state.call() {
            None => work(&mut state),
            Some(trouble) => {
                if state.carried_out(trouble, was_dark) {
                    work(&mut state)?;
                }
                Err(trouble.answer())
            }
        }
    }
}

impl Storage for SimulatedDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.whole(|state| {
            let real = fs::File::options().write(true).create_new(true).open(path)?;
            let number = state.next_file;
            state.next_file += 1;
            state.files.insert(number, Contents::default());
            state.rename(Renamed::Appeared(path.to_path_buf(), Node::File(number)));
            Ok(self.handle(number, real))
        })
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.whole(|state| {
            let real = fs::File::options().write(true).open(path)?;
            match state.names.get(path) {
                Some(Node::File(number)) => Ok(self.handle(*number, real)),
                _ => Err(io::ErrorKind::NotFound.into()),
            }
        })
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        self.whole(|state| {
            fs::create_dir(folder)?;
            state.rename(Renamed::Appeared(folder.to_path_buf(), Node::Folder));
            Ok(())
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.whole(|state| {
            fs::rename(from, to)?;
            state.rename(Renamed::Moved(from.to_path_buf(), to.to_path_buf()));
            Ok(())
        })
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.whole(|state| {
            let moved_here: Vec<PathBuf> = state
                .renamed
                .iter()
                .filter_map(|change| match change {
                    Renamed::Moved(from, _) if change.is_in(folder) => Some(from.clone()),
                    _ => None,
                })
                .collect();
            // What moves takes along that it appeared where it was before.
            let (now, later) = state.renamed.drain(..).partition::<Vec<_>, _>(|change| {
                change.is_in(folder)
                    || matches!(change, Renamed::Appeared(path, _) if moved_here.contains(path))
            });
            for change in &now {
                change.apply(&mut state.durable);
            }
            state.renamed = later;
            Ok(())
        })
    }
}

impl SimulatedDisk {
    fn handle(&self, number: u64, real: fs::File) -> Box<dyn SegmentFile> {
        Box::new(SimulatedFile {
            disk: self.clone(),
            number,
            real,
        })
    }
}

/// A file of the disk, open to write.
struct SimulatedFile {
    disk: SimulatedDisk,
    number: u64,
    real: fs::File,
}

impl SimulatedFile {
    /// Has the real file be what is shown.
    fn show(&self, contents: &Contents) -> io::Result<()> {
        use std::os::unix::fs::FileExt as _;
        self.real.set_len(contents.shown.len() as u64)?;
        self.real.write_all_at(&contents.shown, 0)
    }
}

impl SegmentFile for SimulatedFile {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        use std::os::unix::fs::FileExt as _;
        let mut state = self.disk.state();
        let was_dark = state.dark;
        let trouble = state.call();
        let part = match trouble {
            None => bytes.len(),
            Some(trouble) if trouble.done() => bytes.len(),
            Some(_) if was_dark => 0,
            Some(_) => state.dice.index(bytes.len() + 1),
        };
        if let Some(contents) = state.files.get_mut(&self.number) {
            contents.write_at(&bytes[..part], at as usize);
            self.real.write_all_at(&bytes[..part], at)?;
        }
        trouble.map_or(Ok(()), |trouble| Err(trouble.answer()))
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        let number = self.number;
        self.disk.whole(|state| {
            if let Some(contents) = state.files.get_mut(&number) {
                contents.cut(len as usize);
                self.real.set_len(len)?;
            }
            Ok(())
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut guard = self.disk.state();
        let state = &mut *guard;
        let was_dark = state.dark;
        let trouble = state.call();
        if let Some(contents) = state.files.get_mut(&self.number) {
            match trouble {
                None => contents.settle(),
                Some(trouble) if trouble.done() => contents.settle(),
                Some(Trouble::Power) if was_dark => {}
                Some(Trouble::Power) if state.dice.once_in(2) => contents.settle(),
                Some(Trouble::Power) => {}
                Some(_) => contents.lose(&mut state.dice),
            }
        }
        trouble.map_or(Ok(()), |trouble| Err(trouble.answer()))
    }

    fn forget(&mut self) {
        let mut state = self.disk.state();
        if let Some(contents) = state.files.get_mut(&self.number) {
            contents.shown = contents.settled();
            // What cannot be shown here fails the test at the next look.
            drop(self.show(contents));
        }
    }
}
