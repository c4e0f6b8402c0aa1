//! One call: a question goes out, and what comes back is either an answer or says why there is none.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use serde_json::Value;

use super::Gemini;
use super::config::{GeminiConfig, Level};
use super::error::GeminiError;
use super::key::{ApiKey, BaseUrl, ModelId};
use super::retry::Patience;
use super::text::without_fence;
use super::wire::{Billed, GenerationConfig, Grounding, Reply, Request, ThinkingConfig, Tool, Turn};
use crate::enrichment::fact::plain;
use crate::server::tls;

/// Largest body that is read.
const BODY: usize = 8 << 20;
/// Most tokens that a model writes.
const TOKENS: u32 = 65_536;
/// More searches than this in one call are worth a line in the log: each is paid for.
const MANY_SEARCHES: usize = 10;

/// What is asked.
pub struct Ask<'a> {
    pub model: &'a ModelId,
    pub system: String,
    pub prompt: String,
    pub form: Form,
    pub level: Level,
    /// Most tokens of the answer, thoughts included.
    pub limit: u32,
    pub timeout: Duration,
}

/// How the answer is made: search and a schema are never asked for together.
pub enum Form {
    /// Prose, with Google Search.
    Searched,
    /// JSON after this schema, without any tool.
    Json(Value),
}

/// What came back, checked as far as every call's answer is.
#[derive(Debug)]
pub struct Answer {
    pub text: String,
    pub grounding: Option<Grounding>,
    pub model: String,
}

impl Ask<'_> {
    fn body(&self) -> Request {
        let schema = match &self.form {
            Form::Searched => None,
            Form::Json(schema) => Some(schema.clone()),
        };
        Request {
            system_instruction: Turn::new(None, &self.system),
            contents: [Turn::new(Some("user"), &self.prompt)],
            tools: if schema.is_none() { vec![Tool::GoogleSearch {}] } else { Vec::new() },
            generation_config: GenerationConfig {
                max_output_tokens: self.limit,
                thinking_config: ThinkingConfig { thinking_level: self.level },
                response_mime_type: schema.is_some().then_some("application/json"),
                response_json_schema: schema,
            },
        }
    }

    /// Makes the next try likelier to succeed than the one that failed.
    fn ease(&mut self, error: &GeminiError) {
        match error {
            GeminiError::Truncated => {
                self.limit = self.limit.saturating_mul(2).min(TOKENS);
                self.level = self.level.lower();
            }
            GeminiError::Timeout => self.timeout *= 2,
            _ => {}
        }
    }
}

impl Gemini {
    /// Asks until there is an answer or no patience left. What it costs is added to `cost`, also where it fails.
    pub(super) async fn ask(&self, mut ask: Ask<'_>, cost: &mut i64) -> Result<Answer, GeminiError> {
        let mut patience = Patience::default();
        loop {
            let error = match self.ask_once(&ask, cost).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(wait) = patience.after(&error, self.clock.jitter()) else { return Err(error) };
            tracing::info!(?error, ?wait, "asking Gemini again");
            ask.ease(&error);
            self.clock.sleep(wait).await;
        }
    }

    async fn ask_once(&self, ask: &Ask<'_>, cost: &mut i64) -> Result<Answer, GeminiError> {
        let (status, retry_after, body) = self.http.post(ask).await?;
        let now = self.clock.now();
        if status != 200 {
            let error = GeminiError::of(status, &body, retry_after, now);
            tracing::warn!(status, ?error, "Gemini refused");
            return Err(error);
        }
        let Ok(reply) = serde_json::from_slice::<Reply>(&body) else {
            let usage = serde_json::from_slice::<Billed>(&body).unwrap_or_default().usage_metadata;
            *cost = cost.saturating_add(self.prices.cost(ask.model.as_str(), now.date_naive(), &usage, None));
            return Err(GeminiError::BadReply);
        };
        let grounding = reply.candidates.first().and_then(|candidate| candidate.grounding_metadata.as_ref());
        let price = self.prices.cost(ask.model.as_str(), now.date_naive(), &reply.usage_metadata, grounding);
        *cost = cost.saturating_add(price);
        note(&reply, grounding, price);
        let answer = read(reply, ask.model)?;
        if matches!(ask.form, Form::Json(_)) && serde_json::from_str::<Value>(without_fence(&answer.text)).is_err() {
            return Err(GeminiError::BadReply);
        }
        Ok(answer)
    }
}

/// Numbers for the log, and nothing that was asked or answered.
fn note(reply: &Reply, grounding: Option<&Grounding>, cost: i64) {
    let usage = &reply.usage_metadata;
    let searches = grounding.map_or(0, |grounding| grounding.queries().len());
    let (input, output, thoughts) = (usage.prompt_token_count, usage.candidates_token_count, usage.thoughts_token_count);
    let id = plain(reply.response_id.as_deref().unwrap_or_default(), 60);
    tracing::info!(id, input, output, thoughts, searches, cost, "Gemini answered");
    if searches > MANY_SEARCHES {
        tracing::warn!(searches, cost, "Gemini searched more than usual in one call");
    }
}

