//! Importing a statement: what is to be recorded, in which order, and how it adds up. The ledger itself is the caller's.
//!
//! [`prepare`] reads the file, tells which lines are new and writes the private register; [`Prepared::receipts`] gives the
//! receipts to record; [`Prepared::finish`] adds up and closes the register. A run that dies in between is made good by
//! importing the same file again.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use minhbach_events::Hash;
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::day::{Doubt, Shown};
use crate::import_key::{ImportKey, Print, Secret, SecretError};
use crate::matching::{self, DayInDoubt, Days, EarlierImports, Overlap};
use crate::reconciliation::{Imbalance, OutOfRange, Reconciliation, Tally};
use crate::register::{self, Closed, Entries, Entry, Register, RegisterError, Writing};
use crate::statement::{Bank, Direction, Line, NotUnderstood, Read, Statement, StatementError};

/// The longest name of an account, in bytes.
pub const ACCOUNT_BYTES_MAX: usize = 64;
/// The most lines of one day in doubt that are listed; the others are counted.
pub const DOUBTFUL_LINES_MAX: usize = 1_000;

/// What is to be imported.
#[derive(Debug, Clone, Copy)]
pub struct Import<'a> {
    /// The statement, plain or gzip.
    pub file: &'a Path,
    /// Its layout.
    pub bank: Bank,
    /// Which account it is of: the same name for every statement of the account. Private.
    pub account: &'a str,
    /// The private folder of the data folder. The caller holds the data folder's lock.
    pub private: &'a Path,
    /// What the user states about overlaps.
    pub overlap: Overlap,
}

