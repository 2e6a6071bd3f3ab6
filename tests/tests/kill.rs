//! The binary is killed at any moment: nothing acknowledged is lost, and the folder opens.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use minhbach_exchange::sample::Sample;
use minhbach_tests::{
    DataFolder, Dice, ORIGIN, PROGRAMME, allocation, fund, not_checked, pool, receipt, statement_import,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// Small journals: what is under test is dying, not reading.
const FOLDERS: usize = 12;
const KILLS_IN_EACH: u64 = 20;
/// Lines that a run is given at most, and that may wait for an answer.
const LINES_MAX: u64 = 500;
const WAITING_MAX: u64 = 200;
/// Folders at a time.
const WORKERS: usize = 2;

#[test]
fn sigkill_loses_nothing_acknowledged() {
    let seed = Dice::fresh_seed();
    let begin = Instant::now();
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed) as u64;
                    if FOLDERS as u64 <= number {
                        return;
                    }
                    let mut load = Load::new(seed ^ (number << 32));
                    for round in 0..KILLS_IN_EACH {
                        load.die(Signal::KILL, round);
                    }
                    load.come_to_an_end();
                    total.lock().expect("the tally").add(&load.tally);
                }
            });
        }
    });
    let tally = total.into_inner().expect("the tally");
    println!("seed {seed}, {:.1} s: {tally:?}", begin.elapsed().as_secs_f32());
    assert!(200 <= tally.kills, "{tally:?}");
    // Otherwise the moments were badly chosen and little was tested.
    assert!(20 <= tally.while_opening, "{tally:?}");
    assert!(5_000 <= tally.acknowledged, "{tally:?}");
    assert!(20 <= tally.recorded_unanswered, "{tally:?}");
}

#[test]
fn sigterm_and_sigint_end_in_order() {
    let mut signals = vec![Signal::TERM];
    if is_ignored(Signal::INT) {
        not_checked(
            "that SIGINT ends it in order: whoever started the tests has them ignore it, as `&` in a shell does",
        );
    } else {
        signals.push(Signal::INT);
    }
    for signal in signals {
        let mut load = Load::new(Dice::fresh_seed());
        for round in 0..8 {
            load.die(signal, round);
        }
        load.come_to_an_end();
    }
}

/// Whether this process, and so what it starts, ignores a signal.
fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("what the system says of us");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = u64::from_str_radix(ignored.expect("a line").trim(), 16).expect("a mask");
    ignored & (1 << (signal.as_raw() - 1)) != 0
}

#[test]
fn an_import_that_was_killed_is_made_whole_by_importing_again() {
    const LINES: u64 = 12_000;
    let mut dice = Dice::new(Dice::fresh_seed());
    let folder = DataFolder::bare();
    folder.record_all(&[fund(), pool()]);
    let before = folder.journal().size();
    let statement = tempfile::Builder::new()
        .suffix(".csv")
        .tempfile()
        .expect("a file");
    let facts = Sample {
        lines: LINES,
        seed: 7,
    }
    .write(&mut std::io::BufWriter::new(statement.as_file()))
    .expect("a statement");
    let path = statement.path().to_str().expect("a path");
    let import = || folder.command(statement_import(path));

    let (mut kills, mut amid, mut size) = (0, 0, before);
    while kills < 12 {
        let mut child = import()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        sleep(Duration::from_micros(dice.below(200_000)));
        let ended = child.try_wait().expect("waited").is_some();
        child.kill().expect("killed");
        child.wait().expect("waited");
        let now = folder.journal();
        assert!(size <= now.size());
        amid += u32::from(before < now.size() && (now.size() as u64) < before as u64 + facts.credits);
        size = now.size();
        folder.run(["status"]).ok();
        if ended || size as u64 == before as u64 + facts.credits {
            break; // All of it is in: no more to interrupt.
        }
        kills += 1;
    }
    println!("{kills} kills, {amid} of them amid the receipts");
    minhbach_tests::run(&mut import()).ok();
    let journal = folder.journal();
    let receipts: Vec<&Value> = journal.of("receipt.issued").map(|line| line.event()).collect();
    assert_eq!(receipts.len() as u64, facts.credits);
    assert_eq!(
        receipts
            .iter()
            .map(|receipt| dong(&receipt["quantity"]))
            .sum::<u128>(),
        facts.credits_vnd
    );
    folder.run(["verify"]).ok();
    minhbach_tests::run(&mut import()).ok();
    assert_eq!(folder.journal().bytes, journal.bytes, "again adds nothing");
}

