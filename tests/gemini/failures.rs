//! Every way in which a call can fail: the error, how often it was tried and with what waits, and what was paid for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use prospector::enrichment::provider::{ResearchError, Retry};
use prospector::gemini::GeminiError;
use serde_json::Value;

use crate::{Pair, facts, today};

const BACKOFF: &[u128] = &[1_000, 2_000, 4_000, 8_000];
const ONCE: &[u128] = &[1_000];
const NONE: &[u128] = &[];

fn blocked(reason: &str) -> GeminiError {
    GeminiError::Blocked(reason.into())
}

fn limited(wait: Option<f64>, daily: bool, search: bool) -> GeminiError {
    GeminiError::RateLimited { wait: wait.map(Duration::from_secs_f64), daily, search }
}

/// Scenario, error, waits, and whether Google counted tokens.
fn table() -> Vec<(&'static str, GeminiError, &'static [u128], bool)> {
    // from noon UTC until five past midnight in a Pacific winter
    let day = Some(f64::from((20 * 60 + 5) * 60));
    vec![
        ("prompt-blocked", blocked("prohibited content"), NONE, true),
        ("safety", blocked("safety"), NONE, true),
        ("recitation", blocked("recitation"), NONE, true),
        ("spii", blocked("spii"), NONE, true),
        ("new-reason", blocked("solar flare"), NONE, true),
        ("no-candidates", GeminiError::BadReply, ONCE, true),
        ("thoughts-only", GeminiError::Truncated, ONCE, true),
        ("cut-json", GeminiError::Truncated, ONCE, true),
        ("wrong-types", GeminiError::BadReply, ONCE, true),
        ("error-inside", GeminiError::BadReply, ONCE, false),
        ("no-billing", GeminiError::Unpaid, NONE, false),
        ("no-credit", GeminiError::Unpaid, NONE, false),
        ("limit-minute", limited(Some(38.2), false, false), &[38_200; 4], false),
        ("limit-long", limited(Some(95.0), false, false), NONE, false),
        ("limit-day", limited(day, true, false), NONE, false),
        ("limit-search", limited(day, true, true), NONE, false),
        ("limit-bare", limited(None, false, false), BACKOFF, false),
        ("limit-header", limited(Some(7.0), false, false), &[7_000, 7_000, 7_000, 8_000], false),
        ("internal", GeminiError::Overloaded, BACKOFF, false),
        ("overloaded", GeminiError::Overloaded, BACKOFF, false),
        ("html-error", GeminiError::Overloaded, BACKOFF, false),
        ("too-late", GeminiError::Timeout, ONCE, false),
        ("slow", GeminiError::Timeout, ONCE, false),
        ("cut", GeminiError::Unreachable, BACKOFF, false),
        ("html-page", GeminiError::BadReply, ONCE, false),
        ("huge", GeminiError::BadReply, ONCE, false),
        ("redirect", GeminiError::BadReply, ONCE, false),
    ]
}

#[tokio::test]
async fn a_score_that_fails_says_how() {
    for (scenario, error, waits, paid) in table() {
        let pair = Pair::facing(scenario).await;
        let failed = pair.gemini.score(&Value::Null, &facts(scenario), today()).await.unwrap_err();
        assert_eq!(failed.error, error, "{scenario}");
        assert_eq!(pair.waits(), waits, "{scenario}");
        assert_eq!(pair.asked().len(), waits.len() + 1, "{scenario}");
        assert_eq!(failed.cost > 0, paid, "{scenario}: {}", failed.cost);
    }
}

#[tokio::test]
async fn research_that_fails_says_so_to_people() {
    for (scenario, error, waits, paid) in table() {
        let pair = Pair::facing(scenario).await;
        let ResearchError { reason, retry, cost } = pair.research(&format!("Acme scenario-{scenario}"), None).await.unwrap_err();
        assert_eq!((reason, retry), (error.to_string(), error.retry()), "{scenario}");
        assert_eq!((pair.waits().as_slice(), pair.asked().len()), (waits, waits.len() + 1), "{scenario}");
        assert_eq!(cost > 0, paid, "{scenario}: {cost}");
    }
}