impl Import<'_> {
    /// Reads the statement, tells which lines are new, and writes the register.
    ///
    /// `known` says whether the ledger has an entry of that key. When this returns, the register is on the disk; when it
    /// fails, nothing is to be recorded.
    ///
    /// # Errors
    ///
    /// See [`ImportError`]; with [`ImportError::Ambiguous`] nothing was written.
    pub fn prepare(&self, known: &mut dyn FnMut(&ImportKey) -> bool) -> Result<Prepared, ImportError> {
        check_account(self.account)?;
        let statement = Statement::open(self.file, self.bank)?;
        let mut secret = Secret::open(self.private)?;
        let (registers, headless) = register::list(self.private)?;
        let imported_before = !registers.is_empty() || !headless.is_empty();
        if imported_before && !secret.is_kept() {
            return Err(ImportError::SecretLost {
                private: self.private.to_owned(),
            });
        }
        let survey = survey(statement, &secret)?;
        let Some(range) = survey.days.range() else {
            return Ok(Prepared::of(self, survey, None, Vec::new(), Tally::default()));
        };

        let mut earlier = EarlierImports::default();
        let mut unused = headless;
        let wanted: HashSet<NaiveDate> = survey.days.by_date().into_keys().collect();
        let relevant = registers.iter().filter(|register| {
            let header = &register.header;
            header.account == self.account && header.first <= range.1 && range.0 <= header.last
        });
        let mut counting: Vec<&Register> = Vec::new();
        for register in relevant {
            if !register.closed && !any_known(register, known)? {
                unused.push(register.path.clone());
                continue;
            }
            counting.push(register);
        }
        for register in &counting {
            if register.header.digest == survey.digest
                && Entries::open(&register.path)?.count() == survey.prints.len()
            {
                return self.resume(survey, register, known);
            }
        }
        for register in &counting {
            add_earlier(&mut earlier, register, &wanted, &secret)?;
        }
        let told = match matching::judge(&survey.days, &survey.prints, &earlier, self.overlap) {
            Ok(told) => told,
            Err(doubts) => {
                let ambiguity = self.ambiguous(doubts, &survey, &earlier, &counting, &secret)?;
                return Err(ImportError::Ambiguous(ambiguity));
            }
        };
        drop(earlier);

        secret.keep(self.private)?;
        unused.iter().try_for_each(|path| register::abandon(path))?;
        let mut header = register::header(
            self.account,
            self.bank,
            survey.digest,
            range,
            survey.prints.len() as u64,
        );
        header.continues = self.overlap == Overlap::Continues;
        header.whole_days = self.overlap == Overlap::WholeDays;
        let mut writing = Writing::begin(self.private, &header)?;
        let mut salts = Salts::default();
        let mut content = Content::default();
        let mut to_import = Vec::with_capacity(survey.prints.len());
        let mut already_there = Tally::default();
        for read in Statement::open(self.file, self.bank)? {
            let Read::Understood(line) = read? else { continue };
            let at = to_import.len();
            let (Some(&ordinal), Some(&seen)) = (told.ordinals.get(at), told.seen.get(at)) else {
                return Err(self.changed());
            };
            content.add(&line);
            let key = secret.key(self.account, &line, ordinal);
            to_import.push(decide(
                line.direction,
                line.amount,
                &key,
                known,
                &mut already_there,
            )?);
            let salt = match line.direction == Direction::Credit && !line.memo.is_empty() {
                true => Some(salts.draw()?),
                false => None,
            };
            writing.push(&Entry {
                key,
                date: line.date,
                document: line.document,
                direction: line.direction,
                amount: line.amount,
                commitment: salt.map(|salt| register::commit(&salt, &line.memo)),
                memo: line.memo,
                ordinal,
                seen,
                salt,
            })?;
        }
        if to_import.len() != survey.prints.len() || content.digest() != survey.digest {
            return Err(self.changed());
        }
        let path = writing.keep()?;
        Ok(Prepared::of(self, survey, Some(path), to_import, already_there))
    }

    /// The same content was imported before, or begun to be: its register says what is still to be recorded.
    fn resume(
        &self,
        survey: Survey,
        register: &Register,
        known: &mut dyn FnMut(&ImportKey) -> bool,
    ) -> Result<Prepared, ImportError> {
        let mut to_import = Vec::with_capacity(survey.prints.len());
        let mut already_there = Tally::default();
        for entry in Entries::open(&register.path)? {
            let entry = entry?;
            to_import.push(decide(
                entry.direction,
                entry.amount,
                &entry.key,
                known,
                &mut already_there,
            )?);
        }
        let mut prepared = Prepared::of(
            self,
            survey,
            Some(register.path.clone()),
            to_import,
            already_there,
        );
        prepared.resumed = true;
        prepared.closed = register.closed;
        Ok(prepared)
    }

    fn changed(&self) -> ImportError {
        ImportError::Changed {
            path: self.file.to_owned(),
        }
    }

    /// Looks up the lines in doubt, in the file and in the registers.
    fn ambiguous(
        &self,
        doubts: Vec<DayInDoubt>,
        survey: &Survey,
        earlier: &EarlierImports,
        registers: &[&Register],
        secret: &Secret,
    ) -> Result<Ambiguity, ImportError> {
        let by_date = survey.days.by_date();
        let mut days = Vec::with_capacity(doubts.len());
        let mut at_lines: HashMap<usize, usize> = HashMap::new();
        let mut missing: HashSet<Print> = HashSet::new();
        for DayInDoubt { date, cannot_tell } in doubts {
            let listed = cannot_tell.in_file.len().min(DOUBTFUL_LINES_MAX);
            at_lines.extend(cannot_tell.in_file[..listed].iter().map(|&at| (at, days.len())));
            let lacking = cannot_tell.missing.len().min(DOUBTFUL_LINES_MAX - listed);
            missing.extend(&cannot_tell.missing[..lacking]);
            let all = cannot_tell.in_file.len() + cannot_tell.missing.len();
            let more = (all - listed - lacking) as u64;
            days.push(DoubtfulDay {
                date,
                doubt: cannot_tell.doubt,
                lines: Vec::new(),
                more,
            });
        }
        let mut scratch = Vec::new();
        let mut doubtful = |line: &Line, number: Option<u64>| {
            let print = secret.print(line, &mut scratch);
            let ranges = by_date.get(&line.date).into_iter().flatten();
            let in_file = ranges
                .flat_map(|range| &survey.prints[range.clone()])
                .filter(|&&p| p == print)
                .count();
            DoubtfulLine {
                line: number,
                date: line.date,
                document: line.document.clone(),
                direction: line.direction,
                amount_vnd: line.amount,
                earlier: earlier.count(line.date, print) as u64,
                in_file: in_file as u64,
            }
        };
        let mut at = 0;
        for read in Statement::open(self.file, self.bank)? {
            let Read::Understood(line) = read? else { continue };
            if let Some(&day) = at_lines.get(&at) {
                days[day].lines.push(doubtful(&line, Some(line.number)));
            }
            at += 1;
        }
        let mut scratch = Vec::new();
        for register in registers {
            if missing.is_empty() {
                break;
            }
            for entry in Entries::open(&register.path)? {
                let line = entry?.into_line();
                let day = days.iter().position(|day| day.date == line.date);
                if let Some(day) = day
                    && missing.remove(&secret.print(&line, &mut scratch))
                {
                    days[day].lines.push(doubtful(&line, None));
                }
            }
        }
        Ok(Ambiguity {
            file: self.file.to_owned(),
            days,
        })
    }
}

