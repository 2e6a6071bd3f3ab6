//! Programmes, places, items, parties, roles, campaigns and pools.

use crate::effect::{OpenedLot, Outcome, Worth};
use crate::judge::{BOOKS, Judge, Stop};
use crate::line::Line;
use crate::restriction::Restriction;
use crate::slow::{Asked, Campaign, Category, Item, Party, Place, Programme, Role, Slow, future};
use crate::stock::{Origin, Stock};

type Answer = Result<Outcome, Stop>;

impl Slow {
    pub fn ledger_opened(&mut self, mut judge: Judge) -> Answer {
        judge.hard("duplicate_code", !self.entries.is_empty());
        judge.verdict()?;
        Ok(Outcome::default())
    }

    pub fn programme_published(&mut self, line: Line, mut judge: Judge, revised: bool) -> Answer {
        let at = self
            .programmes
            .iter()
            .position(|p| p.name == line.text("programme"));
        if revised {
            judge.known(at);
            judge.hard(
                "closed",
                at.is_some_and(|at| self.programmes[at].closed.is_some()),
            );
        } else {
            judge.hard("duplicate_code", at.is_some());
        }
        if let Some(parent) = line.opt("parent") {
            judge.known(self.programme(parent));
            judge.hard(
                BOOKS,
                revised && self.above_itself(parent, line.text("programme")),
            );
        }
        let groups = line.texts("groups");
        let categories: Vec<Category> = line
            .list("categories")
            .iter()
            .map(|category| Category {
                name: category.own("category"),
                facility: category.text("beneficiary") == "facility",
                sources: category.has("sources").then(|| category.texts("sources")),
                places: category.has("places").then(|| category.texts("places")),
                groups: category.has("groups").then(|| category.texts("groups")),
            })
            .collect();
        let places = line.texts("places");
        let all_places = places
            .iter()
            .chain(categories.iter().flat_map(|c| c.places.iter().flatten()));
        let place_missing = all_places.into_iter().any(|name| self.place(name).is_none());
        judge.hard("unknown_reference", place_missing);
        let group_missing = categories
            .iter()
            .flat_map(|c| c.groups.iter().flatten())
            .any(|g| !groups.contains(g));
        judge.hard("unknown_reference", group_missing);
        let target_lost = line.list("targets").iter().any(|target| {
            target
                .opt("category")
                .is_some_and(|name| !categories.iter().any(|c| c.name == name))
                || target
                    .opt("group")
                    .is_some_and(|name| !groups.iter().any(|g| g == name))
        });
        judge.hard("unknown_reference", target_lost);
        judge.verdict()?;
        let period = Line(line.get("period").expect("a period"));
        let programme = Programme {
            name: line.own("programme"),
            parent: line.opt_own("parent"),
            from: period.own("from"),
            to: period.own("to"),
            places,
            groups,
            categories,
            targets: line
                .list("targets")
                .iter()
                .map(|target| target.own("target"))
                .collect(),
            reports: line
                .list("reports")
                .iter()
                .map(|report| report.own("report"))
                .collect(),
            min_group: line.number("min_group"),
            closed: None,
        };
        match at {
            Some(at) => self.programmes[at] = programme,
            None => self.programmes.push(programme),
        }
        Ok(Outcome::default())
    }

    pub fn programme_closed(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let at = judge.known(
            self.programmes
                .iter()
                .position(|p| p.name == line.text("programme")),
        );
        if let Some(next) = line.opt("carries_to") {
            judge.known(self.programme(next));
        }
        judge.hard(
            "closed",
            at.is_some_and(|at| self.programmes[at].closed.is_some()),
        );
        future(&mut judge, line.text("on"), asked);
        judge.verdict()?;
        self.programmes[at.expect("known")].closed = Some((line.own("on"), line.opt_own("carries_to")));
        Ok(Outcome::default())
    }

    /// Whether a programme is another, or lies under it.
    fn above_itself(&self, name: &str, other: &str) -> bool {
        let mut at = Some(name.to_owned());
        while let Some(name) = at {
            if name == other {
                return true;
            }
            at = self
                .programme(&name)
                .and_then(|programme| programme.parent.clone());
        }
        false
    }

