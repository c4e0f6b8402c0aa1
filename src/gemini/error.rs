//! Why a call brought nothing: kinds that the code can tell apart, each with a message for people.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, Utc};

use super::wire::Status;
use crate::enrichment::fact::plain;
use crate::enrichment::provider::{ResearchError, Retry};

/// What went wrong with a call. Google's own words are not in it: they may repeat what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeminiError {
    #[error("Google refused the Gemini key. Check GEMINI_API_KEY, and that it may use the Gemini API.")]
    Auth,
    #[error("The Gemini key's project has no billing that covers this call, or Gemini is not offered in this region.")]
    Unpaid,
    /// With Google's word for the reason.
    #[error("Gemini declined to answer ({0}).")]
    Blocked(String),
    #[error("Gemini's answer was cut off at its limit, also with twice the limit.")]
    Truncated,
    #[error("Gemini answered without searching the web, so nothing of it was kept.")]
    NotGrounded,
    #[error("{}", limit_message(*.daily, *.search))]
    RateLimited {
        /// As long as Google asks to wait, or until a daily limit is lifted.
        wait: Option<Duration>,
        /// The limit is a day's.
        daily: bool,
        /// The limit is Google Search's.
        search: bool,
    },
    #[error("Gemini is overloaded. Try again later.")]
    Overloaded,
    #[error("Gemini could not be reached, or the connection was lost.")]
    Unreachable,
    #[error("Gemini took too long to answer.")]
    Timeout,
    #[error("Gemini did not understand the request. The configured model may not offer what is asked of it.")]
    BadRequest,
    #[error("The configured Gemini model does not exist any more. Set GEMINI_MODEL or GEMINI_SCORE_MODEL to another one.")]
    ModelGone,
    #[error("Gemini's answer could not be read.")]
    BadReply,
}

fn limit_message(daily: bool, search: bool) -> &'static str {
    match (search, daily) {
        (true, true) => "The Gemini key's searches for today are used up, or its plan has none.",
        (true, false) => "The Gemini key's limit of searches is reached for the moment.",
        (false, true) => "The Gemini key's calls for today are used up.",
        (false, false) => "The Gemini key's limit of calls is reached for the moment.",
    }
}

impl GeminiError {
    /// Reads a reply that is no success. `retry_after` is the header, where there is one.
    pub(super) fn of(http: u16, body: &[u8], retry_after: Option<Duration>, now: DateTime<Utc>) -> Self {
        let status = Status::of(body);
        match http {
            400 if status.has_reason("API_KEY_INVALID") => Self::Auth,
            400 if status.status == "FAILED_PRECONDITION" => Self::Unpaid,
            401 | 403 => Self::Auth,
            402 => Self::Unpaid,
            404 => Self::ModelGone,
            408 | 504 => Self::Timeout,
            429 => Self::rate_limited(&status, retry_after, now),
            400..=499 => Self::BadRequest,
            500.. => Self::Overloaded,
            // a redirect: followed, the key would go wherever it leads
            _ => Self::BadReply,
        }
    }

    fn rate_limited(status: &Status, retry_after: Option<Duration>, now: DateTime<Utc>) -> Self {
        let violations = || status.details.iter().flat_map(|detail| &detail.violations);
        let daily = violations().any(|violation| is_daily(&violation.quota_id));
        let search = violations().any(|violation| violation.quota_metric.contains("search_grounding"));
        let asked = status.details.iter().find_map(|detail| seconds(detail.retry_delay.as_deref()?)).or(retry_after);
        // the delay that comes with a daily limit is a minute's: it is lifted at midnight on the Pacific
        let wait = if daily { Some(until_pacific_midnight(now)) } else { asked };
        Self::RateLimited { wait, daily, search }
    }

    /// Google's word for why it declined, fit to be shown.
    pub(super) fn blocked(reason: &str) -> Self {
        let word: String = plain(reason, 60).chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        Self::Blocked(if word.is_empty() { "no reason given".into() } else { word.replace('_', " ").to_lowercase() })
    }

    /// Whether another run may help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Auth | Self::Unpaid | Self::Blocked(_) | Self::Truncated | Self::BadRequest | Self::ModelGone => Retry::Never,
            Self::RateLimited { wait: Some(wait), .. } => Retry::After(*wait),
            Self::RateLimited { wait: None, .. } => Retry::After(Duration::from_secs(60)),
            Self::NotGrounded | Self::Overloaded | Self::Unreachable | Self::Timeout | Self::BadReply => Retry::Later,
        }
    }
}

