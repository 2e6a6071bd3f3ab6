//! The rules a plan must keep, asked of a file before it is recorded, so that its author sees all that is wrong at
//! once and where.

use std::collections::{BTreeMap, HashMap};

use minhbach_events::Problem;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::embedded::{self, Embedded};
use crate::read_error::{Fault, Kind, ReadError, What, line_at};
use crate::reader::{DataFile, Headed, headed, located, parse, read_document, words};

/// Reads a plan of one's own and asks all that can be asked without a ledger: the form of every field, that what it
/// names is in the file before or comes with the program, names that stand once, dates in order.
///
/// A copy of an embedded file is taken for that file.
///
/// # Errors
///
/// Everything that is wrong, in the order of the text; for a text that is no TOML, only that.
pub fn check(file: &str, text: &str) -> Result<DataFile, Vec<ReadError>> {
    let (data, mut faults) = checked(file, text)?;
    let plan = |record: &crate::reader::Record| {
        matches!(
            record.proposal.event,
            minhbach_events::Event::ProgrammePublished(_)
        )
    };
    if faults.is_empty() && !data.records.iter().any(plan) {
        faults.push(Fault::new(0..0, "", What::NoPlan));
    }
    if faults.is_empty() {
        Ok(data)
    } else {
        Err(located(faults, file, text))
    }
}

/// As [`check`], for a file that need not hold a plan.
///
/// # Errors
///
/// As [`check`].
pub fn check_parts(file: &str, text: &str) -> Result<DataFile, Vec<ReadError>> {
    let (data, faults) = checked(file, text)?;
    if faults.is_empty() {
        Ok(data)
    } else {
        Err(located(faults, file, text))
    }
}

fn checked(file: &str, text: &str) -> Result<(DataFile, Vec<Fault>), Vec<ReadError>> {
    let document = parse(text).map_err(|faults| located(faults, file, text))?;
    let (data, mut faults) = read_document(&document);
    faults.extend(Rules::new(text, &document).ask());
    Ok((data, faults))
}

type Cell<'d, 't> = &'d Spanned<DeValue<'t>>;

/// Names that stand for one thing each, and where they come first.
struct Rules<'d, 't> {
    text: &'d str,
    known: Embedded,
    tables: Vec<Headed<'d, 't>>,
    notes: Vec<Cell<'d, 't>>,
    /// The table that introduces a slug, by number.
    introduced: HashMap<(Kind, &'d str), usize>,
    faults: Vec<Fault>,
}

impl<'d, 't> Rules<'d, 't> {
    fn new(text: &'d str, document: &'d Spanned<DeTable<'t>>) -> Rules<'d, 't> {
        let (tables, _) = headed(document);
        let notes = document.get_ref().get("notes");
        let notes = notes.into_iter().flat_map(elements).collect();
        Rules {
            text,
            known: embedded::known_without(text),
            tables,
            notes,
            introduced: HashMap::new(),
            faults: Vec::new(),
        }
    }

    fn ask(mut self) -> Vec<Fault> {
        for number in 0..self.tables.len() {
            self.introduce(number);
        }
        for number in 0..self.tables.len() {
            let table = self.tables[number].table;
            match self.tables[number].event.as_str() {
                "place.registered" => self.place(number, table),
                "place.succeeded" => self.succession(number, table),
                "programme.published" | "programme.revised" => self.plan(number, table),
                "item.registered" | "item.revised" => self.item(table),
                _ => {}
            }
        }
        for note in std::mem::take(&mut self.notes) {
            self.note(note);
        }
        self.faults
    }

    fn fault(&mut self, at: Cell<'d, 't>, field: impl Into<String>, what: What) {
        self.faults.push(Fault::new(at.span(), field, what));
    }

    fn line(&self, at: Cell<'d, 't>) -> usize {
        line_at(self.text, at.span().start)
    }

    // --- names ---