/// An import whose register is written and whose receipts can be recorded.
#[derive(Debug)]
pub struct Prepared {
    file: PathBuf,
    bank: Bank,
    register: Option<PathBuf>,
    to_import: Vec<bool>,
    numbers: Numbers,
    resumed: bool,
    /// The register has a closing mark of an earlier run.
    closed: bool,
    reconciliation: Reconciliation,
}

impl Prepared {
    fn of(
        import: &Import<'_>,
        survey: Survey,
        register: Option<PathBuf>,
        to_import: Vec<bool>,
        already_there: Tally,
    ) -> Prepared {
        let Survey {
            lines,
            credits,
            debits,
            not_understood,
            numbers,
            ..
        } = survey;
        Prepared {
            file: import.file.to_owned(),
            bank: import.bank,
            register,
            to_import,
            numbers,
            resumed: false,
            closed: false,
            reconciliation: Reconciliation {
                lines,
                credits,
                debits,
                imported: Tally::default(),
                already_there,
                refused: Tally::default(),
                not_understood,
            },
        }
    }

    /// Whether the same content was imported before, wholly or in part.
    pub fn is_repeated(&self) -> bool {
        self.resumed
    }

    /// The figures so far: what is to be recorded is missing in them.
    pub fn reconciliation(&self) -> &Reconciliation {
        &self.reconciliation
    }

    /// How many receipts there are to record.
    pub fn receipts_len(&self) -> u64 {
        self.to_import.iter().filter(|&&new| new).count() as u64
    }

    /// The receipts to record, in the order of the file.
    ///
    /// # Errors
    ///
    /// The register cannot be read back.
    pub fn receipts(&self) -> Result<Receipts<'_>, ImportError> {
        let entries = match &self.register {
            Some(path) => Some(Entries::open(path)?),
            None => None,
        };
        Ok(Receipts {
            entries,
            prepared: self,
            at: 0,
        })
    }

    /// The lines that are not imported, in the order of the file: debits and what is not understood.
    ///
    /// # Errors
    ///
    /// The file cannot be read again.
    pub fn set_aside(
        &self,
    ) -> Result<impl Iterator<Item = Result<SetAside, ImportError>> + use<>, ImportError> {
        let statement = Statement::open(&self.file, self.bank)?;
        Ok(statement.filter_map(|read| match read {
            Err(error) => Some(Err(error.into())),
            Ok(Read::NotUnderstood(line)) => Some(Ok(SetAside::NotUnderstood(line))),
            Ok(Read::Understood(line)) if line.direction == Direction::Debit => Some(Ok(SetAside::Debit {
                line: line.number,
                date: line.date,
                document: line.document,
                amount_vnd: line.amount,
            })),
            Ok(Read::Understood(_)) => None,
        }))
    }

    /// Adds up, and closes the register when the sums agree.
    ///
    /// # Errors
    ///
    /// [`ImportError::Imbalance`] when not every receipt was answered for; the closing mark cannot be written.
    pub fn finish(self, outcome: Outcome) -> Result<Reconciliation, ImportError> {
        let Outcome {
            imported,
            already_there,
            refused,
        } = outcome;
        let already_there = self.reconciliation.already_there.plus(already_there)?;
        let reconciliation = Reconciliation {
            imported,
            already_there,
            refused,
            ..self.reconciliation
        };
        reconciliation.balances()?;
        if let Some(path) = &self.register {
            let closed = Closed {
                imported: imported.count,
                already_there: already_there.count,
                refused: refused.count,
            };
            if !self.closed || 0 < imported.count {
                register::close(path, closed)?;
            }
        }
        Ok(reconciliation)
    }
}

/// What became of the receipts of [`Prepared::receipts`]: the caller adds each to one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Recorded.
    pub imported: Tally,
    /// The ledger knew the key after all.
    pub already_there: Tally,
    /// Refused by the ledger.
    pub refused: Tally,
}

/// A receipt to record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewReceipt {
    /// The line in the file, from 1; the header is line 1.
    pub line: u64,
    /// The bank's day.
    pub received_on: NaiveDate,
    /// In đồng, more than zero.
    pub amount_vnd: u64,
    /// The idempotency key.
    pub key: ImportKey,
    /// The commitment to the memo; none when the memo is empty.
    pub commitment: Option<Hash>,
}

/// A line that is listed and not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetAside {
    /// Money out.
    Debit {
        /// The line in the file, from 1.
        line: u64,
        /// The bank's day.
        date: NaiveDate,
        /// The bank's document number.
        document: String,
        /// In đồng.
        amount_vnd: u64,
    },
    /// A line that is not understood.
    NotUnderstood(NotUnderstood),
}

