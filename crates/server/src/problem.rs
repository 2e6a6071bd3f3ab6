//! Why a request was not answered: a problem document (RFC 9457) with a code for programs and a sentence for people.

use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use minhbach_events::Amount;
use minhbach_events::words::RejectionCode;
use minhbach_ledger::{Language, Reason, Rejection};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::texts::{text, text_with};

/// The media type of a problem document.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

macro_rules! faults {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $status:ident;)+) => {
        /// What kept a request from being answered, where it was no rule of the ledger.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $($(#[$meta])* $name),+ }

        impl Fault {
            /// Every fault.
            pub const ALL: &'static [Fault] = &[$(Fault::$name),+];
            /// Its code for programs, and its name in the texts.
            pub fn code(self) -> &'static str {
                match self { $(Fault::$name => $code),+ }
            }
            fn status(self) -> StatusCode {
                match self { $(Fault::$name => StatusCode::$status),+ }
            }
        }
    };
}

faults! {
    /// No such route.
    NoRoute = "no_route", NOT_FOUND;
    /// Nothing of that code, slug or seq.
    NotFound = "not_found", NOT_FOUND;
    /// A code that is in the ledger and is no lot.
    NotALot = "not_a_lot", NOT_FOUND;
    /// A trail of more entries than go into one file.
    TrailTooLong = "trail_too_long", NOT_FOUND;
    /// A filter names something that the ledger does not know.
    UnknownName = "unknown_name", NOT_FOUND;
    /// The route does not have that method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// A parameter is not of its form.
    BadParameter = "bad_parameter", BAD_REQUEST;
    /// A parameter that the route does not have.
    UnknownParameter = "unknown_parameter", BAD_REQUEST;
    /// A parameter that stands twice.
    ParameterTwice = "parameter_twice", BAD_REQUEST;
    /// A parameter that the route needs.
    MissingParameter = "missing_parameter", BAD_REQUEST;
    /// What percent signs stand for is no text.
    BadEncoding = "bad_encoding", BAD_REQUEST;
    /// A cursor that no answer gave.
    BadCursor = "bad_cursor", BAD_REQUEST;
    /// The later day is before the earlier one.
    FromAfterTo = "from_after_to", BAD_REQUEST;
    /// Entries are to follow that the ledger does not have, nor the ones before them.
    BeyondEnd = "beyond_end", CONFLICT;
    /// A header is not of its form.
    BadHeader = "bad_header", BAD_REQUEST;
    /// A key in the header and another in the proposal.
    TwoKeys = "two_keys", BAD_REQUEST;
    /// A body of another kind.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE;
    /// A body that is compressed.
    UnsupportedContentCoding = "unsupported_content_coding", UNSUPPORTED_MEDIA_TYPE;
    /// The body ended or broke before it was whole.
    BodyUnreadable = "body_unreadable", BAD_REQUEST;
    /// The body did not come in time.
    BodyTimeout = "body_timeout", REQUEST_TIMEOUT;
    /// More lines than can be recorded together.
    TooManyLines = "too_many_lines", PAYLOAD_TOO_LARGE;
    /// No token, or one that nobody has.
    Unauthenticated = "unauthenticated", UNAUTHORIZED;
    /// More requests than the limit.
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS;
    /// All places for such requests are taken.
    Busy = "busy", SERVICE_UNAVAILABLE;
    /// The ledger is being opened.
    NotReady = "not_ready", SERVICE_UNAVAILABLE;
    /// The entry is durable, and no checkpoint that is shown covers it yet.
    NotSigned = "not_signed", SERVICE_UNAVAILABLE;
    /// The server is ending.
    ShuttingDown = "shutting_down", SERVICE_UNAVAILABLE;
    /// The writer has stopped after a failure of the disk.
    WriterStopped = "writer_stopped", SERVICE_UNAVAILABLE;
    /// The read models have failed and are rebuilt at the next start.
    ReadModelsFailed = "read_models_failed", SERVICE_UNAVAILABLE;
    /// Who may write cannot be read.
    ActorsUnreadable = "actors_unreadable", SERVICE_UNAVAILABLE;
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR;
}