    pub fn place_registered(&mut self, line: Line, mut judge: Judge, revised: bool) -> Answer {
        let at = self.places.iter().position(|p| p.name == line.text("place"));
        if revised {
            judge.known(at);
        } else {
            judge.hard("duplicate_code", at.is_some());
        }
        if let Some(parent) = line.opt("parent") {
            judge.known(self.place(parent));
            judge.hard(
                BOOKS,
                revised && self.parents(parent).iter().any(|up| up == line.text("place")),
            );
        }
        if let Some(at) = at.filter(|_| revised) {
            let name = line.text("place");
            let used = self.needs.iter().any(|need| need.place == name)
                || self.allocations.iter().any(|allocation| allocation.place == name)
                || self.deliveries.iter().any(|delivery| delivery.place == name);
            let wide = |kind: &str| kind == "province" || kind == "district";
            judge.hard(
                "small_group",
                used && wide(&self.places[at].kind) != wide(line.text("kind")),
            );
        }
        judge.verdict()?;
        let place = Place {
            name: line.own("place"),
            kind: line.own("kind"),
            parent: line.opt_own("parent"),
            from: line.own("valid_from"),
            to: line.opt_own("valid_to"),
            succeeded: at.and_then(|at| self.places[at].succeeded.clone()),
        };
        match at {
            Some(at) => self.places[at] = place,
            None => self.places.push(place),
        }
        Ok(Outcome::default())
    }

    fn parents(&self, name: &str) -> Vec<String> {
        let mut up = Vec::new();
        let mut at = self.place(name);
        while let Some(place) = at {
            up.push(place.name.clone());
            at = place.parent.as_deref().and_then(|parent| self.place(parent));
        }
        up
    }

    /// Whether a place lies under another or is to be followed by it, directly or through others.
    fn comes_from(&self, name: &str, other: &str) -> bool {
        let mut seen: Vec<String> = vec![name.to_owned()];
        let mut at = 0;
        while at < seen.len() {
            if seen[at] == other {
                return true;
            }
            if let Some(place) = self.place(&seen[at].clone()) {
                let heirs = place.succeeded.iter().flat_map(|(_, heirs)| heirs.clone());
                let next: Vec<String> = place.parent.clone().into_iter().chain(heirs).collect();
                seen.extend(next.into_iter().filter(|n| !seen.contains(n)).collect::<Vec<_>>());
            }
            at += 1;
        }
        false
    }

    pub fn place_succeeded(&mut self, line: Line, mut judge: Judge) -> Answer {
        let at = judge.known(self.places.iter().position(|p| p.name == line.text("place")));
        let heirs: Vec<String> = line.list("successors").iter().map(|s| s.own("place")).collect();
        judge.hard(
            "unknown_reference",
            heirs.iter().any(|heir| self.place(heir).is_none()),
        );
        judge.hard("closed", at.is_some_and(|at| self.places[at].succeeded.is_some()));
        judge.hard(
            BOOKS,
            heirs.iter().any(|heir| self.comes_from(heir, line.text("place"))),
        );
        judge.verdict()?;
        self.places[at.expect("known")].succeeded = Some((line.own("on"), heirs));
        Ok(Outcome::default())
    }

    pub fn item_registered(&mut self, line: Line, mut judge: Judge, revised: bool) -> Answer {
        let at = self.items.iter().position(|item| item.name == line.text("item"));
        if revised {
            judge.known(at);
        } else {
            judge.hard("duplicate_code", at.is_some());
        }
        let counted = (line.own("form"), line.own("unit"));
        if let Some(at) = at.filter(|_| revised) {
            let name = line.text("item");
            let used = self.stocks.iter().any(|stock| stock.item == name)
                || self.pledges.iter().any(|pledge| pledge.item == name)
                || self.needs.iter().any(|need| need.item == name);
            judge.hard("item_mismatch", used && self.items[at].counted != counted);
        }
        judge.verdict()?;
        let item = Item {
            name: line.own("item"),
            counted,
            categories: line.texts("categories"),
        };
        match at {
            Some(at) => self.items[at] = item,
            None => self.items.push(item),
        }
        Ok(Outcome::default())
    }

    pub fn party_registered(&mut self, line: Line, mut judge: Judge, revised: bool) -> Answer {
        let at = self
            .parties
            .iter()
            .position(|party| party.name == line.text("party"));
        if revised {
            judge.known(at);
        } else {
            judge.hard("duplicate_code", at.is_some());
        }
        if let Some(place) = line.opt("place") {
            judge.known(self.place(place));
        }
        judge.verdict()?;
        let party = Party {
            name: line.own("party"),
            place: line.opt_own("place"),
        };
        match at {
            Some(at) => self.parties[at] = party,
            None => self.parties.push(party),
        }
        Ok(Outcome::default())
    }