    fn introduce(&mut self, number: usize) {
        let Headed { event, table } = &self.tables[number];
        let table = *table;
        let (kind, field) = match event.as_str() {
            "place.registered" => (Kind::Place, "place"),
            "programme.published" => (Kind::Programme, "programme"),
            "item.registered" => (Kind::Item, "item"),
            _ => return,
        };
        let Some((cell, name)) = text_of(table, field) else {
            return;
        };
        if let Some(file) = self.known.file_of(kind, name) {
            // It stands here all the same, so that nothing more is said of what names it.
            self.introduced.insert((kind, name), number);
            let name = name.to_owned();
            return self.fault(cell, field, What::Embedded { name, file });
        }
        if let Some(&first) = self.introduced.get(&(kind, name)) {
            let line = self.line(self.tables[first].table);
            let name = name.to_owned();
            return self.fault(cell, field, What::Twice { name, line });
        }
        self.introduced.insert((kind, name), number);
    }

    /// Asks that a name stands for something that comes before table `number`, or with the program.
    fn named(&mut self, number: usize, kind: Kind, cell: Cell<'d, 't>, field: &str) {
        let Some(name) = words(cell) else { return };
        let later = match self.introduced.get(&(kind, name)) {
            Some(&there) if there < number => return,
            Some(&there) => Some(self.line(self.tables[there].table)),
            None if self.known.file_of(kind, name).is_some() => return,
            None => None,
        };
        let name = name.to_owned();
        self.fault(cell, field, What::Unknown { kind, name, later });
    }

    fn all_named(&mut self, number: usize, kind: Kind, list: Option<Cell<'d, 't>>, field: &str) {
        for (n, cell) in list.into_iter().flat_map(elements).enumerate() {
            self.named(number, kind, cell, &format!("{field}[{n}]"));
        }
    }

    /// Asks that a list names each thing once.
    fn once(&mut self, cells: impl Iterator<Item = (Cell<'d, 't>, String)>) {
        let mut first: BTreeMap<&'d str, Cell<'d, 't>> = BTreeMap::new();
        for (cell, field) in cells {
            let Some(name) = words(cell) else { continue };
            if let Some(first) = first.get(name) {
                let line = self.line(first);
                let name = name.to_owned();
                self.fault(cell, field, What::Twice { name, line });
            } else {
                first.insert(name, cell);
            }
        }
    }

    fn once_in(&mut self, list: Option<Cell<'d, 't>>, field: &str) {
        let cells = list.into_iter().flat_map(elements).enumerate();
        self.once(cells.map(|(n, cell)| (cell, format!("{field}[{n}]"))));
    }

    /// Asks that the elements of a list have different names.
    fn once_by(&mut self, list: Option<Cell<'d, 't>>, field: &str, name: &str) {
        let cells = list.into_iter().flat_map(elements).enumerate();
        self.once(cells.filter_map(|(n, element)| {
            let cell = get(element, name)?;
            Some((cell, format!("{field}[{n}].{name}")))
        }));
    }

    // --- tables ---

    fn place(&mut self, number: usize, table: Cell<'d, 't>) {
        if let Some(parent) = get(table, "parent") {
            self.named(number, Kind::Place, parent, "parent");
        }
        self.in_order(table, "valid_from", "valid_to", "valid_to");
    }

    fn succession(&mut self, number: usize, table: Cell<'d, 't>) {
        if let Some(place) = get(table, "place") {
            self.named(number, Kind::Place, place, "place");
        }
        let on = date_of(table, "on");
        let successors = get(table, "successors");
        self.once_by(successors, "successors", "place");
        for (n, successor) in successors.into_iter().flat_map(elements).enumerate() {
            let Some((cell, name)) = text_of(successor, "place") else {
                continue;
            };
            let field = format!("successors[{n}].place");
            self.named(number, Kind::Place, cell, &field);
            let begins = self
                .introduced
                .get(&(Kind::Place, name))
                .and_then(|&there| date_of(self.tables[there].table, "valid_from"));
            if let (Some((_, on)), Some((_, begins))) = (&on, begins)
                && *on < begins
            {
                self.fault(cell, field, What::SuccessorLater);
            }
        }
    }