/// Decides, in this order: an error, a blocked question, no candidate, a reason to stop other than the end, no text.
fn read(reply: Reply, model: &ModelId) -> Result<Answer, GeminiError> {
    if reply.error.is_some() {
        return Err(GeminiError::BadReply);
    }
    if let Some(reason) = reply.prompt_feedback.and_then(|feedback| feedback.block_reason) {
        return Err(GeminiError::blocked(&reason));
    }
    let candidate = reply.candidates.into_iter().next().ok_or(GeminiError::BadReply)?;
    match candidate.finish_reason.as_deref() {
        Some("STOP") => {}
        Some("MAX_TOKENS") => return Err(GeminiError::Truncated),
        Some("MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" | "TOO_MANY_TOOL_CALLS" | "FINISH_REASON_UNSPECIFIED") | None => {
            return Err(GeminiError::BadReply);
        }
        Some(reason) => return Err(GeminiError::blocked(reason)),
    }
    let text = candidate.text();
    if text.trim().is_empty() {
        return Err(GeminiError::BadReply);
    }
    let model = reply.model_version.map_or_else(|| model.as_str().to_string(), |version| super::text::clean(&version, 60));
    Ok(Answer { text, grounding: candidate.grounding_metadata, model })
}

/// The way to Google: encrypted, without redirects, with the key in a header.
pub struct Http {
    client: Client,
    base: BaseUrl,
}

impl Http {
    pub fn new(config: &GeminiConfig, key: &ApiKey) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        headers.insert("x-goog-api-key", key.header()?);
        let client = Client::builder()
            .tls_backend_preconfigured(tls::config())
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .user_agent(concat!("prospector/", env!("CARGO_PKG_VERSION")));
        let client = if config.gemini_base_url.is_local() { client.no_proxy() } else { client };
        Ok(Self { client: client.build().map_err(|error| error.to_string())?, base: config.gemini_base_url.clone() })
    }

    async fn post(&self, ask: &Ask<'_>) -> Result<(u16, Option<Duration>, Vec<u8>), GeminiError> {
        let body = serde_json::to_vec(&ask.body()).map_err(|_| GeminiError::BadRequest)?;
        let request = self
            .client
            .post(self.base.call(ask.model, "generateContent"))
            .header(CONTENT_TYPE, "application/json")
            .header("x-server-timeout", ask.timeout.as_secs_f64().ceil().max(1.0).to_string())
            .timeout(ask.timeout)
            .body(body);
        let response = request.send().await.map_err(lost)?;
        let wait = response.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok()).map(Duration::from_secs);
        Ok((response.status().as_u16(), wait, read_body(response).await?))
    }
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, GeminiError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > BODY {
            tracing::warn!("Gemini's answer is larger than anything that it may say");
            return Err(GeminiError::BadReply);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A connection that failed. The address is left out of the log with everything else that was sent.
fn lost(error: reqwest::Error) -> GeminiError {
    let is_timeout = error.is_timeout() && !error.is_connect();
    tracing::warn!(error = %error.without_url(), "no answer from Gemini");
    if is_timeout { GeminiError::Timeout } else { GeminiError::Unreachable }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_body(json: &str) -> Result<Answer, GeminiError> {
        read(serde_json::from_str(json).unwrap(), &"gemini-3.8-flash".parse().unwrap())
    }

    #[test]
    fn thoughts_are_no_text_and_parts_are_one() {
        let json = r#"{"candidates":[{"content":{"parts":[{"text":"plan","thought":true},{"text":"{\"a\":"},{"text":"1} "}]},"finishReason":"STOP"}]}"#;
        assert_eq!(read_body(json).unwrap().text, "{\"a\":1} ");
    }

    #[test]
    fn only_an_answer_that_ended_is_one() {
        for (json, error) in [
            ("{}", GeminiError::BadReply),
            (r#"{"error":{"code":500}}"#, GeminiError::BadReply),
            (r#"{"candidates":[]}"#, GeminiError::BadReply),
            (r#"{"promptFeedback":{"blockReason":"OTHER"},"candidates":[]}"#, GeminiError::Blocked("other".into())),
            (r#"{"candidates":[{"content":{}}]}"#, GeminiError::BadReply),
            (r#"{"candidates":[{"content":{},"finishReason":"STOP"}]}"#, GeminiError::BadReply),
            (r#"{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"MAX_TOKENS"}]}"#, GeminiError::Truncated),
            (
                r#"{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"A_NEW_ONE"}]}"#,
                GeminiError::Blocked("a new one".into()),
            ),
        ] {
            assert_eq!(read_body(json).unwrap_err(), error, "{json}");
        }
    }
}
