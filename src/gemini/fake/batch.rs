//! Batches: made, looked at until they are done, cancelled, deleted. Each look brings one a step further.

use serde_json::{Value, json};

use super::State;
use super::answers::{Outcome, Question};
use super::check::{in_camel_case, refused};
use super::lock;
use super::refusals::{Refusal, invalid, not_found};
use super::scenario::Marker;

/// A batch and how often it was looked at.
pub struct Batch {
    name: String,
    model: String,
    title: String,
    looked: u32,
    is_cancelled: bool,
    requests: Vec<Value>,
}

impl Batch {
    fn state(&self) -> &'static str {
        match (self.is_cancelled, self.looked) {
            (true, _) => "BATCH_STATE_CANCELLED",
            (false, 0) => "BATCH_STATE_PENDING",
            (false, 1) => "BATCH_STATE_RUNNING",
            (false, _) => "BATCH_STATE_SUCCEEDED",
        }
    }

    fn described(&self) -> Value {
        let mut batch = json!({
            "name": self.name,
            "metadata": {
                "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
                "name": self.name,
                "displayName": self.title,
                "state": self.state(),
                "model": format!("models/{}", self.model),
                "createTime": "2026-10-12T08:00:00Z",
                "updateTime": "2026-10-12T08:00:10Z",
                "batchStats": { "requestCount": self.requests.len().to_string() },
            },
        });
        if self.state() == "BATCH_STATE_SUCCEEDED" {
            let answers: Vec<Value> = self.requests.iter().map(|request| self.answered(request)).collect();
            batch["metadata"]["endTime"] = json!("2026-10-12T08:00:20Z");
            batch["metadata"]["output"] = json!({ "inlinedResponses": { "inlinedResponses": answers } });
        }
        batch
    }

    /// One line's answer; it can fail where the batch does not.
    fn answered(&self, request: &Value) -> Value {
        let question = Question { model: &self.model, body: &request["request"] };
        let prompt = question.prompt();
        let refusal = refused(&self.model, "batchGenerateContent", question.body).map(Outcome::Refused);
        let outcome = refusal.unwrap_or_else(|| question.answered(Marker::find(&prompt).map(|marker| marker.scenario)));
        let mut line = match outcome {
            Outcome::Reply(reply) | Outcome::Huge(reply) => json!({ "response": reply }),
            Outcome::Refused(refusal) => json!({ "error": refusal.body["error"] }),
            Outcome::OnTheWay(_) => json!({ "error": { "code": 13, "message": "Internal error encountered." } }),
        };
        line["metadata"] = request["metadata"].clone();
        line
    }
}

pub fn create(state: &State, model: &str, body: &Value) -> Result<Value, Refusal> {
    let batch = &body["batch"];
    let requests = batch["inputConfig"]["requests"]["requests"].as_array().cloned().unwrap_or_default();
    if requests.is_empty() {
        return Err(invalid("* BatchGenerateContentRequest.batch.input_config: no requests are specified\n"));
    }
    let mut batches = lock(&state.batches);
    let batch = Batch {
        name: format!("batches/fake{}", batches.len() + 1),
        model: model.to_string(),
        title: batch["displayName"].as_str().unwrap_or_default().to_string(),
        looked: 0,
        is_cancelled: false,
        requests: requests.into_iter().map(in_camel_case).collect(),
    };
    let described = batch.described();
    batches.push(batch);
    Ok(described)
}

pub fn list(state: &State) -> Value {
    let batches: Vec<Value> = lock(&state.batches).iter().map(Batch::described).collect();
    json!({ "operations": batches })
}

pub fn look(state: &State, id: &str) -> Result<Value, Refusal> {
    on(state, id, |batch| {
        batch.looked += 1;
        batch.described()
    })
}

pub fn cancel(state: &State, id: &str) -> Result<Value, Refusal> {
    on(state, id, |batch| {
        batch.is_cancelled = true;
        json!({})
    })
}

pub fn delete(state: &State, id: &str) -> Result<Value, Refusal> {
    on(state, id, |_| ())?;
    lock(&state.batches).retain(|batch| batch.name != format!("batches/{id}"));
    Ok(json!({}))
}

fn on<T>(state: &State, id: &str, act: impl FnOnce(&mut Batch) -> T) -> Result<T, Refusal> {
    lock(&state.batches).iter_mut().find(|batch| batch.name == format!("batches/{id}")).map(act).ok_or_else(not_found)
}
