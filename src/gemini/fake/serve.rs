//! The addresses, and how an answer goes out: whole, in events, or not as it should.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::stream;
use serde_json::{Value, json};

use super::answers::{Outcome, Question};
use super::check::{in_camel_case, refused, sampling};
use super::refusals::{self, Refusal};
use super::scenario::{Marker, Scenario};
use super::{KEY, Logged, State, batch, lock};

type App = Shared<Arc<State>>;

pub fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/v1beta/models", get(models))
        .route("/v1beta/models/{call}", post(call))
        .route("/v1beta/cachedContents", post(async || refusals::small_cache()).get(async || pretty(&json!({}))))
        .route("/v1beta/interactions", post(interaction))
        .route("/v1beta/batches", get(async |Shared(state): App| pretty(&batch::list(&state))))
        .route("/v1beta/batches/{id}", get(look).delete(delete).post(cancel))
        .fallback(async || refusals::not_found())
        .layer(middleware::from_fn_with_state(Arc::clone(&state), admit))
        .layer(DefaultBodyLimit::disable())
        .with_state(state)
}

/// Lets the key in, and keeps what was asked.
async fn admit(Shared(state): App, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 32 << 20).await.unwrap_or_default();
    let read: Option<Value> = serde_json::from_slice(&body).ok();
    let key_in_address = parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("key=")));
    let path = parts.uri.path().to_string();
    let response = match parts.headers.get("x-goog-api-key").map(|key| key.as_bytes() == KEY.as_bytes()) {
        None => refusals::no_key().into_response(),
        Some(false) => refusals::wrong_key().into_response(),
        Some(true) => next.run(Request::from_parts(parts, Body::from(body))).await,
    };
    let sampling = read.clone().map_or(0, |body| sampling(&in_camel_case(body)));
    lock(&state.log).push(Logged { path, body: read, status: response.status().as_u16(), sampling, key_in_address });
    response
}

async fn models() -> Response {
    let model =
        json!({ "name": "models/gemini-3.8-flash", "displayName": "Gemini 3.8 Flash", "supportedGenerationMethods": ["generateContent"] });
    pretty(&json!({ "models": [model], "nextPageToken": "fake" }))
}

async fn call(
    Shared(state): App,
    Path(call): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some((model, method)) = call.split_once(':') else { return refusals::not_found().into_response() };
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return refusals::invalid("Invalid JSON payload received. Unexpected end of string.").into_response();
    };
    let body = in_camel_case(body);
    match method {
        "batchGenerateContent" => result(batch::create(&state, model, &body)),
        "countTokens" => pretty(&json!({ "totalTokens": body.to_string().len() / 4 })),
        "generateContent" | "streamGenerateContent" => {
            if let Some(refusal) = refused(model, method, &body) {
                return refusal.into_response();
            }
            let question = Question { model, body: &body };
            let outcome = question.answered(scenario(&state, &question, &headers));
            if method == "generateContent" { whole(outcome) } else { streamed(outcome, &question, query.get("alt").map(String::as_str)) }
        }
        _ => refusals::no_model(model, method).into_response(),
    }
}

/// What this question is met with, now.
fn scenario(state: &State, question: &Question, headers: &HeaderMap) -> Option<Scenario> {
    let prompt = question.prompt();
    let named = headers.get("x-fake-scenario").and_then(|name| name.to_str().ok());
    let marker = named.map_or_else(|| Marker::find(&prompt), Marker::named)?;
    if marker.json_only && !question.wants_json() {
        return None;
    }
    // counted for the question's kind: research that passed leaves what follows it alone
    let mut met = lock(&state.met);
    let met = met.entry(format!("{} {}", marker.text, question.wants_json())).or_default();
    *met += 1;
    marker.times.is_none_or(|times| *met <= times).then_some(marker.scenario)
}

fn whole(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Reply(reply) => pretty(&reply),
        Outcome::Huge(reply) => ("\n".repeat(10 << 20) + &reply.to_string()).into_response(),
        Outcome::Refused(refusal) => refusal.into_response(),
        Outcome::OnTheWay(scenario) => on_the_way(scenario),
    }
}