/// The receipts to record; see [`Prepared::receipts`].
pub struct Receipts<'a> {
    entries: Option<Entries>,
    prepared: &'a Prepared,
    at: usize,
}

impl Iterator for Receipts<'_> {
    type Item = Result<NewReceipt, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        for entry in self.entries.as_mut()? {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return Some(Err(error.into())),
            };
            let at = self.at;
            self.at += 1;
            if self.prepared.to_import.get(at) == Some(&true) {
                return Some(Ok(NewReceipt {
                    line: self.prepared.numbers.of(at as u64),
                    received_on: entry.date,
                    amount_vnd: entry.amount,
                    key: entry.key,
                    commitment: entry.commitment,
                }));
            }
        }
        None
    }
}

/// The days of which it cannot be told which lines are new. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguity {
    /// The statement.
    pub file: PathBuf,
    /// In order.
    pub days: Vec<DoubtfulDay>,
}

/// A day in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubtfulDay {
    /// The day.
    pub date: NaiveDate,
    /// What is doubtful.
    pub doubt: Doubt,
    /// The lines, at most [`DOUBTFUL_LINES_MAX`].
    pub lines: Vec<DoubtfulLine>,
    /// How many more there are.
    pub more: u64,
}

/// A line of which it cannot be told whether it is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoubtfulLine {
    /// The line in the file, from 1; none when only earlier imports hold it.
    pub line: Option<u64>,
    /// The bank's day.
    #[serde(serialize_with = "as_text")]
    pub date: NaiveDate,
    /// The bank's document number.
    pub document: String,
    /// In or out.
    pub direction: Direction,
    /// In đồng.
    #[serde(serialize_with = "as_text")]
    pub amount_vnd: u64,
    /// How many identical lines earlier imports held.
    pub earlier: u64,
    /// How many identical lines the file holds.
    pub in_file: u64,
}

/// Why a statement is not imported. No message holds the text of a memo.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file is not a readable statement of the bank.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The account's name is empty, too long or holds control characters.
    #[error("the account must be named by 1 to {ACCOUNT_BYTES_MAX} bytes without control characters")]
    Account,
    /// The secret that makes the keys cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Statements were imported, and the secret that made their keys is gone.
    #[error("{}/import-secret is missing although statements were imported: restore it from a backup, because under a new one every gift imported before would be imported again", private.display())]
    SecretLost {
        /// The private folder.
        private: PathBuf,
    },
    /// The register of earlier imports cannot be used.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// It cannot be told which lines are new.
    #[error("{}", sentence(.0))]
    Ambiguous(Ambiguity),
    /// The file is not what it was a moment ago.
    #[error("{} changed while it was read: import it again when it is complete", path.display())]
    Changed {
        /// The statement.
        path: PathBuf,
    },
    /// The figures at the end do not agree.
    #[error("the import does not add up: {0}; import the same file again")]
    Imbalance(#[from] Imbalance),
    /// Sums beyond any money.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

/// One sentence for all days in doubt, with what to do.
fn sentence(ambiguity: &Ambiguity) -> String {
    let day = |day: &DoubtfulDay| {
        let lines = day.lines.len() as u64 + day.more;
        let what = match day.doubt {
            Doubt::LacksEarlierLines => "lines that earlier imports held are missing in the file",
            Doubt::MoreThanWholeDay => "lines are new although an earlier file held the whole day",
            Doubt::NoOneStretch => {
                "lines are in the file and in earlier imports, and may be the same gifts or others"
            }
            Doubt::SeveralStretches => "lines fit the earlier imports in more than one way",
        };
        format!("{}: {lines} {what}", day.date)
    };
    let shown: Vec<String> = ambiguity.days.iter().take(5).map(day).collect();
    let more = match ambiguity.days.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!("; and {more} more days"),
    };
    format!(
        "cannot tell which lines of {} are new, nothing was imported ({}{more}); export whole days and state --whole-days, \
         or state --continues if the file begins exactly where an earlier one ended",
        ambiguity.file.display(),
        shown.join("; ")
    )
}

