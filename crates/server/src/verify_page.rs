//! The page on which a reader's own browser checks a proof: one file with everything in it, which asks nobody anything.

use std::net::IpAddr;
use std::sync::LazyLock;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minhbach_ledger::Language;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::address::Address;
use crate::app::App;
use crate::pages::{self, Words, base, language_of, render_under};
use crate::params::references_of;
use crate::problem::{Fault, Problem};
use crate::reads::proofs::{bundle_of, written};
use crate::texts::{text, text_with};
use crate::witnesses::AskedWitnesses;

/// The script, in the order in which its files need each other.
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("../assets/verify/vendor/noble-hashes-utils.js"),
    include_str!("../assets/verify/vendor/noble-hashes-u64.js"),
    include_str!("../assets/verify/vendor/noble-hashes-md.js"),
    include_str!("../assets/verify/vendor/noble-hashes-sha2.js"),
    include_str!("../assets/verify/vendor/noble-ed25519.js"),
    include_str!("../assets/verify/bytes.js"),
    include_str!("../assets/verify/json.js"),
    include_str!("../assets/verify/crypto.js"),
    include_str!("../assets/verify/tree.js"),
    include_str!("../assets/verify/note.js"),
    include_str!("../assets/verify/bundle.js"),
    include_str!("../assets/verify/events.js"),
    include_str!("../assets/verify/check.js"),
    include_str!("../assets/verify/words.js"),
    include_str!("../assets/verify/story.js"),
    include_str!("../assets/verify/show.js"),
    include_str!("../assets/verify/page.js"),
);
const OWN_STYLE: &str = include_str!("../assets/verify/page.css");
const VIETNAMESE: &str = include_str!("../texts/vi/verify.ftl");
const ENGLISH: &str = include_str!("../texts/en/verify.ftl");

static STYLE: LazyLock<String> = LazyLock::new(|| format!("{}{OWN_STYLE}", pages::STYLE));
/// The page may run its own script and nothing else, and may ask nobody. A copy that somebody saved has no headers, so
/// that it says this itself.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; connect-src 'none'; \
         base-uri 'none'; form-action 'self'",
        hash(SCRIPT),
        hash(&STYLE)
    )
});
/// What only a header can say.
static HEADER_POLICY: LazyLock<String> = LazyLock::new(|| format!("{}; frame-ancestors 'none'", *POLICY));
static TEXTS: LazyLock<String> = LazyLock::new(|| in_html(&texts().to_string()));

/// The longest code that is looked for; no code and no slug is longer.
const CODE_BYTES_MAX: usize = 60;

/// The routes of the page.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/verify", get(verify))
}

/// What is asked of the page.
#[derive(Deserialize)]
struct VerifyAsked {
    lang: Option<String>,
    /// What a receipt's QR names.
    code: Option<String>,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Verify {
    words: Words,
    policy: &'static str,
    style: &'static str,
    script: &'static str,
    /// The sentences of both languages, for the script.
    texts: &'static str,
    /// The log's key; empty if there is none.
    log_key: String,
    witnesses: String,
    /// What was asked for; empty if nothing was.
    code: String,
    bundle: Option<String>,
    unknown: bool,
    unknown_why: String,
    /// The address of the page in the other language.
    other_language: String,
    /// Where the reader reached the server, for links that still lead there from a saved copy.
    base: String,
}

async fn verify(
    State(app): State<App>,
    Query(asked): Query<VerifyAsked>,
    from: Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = language_of(asked.lang.as_deref(), &headers);
    let words = Words(language);
    let code = asked.code.unwrap_or_default().trim().to_owned();
    // Nothing that is too long is shown back.
    let sought = code.len() <= CODE_BYTES_MAX;
    let found = if sought && !code.is_empty() {
        bundle(&app, from.0, &code).await
    } else {
        Ok(None)
    };
    let shown = if sought { code.as_str() } else { "…" };
    // Not signed yet, too long, or nothing of that name: said on the page, with the status that it has elsewhere.
    let (bundle, why) = match found {
        Ok(Some((code, bundle))) => (Some((code, bundle)), None),
        Ok(None) if code.is_empty() => (None, None),
        Ok(None) => {
            let unknown = text_with(language, "verify-unknown", &[("code", &shown)]);
            (None, Some((StatusCode::NOT_FOUND, unknown)))
        }
        Err(problem) => (None, Some((problem.status(), problem.sentence(language)))),
    };
    let code = match &bundle {
        // As the ledger writes it, however it was typed.
        Some((code, _)) => code.clone(),
        None if sought => code,
        None => String::new(),
    };
    let page = Verify {
        words,
        policy: &POLICY,
        style: &STYLE,
        script: SCRIPT,
        texts: &TEXTS,
        log_key: log_key(&app).unwrap_or_default(),
        witnesses: in_html(&Value::from(witness_keys(&app)).to_string()),
        bundle: bundle.map(|(_, bundle)| in_html(&bundle)),
        unknown: why.is_some(),
        other_language: other_language(words, &code),
        unknown_why: why.as_ref().map(|(_, why)| why.clone()).unwrap_or_default(),
        code,
        base: base(&headers, app.settings.behind_proxy),
    };
    let mut answer = render_under(&HEADER_POLICY, words, &page)?;
    if let Some((status, _)) = why {
        *answer.status_mut() = status;
    }
    Ok(answer.into_response())
}

fn other_language(words: Words, code: &str) -> String {
    let lang = words.other();
    if code.is_empty() {
        return format!("?lang={lang}");
    }
    format!(
        "?lang={lang}&code={}",
        utf8_percent_encode(code, NON_ALPHANUMERIC)
    )
}

/// The trail bundle of a code; none if the ledger does not have the code, or publishes no proofs.
async fn bundle(app: &App, from: IpAddr, code: &str) -> Result<Option<(String, String)>, Problem> {
    if references_of(code).is_err() {
        return Ok(None);
    }
    match bundle_of(app, from, code).await {
        Ok(bundle) => Ok(Some((bundle.code.to_string(), written(code, &bundle)?))),
        Err(problem) if problem.code() == Fault::NotFound.code() => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// The log's public key, on one line; none if the ledger publishes no log.
fn log_key(app: &App) -> Option<String> {
    app.log_key().ok().map(ToString::to_string)
}

/// The keys of the witnesses whose cosignatures the page can check.
fn witness_keys(app: &App) -> Vec<String> {
    let witnesses = app.witnesses.get();
    witnesses.map(AskedWitnesses::keys).unwrap_or_default()
}

/// JSON that may stand in a `<script>`: what could end it, or a line of it, is escaped, which means the same in JSON.
fn in_html(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", u32::from(letter)))
            }
            _ => safe.push(letter),
        }
    }
    safe
}