/// A kill leaves what the system has in memory; a failing machine would not. So the order of calls is looked at too.
#[test]
fn an_answer_is_given_after_the_disk_has_the_line() {
    let folder = DataFolder::prepared();
    let calls = folder.path().with_extension("strace");
    let traced = folder.command(["record", "-"]);
    let mut command = std::process::Command::new("strace");
    command
        .args([
            "-f",
            "-e",
            "trace=write,pwrite64,writev,fdatasync,fsync",
            "-s",
            "80",
            "-o",
        ])
        .arg(&calls);
    command.arg(traced.get_program()).args(traced.get_args());
    let Ok(mut child) = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
    else {
        return not_checked("that the disk is asked before an answer is given: there is no strace");
    };
    let mut stdin = child.stdin.take().expect("stdin");
    let mut answers = BufReader::new(child.stdout.take().expect("stdout")).lines();
    for number in 1..=5 {
        let given =
            writeln!(stdin, "{}", receipt(number)).and_then(|()| answers.next().unwrap_or(Ok(String::new())));
        if !given.is_ok_and(|answer| answer.contains("\"seq\":")) {
            drop(child.kill());
            drop(child.wait());
            return not_checked(
                "that the disk is asked before an answer is given: strace may not trace here",
            );
        }
    }
    drop(stdin);
    assert!(child.wait().expect("ended").success());
    let calls = std::fs::read_to_string(calls).expect("what strace saw");
    let (mut synced, mut answered) = (false, 0);
    for call in calls.lines() {
        // As the call returns: a call that another thread's interrupts is shown in two parts.
        let done = !call.contains("<unfinished");
        if call.contains("fdatasync") || call.contains("fsync") {
            synced |= done && call.ends_with("= 0");
        } else if call.contains("write(1, \"{\\\"line\\\"") {
            assert!(synced, "answered before the line was synced:\n{calls}");
            (synced, answered) = (false, answered + 1);
        } else if call.contains("\\\"prev\\\"") || call.contains("{\\\"seq\\\"") {
            synced = false; // The line itself: only a sync after it counts.
        }
    }
    assert_eq!(answered, 5, "{calls}");
}

#[test]
fn killed_while_it_begins_or_rebuilds_a_folder_can_be_begun_or_rebuilt() {
    let mut dice = Dice::new(Dice::fresh_seed());
    let whole = DataFolder::opened().journal().size();
    let (mut kills, mut begun) = (0, 0);
    for _ in 0..40 {
        let folder = DataFolder::absent();
        let init = ["init", "--origin", ORIGIN, "--programme", PROGRAMME];
        kills += u32::from(kill_after(&mut folder.command(init), dice.below(25_000)));
        // Told that it is there, or begun now: in both cases it is whole.
        let again = folder.run(init);
        begun += u32::from(again.code == Some(0));
        assert!(matches!(again.code, Some(0 | 2)), "{again:?}");
        folder.run(["status"]).ok();
        assert_eq!(folder.journal().size(), whole);
    }
    println!("{kills} kills while beginning, {begun} begun again");

    let folder = DataFolder::prepared();
    folder.record_all(&(1..400).map(receipt).collect::<Vec<_>>());
    let balances = || folder.run(["balances", "--format", "json"]).ok().out;
    let expected = balances();
    let mut kills = 0;
    for _ in 0..20 {
        kills += u32::from(kill_after(&mut folder.command(["rebuild"]), dice.below(30_000)));
        assert_eq!(balances(), expected);
    }
    println!("{kills} kills while rebuilding");
    folder.run(["verify"]).ok();
}