    fn standing_role(&self, line: Line) -> Option<usize> {
        self.roles.iter().position(|role| {
            !role.ended
                && role.role == line.text("role")
                && role.party == line.text("party")
                && role.programme == line.opt_own("programme")
        })
    }

    pub fn role_assigned(&mut self, line: Line, mut judge: Judge) -> Answer {
        judge.hard("duplicate_code", self.standing_role(line).is_some());
        judge.known(self.party(line.text("party")));
        if let Some(programme) = line.opt("programme") {
            judge.known(self.programme(programme));
        }
        judge.verdict()?;
        self.roles.push(Role {
            role: line.own("role"),
            party: line.own("party"),
            programme: line.opt_own("programme"),
            from: line.own("from"),
            ended: false,
        });
        Ok(Outcome::default())
    }

    pub fn role_ended(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        judge.known(self.party(line.text("party")));
        if let Some(programme) = line.opt("programme") {
            judge.known(self.programme(programme));
        }
        let at = judge.known(self.standing_role(line));
        future(&mut judge, line.text("on"), asked);
        judge.hard(
            "out_of_period",
            at.is_some_and(|at| line.text("on") < self.roles[at].from.as_str()),
        );
        judge.verdict()?;
        self.roles[at.expect("known")].ended = true;
        Ok(Outcome::default())
    }

    pub fn campaign_opened(&mut self, line: Line, mut judge: Judge) -> Answer {
        judge.hard("duplicate_code", self.campaign(line.text("campaign")).is_some());
        let programme = judge.known(self.programme(line.text("programme")));
        judge.known(self.party(line.text("fund")));
        let restriction = Restriction::read(line);
        judge.hard("unknown_reference", !self.names_known(&restriction));
        let closed = programme
            .and_then(|p| p.closed.as_ref())
            .is_some_and(|(on, _)| on.as_str() < line.text("opens"));
        judge.hard("closed", closed);
        judge.verdict()?;
        self.campaigns.push(Campaign {
            name: line.own("campaign"),
            opens: line.own("opens"),
            closes: line.own("closes"),
            closed: None,
            restriction,
        });
        Ok(Outcome::default())
    }

    pub fn campaign_closed(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let at = judge.known(
            self.campaigns
                .iter()
                .position(|c| c.name == line.text("campaign")),
        );
        future(&mut judge, line.text("on"), asked);
        if let Some(at) = at {
            judge.hard("closed", self.campaigns[at].closed.is_some());
            judge.hard(
                "out_of_period",
                line.text("on") < self.campaigns[at].opens.as_str(),
            );
        }
        judge.verdict()?;
        self.campaigns[at.expect("known")].closed = Some(line.own("on"));
        Ok(Outcome::default())
    }

    pub fn pool_opened(&mut self, line: Line, mut judge: Judge, asked: &Asked) -> Answer {
        let name = line.text("pool");
        judge.hard(
            "duplicate_code",
            self.stocks.iter().any(|stock| stock.pool && stock.name == name),
        );
        judge.known(self.party(line.text("fund")));
        judge.hard("unknown_reference", !self.item_known(line.text("item")));
        let own = Restriction::read(line);
        judge.hard("unknown_reference", !self.names_known(&own));
        let campaign = line.opt("campaign").map(|name| judge.known(self.campaign(name)));
        let bound = match campaign {
            Some(Some(campaign)) => self.join(&own, &campaign.restriction, asked.today),
            _ => Some(own),
        };
        judge.hard("restriction_conflict", bound.is_none());
        judge.verdict()?;
        let mut out = Outcome::default();
        let restriction = bound.expect("something is left");
        let (fund, item, sources) = (line.own("fund"), line.own("item"), vec![line.own("source")]);
        out.opened.push(OpenedLot {
            stock: self.stock_id(0),
            name: name.to_owned(),
            pool: true,
            fund: fund.clone(),
            item: item.clone(),
            sources: sources.clone(),
            quantity: 0,
            value_vnd: Worth::Unknown,
            of_taken: false,
        });
        self.stocks.push(Stock {
            id: self.stock_id(0),
            name: name.to_owned(),
            pool: true,
            gone: false,
            fund,
            item,
            sources,
            first_restriction: restriction.clone(),
            restriction,
            depth: 0,
            origin: Origin::Receipts,
            stretches: Vec::new(),
            segments: Vec::new(),
        });
        Ok(out)
    }
}
