//! Answers out of a server.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use minhbach_events::{Entry, Event, Reference, Slug};
use minhbach_ledger::{NameKind, Named, NamedKind, NamesTable, Unknown};
use minhbach_projections::{
    Balances, BalancesFilter, Dimension, LotAnswer, NeedRow, NeedsQuery, NeedsTable, PartiesQuery,
    PartiesTable, PlaceAnswer, PlacesQuery, PlacesTable, ProgressAnswer, Reach, ReceivedQuery, ReceivedTable,
    SearchAnswer, StatementFilter, StatementTable, Totals, Trail,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::url::part;
use super::{Fault, NameTable, RemoteError, Server};
use crate::answers::Answers;
use crate::filters::{Filters, NameUnknown};
use crate::names::{Known, Names};
use crate::texts::Texts;

/// A server that is asked.
pub struct Remote {
    server: Server,
    names: RefCell<Rc<NameTable>>,
    /// Entries never change, and a trail looks at some of them often.
    entries: RefCell<HashMap<u64, Entry>>,
}

/// Parameters of a question; what is not asked is not sent.
#[derive(Default)]
struct Query(Vec<(&'static str, String)>);

impl Query {
    fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Query {
        if let Some(value) = value {
            self.0.push((name, value.to_string()));
        }
        self
    }
}

/// `{"seq","hash","entry"}`.
#[derive(Deserialize)]
struct EntryDocument {
    entry: Box<RawValue>,
}

/// What of `/v1/programmes` is asked for here.
#[derive(Deserialize)]
struct Programmes {
    rows: Vec<Programme>,
}

#[derive(Deserialize)]
struct Programme {
    programme: Slug,
}

impl Remote {
    /// A server that is not asked yet.
    pub fn new(server: Server) -> Remote {
        Remote {
            server,
            names: RefCell::default(),
            entries: RefCell::default(),
        }
    }

    /// How far the ledger is.
    pub fn status<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        self.ask("/v1/status", Query::default(), &Named::default())
    }

    fn ask<T: DeserializeOwned>(&self, path: &str, query: Query, named: &Named<'_>) -> anyhow::Result<T> {
        self.server
            .get(path, &query.0)
            .map_err(|error| named_or(error, named))
    }

    /// None where the server knows nothing there.
    fn find<T: DeserializeOwned>(&self, path: &str, query: Query) -> anyhow::Result<Option<T>> {
        match self.server.get(path, &query.0) {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_not_found(error: &RemoteError) -> bool {
    matches!(&error.fault, Fault::Problem(problem) if problem.status == 404 && problem.code() != "no_route")
}

/// The name that the server does not know among those that the question named, else the error itself.
fn named_or(error: RemoteError, named: &Named<'_>) -> anyhow::Error {
    let unknown = match &error.fault {
        Fault::Problem(problem) if is_not_found(&error) => problem.name().and_then(|name| which(name, named)),
        _ => None,
    };
    match unknown {
        Some(unknown) => NameUnknown(unknown).into(),
        None => error.into(),
    }
}

/// What of a question has that name.
fn which(name: &str, named: &Named<'_>) -> Option<Unknown> {
    let given = |kind: NamedKind| match kind {
        NamedKind::Fund => named.fund.map(ToString::to_string),
        NamedKind::Pool => named.pool.map(ToString::to_string),
        NamedKind::Place => named.place.map(ToString::to_string),
        NamedKind::Item => named.item.map(ToString::to_string),
        NamedKind::Lot => named.lot.map(ToString::to_string),
        NamedKind::Programme => named.programme.map(ToString::to_string),
        NamedKind::Category => named.category.map(ToString::to_string),
        NamedKind::Party => named.party.map(ToString::to_string),
    };
    let kind = NamedKind::ALL
        .iter()
        .copied()
        .find(|kind| given(*kind).as_deref() == Some(name))?;
    Some(Unknown {
        kind,
        name: name.to_owned(),
    })
}

impl Answers for Remote {
    fn balances(&self, filter: &BalancesFilter, cursor: Option<&str>) -> anyhow::Result<Balances> {
        let query = Query::default()
            .with("lot", filter.lot.as_ref())
            .with("fund", filter.fund.as_ref())
            .with("item", filter.item.as_ref())
            .with("source", filter.source.map(|source| source.word()))
            .with("kind", filter.kind.map(|kind| kind.word()))
            .with("cursor", cursor);
        self.ask("/v1/balances", query, &filter.named())
    }

    fn statement(&self, filter: &StatementFilter, cursor: Option<&str>) -> anyhow::Result<StatementTable> {
        let query = Query::default()
            .with("fund", filter.fund.as_ref())
            .with("pool", filter.pool.as_ref())
            .with("item", filter.item.as_ref())
            .with("from", filter.from)
            .with("to", filter.to)
            .with("cursor", cursor);
        self.ask("/v1/statement", query, &filter.named())
    }

    fn received(&self, query: &ReceivedQuery, cursor: Option<&str>) -> anyhow::Result<ReceivedTable> {
        // Rows are told apart by their item whatever is said; nothing said would be the server's own choice.
        let by: Vec<&str> = query.by.iter().map(|dimension| dimension.word()).collect();
        let by = if by.is_empty() {
            Dimension::Item.word().to_owned()
        } else {
            by.join(",")
        };
        let parameters = Query::default()
            .with("programme", query.programme.as_ref())
            .with("place", query.place.as_ref())
            .with("category", query.category.as_ref())
            .with("item", query.item.as_ref())
            .with("source", query.source.map(|source| source.word()))
            .with("from", query.from.as_ref())
            .with("to", query.to.as_ref())
            .with("by", Some(by))
            .with("cursor", cursor);
        self.ask("/v1/received", parameters, &query.named())
    }

    fn needs(&self, query: &NeedsQuery, cursor: Option<&str>) -> anyhow::Result<NeedsTable> {
        let parameters = Query::default()
            .with("programme", query.programme.as_ref())
            .with("place", query.place.as_ref())
            .with("category", query.category.as_ref())
            .with("item", query.item.as_ref())
            .with("priority", query.priority)
            .with("state", Some(query.state.map_or("all", |state| state.word())))
            .with("uncovered", query.uncovered.then_some("true"))
            .with("cursor", cursor);
        self.ask("/v1/needs", parameters, &query.named())
    }

    fn parties(&self, query: &PartiesQuery, cursor: Option<&str>) -> anyhow::Result<PartiesTable> {
        if let Some(party) = &query.party {
            let path = format!("/v1/parties/{}", part(party.as_str()));
            let mut table: PartiesTable = self.ask(&path, Query::default(), &query.named())?;
            table.rows.retain(|row| {
                query.kind.is_none_or(|kind| row.kind == kind)
                    && query
                        .role
                        .as_ref()
                        .is_none_or(|asked| row.roles.iter().any(|role| role.role == *asked))
            });
            return Ok(table);
        }
        let parameters = Query::default()
            .with("kind", query.kind.map(|kind| kind.word()))
            .with("role", query.role.as_ref())
            .with("cursor", cursor);
        self.ask("/v1/parties", parameters, &query.named())
    }

    fn places(&self, query: &PlacesQuery, cursor: Option<&str>) -> anyhow::Result<PlacesTable> {
        let parameters = Query::default()
            .with("kind", query.kind.map(|kind| kind.word()))
            .with("parent", query.parent.as_ref())
            .with("cursor", cursor);
        self.ask("/v1/places", parameters, &query.named())
    }

    fn place(&self, place: &Slug, reach: Reach) -> anyhow::Result<PlaceAnswer> {
        let path = format!("/v1/places/{}", part(place.as_str()));
        let query = Query::default().with("reach", Some(reach.word()));
        let named = Named {
            place: Some(place),
            ..Named::default()
        };
        self.ask(&path, query, &named)
    }

    fn progress(&self, programme: &Slug) -> anyhow::Result<ProgressAnswer> {
        let path = format!("/v1/programmes/{}/progress", part(programme.as_str()));
        let named = Named {
            programme: Some(programme),
            ..Named::default()
        };
        self.ask(&path, Query::default(), &named)
    }

    fn programmes(&self) -> anyhow::Result<Vec<Slug>> {
        let known: Programmes = self.ask("/v1/programmes", Query::default(), &Named::default())?;
        let mut known: Vec<Slug> = known.rows.into_iter().map(|row| row.programme).collect();
        known.sort();
        Ok(known)
    }

    fn search(&self, words: &str) -> anyhow::Result<SearchAnswer> {
        let query = Query::default().with("q", Some(words));
        self.ask("/v1/search", query, &Named::default())
    }

    fn trail(&self, name: &Reference, cursor: Option<&str>) -> anyhow::Result<Option<Trail>> {
        let path = format!("/v1/trails/{}", part(name.as_str()));
        self.find(&path, Query::default().with("cursor", cursor))
    }

    fn entry(&self, seq: u64) -> anyhow::Result<Entry> {
        if let Some(entry) = self.entries.borrow().get(&seq) {
            return Ok(entry.clone());
        }
        let found: EntryDocument =
            self.ask(&format!("/v1/entries/{seq}"), Query::default(), &Named::default())?;
        let entry = Entry::read(found.entry.get().as_bytes())
            .map_err(|error| self.server.error(Fault::NotUnderstood(error.to_string())))?;
        self.entries.borrow_mut().insert(seq, entry.clone());
        Ok(entry)
    }

    fn lot(&self, opener: u64, name: &Reference) -> anyhow::Result<Option<Totals>> {
        let found: Option<LotAnswer> =
            self.find(&format!("/v1/lots/{}", part(name.as_str())), Query::default())?;
        Ok(found.filter(|lot| lot.opened_by == opener).map(|lot| lot.totals))
    }

    fn need(&self, assessed: &Entry) -> anyhow::Result<Option<NeedRow>> {
        let Event::NeedAssessed(need) = &assessed.event else {
            return Ok(None);
        };
        // There is no question for one need; those beside it are few.
        let query = NeedsQuery {
            programme: Some(need.programme.clone()),
            place: Some(need.place.clone()),
            category: Some(need.category.clone()),
            item: Some(need.item.clone()),
            state: None,
            ..NeedsQuery::default()
        };
        let mut cursor: Option<String> = None;
        loop {
            let page = self.needs(&query, cursor.as_deref())?;
            let found = page.rows.into_iter().find(|row| row.need == *need.need.get());
            if found.is_some() || page.next.is_none() {
                return Ok(found);
            }
            cursor = page.next;
        }
    }

    fn names(&self, texts: Texts, kinds: &[NameKind]) -> anyhow::Result<Names<'_>> {
        for &kind in kinds {
            if self.names.borrow().has(kind) {
                continue;
            }
            let (mut rows, mut cursor) = (Vec::new(), None);
            loop {
                let query = Query::default()
                    .with("kind", Some(kind.word()))
                    .with("cursor", cursor.as_ref());
                let page: NamesTable = self.ask("/v1/names", query, &Named::default())?;
                rows.extend(page.rows);
                match page.next {
                    Some(next) => cursor = Some(next),
                    None => break,
                }
            }
            Rc::make_mut(&mut self.names.borrow_mut()).add(kind, rows);
        }
        Ok(Names {
            known: Known::Table(self.names.borrow().clone()),
            texts,
        })
    }
}