/// Killed while its projections write their first file, it leaves half of that file and no journal.
#[test]
fn a_folder_whose_projections_were_half_made_can_be_begun() {
    let init = ["init", "--origin", ORIGIN, "--programme", PROGRAMME];
    let whole = DataFolder::opened();
    let settings = std::fs::read(whole.path().join("projections/conf")).expect("sled's settings");
    for length in 0..settings.len() {
        let folder = DataFolder::absent();
        std::fs::create_dir_all(folder.path().join("projections/blobs")).expect("made");
        std::fs::write(folder.path().join("projections/conf"), &settings[..length]).expect("written");
        folder.run(init).ok();
        assert_eq!(folder.journal().size(), whole.journal().size(), "{length} bytes");
    }
}

/// Starts a command and kills it some time later; whether it was still running.
fn kill_after(command: &mut std::process::Command, micros: u64) -> bool {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    sleep(Duration::from_micros(micros));
    let running = child.try_wait().expect("waited").is_none();
    child.kill().expect("killed");
    child.wait().expect("waited");
    running
}

/// What the kills met.
#[derive(Debug, Default)]
struct Tally {
    kills: u64,
    /// Before the first answer.
    while_opening: u64,
    acknowledged: u64,
    /// On the disk, and the answer was still on its way: proposed again, it was found.
    recorded_unanswered: u64,
    torn_tails: u64,
    refused: u64,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.kills += other.kills;
        self.while_opening += other.while_opening;
        self.acknowledged += other.acknowledged;
        self.recorded_unanswered += other.recorded_unanswered;
        self.torn_tails += other.torn_tails;
        self.refused += other.refused;
    }
}

/// A folder under load, and what was acknowledged in it.
struct Load {
    folder: DataFolder,
    dice: Dice,
    /// The number of the next proposal without an answer.
    next: u64,
    /// By seq: hash, code, and the number of the proposal.
    acknowledged: BTreeMap<u64, (String, String, u64)>,
    /// The journal's whole lines as last seen.
    bytes: Vec<u8>,
    tally: Tally,
}

impl Load {
    fn new(seed: u64) -> Load {
        let folder = DataFolder::prepared();
        folder.record_all(&[receipt(1_000_000)]);
        let bytes = folder.journal().bytes;
        Load {
            folder,
            dice: Dice::new(seed),
            next: 0,
            acknowledged: BTreeMap::new(),
            bytes,
            tally: Tally::default(),
        }
    }