/// The status of a rejection: 400 for a form that is wrong, 403 for a post that may not, 413 for what is too large, 409
/// where the state of the books stands against it and another time it may be accepted, 422 where the event itself breaks
/// a rule.
fn status_of(code: RejectionCode) -> StatusCode {
    use RejectionCode as Code;
    match code {
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::Malformed | Code::UnknownType => StatusCode::BAD_REQUEST,
        Code::NotAuthorised | Code::FourEyes => StatusCode::FORBIDDEN,
        Code::DuplicateCode
        | Code::Closed
        | Code::Expired
        | Code::InsufficientQuantity
        | Code::ReversalBlocked => StatusCode::CONFLICT,
        // As draft-ietf-httpapi-idempotency-key-header has it for a key that stands for another request.
        Code::IdempotencyConflict
        | Code::PersonalData
        | Code::UnknownReference
        | Code::OutOfPeriod
        | Code::OutOfScope
        | Code::ItemMismatch
        | Code::ValueMismatch
        | Code::SourceNotPermitted
        | Code::RestrictionViolated
        | Code::RestrictionConflict
        | Code::SmallGroup => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"vi": "Không có mã RC-7K2Q9M4XX.", "en": "There is no code RC-7K2Q9M4XX."}))]
pub(crate) struct Message {
    /// Tiếng Việt.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Message {
    /// The sentence in both languages, by what says it in one.
    pub fn both(said: impl Fn(Language) -> String) -> Message {
        Message {
            vi: said(Language::Vietnamese),
            en: said(Language::English),
        }
    }
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Vietnamese => &self.vi,
            Language::English => &self.en,
        }
    }
}

/// A request that was not answered.
///
/// As a response it is an empty body that the outermost layer fills in the reader's language.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Told>);

/// What is said of it; in a box, since every answer may be one.
#[derive(Clone, Debug)]
struct Told {
    status: StatusCode,
    code: &'static str,
    message: Message,
    data: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    answers: Option<Vec<Value>>,
}