/// The page's sentences as `{"vi":{…},"en":{…}}`, with the places of facts left in them for the script.
fn texts() -> Value {
    let of = |language: Language, file: &str| {
        let written = file.lines().filter_map(|line| line.split_once(" = "));
        let written = written
            .filter(|(name, _)| !name.starts_with('#'))
            .map(|(name, sentence)| (name.to_owned(), Value::from(sentence)));
        let shared = ["page-name", "page-other-language"]
            .map(|name| (name.to_owned(), Value::from(text(language, name))));
        Value::from(written.chain(shared).collect::<Map<_, _>>())
    };
    let both = [
        ("vi", Language::Vietnamese, VIETNAMESE),
        ("en", Language::English, ENGLISH),
    ];
    both.into_iter()
        .map(|(tag, language, file)| (tag.to_owned(), of(language, file)))
        .collect::<Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nothing_in_the_script_ends_its_element() {
        for text in [SCRIPT, &STYLE, &TEXTS] {
            let text = text.to_ascii_lowercase();
            assert!(!text.contains("</s") && !text.contains("<!--"));
        }
        // What the browser hashes is what it reads: no line end is changed on the way.
        assert!(!SCRIPT.contains('\r') && !STYLE.contains('\r'));
    }

    #[test]
    fn json_means_the_same_in_a_page_and_cannot_end_its_element() {
        let hostile = r#"{"entry":"</script><!-- & \u2028"}"#.replace("\\u2028", "\u{2028}");
        let safe = in_html(&hostile);
        assert_eq!(safe, r#"{"entry":"\u003c/script\u003e\u003c!-- \u0026 \u2028"}"#);
        let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        assert_eq!(read(&safe), read(&hostile));
    }

    /// The places of facts in a sentence.
    fn facts(sentence: &str) -> BTreeSet<&str> {
        sentence
            .split("{ $")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once(" }")?.0))
            .collect()
    }

    #[test]
    fn the_script_has_every_sentence_in_both_languages_with_the_same_facts() {
        let texts = texts();
        let (vietnamese, english) = (&texts["vi"], &texts["en"]);
        let sentences = vietnamese.as_object().expect("sentences");
        assert!(100 < sentences.len());
        assert_eq!(Some(sentences.len()), english.as_object().map(Map::len));
        for (name, sentence) in sentences {
            let (one, other) = (sentence.as_str(), english[name].as_str());
            assert_eq!(one.map(facts), other.map(facts), "{name}");
            // Names a place that the script would not fill.
            let left = one.unwrap_or_default().replace("{ $", "");
            assert_eq!(left.matches('{').count(), 0, "{name}");
        }
    }
}