    /// One run that ends by the signal, and what must hold then.
    fn die(&mut self, signal: Signal, round: u64) {
        let mut child = self.start();
        let stream = Stream::begin(&mut child, self.next, Dice::new(self.dice.below(u64::MAX)));
        if round.is_multiple_of(4) {
            sleep(Duration::from_micros(self.dice.below(20_000)));
        } else {
            stream.await_answers(self.dice.below(LINES_MAX - 50), &mut child);
            sleep(Duration::from_micros(self.dice.below(2_500)));
        }
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("a process id")).expect("a process id");
        kill_process(pid, signal).expect("the signal is sent");
        let begin = Instant::now();
        while child.try_wait().expect("waited").is_none() {
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "{signal:?} does not end it"
            );
            sleep(Duration::from_millis(1));
        }
        let answers = stream.end();
        self.tally.kills += 1;
        self.tally.while_opening += u64::from(answers.is_empty());
        self.take(&answers);
        self.judge(round);
    }

    fn start(&self) -> Child {
        self.folder
            .command(["record", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started")
    }

    /// Notes what was acknowledged, in a run that began with proposal `next`.
    fn take(&mut self, answers: &[Value]) {
        for (index, answer) in answers.iter().enumerate() {
            assert_eq!(answer["line"], index as u64 + 1, "answers come in order");
            let number = self.next + index as u64;
            if is_refused(number) {
                assert_eq!(answer["error"]["code"], "unknown_reference", "{answer}");
                self.tally.refused += 1;
                continue;
            }
            let seq = answer["seq"]
                .as_u64()
                .unwrap_or_else(|| panic!("proposal {number}: {answer}"));
            let text = |key: &str| {
                answer[key]
                    .as_str()
                    .unwrap_or_else(|| panic!("{key} in {answer}"))
                    .to_owned()
            };
            self.tally.recorded_unanswered += u64::from(answer["repeated"] == true);
            let before = self
                .acknowledged
                .insert(seq, (text("hash"), text("code"), number));
            assert!(before.is_none(), "seq {seq} was acknowledged twice");
            self.tally.acknowledged += 1;
        }
        self.next += answers.len() as u64;
    }

    /// What must hold of the folder at any time.
    fn judge(&mut self, round: u64) {
        let torn = self.folder.journal();
        let status = self.folder.run(["status", "--format", "json"]).ok().json();
        let journal = self.folder.journal();
        assert!(
            journal.bytes.starts_with(&self.bytes),
            "what was written once stays"
        );
        self.tally.torn_tails += u64::from(torn.whole < torn.bytes.len());
        assert_eq!(status["as_of"]["size"], journal.size() as u64);
        assert_eq!(status["as_of"]["head"], journal.head());
        for (&seq, (hash, code, number)) in &self.acknowledged {
            let line = journal.lines.get(seq as usize);
            let line = line.unwrap_or_else(|| panic!("seq {seq} was acknowledged and is lost"));
            assert_eq!(&line.hash, hash, "seq {seq}");
            assert_eq!(line.entry["key"], key(*number), "seq {seq}");
            let own = ["receipt", "allocation", "party"]
                .iter()
                .find_map(|field| line.event()[*field].as_str());
            assert_eq!(own, Some(code.as_str()), "seq {seq}");
        }
        let mut keys: HashMap<&str, u64> = HashMap::new();
        for line in &journal.lines {
            if let Some(key) = line.entry["key"].as_str() {
                *keys.entry(key).or_default() += 1;
            }
        }
        assert!(
            keys.values().all(|&times| times == 1),
            "a proposal was recorded twice"
        );
        if round % 5 == 4 {
            let sound = journal.whole == journal.bytes.len();
            self.folder.run(["verify"]).exits(if sound { 0 } else { 1 });
        }
        self.bytes = journal.bytes[..journal.whole].to_vec();
    }

    /// A run that is left alone: it takes what was not answered, and the sums agree.
    fn come_to_an_end(&mut self) {
        let proposals: Vec<Value> = (self.next..self.next + 2 * LINES_MAX).map(proposal).collect();
        let run = self.folder.record(&proposals).exits(1); // Some are refused.
        self.take(&run.json_lines());
        assert_eq!(run.out.lines().count(), proposals.len());
        self.judge(4);
        let journal = self.folder.journal();
        assert_eq!(
            journal.whole,
            journal.bytes.len(),
            "a run left alone leaves no torn line"
        );
        let recorded = (0..self.next).filter(|&number| !is_refused(number)).count();
        let keyed = journal
            .lines
            .iter()
            .filter(|line| line.entry["key"].is_string())
            .count();
        assert_eq!((keyed, self.acknowledged.len()), (recorded, recorded));
        let received: u128 = journal
            .of("receipt.issued")
            .map(|line| dong(&line.event()["quantity"]))
            .sum();
        let drawn: u128 = journal
            .of("allocation.made")
            .map(|line| dong(&line.event()["draws"][0]["quantity"]))
            .sum();
        let balances = self.folder.run(["balances", "--format", "json"]).ok().json();
        let row = &balances["rows"][0];
        assert_eq!(
            (dong(&row["received"]), dong(&row["allocated"])),
            (received, drawn)
        );
    }
}

fn dong(quantity: &Value) -> u128 {
    quantity
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic!("no đồng: {quantity}"))
}