fn on_the_way(scenario: Scenario) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    let html = [(header::CONTENT_TYPE, "text/html")];
    let page = "<!DOCTYPE html><html><title>502. That’s an error.</title></html>";
    match scenario {
        Scenario::Slow => (json, drops(Duration::from_millis(100))).into_response(),
        Scenario::Cut => (json, cut()).into_response(),
        Scenario::HtmlError => (StatusCode::BAD_GATEWAY, html, page).into_response(),
        Scenario::HtmlPage => (html, page).into_response(),
        Scenario::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/v1beta/models?stolen")]).into_response(),
        Scenario::LimitHeader => {
            let mut response = refusals::bare_limit().into_response();
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("7"));
            response
        }
        _ => refusals::internal().into_response(),
    }
}

/// A body that begins and goes on, drop by drop, for longer than anybody waits.
fn drops(pause: Duration) -> Body {
    Body::from_stream(stream::unfold((), move |()| async move {
        tokio::time::sleep(pause).await;
        Some((Ok::<_, std::io::Error>(" "), ()))
    }))
}

/// A body that ends in the middle, with its connection.
fn cut() -> Body {
    let lost = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "cut");
    Body::from_stream(stream::iter([Ok("{\n  \"candidates\": [\n"), Err(lost)]))
}

/// Five events, the last of which says how it ended and what it rests on.
fn streamed(outcome: Outcome, question: &Question, alt: Option<&str>) -> Response {
    let (reply, fails) = match outcome {
        Outcome::Reply(reply) => (reply, false),
        Outcome::OnTheWay(Scenario::StreamFails) => match question.answered(None) {
            Outcome::Reply(reply) => (reply, true),
            other => return whole(other),
        },
        other => return whole(other),
    };
    let mut events = pieces(&reply);
    if fails {
        events.truncate(2);
        events.push(refusals::overloaded().body);
    }
    if alt != Some("sse") {
        return pretty(&json!(events));
    }
    let body: String = events.iter().map(|event| format!("data: {event}\r\n\r\n")).collect();
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn pieces(reply: &Value) -> Vec<Value> {
    let parts = reply["candidates"][0]["content"]["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text: Vec<char> = parts.iter().filter_map(|part| part["text"].as_str()).flat_map(str::chars).collect();
    let mut pieces: Vec<Value> = text.chunks((text.len() / 4 + 1).max(1)).map(|piece| event(reply, &String::from_iter(piece))).collect();
    while pieces.len() < 4 {
        pieces.push(event(reply, ""));
    }
    let mut last = reply.clone();
    last["candidates"][0]["content"]["parts"] = json!([{ "text": "", "thoughtSignature": "EpwCFAKE==" }]);
    pieces.push(last);
    pieces
}

fn event(reply: &Value, text: &str) -> Value {
    json!({
        "candidates": [{ "content": { "parts": [{ "text": text }], "role": "model" }, "index": 0 }],
        "usageMetadata": { "promptTokenCount": reply["usageMetadata"]["promptTokenCount"] },
        "modelVersion": reply["modelVersion"],
        "responseId": reply["responseId"],
    })
}

async fn interaction(body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = json!({ "type": "text", "text": "Understood.", "annotations": [] });
    pretty(&json!({
        "id": "fake",
        "object": "interaction",
        "status": "completed",
        "model": body["model"],
        "steps": [{ "type": "model_output", "content": [text] }],
        "usage": { "total_input_tokens": 10, "total_output_tokens": 2, "total_tokens": 12 },
    }))
}

async fn look(Shared(state): App, Path(id): Path<String>) -> Response {
    result(batch::look(&state, &id))
}

async fn delete(Shared(state): App, Path(id): Path<String>) -> Response {
    result(batch::delete(&state, &id))
}

async fn cancel(Shared(state): App, method: Method, Path(id): Path<String>) -> Response {
    match id.strip_suffix(":cancel").filter(|_| method == Method::POST) {
        Some(id) => result(batch::cancel(&state, id)),
        None => refusals::not_found().into_response(),
    }
}

fn result(result: Result<Value, Refusal>) -> Response {
    result.map_or_else(IntoResponse::into_response, |value| pretty(&value))
}

fn pretty(value: &Value) -> Response {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json; charset=UTF-8"), (header::VARY, "Origin, X-Origin, Referer")], text).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, pretty(&self.body)).into_response()
    }
}