impl Problem {
    /// A fault with the facts its sentence names.
    pub fn new(fault: Fault, facts: &[(&'static str, &dyn std::fmt::Display)]) -> Problem {
        let key = format!("problem-{}", fault.code());
        let data = facts
            .iter()
            .map(|(name, fact)| ((*name).to_owned(), Value::from(fact.to_string())));
        let mut problem = Problem(Box::new(Told {
            status: fault.status(),
            code: fault.code(),
            message: Message::both(|language| text_with(language, &key, facts)),
            data: data.collect(),
            headers: Vec::new(),
            answers: None,
        }));
        match fault {
            // What is taken instead (RFC 9110, 12.5.3).
            Fault::UnsupportedContentCoding => {
                problem.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            }
            Fault::Unauthenticated => problem.header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Fault::Busy | Fault::NotReady | Fault::NotSigned | Fault::ShuttingDown => {
                problem.header(RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        problem
    }

    /// A fault whose sentence has a part that is a sentence itself, in the same language.
    pub fn because(
        fault: Fault,
        facts: &[(&'static str, &dyn std::fmt::Display)],
        why: impl Fn(Language) -> String,
    ) -> Problem {
        let mut problem = Problem::new(fault, facts);
        let key = format!("problem-{}", fault.code());
        problem.0.message = Message::both(|language| {
            let why = why(language);
            let mut facts = facts.to_vec();
            facts.push(("why", &why));
            text_with(language, &key, &facts)
        });
        problem
    }

    /// A proposal that a rule refused.
    pub fn refused(rejection: &Rejection) -> Problem {
        // A rejection writes its data with its sentences; they are taken apart here, not made again.
        let mut written = serde_json::to_value(rejection).unwrap_or_default();
        let data = match written.get_mut("detail").map(Value::take) {
            Some(Value::Object(data)) => data,
            _ => Map::new(),
        };
        Problem(Box::new(Told {
            status: status_of(rejection.code()),
            code: rejection.code().word(),
            message: Message::both(|language| rejection.message(language)),
            data,
            headers: Vec::new(),
            answers: None,
        }))
    }

    /// Adds a header to the answer.
    pub fn header(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.headers.push((name, value));
    }

    /// The same, for so many seconds.
    pub fn retry_after(mut self, seconds: u64) -> Problem {
        self.header(RETRY_AFTER, seconds.into());
        self
    }

    /// Adds the answers to each line, of a batch of which nothing was recorded.
    pub fn with_answers(mut self, answers: Vec<Value>) -> Problem {
        self.0.answers = Some(answers);
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Its sentence.
    pub fn sentence(&self, language: Language) -> String {
        self.0.message.in_language(language).to_owned()
    }

    /// Its code for programs.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// As an answer to one line of many: `{"code","message","detail"}`, like a rejection.
    pub fn as_line_error(&self) -> Value {
        serde_json::json!({"code": self.0.code, "message": self.0.message, "detail": self.0.data})
    }

    /// Writes the document in the reader's language.
    pub fn render(self, language: Language) -> Response {
        let (status, headers) = (self.0.status, self.0.headers.clone());
        let body = serde_json::to_vec(&self.document(language)).unwrap_or_default();
        let mut response = (
            status,
            [(CONTENT_TYPE, PROBLEM_JSON), (CACHE_CONTROL, "no-store")],
            body,
        )
            .into_response();
        response.headers_mut().extend(headers);
        response
    }

    fn document(self, language: Language) -> Document {
        Document {
            kind: format!("/problems/{}", self.0.code),
            title: text(language, &format!("title-{}", self.0.code)),
            status: self.0.status.as_u16(),
            detail: self.0.message.in_language(language).to_owned(),
            code: self.0.code.to_owned(),
            message: self.0.message,
            data: self.0.data,
            answers: self.0.answers,
        }
    }

    /// An example of a status, as the description shows it.
    pub fn example(status: &str) -> Option<Value> {
        let lot = || Rejection::new(Reason::NotInLot).with("lot", "RC-MUA-DONG-0001");
        let amounts = |rejection: Rejection| {
            rejection
                .quantity("requested", Amount(900_000_000))
                .quantity("available", Amount(500_000_000))
        };
        let problem = match status {
            "400" => Problem::new(
                Fault::UnknownParameter,
                &[("name", &"plac"), ("known", &"place, category")],
            ),
            "401" => Problem::new(Fault::Unauthenticated, &[]),
            "403" => Problem::refused(&Rejection::new(Reason::SameActor).with("by", "ke-toan")),
            "404" => Problem::new(Fault::NotFound, &[("name", &"RC-7K2Q9M4XX")]),
            "408" => Problem::new(Fault::BodyTimeout, &[]),
            "409" => Problem::refused(&amounts(lot())),
            "413" => Problem::refused(
                &Rejection::new(Reason::TooLarge)
                    .count("bytes", 65_536)
                    .count("max", 65_535),
            ),
            "415" => Problem::new(Fault::UnsupportedMediaType, &[("given", &"text/plain")]),
            "422" => Problem::refused(&Rejection::new(Reason::LongNumber).with("field", "reason")),
            "429" => Problem::new(Fault::TooManyRequests, &[("seconds", &1)]),
            "503" => Problem::new(Fault::NotReady, &[]),
            _ => return None,
        };
        serde_json::to_value(problem.document(Language::English)).ok()
    }
}

/// The code of a problem that was written, for whoever counts.
#[derive(Clone, Copy)]
pub(crate) struct ProblemCode(pub &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Why a request was not answered (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    /// Where the problem is explained, as a reference relative to the server.
    #[serde(rename = "type")]
    #[schema(example = "/problems/insufficient_quantity")]
    kind: String,
    /// Its name, in the language of `Accept-Language`.
    #[schema(example = "Không đủ số lượng")]
    title: String,
    /// The status of the response.
    #[schema(example = 409)]
    status: u16,
    /// What is wrong, where, and what to do, in the language of `Accept-Language`.
    #[schema(example = "Lô RC-MUA-DONG-0001 chỉ còn 500.000, không đủ 900.000.")]
    detail: String,
    /// The code for programs: of a rejection, or of a fault of the request.
    #[schema(example = "insufficient_quantity")]
    code: String,
    /// The sentence in both languages.
    message: Message,
    /// The facts that the sentence names.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// With `atomic=true`: the answer to each line, none of which was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    answers: Option<Vec<Value>>,
}

/// Every code that a problem can have, rejections first.
pub(crate) fn codes() -> Vec<&'static str> {
    let rejections = RejectionCode::ALL.iter().map(|code| code.word());
    rejections
        .chain(Fault::ALL.iter().map(|fault| fault.code()))
        .collect()
}
