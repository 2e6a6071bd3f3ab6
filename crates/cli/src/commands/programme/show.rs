//! `programme show`: one plan in full, with its notes.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::io::Write;

use clap::ArgMatches;
use minhbach_events::event::{ItemRegistered, ProgrammePublished};
use minhbach_events::{Event, Slug};
use minhbach_exchange::csv_tables::{Csv, Field};
use minhbach_programmes::{DataFile, Note, Paper, Programme};
use serde_json::{Value, json};

use super::list::plan_of;
use super::words::{day_of_year, period, word, words};
use crate::ending::Ending;
use crate::json_document;
use crate::names::role_of;
use crate::numbers;
use crate::session::{Format, Session, output, text};
use crate::texts::Texts;
use crate::tree::Branch;

pub fn run(session: &Session, matches: &ArgMatches) -> anyhow::Result<Ending> {
    let id = text(matches, "id").unwrap_or_default();
    let Some(programme) = Programme::find(id) else {
        let known: Vec<&str> = Programme::ALL.iter().map(|programme| programme.id).collect();
        let told = session.texts.with(
            "programme-not-known",
            &[("id", &id), ("known", &known.join(", "))],
        );
        session.say(&told);
        return Ok(Ending::No);
    };
    let data = programme.data()?;
    let shown = Shown::of(session.texts, programme, &data)?;
    match (session.format, plan_of(&data)) {
        (Format::Json, _) => json_document::write(output(), &shown.document(&data))?,
        (Format::Csv { excel }, Some(plan)) => shown.csv(plan, excel)?,
        (Format::Table, Some(plan)) => {
            let mut out = output();
            shown.tree(plan).write(&mut out, session.terminal.width)?;
            out.flush()?;
        }
        (_, None) => return Ok(Ending::No),
    }
    Ok(Ending::Yes)
}

/// A plan and what goes with it.
struct Shown {
    texts: Texts,
    rests_on: Vec<Event>,
    items: Vec<ItemRegistered>,
    places: HashMap<Slug, String>,
    notes: Vec<Note>,
    papers: Vec<Paper>,
}

impl Shown {
    fn of(texts: Texts, programme: Programme, data: &DataFile) -> anyhow::Result<Shown> {
        let all = programme.proposals()?.into_iter().map(|proposal| proposal.event);
        let own = |event: &Event| data.records.iter().any(|record| record.proposal.event == *event);
        let rests_on: Vec<Event> = all.filter(|event| !own(event)).collect();
        let items = rests_on.iter().filter_map(|event| match event {
            Event::ItemRegistered(item) => Some(item.clone()),
            _ => None,
        });
        let places = rests_on.iter().filter_map(|event| match event {
            Event::PlaceRegistered(place) => Some((place.place.clone(), place.name.as_str().to_owned())),
            _ => None,
        });
        let (mut notes, mut papers) = (data.notes.clone(), data.sources.clone());
        for file in programme.places()? {
            notes.extend(file.notes);
            papers.extend(file.sources);
        }
        Ok(Shown {
            texts,
            items: items.collect(),
            places: places.collect(),
            notes,
            papers,
            rests_on,
        })
    }

    fn heading(&self, key: &str, count: usize) -> Branch {
        let count = numbers::number(self.texts, count);
        Branch::new(format!("{} ({count})", self.texts.get(key)))
    }

    fn place(&self, place: &Slug) -> String {
        match self.places.get(place) {
            Some(name) => format!("{name} ({place})"),
            None => place.to_string(),
        }
    }

