//! The stand-in itself: what it refuses, and what the client does not use of it.

use prospector::gemini::fake::{Fake, KEY, Scenario};
use reqwest::{Client, Method};
use serde_json::{Value, json};

const FLASH: &str = "gemini-3.8-flash";

struct Google {
    fake: Fake,
    client: Client,
}

impl Google {
    async fn new() -> Self {
        // no encryption is needed here, but the builder wants to know which
        rustls::crypto::ring::default_provider().install_default().ok();
        Self { fake: Fake::start().await.unwrap(), client: Client::builder().no_proxy().build().unwrap() }
    }

    async fn raw(&self, method: Method, path: &str, scenario: &str, body: &Value) -> (u16, String) {
        let request = self.client.request(method, format!("{}/v1beta/{path}", self.fake.base_url()));
        let request = request.header("x-goog-api-key", KEY).header("x-fake-scenario", scenario).body(body.to_string());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let (status, text) = self.raw(method, path, "", body).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn generate(&self, model: &str, body: &Value) -> (u16, Value) {
        self.call(Method::POST, &format!("models/{model}:generateContent"), body).await
    }
}

fn question(config: Value) -> Value {
    json!({ "contents": [{ "role": "user", "parts": [{ "text": "Research the company \"Acme\"." }] }], "generationConfig": config })
}

#[tokio::test]
async fn without_the_key_nothing_is_answered() {
    let google = Google::new().await;
    let url = format!("{}/v1beta/models?pageSize=1", google.fake.base_url());
    let none = google.client.get(&url).send().await.unwrap();
    assert_eq!(none.status(), 403);
    let wrong = google.client.get(&url).header("x-goog-api-key", "x").send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    assert!(wrong.text().await.unwrap().contains("\"reason\": \"API_KEY_INVALID\""));
    assert_eq!(google.call(Method::GET, "models?pageSize=1&key=x", &Value::Null).await.0, 200);
    assert!(google.fake.requests().last().unwrap().key_in_address);
}

#[tokio::test]
async fn what_google_refuses_is_refused() {
    let google = Google::new().await;
    let schema = json!({ "type": "object" });
    let json_type = "application/json";
    let with = |field: &str, value: Value| {
        let mut body = question(json!({}));
        body[field] = value;
        body
    };
    let mut searched = question(json!({ "responseMimeType": json_type }));
    searched["tools"] = json!([{ "googleSearch": {} }]);
    let mut answered = question(json!({}));
    answered["contents"].as_array_mut().unwrap().push(json!({ "role": "model", "parts": [{ "text": "{" }] }));
    for (model, body, status, message) in [
        (FLASH, with("generation_confg", json!({})), 400, "Unknown name \"generationConfg\": Cannot find field."),
        (FLASH, question(json!({ "max_tokens": 1 })), 400, "Unknown name \"maxTokens\" at 'generation_config': Cannot find field."),
        (FLASH, with("tools", json!([{ "google": {} }])), 400, "at 'tools[0]'"),
        (
            FLASH,
            question(json!({ "responseMimeType": json_type, "responseSchema": schema, "responseJsonSchema": schema })),
            400,
            "Only one of",
        ),
        (FLASH, question(json!({ "responseJsonSchema": schema })), 400, "response mime type"),
        (FLASH, question(json!({ "thinkingConfig": { "thinkingLevel": "low", "thinkingBudget": 1 } })), 400, "thinking budget"),
        (FLASH, question(json!({ "thinkingConfig": { "thinkingLevel": "minimal" } })), 400, "MINIMAL is not supported"),
        ("gemini-3.7-flash", question(json!({ "thinking_config": { "thinking_level": "MINIMAL" } })), 400, "MINIMAL is not supported"),
        ("gemini-3.1-pro-preview", question(json!({ "thinkingConfig": { "thinkingLevel": "MINIMAL" } })), 400, "MINIMAL"),
        (FLASH, answered.clone(), 400, "last turn"),
        ("gemini-2.5-flash", searched.clone(), 400, "Tool use with a response mime type: 'application/json' is unsupported"),
        ("gemini-3-pro-preview", question(json!({})), 404, "is not found for API version v1beta"),
        (FLASH, json!({}), 400, "contents is not specified"),
    ] {
        let (answered, reply) = google.generate(model, &body).await;
        assert_eq!(answered, status, "{body}");
        assert!(reply["error"]["message"].as_str().unwrap().contains(message), "{reply}");
    }
    for (model, body) in [
        ("gemini-3.6-flash", question(json!({ "thinkingConfig": { "thinkingLevel": "minimal" } }))),
        ("gemini-3.5-flash", answered),
        (FLASH, searched),
        (FLASH, question(json!({ "max_output_tokens": 100, "response_mime_type": json_type, "response_json_schema": { "a_b": 1 } }))),
    ] {
        assert_eq!(google.generate(model, &body).await.0, 200, "{model} {body}");
    }
}

#[tokio::test]
async fn sampling_is_ignored_and_counted() {
    let google = Google::new().await;
    let body = question(json!({ "temperature": 0.1, "top_p": 1, "topK": 3, "candidateCount": 1 }));
    assert_eq!(google.generate(FLASH, &body).await.0, 200);
    assert_eq!(google.fake.requests()[0].sampling, 4);
}

#[tokio::test]
async fn search_and_json_in_one_call_are_answered() {
    let google = Google::new().await;
    let mut body = question(json!({ "responseMimeType": "application/json" }));
    body["tools"] = json!([{ "googleSearch": {} }]);
    let candidate = google.generate(FLASH, &body).await.1["candidates"][0].clone();
    assert_eq!(candidate["groundingMetadata"]["webSearchQueries"][0], "");
    assert!(candidate["content"]["parts"][0]["text"].as_str().unwrap().ends_with("} "));
}

#[tokio::test]
async fn a_stream_ends_with_what_it_rests_on() {
    let google = Google::new().await;
    let mut body = question(json!({}));
    body["tools"] = json!([{ "googleSearch": {} }]);
    let whole = google.generate(FLASH, &body).await.1;
    let path = format!("models/{FLASH}:streamGenerateContent?alt=sse");
    let (status, text) = google.raw(Method::POST, &path, "", &body).await;
    let events: Vec<Value> =
        text.split_terminator("\r\n\r\n").map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap()).collect();
    assert_eq!((status, events.len()), (200, 5));
    let said: String = events.iter().filter_map(|event| event["candidates"][0]["content"]["parts"][0]["text"].as_str()).collect();
    assert_eq!(said, whole["candidates"][0]["content"]["parts"][0]["text"]);
    assert!(events[..4].iter().all(|event| event["candidates"][0].get("finishReason").is_none()));
    assert_eq!(events[4]["candidates"][0]["groundingMetadata"], whole["candidates"][0]["groundingMetadata"]);