#[tokio::test]
async fn an_extraction_that_fails_has_cost_its_research() {
    for (scenario, error, waits, _) in table() {
        let pair = Pair::facing(scenario).await;
        let failed = pair.research(&format!("Acme scenario-json-{scenario}"), None).await.unwrap_err();
        assert_eq!(failed.reason, error.to_string(), "{scenario}");
        assert_eq!((pair.waits().as_slice(), pair.asked().len()), (waits, waits.len() + 2), "{scenario}");
        assert!(failed.cost > 28_000, "{scenario}: two searches were made for {}", failed.cost);
    }
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    for (scenario, waits) in [
        ("internal-once", ONCE),
        ("overloaded-twice", &[1_000, 2_000]),
        ("html-error-twice", &[1_000, 2_000]),
        ("cut-twice", &[1_000, 2_000]),
        ("limit-minute-once", &[38_200]),
        ("limit-header-twice", &[7_000, 7_000]),
        ("slow-once", ONCE),
        ("too-late-once", ONCE),
        ("no-candidates-once", ONCE),
        ("thoughts-only-once", ONCE),
        ("broken-json-once", ONCE),
        ("huge-once", ONCE),
    ] {
        let pair = Pair::facing(scenario).await;
        let score = pair.gemini.score(&Value::Null, &facts(scenario), today()).await;
        assert!(score.is_ok(), "{scenario}: {score:?}");
        assert_eq!((pair.waits().as_slice(), pair.asked().len()), (waits, waits.len() + 1), "{scenario}");
    }
}

#[tokio::test]
async fn an_answer_that_was_cut_off_is_asked_for_once_more_with_room() {
    let pair = Pair::new().await;
    let failed = pair.gemini.score(&Value::Null, &facts("thoughts-only"), today()).await.unwrap_err();
    let config = |index: usize| pair.asked()[index].body.as_ref().unwrap()["generationConfig"].clone();
    let (first, second) = (config(0), config(1));
    assert_eq!((&first["maxOutputTokens"], &first["thinkingConfig"]["thinkingLevel"]), (&16_384.into(), &"HIGH".into()));
    assert_eq!((&second["maxOutputTokens"], &second["thinkingConfig"]["thinkingLevel"]), (&32_768.into(), &"MEDIUM".into()));
    // 900 tokens in and 2042 thought, twice
    assert_eq!(failed.cost, 2 * 8_333);
}

#[tokio::test]
async fn the_log_has_neither_the_key_nor_the_question_nor_googles_words() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    // for all threads: where others meet a line of the log before this one listens, it may be switched off for good
    tracing::subscriber::set_global_default(subscriber).unwrap();
    for scenario in ["none", "limit-minute", "no-billing", "safety", "cut", "huge", "injected"] {
        let pair = Pair::new().await;
        pair.research(&format!("Acme scenario-{scenario}"), Some("acme.example")).await.ok();
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("Gemini answered") && text.contains("Gemini refused") && text.contains("429"), "{text}");
    for word in [crate::KEY, "Acme", "acme.example", "Ada", "chief", "exceeded", "generativelanguage", "billing account"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let pair = Pair::new().await;
    pair.gemini.score(&Value::Null, &facts("redirect"), today()).await.unwrap_err();
    assert!(pair.asked().iter().all(|request| request.path.ends_with(":generateContent")));
}

#[tokio::test]
async fn a_wrong_key_and_a_gone_model_are_told_apart() {
    for (key, options, error) in [
        ("another", &[][..], GeminiError::Auth),
        (crate::KEY, &["--gemini-model", "gemini-3-pro-preview"], GeminiError::ModelGone),
        (crate::KEY, &["--gemini-score-level", "minimal"], GeminiError::BadRequest),
    ] {
        let pair = Pair::with(key, options).await;
        let failed = pair.gemini.score(&Value::Null, &facts("none"), today()).await.unwrap_err();
        assert_eq!((failed.error.clone(), failed.cost, pair.asked().len()), (error, 0, 1));
        assert_eq!(failed.error.retry(), Retry::Never);
    }
}