    fn item(&mut self, table: Cell<'d, 't>) {
        let categories = get(table, "categories");
        self.once_in(categories, "categories");
        let own: Vec<&str> = self.own_categories().collect();
        for (n, cell) in categories.into_iter().flat_map(elements).enumerate() {
            if let Some(name) = words(cell)
                && !own.contains(&name)
                && !self.known.has_category(name)
            {
                let (kind, name) = (Kind::Category, name.to_owned());
                let later = None;
                self.fault(
                    cell,
                    format!("categories[{n}]"),
                    What::Unknown { kind, name, later },
                );
            }
        }
    }

    fn own_categories(&self) -> impl Iterator<Item = &'d str> + '_ {
        let plans = self
            .tables
            .iter()
            .filter(|headed| headed.event.starts_with("programme."));
        plans
            .filter_map(|headed| get(headed.table, "categories"))
            .flat_map(elements)
            .filter_map(|category| text_of(category, "category").map(|(_, name)| name))
    }

    fn plan(&mut self, number: usize, table: Cell<'d, 't>) {
        if let Some(parent) = get(table, "parent") {
            self.named(number, Kind::Programme, parent, "parent");
        }
        for list in ["places", "special_places"] {
            self.all_named(number, Kind::Place, get(table, list), list);
            self.once_in(get(table, list), list);
        }
        self.once_in(get(table, "groups"), "groups");
        for (list, name) in [
            ("categories", "category"),
            ("targets", "target"),
            ("reports", "report"),
        ] {
            self.once_by(get(table, list), list, name);
        }
        let names = |list: &str, name: Option<&str>| -> Vec<&'d str> {
            let elements = get(table, list).into_iter().flat_map(elements);
            elements
                .filter_map(|element| match name {
                    Some(name) => text_of(element, name).map(|(_, text)| text),
                    None => words(element),
                })
                .collect()
        };
        let groups = names("groups", None);
        let categories = names("categories", Some("category"));
        for (n, category) in get(table, "categories")
            .into_iter()
            .flat_map(elements)
            .enumerate()
        {
            for list in ["forms", "sources", "places", "groups"] {
                self.once_in(get(category, list), &format!("categories[{n}].{list}"));
            }
            let field = format!("categories[{n}].places");
            self.all_named(number, Kind::Place, get(category, "places"), &field);
            for (m, group) in get(category, "groups").into_iter().flat_map(elements).enumerate() {
                self.among(
                    &groups,
                    Kind::Group,
                    group,
                    &format!("categories[{n}].groups[{m}]"),
                );
            }
        }
        if let Some(period) = get(table, "period") {
            self.in_order(period, "from", "to", "period.to");
        }
        self.targets(table, &groups, &categories);
        for (n, report) in get(table, "reports").into_iter().flat_map(elements).enumerate() {
            if let (Some((_, due)), Some((cell, cut_off))) =
                (text_of(report, "due"), text_of(report, "cut_off"))
                && due < cut_off
            {
                self.fault(cell, format!("reports[{n}].cut_off"), What::CutOffAfterDue);
            }
        }
    }

    fn targets(&mut self, table: Cell<'d, 't>, groups: &[&str], categories: &[&str]) {
        let period = get(table, "period").map(|period| (date_of(period, "from"), date_of(period, "to")));
        for (n, target) in get(table, "targets").into_iter().flat_map(elements).enumerate() {
            if let Some(group) = get(target, "group") {
                self.among(groups, Kind::Group, group, &format!("targets[{n}].group"));
            }
            if let Some(category) = get(target, "category") {
                self.among(
                    categories,
                    Kind::Category,
                    category,
                    &format!("targets[{n}].category"),
                );
            }
            if let (Some((cell, due)), Some((Some((_, from)), Some((_, to))))) =
                (date_of(target, "due"), &period)
                && (due < *from || *to < due)
            {
                self.fault(cell, format!("targets[{n}].due"), What::DueOutsidePeriod);
            }
        }
    }

