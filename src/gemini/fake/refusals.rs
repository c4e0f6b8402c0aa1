//! Refusals as Google words them.

use serde_json::{Value, json};

/// A status with its body.
pub struct Refusal {
    pub status: u16,
    pub body: Value,
}

impl Refusal {
    fn new(status: u16, name: &str, message: &str, details: Value) -> Self {
        let mut body = json!({ "error": { "code": status, "message": message, "status": name } });
        if details.as_array().is_some_and(|details| !details.is_empty()) {
            body["error"]["details"] = details;
        }
        Self { status, body }
    }
}

fn plain(status: u16, name: &str, message: &str) -> Refusal {
    Refusal::new(status, name, message, json!([]))
}

pub fn invalid(message: &str) -> Refusal {
    plain(400, "INVALID_ARGUMENT", message)
}

/// A field that Google does not know; `place` is empty for the body itself.
pub fn unknown_field(name: &str, place: &str) -> Refusal {
    let at = if place.is_empty() { String::new() } else { format!(" at '{place}'") };
    let message = format!("Invalid JSON payload received. Unknown name \"{name}\"{at}: Cannot find field.");
    let violation = json!({ "field": place, "description": message });
    let details = json!([{ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation] }]);
    Refusal::new(400, "INVALID_ARGUMENT", &message, details)
}

pub fn no_key() -> Refusal {
    let message = "Method doesn't allow unregistered callers (callers without established identity). \
                   Please use API Key or other form of API consumer identity to call this API.";
    plain(403, "PERMISSION_DENIED", message)
}

pub fn wrong_key() -> Refusal {
    let message = "API key not valid. Please pass a valid API key.";
    let details = json!([
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": { "service": "generativelanguage.googleapis.com" },
        },
        { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": message },
    ]);
    Refusal::new(400, "INVALID_ARGUMENT", message, details)
}

pub fn no_billing() -> Refusal {
    plain(400, "FAILED_PRECONDITION", "User location is not supported for the API use without a billing account linked.")
}

pub fn no_credit() -> Refusal {
    plain(402, "", "Your prepaid credits are used up.")
}

pub fn no_model(model: &str, method: &str) -> Refusal {
    let message = format!(
        "models/{model} is not found for API version v1beta, or is not supported for {method}. \
         Call ModelService.ListModels to see the list of available models and their supported methods."
    );
    plain(404, "NOT_FOUND", &message)
}

pub fn not_found() -> Refusal {
    plain(404, "NOT_FOUND", "Requested entity was not found.")
}

pub fn internal() -> Refusal {
    let message = "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting";
    plain(500, "INTERNAL", message)
}

pub fn overloaded() -> Refusal {
    let message = "This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.";
    plain(503, "UNAVAILABLE", message)
}

pub fn too_late() -> Refusal {
    plain(504, "DEADLINE_EXCEEDED", "The request timed out. Please try again.")
}

pub fn small_cache() -> Refusal {
    invalid("Cached content is too small. total_token_count=97, min_total_token_count=1024")
}

const EXCEEDED: &str = "You exceeded your current quota, please check your plan and billing details. \
    For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. \
    To monitor your current usage, head to: https://ai.dev/rate-limit. ";

/// A limit that says nothing more of itself.
pub fn bare_limit() -> Refusal {
    plain(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).")
}

/// A limit by its metric and id, with the delay that Google names.
pub fn limit(model: &str, metric: &str, id: &str, value: u32, delay: &str) -> Refusal {
    let metric = format!("generativelanguage.googleapis.com/{metric}");
    let message = format!("{EXCEEDED}\n* Quota exceeded for metric: {metric}, limit: {value}, model: {model}\nPlease retry in {delay}.");
    let link = json!({ "description": "Learn more about Gemini API quotas", "url": "https://ai.google.dev/gemini-api/docs/rate-limits" });
    let violation = json!({
        "quotaMetric": metric,
        "quotaId": id,
        "quotaDimensions": { "location": "global", "model": model },
        "quotaValue": value.to_string(),
    });
    let details = json!([
        { "@type": "type.googleapis.com/google.rpc.Help", "links": [link] },
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation] },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay },
    ]);
    Refusal::new(429, "RESOURCE_EXHAUSTED", &message, details)
}