/// Quantities are text in every JSON answer, and days as the journal writes them.
fn as_text<S: Serializer>(value: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn check_account(account: &str) -> Result<(), ImportError> {
    let good =
        !account.is_empty() && account.len() <= ACCOUNT_BYTES_MAX && !account.contains(char::is_control);
    if good { Ok(()) } else { Err(ImportError::Account) }
}

/// What a first reading of the file finds: numbers for each line, no texts.
struct Survey {
    lines: u64,
    credits: Tally,
    debits: Tally,
    not_understood: u64,
    days: Days,
    prints: Vec<Print>,
    numbers: Numbers,
    digest: Hash,
}

fn survey(statement: Statement, secret: &Secret) -> Result<Survey, ImportError> {
    let mut survey = Survey {
        lines: 0,
        credits: Tally::default(),
        debits: Tally::default(),
        not_understood: 0,
        days: Days::default(),
        prints: Vec::new(),
        numbers: Numbers::default(),
        digest: Hash::ZERO,
    };
    let mut content = Content::default();
    let mut scratch = Vec::with_capacity(256);
    for read in statement {
        survey.lines += 1;
        match read? {
            Read::NotUnderstood(_) => survey.not_understood += 1,
            Read::Understood(line) => {
                match line.direction {
                    Direction::Credit => survey.credits.add(line.amount)?,
                    Direction::Debit => survey.debits.add(line.amount)?,
                }
                content.add(&line);
                survey.numbers.push(survey.prints.len() as u64, line.number);
                survey.days.push(line.date);
                survey.prints.push(secret.print(&line, &mut scratch));
            }
        }
    }
    survey.digest = content.digest();
    Ok(survey)
}

/// The digest of what is understood.
#[derive(Default)]
struct Content {
    hasher: blake3::Hasher,
    scratch: Vec<u8>,
}

impl Content {
    fn add(&mut self, line: &Line) {
        self.scratch.clear();
        line.put_content(&mut self.scratch);
        self.hasher.update(&self.scratch);
    }

    fn digest(&self) -> Hash {
        Hash(*self.hasher.finalize().as_bytes())
    }
}

/// The line numbers of the understood lines: they rise by one but where something else stands between.
#[derive(Debug, Default)]
struct Numbers {
    jumps: Vec<(u64, u64)>,
}

impl Numbers {
    fn push(&mut self, at: u64, number: u64) {
        if self
            .jumps
            .last()
            .is_none_or(|&(from, first)| first + (at - from) != number)
        {
            self.jumps.push((at, number));
        }
    }

    fn of(&self, at: u64) -> u64 {
        let jump = self.jumps.partition_point(|&(from, _)| from <= at);
        let (from, first) = self.jumps[jump - 1];
        first + (at - from)
    }
}

/// Random salts, drawn by the hundred.
#[derive(Default)]
struct Salts {
    bytes: Vec<u8>,
}

impl Salts {
    fn draw(&mut self) -> Result<Hash, SecretError> {
        if self.bytes.is_empty() {
            self.bytes.resize(128 * 32, 0);
            getrandom::fill(&mut self.bytes).map_err(|_| SecretError::NoRandomness)?;
        }
        let mut salt = Hash::ZERO;
        let rest = self.bytes.len() - salt.0.len();
        salt.0.copy_from_slice(&self.bytes[rest..]);
        self.bytes.truncate(rest);
        Ok(salt)
    }
}

/// Whether a line is to be recorded; a credit that the ledger knows is counted as there.
fn decide(
    direction: Direction,
    amount: u64,
    key: &ImportKey,
    known: &mut dyn FnMut(&ImportKey) -> bool,
    already_there: &mut Tally,
) -> Result<bool, ImportError> {
    if direction == Direction::Debit {
        return Ok(false);
    }
    let there = known(key);
    if there {
        already_there.add(amount)?;
    }
    Ok(!there)
}

fn any_known(register: &Register, known: &mut dyn FnMut(&ImportKey) -> bool) -> Result<bool, ImportError> {
    for entry in Entries::open(&register.path)? {
        let entry = entry?;
        if entry.direction == Direction::Credit && known(&entry.key) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Adds what a register shows of the days that matter.
fn add_earlier(
    earlier: &mut EarlierImports,
    register: &Register,
    wanted: &HashSet<NaiveDate>,
    secret: &Secret,
) -> Result<(), ImportError> {
    let mut days = Days::default();
    let mut shown: HashMap<NaiveDate, Shown> = HashMap::new();
    let mut scratch = Vec::with_capacity(256);
    for entry in Entries::open(&register.path)? {
        let entry = entry?;
        days.push(entry.date);
        if wanted.contains(&entry.date) {
            let (ordinal, seen) = (entry.ordinal, entry.seen);
            let shown = shown.entry(entry.date).or_default();
            shown.prints.push(secret.print(&entry.into_line(), &mut scratch));
            shown.ordinals.push(ordinal);
            shown.seen.push(seen);
        }
    }
    let overlap = match (register.header.continues, register.header.whole_days) {
        (true, _) => Overlap::Continues,
        (_, true) => Overlap::WholeDays,
        _ => Overlap::Judge,
    };
    earlier.add(&days, shown, overlap);
    Ok(())
}

#[cfg(test)]
mod tests;