    fn tree(&self, plan: &ProgrammePublished) -> Branch {
        let texts = self.texts;
        let fact = |key: &str, said: &dyn Display| format!("{}: {said}", texts.get(key));
        let mut root = Branch::new(plan.title.in_language(texts.english()));
        root = root.line(fact("programme-column-id", &plan.programme));
        if let Some(parent) = &plan.parent {
            root = root.line(fact("programme-parent", parent));
        }
        root = root.line(fact(
            "programme-period",
            &period(texts, plan.period.from, plan.period.to),
        ));
        root = root.line(fact("programme-min-group", &plan.min_group.get()));
        if !plan.groups.is_empty() {
            let groups = words(texts, plan.groups.iter().map(|group| group.as_str()));
            root = root.line(fact("programme-groups", &groups));
        }

        let mut documents = self.heading("programme-documents", plan.documents.len());
        for document in &plan.documents {
            let on = document.issued_on.map(|on| numbers::day(texts, on));
            let role = word(texts, document.role.as_str());
            let issuer = document.issuer.as_str();
            let parts = [
                Some(document.number.as_str().to_owned()),
                on,
                Some(issuer.to_owned()),
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            documents.push(Branch::new(format!("{} ({role})", parts.join(", "))));
        }
        root.push(documents);

        let mut places = self.heading("programme-places", plan.places.len());
        if plan.places.is_empty() {
            places.push(Branch::new(texts.get("programme-places-any")));
        }
        let special = plan.special_places.as_deref().unwrap_or_default();
        for place in &plan.places {
            let mut line = self.place(place);
            if special.contains(place) {
                line.push_str(&format!(" – {}", texts.get("programme-special")));
            }
            places.push(Branch::new(line));
        }
        root.push(places);

        root.push(self.categories(plan));
        root.push(self.targets(plan));

        let mut duties = self.heading("programme-duties", plan.duties.len());
        for duty in &plan.duties {
            duties.push(Branch::new(format!(
                "{}: {}",
                role_of(texts, &duty.role),
                duty.duty.as_str()
            )));
        }
        root.push(duties);

        let mut reports = self.heading("programme-reports", plan.reports.len());
        for report in &plan.reports {
            let mut line = format!(
                "{}: {}; {} {}",
                report.report,
                report.title.in_language(texts.english()),
                texts.get("programme-due"),
                day_of_year(texts, report.due)
            );
            if let Some(cut_off) = report.cut_off {
                let day = day_of_year(texts, cut_off);
                line.push_str(&format!("; {} {day}", texts.get("programme-cut-off")));
            }
            reports.push(Branch::new(line));
        }
        root.push(reports);

        root.push(self.noted());
        let mut sources = self.heading("programme-sources", self.papers.len());
        for paper in &self.papers {
            let said = if texts.english() { &paper.en } else { &paper.vi };
            sources.push(Branch::new(format!("{}: {said}", paper.key)));
        }
        root.push(sources);
        root
    }

    fn categories(&self, plan: &ProgrammePublished) -> Branch {
        let texts = self.texts;
        let mut categories = self.heading("programme-categories", plan.categories.len());
        for category in &plan.categories {
            let title = category.title.in_language(texts.english());
            let forms = words(texts, category.forms.iter().map(|form| form.word()));
            let beneficiary = word(texts, category.beneficiary.word());
            let mut branch = Branch::new(format!("{}: {title}", category.category));
            branch = branch.line(texts.with(
                "programme-category-forms",
                &[("beneficiary", &beneficiary), ("forms", &forms)],
            ));
            if let Some(groups) = &category.groups {
                let groups = words(texts, groups.iter().map(|group| group.as_str()));
                branch = branch.line(format!("{}: {groups}", texts.get("programme-groups")));
            }
            if let Some(places) = &category.places {
                let places: Vec<String> = places.iter().map(|place| self.place(place)).collect();
                branch = branch.line(format!(
                    "{}: {}",
                    texts.get("programme-places"),
                    places.join(", ")
                ));
            }
            if let Some(sources) = &category.sources {
                let sources = words(texts, sources.iter().map(|source| source.word()));
                branch = branch.line(texts.with("programme-category-sources", &[("sources", &sources)]));
            }
            let items = self
                .items
                .iter()
                .filter(|item| item.categories.contains(&category.category));
            let items: Vec<String> = items
                .map(|item| format!("{} ({})", item.title.in_language(texts.english()), item.item))
                .collect();
            if !items.is_empty() {
                branch = branch.line(format!("{}: {}", texts.get("programme-items"), items.join("; ")));
            }
            categories.push(branch);
        }
        categories
    }

    fn targets(&self, plan: &ProgrammePublished) -> Branch {
        let texts = self.texts;
        let mut targets = self.heading("programme-targets", plan.targets.len());
        for target in &plan.targets {
            let mut parts = vec![word(texts, target.kind.word())];
            parts.extend(target.value.as_ref().map(|value| {
                let value = numbers::number(texts, value.as_str());
                let percent = target.kind.word() == "ratio" || target.kind.word() == "recurring_per_year";
                format!(
                    "{} {value}{}",
                    texts.get("programme-value"),
                    if percent { " %" } else { "" }
                )
            }));
            parts.extend(target.category.as_ref().map(|category| category.to_string()));
            parts.extend(target.group.as_ref().map(|group| word(texts, group.as_str())));
            parts.push(format!(
                "{} {}",
                texts.get("programme-due"),
                numbers::day(texts, target.due)
            ));
            let title = target.title.in_language(texts.english());
            targets.push(Branch::new(format!("{}: {title}", target.target)).line(parts.join("; ")));
        }
        targets
    }

    fn noted(&self) -> Branch {
        let texts = self.texts;
        let mut notes = self.heading("programme-notes", self.notes.len());
        for note in &self.notes {
            let mut about = note.about.clone();
            if !note.field.is_empty() {
                about = format!("{about}, {}", note.field);
            }
            if !note.id.is_empty() {
                about = format!("{} – {about}", note.id);
            }
            let said = if texts.english() { &note.en } else { &note.vi };
            notes.push(Branch::new(about).line(said.clone()).line(format!(
                "{}: {}",
                texts.get("programme-source"),
                note.source
            )));
        }
        notes
    }

    fn document(&self, data: &DataFile) -> Value {
        let written = |event: &Event| -> Value {
            let mut bytes = Vec::new();
            event.write(&mut bytes);
            serde_json::from_slice(&bytes).unwrap_or_default()
        };
        let own = data.records.iter().map(|record| {
            let mut event = written(&record.proposal.event);
            event["source"] = record.source.as_str().into();
            event
        });
        let notes = self.notes.iter().map(|note| {
            let mut shown: BTreeMap<&str, Value> = BTreeMap::from([
                ("about", note.about.as_str().into()),
                ("said", json!({ "vi": note.vi, "en": note.en })),
                ("source", note.source.as_str().into()),
            ]);
            for (key, value) in [("field", &note.field), ("id", &note.id)] {
                if !value.is_empty() {
                    shown.insert(key, value.as_str().into());
                }
            }
            json!(shown)
        });
        let papers = self.papers.iter();
        let papers = papers.map(|paper| json!({ "key": paper.key, "vi": paper.vi, "en": paper.en }));
        json!({
            "as_of": data.as_of, "sources": papers.collect::<Vec<_>>(), "records": own.collect::<Vec<_>>(),
            "rests_on": self.rests_on.iter().map(written).collect::<Vec<_>>(), "notes": notes.collect::<Vec<_>>(),
        })
    }

    /// The parts of the plan as rows: what kind of part, its label, and what it says.
    fn csv(&self, plan: &ProgrammePublished, excel: bool) -> anyhow::Result<()> {
        let english = self.texts.english();
        let mut csv = Csv::begin(output(), excel, &["part", "label", "said", "source"])?;
        let mut row = |part: &str, label: &dyn Display, said: &str, source: &str| {
            csv.row(vec![
                Field::word(Some(part)),
                Field::word(Some(&label.to_string())),
                Field::word(Some(said)),
                Field::word(Some(source)),
            ])
        };
        for document in &plan.documents {
            row(
                "document",
                &document.number.as_str(),
                document.issuer.as_str(),
                "",
            )?;
        }
        for place in &plan.places {
            let name = self.places.get(place).map_or("", String::as_str);
            row("place", place, name, "")?;
        }
        for category in &plan.categories {
            row(
                "category",
                &category.category,
                category.title.in_language(english),
                "",
            )?;
        }
        for item in &self.items {
            row("item", &item.item, item.title.in_language(english), "")?;
        }
        for target in &plan.targets {
            row("target", &target.target, target.title.in_language(english), "")?;
        }
        for duty in &plan.duties {
            row("duty", &duty.role, duty.duty.as_str(), "")?;
        }
        for report in &plan.reports {
            row("report", &report.report, report.title.in_language(english), "")?;
        }
        for note in &self.notes {
            let said = if english { &note.en } else { &note.vi };
            let label = format!("{} {}", note.about, note.field);
            row("note", &label.trim_end(), said, &note.source)?;
        }
        csv.end()?;
        Ok(())
    }
}
