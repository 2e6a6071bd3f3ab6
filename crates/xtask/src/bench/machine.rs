//! What the figures were taken on: enough to judge them by, and nothing that names the machine.

use std::path::Path;
use std::process::Command;

/// Facts of the machine; one that cannot be read is `unknown`.
pub struct Machine {
    cores: String,
    processor: String,
    memory: String,
    kernel: String,
    file_system: String,
    rustc: String,
    /// Its version, once it runs.
    pub postgresql: Option<String>,
}

impl Machine {
    /// Asks the machine; `folder` is where the measures write.
    pub fn of(folder: &Path) -> Machine {
        let file = |path| std::fs::read_to_string(path).ok();
        let field = |text: Option<String>, name: &str| {
            let text = text?;
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let kibibytes = |text: String| text.split(' ').next()?.parse::<u64>().ok();
        let unknown = |fact: Option<String>| fact.unwrap_or_else(|| "unknown".to_owned());
        let memory = field(file("/proc/meminfo"), "MemTotal").and_then(kibibytes);
        Machine {
            cores: unknown(
                std::thread::available_parallelism()
                    .ok()
                    .map(|cores| cores.to_string()),
            ),
            processor: unknown(field(file("/proc/cpuinfo"), "model name")),
            memory: unknown(memory.map(|kib| format!("{} GiB", (kib + (1 << 19)) >> 20))),
            kernel: unknown(file("/proc/sys/kernel/osrelease").map(|text| format!("Linux {}", text.trim()))),
            file_system: unknown(said(Command::new("stat").args(["-f", "-c", "%T"]).arg(folder))),
            rustc: unknown(said(Command::new("rustc").arg("--version"))),
            postgresql: None,
        }
    }

    /// The facts with their names.
    pub fn facts(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("cores", &self.cores),
            ("processor", &self.processor),
            ("memory", &self.memory),
            ("kernel", &self.kernel),
            ("file system", &self.file_system),
            ("rustc", self.rustc.trim_start_matches("rustc ")),
            ("PostgreSQL", self.postgresql.as_deref().unwrap_or("not measured")),
        ]
    }

    /// Whether the measures write to memory instead of a disk, and mean nothing.
    pub fn writes_to_memory(&self) -> bool {
        ["tmpfs", "ramfs"].contains(&self.file_system.as_str())
    }
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
