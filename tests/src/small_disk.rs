//! A disk small enough to be filled, and one that can be made read-only.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A disk of some MiB in memory, unmounted when dropped.
pub struct SmallDisk {
    folder: Option<TempDir>,
}

impl SmallDisk {
    /// Mounts one; what stands in the way, where that cannot be done (it takes root).
    ///
    /// # Errors
    ///
    /// What `mount` says.
    pub fn mount(mebibytes: u32) -> Result<SmallDisk, String> {
        let folder = tempfile::Builder::new().prefix("minhbach-disk-").tempdir();
        let folder = folder.map_err(|error| error.to_string())?;
        let options = format!("size={mebibytes}m");
        mount(&["-t", "tmpfs", "-o", &options, "minhbach"], Some(folder.path()))?;
        Ok(SmallDisk { folder: Some(folder) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.as_ref().expect("mounted until dropped").path()
    }

    /// Refuses all writing from now on, or allows it again.
    pub fn read_only(&self, read_only: bool) {
        let options = if read_only { "remount,ro" } else { "remount,rw" };
        mount(&["-o", options], Some(self.path())).expect("the disk is remounted");
    }

    /// Fills it to the last byte; removing the file makes room again.
    pub fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = std::fs::File::create(&path).expect("a file to fill the disk with");
        for size in [1 << 16, 1 << 12, 1] {
            let block = vec![b'x'; size];
            while file.write_all(&block).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let Some(folder) = self.folder.take() else { return };
        let unmounted = Command::new("umount").arg(folder.path()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            drop(Command::new("umount").arg("-l").arg(folder.path()).status());
        }
    }
}

fn mount(arguments: &[&str], at: Option<&Path>) -> Result<(), String> {
    let output = Command::new("mount").args(arguments).args(at).output();
    let output = output.map_err(|error| format!("mount: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}
