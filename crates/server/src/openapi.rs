//! The API's description (OpenAPI 3.1): from the handlers, with the journal's own schemas of events inside.
//!
//! Documents describe themselves; events and proposals have schemas of their own (`minhbach schema`), which go in as they
//! are, one component an event type.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use minhbach_events::{Event, Proposal};
use minhbach_ledger::Language;
use serde_json::{Map, Value, json};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::openapi::{Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use crate::problem::{self, Message, PROBLEM_JSON, Problem, codes};
use crate::proposal_form::put_joint_rules;
use crate::routes;
use crate::texts::text;

/// The description, made once.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| finished(routes::described()))
}

/// The frame that the routes are put into.
pub(crate) fn frame() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Sổ Minh Bạch")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(text(Language::English, "openapi-about")));
    OpenApiBuilder::new().info(info.build()).build()
}

/// A schema that is put in later, under its name.
macro_rules! stands_for {
    ($($(#[$meta:meta])* $type:ident = $name:literal;)+) => {
        $($(#[$meta])*
        pub(crate) struct $type;

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        })+
    };
}

stands_for! {
    /// What `POST /v1/entries` takes.
    ProposalBody = "Proposal";
    /// An entry of the journal.
    EntryBody = "Entry";
    /// A plan as it stands.
    PlanBody = "ProgrammePublished";
}

/// A response that is a problem document.
fn problem(description: &'static str) -> RefOr<Response> {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(description)
        .content(PROBLEM_JSON, Content::new(Some(schema)))
        .build()
        .into()
}

fn problems(of: &[(&str, &'static str)]) -> BTreeMap<String, RefOr<Response>> {
    of.iter()
        .map(|(status, description)| ((*status).to_owned(), problem(description)))
        .collect()
}

const TOO_MANY: &str = "More requests than the limit; `Retry-After` says when to come back";

/// What a server says that is not there, or not yet.
pub(crate) struct Unavailable;

impl IntoResponses for Unavailable {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[("503", "Not ready, ending, or stopped after a failure")])
    }
}

/// What may be answered whatever is asked.
pub(crate) struct FollowProblems;

impl IntoResponses for FollowProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = problems(&[("400", "A parameter is not of its form"), ("429", TOO_MANY)]);
        responses.extend(Unavailable::responses());
        responses
    }
}

/// What somebody who wants to follow can be told instead of entries.
pub(crate) struct StreamProblems;

impl IntoResponses for StreamProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = FollowProblems::responses();
        responses.extend(problems(&[("409", "The ledger does not have as many entries")]));
        responses
    }
}

/// What a question that names nothing can be answered instead of a document.
pub(crate) struct ListProblems;

impl IntoResponses for ListProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = FollowProblems::responses();
        let unchanged =
            ResponseBuilder::new().description("The tag in `If-None-Match` is that of the present answer");
        responses.insert("304".to_owned(), unchanged.build().into());
        responses
    }
}

/// What a question can be answered instead of a document.
pub(crate) struct ReadProblems;

impl IntoResponses for ReadProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = ListProblems::responses();
        responses.extend(problems(&[("404", "Nothing of that name")]));
        responses
    }
}

/// What a proposal can be answered instead of an acknowledgement.
pub(crate) struct WriteProblems;

impl IntoResponses for WriteProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = problems(&[
            ("400", "A parameter, a header or the proposal is not of its form"),
            ("401", "No token, or one that nobody has"),
            (
                "403",
                "The actor may not propose this, or was already one of the two pairs of eyes",
            ),
            ("408", "The body did not come in time"),
            ("409", "The state of the books stands against it"),
            ("413", "Too large"),
            ("415", "A body of another kind"),
            ("422", "The event breaks a rule"),
            ("429", TOO_MANY),
        ]);
        responses.extend(Unavailable::responses());
        responses
    }
}

/// What is made of the routes' own description.
fn finished(described: OpenApi) -> Value {
    let mut document = serde_json::to_value(described).expect("a description is JSON");
    let components = &mut document["components"];
    components["securitySchemes"]["token"] = json!({
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `minhbach actor add`. Reading needs none.",
    });
    let schemas = components["schemas"]
        .as_object_mut()
        .expect("there are documents");
    put_events(schemas);
    schemas.insert("Problem".to_owned(), as_json(&problem::Document::schema()));
    schemas.insert("Message".to_owned(), as_json(&Message::schema()));
    schemas["Problem"]["properties"]["code"]["enum"] = json!(codes());
    never_null(&mut document);
    document["tags"] = json!(
        ["entries", "what reached children", "money and goods", "programmes", "names", "operation"]
            .map(|tag| json!({"name": tag, "description": text(Language::English, &format!("tag-{}", tag.replace(' ', "-")))}))
    );
    for operation in operations(&mut document) {
        complete(operation);
    }
    examples(&mut document);
    document
}

/// Every operation of every path.
fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter();
    let paths = paths.flat_map(Map::values_mut).filter_map(Value::as_object_mut);
    paths.flat_map(Map::values_mut)
}

/// What holds of every operation: that an empty filter is none, what its answer is, and which headers come with it.
fn complete(operation: &mut Value) {
    let mut pages = false;
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        pages |= parameter["name"] == "limit";
        if parameter["in"] == "query" && parameter["required"] == false {
            parameter["allowEmptyValue"] = true.into();
        }
    }
    let summary = operation["summary"].clone();
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    let cached = responses.contains_key("304");
    for (status, response) in responses {
        let mut header = |name: &str, description: &str, schema: Value| {
            response["headers"][name] = json!({"description": description, "schema": schema});
        };
        match status.as_str() {
            "200" | "304" if cached => {
                header(
                    "ETag",
                    "For `If-None-Match`; it changes when the answer may",
                    json!({"type": "string"}),
                );
                if pages && status == "200" {
                    header(
                        "Link",
                        "Where the next page is (RFC 8288)",
                        json!({"type": "string"}),
                    );
                }
            }
            "401" => header("WWW-Authenticate", "`Bearer`", json!({"type": "string"})),
            "429" | "503" => header(
                "Retry-After",
                "Seconds to wait, where that is known",
                json!({"type": "string", "pattern": "^[0-9]+$"}),
            ),
            _ => {}
        }
        if response.get("description").is_none() {
            response["description"] = summary.clone();
        }
    }
}