    let (status, text) = google.raw(Method::POST, &path, "stream-fails", &body).await;
    let last: Value = serde_json::from_str(text.trim_end().rsplit("data: ").next().unwrap()).unwrap();
    assert_eq!((status, text.matches("data: ").count(), &last["error"]["code"]), (200, 3, &json!(503)));
}

#[tokio::test]
async fn a_batch_comes_to_its_end_with_one_line_failed() {
    let google = Google::new().await;
    let line = |text: &str, key: &str| json!({ "request": { "contents": [{ "parts": [{ "text": text }] }] }, "metadata": { "key": key } });
    let requests = json!([line("Say yes.", "lead-1"), line("scenario-internal", "lead-2"), line("Say no.", "lead-3")]);
    let body = json!({ "batch": { "displayName": "score", "inputConfig": { "requests": { "requests": requests } } } });
    let (status, made) = google.call(Method::POST, &format!("models/{FLASH}:batchGenerateContent"), &body).await;
    assert_eq!((status, &made["metadata"]["state"]), (200, &json!("BATCH_STATE_PENDING")));
    let name = made["name"].as_str().unwrap();
    let running = google.call(Method::GET, name, &Value::Null).await.1;
    assert_eq!(running["metadata"]["state"], "BATCH_STATE_RUNNING");
    let done = google.call(Method::GET, name, &Value::Null).await.1;
    assert_eq!(done["metadata"]["state"], "BATCH_STATE_SUCCEEDED");
    let lines = done["metadata"]["output"]["inlinedResponses"]["inlinedResponses"].as_array().unwrap();
    let keys: Vec<&Value> = lines.iter().map(|line| &line["metadata"]["key"]).collect();
    assert_eq!(keys, ["lead-1", "lead-2", "lead-3"]);
    assert_eq!(lines.iter().map(|line| line.get("error").is_some()).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(google.call(Method::POST, &format!("{name}:cancel"), &Value::Null).await.0, 200);
    assert_eq!(google.call(Method::GET, "batches", &Value::Null).await.1["operations"].as_array().unwrap().len(), 1);
    assert_eq!(google.call(Method::DELETE, name, &Value::Null).await.0, 200);
    assert_eq!(google.call(Method::GET, name, &Value::Null).await.0, 404);
}

#[tokio::test]
async fn every_scenario_can_be_asked_for() {
    let google = Google::new().await;
    let path = format!("models/{FLASH}:generateContent");
    for scenario in Scenario::ALL.iter().filter(|scenario| !matches!(scenario, Scenario::Slow | Scenario::Cut)) {
        let (status, text) = google.raw(Method::POST, &path, scenario.as_str(), &question(json!({}))).await;
        let is_pretty = text.starts_with("{\n  \"");
        let is_page = matches!(scenario, Scenario::HtmlError | Scenario::HtmlPage | Scenario::Huge | Scenario::Redirect);
        assert!(status > 0 && (is_pretty || is_page), "{scenario}: {status} {}", &text[..text.len().min(80)]);
    }
}

#[tokio::test]
async fn the_other_addresses_answer() {
    let google = Google::new().await;
    assert_eq!(google.call(Method::POST, &format!("models/{FLASH}:countTokens"), &question(json!({}))).await.0, 200);
    assert_eq!(google.call(Method::POST, "cachedContents", &json!({})).await.0, 400);
    assert_eq!(google.call(Method::POST, "interactions", &json!({ "model": FLASH })).await.1["status"], "completed");
    assert_eq!(google.call(Method::GET, "nothing", &Value::Null).await.0, 404);
    assert!(Fake::listen("0.0.0.0:0".parse().unwrap()).await.is_err());
}