    /// Asks that a name is one of the plan's own.
    fn among(&mut self, names: &[&str], kind: Kind, cell: Cell<'d, 't>, field: &str) {
        if let Some(name) = words(cell)
            && !names.contains(&name)
        {
            let (name, later) = (name.to_owned(), None);
            self.fault(cell, field, What::Unknown { kind, name, later });
        }
    }

    fn in_order(&mut self, table: Cell<'d, 't>, from: &str, to: &str, field: &str) {
        if let (Some((_, from)), Some((cell, to))) = (date_of(table, from), date_of(table, to))
            && to < from
        {
            self.fault(cell, field, What::Form(Problem::EndsBeforeBegin));
        }
    }

    // --- notes ---

    /// A note is about something of this file, and about a field that it can have.
    fn note(&mut self, note: Cell<'d, 't>) {
        let Some((cell, about)) = text_of(note, "about") else {
            return;
        };
        let kinds = [Kind::Programme, Kind::Place, Kind::Item];
        let table = kinds
            .iter()
            .find_map(|kind| self.introduced.get(&(*kind, about)))
            .map(|&number| self.tables[number].table);
        let unknown = |kind, name: &str| What::Unknown {
            kind,
            name: name.to_owned(),
            later: None,
        };
        let Some(table) = table else {
            return self.fault(cell, "about", unknown(Kind::Slug, about));
        };
        let Some((cell, field)) = text_of(note, "field") else {
            return;
        };
        let (head, label) = match field.split_once('[') {
            Some((head, rest)) => (head, rest.split(']').next()),
            None => (field.split('.').next().unwrap_or(field), None),
        };
        let Some(value) = get(table, head) else {
            return self.fault(cell, "field", unknown(Kind::Field, field));
        };
        let bears = |element: Cell<'d, 't>, label: &str| match element.get_ref() {
            DeValue::Table(fields) => NAMING
                .iter()
                .any(|name| fields.get(*name).and_then(words) == Some(label)),
            _ => words(element) == Some(label),
        };
        if let Some(label) = label
            && !elements(value).any(|element| bears(element, label))
        {
            self.fault(cell, "field", unknown(Kind::Field, field));
        }
    }
}

/// The fields by which the elements of a plan's lists are told apart.
const NAMING: [&str; 6] = ["number", "category", "target", "role", "report", "place"];

fn get<'d, 't>(table: Cell<'d, 't>, field: &str) -> Option<Cell<'d, 't>> {
    match table.get_ref() {
        DeValue::Table(fields) => fields.get(field),
        _ => None,
    }
}

fn text_of<'d, 't>(table: Cell<'d, 't>, field: &str) -> Option<(Cell<'d, 't>, &'d str)> {
    let cell = get(table, field)?;
    Some((cell, words(cell)?))
}

/// A date as it is written, which sorts as dates do.
fn date_of<'d, 't>(table: Cell<'d, 't>, field: &str) -> Option<(Cell<'d, 't>, String)> {
    let cell = get(table, field)?;
    match cell.get_ref() {
        DeValue::Datetime(date) => Some((cell, date.to_string())),
        DeValue::String(date) => Some((cell, date.to_string())),
        _ => None,
    }
}

fn elements<'d, 't>(list: Cell<'d, 't>) -> impl Iterator<Item = Cell<'d, 't>> {
    let elements = match list.get_ref() {
        DeValue::Array(elements) => Some(elements.iter()),
        _ => None,
    };
    elements.into_iter().flatten()
}
