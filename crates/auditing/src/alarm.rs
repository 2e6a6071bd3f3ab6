//! What a log signed that cannot both be true, kept where a person finds it.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minhbach_publishing::{make_folder, replace_file};
use minhbach_tlog::TreeHash;

use crate::Signed;

/// How the folders begin that hold alarms.
const FOLDER: &str = "alarm-";

/// What a log did that no log may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmKind {
    /// It signs two trees of one size.
    Fork,
    /// It signs two trees of which the smaller is not the beginning of the larger.
    Rewritten,
    /// It shows a tree that is the beginning of the one it has shown before: an old checkpoint again.
    Shrunk,
}

/// Two checkpoints of one log that cannot stand beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// What the log did.
    pub kind: AlarmKind,
    /// What it signed before.
    pub first: Signed,
    /// What it signs now.
    pub second: Signed,
    /// Where the larger tree is another than the smaller: its root at the smaller's size, and the hashes that lead from
    /// there to its own root. With both notes this convinces anybody.
    pub evidence: Option<Evidence>,
    /// Where it is kept.
    pub folder: PathBuf,
}

/// That a tree was another one at a smaller size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its root at that size.
    pub root: TreeHash,
    /// The consistency proof from there to its own root.
    pub proof: Vec<TreeHash>,
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, now) = (self.first.checkpoint.size, self.second.checkpoint.size);
        match self.kind {
            AlarmKind::Fork => write!(f, "fork: the log has signed two different trees of {now} entries"),
            AlarmKind::Rewritten => write!(
                f,
                "rewritten: the log signed {before} entries and now {now}, and neither is the beginning of the other"
            ),
            AlarmKind::Shrunk => write!(
                f,
                "shrunk: the log has signed {before} entries and shows {now} of them: an old checkpoint again, or cut off"
            ),
        }
    }
}

impl Alarm {
    /// Keeps it durably in the data folder `dir`. What was just read is written first: the other is in the folder already.
    pub(crate) fn keep(mut self, dir: &Path) -> io::Result<Alarm> {
        let log = dir.join("log");
        make_folder(&log)?;
        let mut nth = 1_u32;
        while log.join(format!("{FOLDER}{nth}")).symlink_metadata().is_ok() {
            nth = nth
                .checked_add(1)
                .ok_or_else(|| io::Error::other("too many alarms"))?;
        }
        self.folder = log.join(format!("{FOLDER}{nth}"));
        make_folder(&self.folder)?;
        let write = |name: &str, text: &str| replace_file(&self.folder.join(name), text.as_bytes());
        write("second", &self.second.note.to_string())?;
        write("first", &self.first.note.to_string())?;
        if let Some(Evidence { root, proof }) = &self.evidence {
            let lines = [root].into_iter().chain(proof).map(|hash| format!("{hash}\n"));
            write("proof", &lines.collect::<String>())?;
        }
        write("why", &self.why())?;
        Ok(self)
    }

    /// What a person who finds the folder needs to know.
    fn why(&self) -> String {
        let (before, now) = (self.first.checkpoint.size, self.second.checkpoint.size);
        let vietnamese = match self.kind {
            AlarmKind::Fork => format!("Sổ rẽ nhánh: cùng {now} dòng mà sổ đã ký hai cây khác nhau."),
            AlarmKind::Rewritten => format!(
                "Sổ bị viết lại: trước đây sổ đã ký {before} dòng, nay ký {now} dòng, mà không bên nào là phần đầu của bên kia."
            ),
            AlarmKind::Shrunk => format!(
                "Sổ ngắn đi: sổ đã ký {before} dòng, nay chỉ đưa ra {now} dòng đầu: điểm chốt cũ được đưa lại, hoặc phần cuối đã bị cắt."
            ),
        };
        let (proof_vi, proof_en) = match self.evidence {
            Some(_) => (
                "\"proof\" là gốc của cây lớn hơn tại số dòng nhỏ hơn, rồi các mã băm dẫn từ đó đến gốc đã ký của nó.\n",
                "\"proof\" is the larger tree's root at the smaller size, then the hashes that lead from there to its signed root.\n",
            ),
            None => ("", ""),
        };
        format!(
            "{vietnamese}\n\
            \"first\" là điểm chốt đã có từ trước, \"second\" là điểm chốt vừa nhận; cả hai đều mang chữ ký của sổ.\n{proof_vi}\
            Bản gương dừng ở đây. Hãy giữ thư mục này làm bằng chứng, báo cho bên giữ sổ và những người đang theo dõi sổ.\n\
            Chỉ khi đã rõ nguyên nhân, hãy chuyển thư mục này đi nơi khác: khi đó bản gương mới chạy tiếp. Nếu sổ vẫn đưa ra lịch sử khác, \
            bản gương sẽ lại báo động; muốn theo lịch sử khác thì lập bản gương mới trong một thư mục mới.\n\n\
            {self}.\n\
            \"first\" is the checkpoint that was known, \"second\" the one that was just read; the log's key has signed both.\n{proof_en}\
            The mirror stops here. Keep this folder as evidence, and tell who keeps the log and who follows it.\n\
            Only when the reason is known, move this folder elsewhere: then the mirror goes on. If the log still shows another history, \
            it will raise the alarm again; to follow another history, make a new mirror in a new folder.\n"
        )
    }
}

/// The first folder of an alarm that stands in the data folder `dir`, if there is one.
///
/// # Errors
///
/// The folder cannot be read.
pub fn standing_alarm(dir: &Path) -> io::Result<Option<PathBuf>> {
    Ok(standing(dir)?.map(|(folder, _)| folder))
}

/// The first folder of an alarm in the data folder `dir`, and what it says, if there is one.
pub(crate) fn standing(dir: &Path) -> io::Result<Option<(PathBuf, String)>> {
    let listing = match fs::read_dir(dir.join("log")) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut folders = Vec::new();
    for item in listing {
        let item = item?;
        if item.file_name().as_encoded_bytes().starts_with(FOLDER.as_bytes()) {
            folders.push(item.path());
        }
    }
    folders.sort();
    let why = |folder: PathBuf| {
        let why = fs::read_to_string(folder.join("why")).unwrap_or_default();
        (folder, why)
    };
    Ok(folders.into_iter().next().map(why))
}