fn as_json(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).expect("a schema is JSON")
}

/// Absent fields are left out, never null: what a derived schema allows of null is taken away.
fn never_null(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("oneOf") {
                choices.retain(|choice| choice["type"] != "null");
                if let [only] = choices.as_slice()
                    && let Some(only) = only.as_object().cloned()
                {
                    object.remove("oneOf");
                    object.extend(only);
                }
            }
            object.values_mut().for_each(never_null);
        }
        Value::Array(list) => list.iter_mut().for_each(never_null),
        _ => {}
    }
}

/// `receipt.issued` as a component is called: `ReceiptIssued`.
fn component_name(event_type: &str) -> String {
    let mut name = String::new();
    for word in event_type.split(['.', '_']) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(letters);
    }
    name
}

/// Entries and proposals, each event type a component of its own.
fn put_events(schemas: &mut Map<String, Value>) {
    let one_of = |names: &[(String, String)]| {
        let refs: Vec<Value> = names
            .iter()
            .map(|(_, name)| json!({"$ref": format!("#/components/schemas/{name}")}))
            .collect();
        let mapping: Map<String, Value> = names
            .iter()
            .map(|(event, name)| (event.clone(), json!(format!("#/components/schemas/{name}"))))
            .collect();
        json!({"oneOf": refs, "discriminator": {"propertyName": "type", "mapping": mapping}})
    };
    let mut events = Vec::new();
    for (event, schema) in Event::schemas() {
        let name = component_name(event);
        schemas.insert(name.clone(), schema);
        events.push((event.to_owned(), name));
    }
    let mut proposals = Vec::new();
    let mut variants = Proposal::schema()["oneOf"].take();
    for variant in variants.as_array_mut().into_iter().flatten() {
        put_joint_rules(variant);
        let event = variant["properties"]["type"]["const"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let name = format!("Propose{}", component_name(&event));
        schemas.insert(name.clone(), variant.clone());
        proposals.push((event, name));
    }
    schemas.insert("Proposal".to_owned(), one_of(&proposals));
    let mut entry = minhbach_events::Entry::schema();
    if let Some(entry) = entry.as_object_mut() {
        entry.remove("$schema");
        entry.remove("$defs");
        // Whoever generates code would call it by its title.
        entry.remove("title");
    }
    entry["properties"]["event"] = one_of(&events);
    schemas.insert("Entry".to_owned(), entry);
}

/// A fund, a gift, a decision, a handing over: what a clerk sends.
const PROPOSALS: [(&str, &str); 4] = [
    ("fund", include_str!("../examples/fund.json")),
    ("receipt", include_str!("../examples/receipt.json")),
    ("allocation", include_str!("../examples/allocation.json")),
    ("delivery", include_str!("../examples/delivery.json")),
];

fn examples(document: &mut Value) {
    let body = &mut document["paths"]["/v1/entries"]["post"]["requestBody"]["content"];
    let mut lines = String::new();
    let mut named = Map::new();
    for (name, proposal) in PROPOSALS {
        let proposal: Value = serde_json::from_str(proposal).expect("an example is JSON");
        lines.push_str(&format!("{proposal}\n"));
        named.insert(name.to_owned(), json!({"value": proposal}));
    }
    body["application/json"]["examples"] = Value::Object(named);
    body["application/x-ndjson"]["example"] = Value::String(lines);
    for operation in operations(document) {
        let Some(responses) = operation["responses"].as_object_mut() else {
            continue;
        };
        for (status, response) in responses {
            // Not by index: that would put a null where there is no content.
            if let Some(problem) = response
                .get_mut("content")
                .and_then(|content| content.get_mut(PROBLEM_JSON))
                && let Some(example) = Problem::example(status)
            {
                problem["example"] = example;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_called_after_their_events() {
        assert_eq!(component_name("receipt.issued"), "ReceiptIssued");
        assert_eq!(component_name("stock.written_off"), "StockWrittenOff");
    }

    /// Whatever is named is there, and nothing is null.
    #[test]
    fn the_description_is_whole() {
        let document = document();
        assert_eq!(document["openapi"], "3.1.0");
        let text = document.to_string();
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().expect("a name");
            assert!(
                document["components"]["schemas"].get(name).is_some(),
                "{name} is not there"
            );
        }
        assert!(
            !text.contains("\"null\"") && !text.contains(":null"),
            "some field is or may be null"
        );
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                assert!(
                    operation["summary"].is_string() && operation["operationId"].is_string(),
                    "{method} {path}"
                );
                for (status, response) in operation["responses"].as_object().expect("responses") {
                    assert!(response["description"].is_string(), "{method} {path} {status}");
                    let is_problem = !["200", "201", "304"].contains(&status.as_str());
                    assert_eq!(
                        is_problem,
                        response["content"].get(PROBLEM_JSON).is_some(),
                        "{method} {path} {status}"
                    );
                    assert!(
                        !is_problem || response["content"][PROBLEM_JSON]["example"].is_object(),
                        "{method} {path} {status} has no example"
                    );
                }
            }
        }
    }
}