impl Status {
    fn has_reason(&self, reason: &str) -> bool {
        self.details.iter().any(|detail| detail.reason.as_deref() == Some(reason))
    }
}

fn is_daily(quota: &str) -> bool {
    let quota = quota.to_ascii_lowercase();
    quota.contains("perday") || quota.contains("per_day")
}

/// `38.2s`.
fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.trim().strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok().filter(|wait| *wait <= Duration::from_secs(86_400))
}

/// In winter the day changes there at 08:00 UTC, in summer an hour earlier: a while later at most.
fn until_pacific_midnight(now: DateTime<Utc>) -> Duration {
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc() + chrono::Duration::minutes(8 * 60 + 5);
    let next = if now < today { today } else { today + Days::new(1) };
    (next - now).to_std().unwrap_or_default()
}

/// A call, or a row of calls, that brought nothing, with what it cost all the same in millionths of a US dollar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Failed {
    pub error: GeminiError,
    pub cost: i64,
}

impl From<Failed> for ResearchError {
    fn from(failed: Failed) -> Self {
        Self { reason: failed.error.to_string(), retry: failed.error.retry(), cost: failed.cost }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-10-12T12:00:00Z".parse().unwrap()
    }

    fn read(http: u16, body: &str) -> GeminiError {
        GeminiError::of(http, body.as_bytes(), None, noon())
    }

    #[test]
    fn the_status_decides_before_the_body() {
        let key = r#"{"error":{"code":400,"status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#;
        for (http, body, kind) in [
            (400, key, GeminiError::Auth),
            (400, "{}", GeminiError::BadRequest),
            (400, r#"{"error":{"status":"FAILED_PRECONDITION"}}"#, GeminiError::Unpaid),
            (402, "", GeminiError::Unpaid),
            (403, "", GeminiError::Auth),
            (404, "<html>", GeminiError::ModelGone),
            (302, "", GeminiError::BadReply),
            (408, "", GeminiError::Timeout),
            (503, "<html>", GeminiError::Overloaded),
        ] {
            assert_eq!(read(http, body), kind, "{http} {body}");
        }
    }

    #[test]
    fn a_daily_limit_lasts_until_midnight_on_the_pacific() {
        let body = |id: &str, metric: &str| {
            format!(
                r#"[{{"error":{{"details":[{{"violations":[{{"quotaId":"{id}","quotaMetric":"{metric}"}}]}},{{"retryDelay":"38.2s"}}]}}}}]"#
            )
        };
        let minute = read(429, &body("GenerateRequestsPerMinutePerProjectPerModel", "x"));
        assert_eq!(minute, GeminiError::RateLimited { wait: Some(Duration::from_millis(38_200)), daily: false, search: false });
        for id in ["SearchGroundingRequestsPerDay-FreeTier", "search_grounding_request_per_project_per_day_per_user"] {
            let day = read(429, &body(id, "generativelanguage.googleapis.com/search_grounding_requests"));
            let wait = Duration::from_secs((20 * 60 + 5) * 60);
            assert_eq!(day, GeminiError::RateLimited { wait: Some(wait), daily: true, search: true });
            assert_eq!(day.retry(), Retry::After(wait));
        }
        let early = "2026-10-12T07:30:00Z".parse().unwrap();
        assert_eq!(until_pacific_midnight(early), Duration::from_secs(35 * 60));
    }

    #[test]
    fn a_limit_without_details_waits_as_the_header_says_or_a_minute() {
        let header = GeminiError::of(429, b"", Some(Duration::from_secs(7)), noon());
        assert_eq!(header.retry(), Retry::After(Duration::from_secs(7)));
        assert_eq!(read(429, "").retry(), Retry::After(Duration::from_secs(60)));
    }

    #[test]
    fn a_reason_is_a_word() {
        assert_eq!(GeminiError::blocked("PROHIBITED_CONTENT").to_string(), "Gemini declined to answer (prohibited content).");
        assert_eq!(GeminiError::blocked("<script>").to_string(), "Gemini declined to answer (script).");
    }
}
