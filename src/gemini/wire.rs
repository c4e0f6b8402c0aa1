//! The bodies that go over the wire. Every field of a reply may be missing or null; what is unknown is passed over.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::config::Level;

/// A request of one turn. There is no field for sampling: Gemini 3 is not to be sent any.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub system_instruction: Turn,
    pub contents: [Turn; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    pub generation_config: GenerationConfig,
}

#[derive(Debug, Serialize)]
pub struct Turn {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    pub parts: [Text; 1],
}

#[derive(Debug, Serialize)]
pub struct Text {
    pub text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Tool {
    GoogleSearch {},
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerationConfig {
    pub max_output_tokens: u32,
    pub thinking_config: ThinkingConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_mime_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_json_schema: Option<Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThinkingConfig {
    pub thinking_level: Level,
}

impl Turn {
    pub fn new(role: Option<&'static str>, text: &str) -> Self {
        Self { role, parts: [Text { text: text.to_string() }] }
    }
}

/// Null is as good as missing.
fn or_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reply {
    #[serde(deserialize_with = "or_empty")]
    pub candidates: Vec<Candidate>,
    pub prompt_feedback: Option<PromptFeedback>,
    #[serde(deserialize_with = "or_empty")]
    pub usage_metadata: Usage,
    pub model_version: Option<String>,
    pub response_id: Option<String>,
    /// Where it stands in a body of status 200.
    pub error: Option<Status>,
}

/// What is read of a reply that cannot be read as a whole: it has been paid for all the same.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Billed {
    pub usage_metadata: Usage,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PromptFeedback {
    pub block_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Candidate {
    pub content: Option<Content>,
    pub finish_reason: Option<String>,
    pub grounding_metadata: Option<Grounding>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Content {
    #[serde(deserialize_with = "or_empty")]
    pub parts: Vec<Part>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Part {
    pub text: Option<String>,
    /// A summary of what was thought: no part of the answer.
    #[serde(deserialize_with = "or_empty")]
    pub thought: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Grounding {
    #[serde(deserialize_with = "or_empty")]
    pub web_search_queries: Vec<String>,
    pub search_entry_point: Option<EntryPoint>,
    #[serde(deserialize_with = "or_empty")]
    pub grounding_chunks: Vec<Chunk>,
    #[serde(deserialize_with = "or_empty")]
    pub grounding_supports: Vec<Support>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EntryPoint {
    #[serde(deserialize_with = "or_empty")]
    pub rendered_content: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chunk {
    pub web: Option<Web>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Web {
    pub uri: Option<String>,
    pub title: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Support {
    pub segment: Option<Segment>,
    /// Signed: what points nowhere is passed over, not refused with the rest.
    #[serde(deserialize_with = "or_empty")]
    pub grounding_chunk_indices: Vec<i64>,
}

/// A piece of the answer, by bytes of the joined text; an index of zero is left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Segment {
    #[serde(deserialize_with = "or_empty")]
    pub start_index: i64,
    #[serde(deserialize_with = "or_empty")]
    pub end_index: i64,
    #[serde(deserialize_with = "or_empty")]
    pub text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Usage {
    #[serde(deserialize_with = "or_empty")]
    pub prompt_token_count: u64,
    #[serde(deserialize_with = "or_empty")]
    pub candidates_token_count: u64,
    #[serde(deserialize_with = "or_empty")]
    pub thoughts_token_count: u64,
}

/// What a refusal says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    #[serde(deserialize_with = "or_empty")]
    pub code: u16,
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
    #[serde(deserialize_with = "or_empty")]
    pub message: String,
    #[serde(deserialize_with = "or_empty")]
    pub details: Vec<Detail>,
}

/// All kinds of detail in one: each has its own fields.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Detail {
    pub reason: Option<String>,
    pub retry_delay: Option<String>,
    #[serde(deserialize_with = "or_empty")]
    pub violations: Vec<Violation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Violation {
    #[serde(deserialize_with = "or_empty")]
    pub quota_metric: String,
    #[serde(deserialize_with = "or_empty")]
    pub quota_id: String,
}

impl Candidate {
    /// The answer's text: all parts that are no thoughts, joined. Offsets of supports run over it, so it is not trimmed.
    pub fn text(&self) -> String {
        let parts = self.content.iter().flat_map(|content| &content.parts);
        parts.filter(|part| !part.thought).filter_map(|part| part.text.as_deref()).collect()
    }
}

impl Grounding {
    /// The searches that were made, each once. The list has empty ones.
    pub fn queries(&self) -> Vec<&str> {
        let mut unique = Vec::new();
        for query in self.web_search_queries.iter().map(|query| query.trim()).filter(|query| !query.is_empty()) {
            if !unique.contains(&query) {
                unique.push(query);
            }
        }
        unique
    }
}

impl Status {
    /// Out of a refusal's body, which a proxy may have put into a list.
    pub fn of(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let first = body.get(0).unwrap_or(&body);
        first.get("error").and_then(|error| Self::deserialize(error).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_missing_or_null_stands_in_the_way() {
        for body in [
            "{}",
            r#"{"candidates":null,"usageMetadata":null}"#,
            r#"{"candidates":[{"content":{"parts":null},"groundingMetadata":{"groundingChunks":null,"webSearchQueries":null}}]}"#,
        ] {
            assert!(serde_json::from_str::<Reply>(body).is_ok(), "{body}");
        }
    }

    #[test]
    fn recorded_shapes_are_read() {
        let read = |text: &str| serde_json::from_str::<Reply>(text).unwrap();
        let research = read(include_str!("fake/samples/research.json"));
        let grounding = research.candidates[0].grounding_metadata.clone().unwrap();
        assert_eq!((grounding.queries().len(), grounding.grounding_supports.len()), (3, 3));
        let text = research.candidates[0].text();
        for segment in grounding.grounding_supports.into_iter().filter_map(|support| support.segment) {
            assert_eq!(text[segment.start_index as usize..segment.end_index as usize], segment.text);
        }
        let score = read(include_str!("fake/samples/score.json"));
        assert_eq!(serde_json::from_str::<Value>(&score.candidates[0].text()).unwrap()["fit"]["technology"], 22);
        let one_call = read(include_str!("fake/samples/one-call.json"));
        assert_eq!((one_call.usage_metadata.candidates_token_count, one_call.candidates[0].text().ends_with(' ')), (0, true));
        assert!(read(include_str!("fake/samples/prompt-blocked.json")).prompt_feedback.is_some());
        for text in [
            include_str!("fake/samples/answer-blocked.json"),
            include_str!("fake/samples/thoughts-only.json"),
            include_str!("fake/samples/cut.json"),
            include_str!("fake/samples/unsearched.json"),
        ] {
            assert!(read(text).candidates[0].grounding_metadata.is_none(), "{text}");
        }
    }

    #[test]
    fn a_refusal_is_found_in_a_list_and_absent_from_a_page() {
        assert_eq!(Status::of(br#"[{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}]"#).code, 429);
        assert_eq!(Status::of(b"<html>").status, "");
    }

    #[test]
    fn a_request_leaves_out_what_it_does_not_use() {
        let config = GenerationConfig {
            max_output_tokens: 8_192,
            thinking_config: ThinkingConfig { thinking_level: Level::Low },
            response_mime_type: None,
            response_json_schema: None,
        };
        let request = Request {
            system_instruction: Turn::new(None, "s"),
            contents: [Turn::new(Some("user"), "p")],
            tools: vec![Tool::GoogleSearch {}],
            generation_config: config,
        };
        assert_eq!(
            serde_json::to_value(&request).unwrap(),
            serde_json::json!({
                "systemInstruction": { "parts": [{ "text": "s" }] },
                "contents": [{ "role": "user", "parts": [{ "text": "p" }] }],
                "tools": [{ "googleSearch": {} }],
                "generationConfig": { "maxOutputTokens": 8_192, "thinkingConfig": { "thinkingLevel": "LOW" } },
            })
        );
    }
}