fn key(number: u64) -> String {
    format!("kill-{number}")
}

fn is_refused(number: u64) -> bool {
    number % 13 == 12
}

/// The same number, the same proposal: it can be proposed again after a kill.
fn proposal(number: u64) -> Value {
    let mut proposal = match number {
        _ if is_refused(number) => {
            let mut stray = receipt(1);
            stray["pool"] = "khong-co".into();
            stray
        }
        _ if number % 7 == 6 => {
            let mut decision = allocation("", 1);
            // The ledger makes the code.
            decision.as_object_mut().expect("an object").remove("allocation");
            decision
        }
        _ if number % 5 == 4 => {
            json!({"type": "party.registered", "party": format!("ben-{number}"), "kind": "organisation", "name": "Bên"})
        }
        _ => receipt(1_000 + number),
    };
    proposal["key"] = key(number).into();
    proposal
}

/// Proposals on their way in and answers on their way out.
struct Stream {
    answers: JoinHandle<Vec<Value>>,
    writer: JoinHandle<()>,
    answered: Arc<AtomicU64>,
}

impl Stream {
    fn begin(child: &mut Child, first: u64, mut dice: Dice) -> Stream {
        let mut stdin = child.stdin.take().expect("stdin");
        let stdout = child.stdout.take().expect("stdout");
        let answered = Arc::new(AtomicU64::new(0));
        let (seen, count) = (answered.clone(), answered.clone());
        let writer = std::thread::spawn(move || {
            let mut sent = 0;
            while sent < LINES_MAX {
                if WAITING_MAX <= sent - seen.load(Ordering::Relaxed).min(sent) {
                    // Its end shows in a broken pipe, which only writing finds.
                    sleep(Duration::from_micros(100));
                    if stdin.write_all(b"").is_err() {
                        return;
                    }
                    if seen.load(Ordering::Relaxed) == u64::MAX {
                        return;
                    }
                    continue;
                }
                let chunk = 1 + dice.below(40);
                let mut lines = Vec::new();
                for number in sent..(sent + chunk).min(LINES_MAX) {
                    lines.extend(proposal(first + number).to_string().into_bytes());
                    lines.push(b'\n');
                }
                // Half a line may be what it read last.
                let cut = dice.below(lines.len() as u64) as usize;
                if stdin
                    .write_all(&lines[..cut])
                    .and_then(|()| stdin.write_all(&lines[cut..]))
                    .is_err()
                {
                    return;
                }
                sent = (sent + chunk).min(LINES_MAX);
            }
            while seen.load(Ordering::Relaxed) != u64::MAX {
                sleep(Duration::from_micros(500));
            }
        });
        let answers = std::thread::spawn(move || {
            let mut answers = Vec::new();
            let mut stdout = BufReader::new(stdout);
            let mut line = Vec::new();
            loop {
                line.clear();
                let read = stdout.read_until(b'\n', &mut line).unwrap_or(0);
                if read == 0 || line.last() != Some(&b'\n') {
                    count.store(u64::MAX, Ordering::Relaxed);
                    return answers;
                }
                answers.push(serde_json::from_slice(&line).expect("an answer is JSON"));
                count.store(answers.len() as u64, Ordering::Relaxed);
            }
        });
        Stream {
            answers,
            writer,
            answered,
        }
    }

    /// Waits until so many are answered.
    fn await_answers(&self, wanted: u64, child: &mut Child) {
        let begin = Instant::now();
        while self.answered.load(Ordering::Relaxed) < wanted {
            assert!(child.try_wait().expect("waited").is_none(), "it ended by itself");
            assert!(begin.elapsed() < Duration::from_secs(60), "no answers come");
            std::thread::yield_now();
        }
    }

    /// All answers that came out.
    fn end(self) -> Vec<Value> {
        let answers = self.answers.join().expect("the answers were read");
        self.writer.join().expect("the proposals were written");
        answers
    }
}
