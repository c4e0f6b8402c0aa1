//! What Google refuses before a model sees it.

use serde_json::{Map, Value};

use super::refusals::{Refusal, invalid, no_model, unknown_field};

const MODELS: &[&str] = &[
    "gemini-3.8-flash",
    "gemini-3.7-flash",
    "gemini-3.6-flash",
    "gemini-3.5-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-flash-lite",
    "gemini-3.1-pro-preview",
    "gemini-3-flash-preview",
    "gemini-2.5-flash",
    "gemini-2.5-pro",
];
const NO_MINIMAL: &[&str] = &["gemini-3.8-flash", "gemini-3.7-flash", "gemini-3.1-pro-preview"];
/// A conversation that ends with the model's own words is refused by these.
const NO_PREFILL: &[&str] = &["gemini-3.8-flash", "gemini-3.7-flash", "gemini-3.6-flash"];

const BODY: &[&str] = &[
    "contents",
    "systemInstruction",
    "tools",
    "toolConfig",
    "safetySettings",
    "generationConfig",
    "cachedContent",
    "serviceTier",
    "model",
];
const CONFIG: &[&str] = &[
    "candidateCount",
    "stopSequences",
    "maxOutputTokens",
    "temperature",
    "topP",
    "topK",
    "seed",
    "presencePenalty",
    "frequencyPenalty",
    "responseMimeType",
    "responseSchema",
    "responseJsonSchema",
    "responseFormat",
    "responseLogprobs",
    "logprobs",
    "responseModalities",
    "mediaResolution",
    "speechConfig",
    "imageConfig",
    "thinkingConfig",
];
const THINKING: &[&str] = &["thinkingLevel", "thinkingBudget", "includeThoughts"];
const TOOLS: &[&str] =
    &["googleSearch", "urlContext", "codeExecution", "functionDeclarations", "fileSearch", "googleMaps", "computerUse", "mcpServers"];
const TURN: &[&str] = &["role", "parts"];
const PART: &[&str] = &[
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "thought",
    "thoughtSignature",
    "toolCall",
    "toolResponse",
];
const LEVELS: &[&str] = &["MINIMAL", "LOW", "MEDIUM", "HIGH"];
const SAMPLING: &[&str] = &["temperature", "topP", "topK", "candidateCount", "seed", "presencePenalty", "frequencyPenalty"];

/// Names as the API's own, whichever of the two spellings they came in. What stands in a schema is the caller's.
pub fn in_camel_case(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.into_iter().map(renamed).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(in_camel_case).collect()),
        other => other,
    }
}

fn renamed((name, value): (String, Value)) -> (String, Value) {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_string();
    let name = words.fold(first, |name, word| {
        let (head, tail) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        name + &head.to_uppercase() + tail
    });
    let is_schema = ["responseJsonSchema", "responseSchema", "parametersJsonSchema", "parameters", "args"].contains(&name.as_str());
    let value = if is_schema { value } else { in_camel_case(value) };
    (name, value)
}

/// How many fields about sampling a body has. Some models ignore them, and others will refuse them.
pub fn sampling(body: &Value) -> usize {
    let config = &body["generationConfig"];
    let budget = config["thinkingConfig"].get("thinkingBudget").is_some();
    let invocations = body["toolConfig"].get("includeServerSideToolInvocations").is_some();
    SAMPLING.iter().filter(|name| config.get(**name).is_some()).count() + usize::from(budget) + usize::from(invocations)
}

/// Why Google would not take it.
pub fn refused(model: &str, method: &str, body: &Value) -> Option<Refusal> {
    if !MODELS.contains(&model) {
        return Some(no_model(model, method));
    }
    unknown(body).or_else(|| contradiction(model, body))
}

fn unknown(body: &Value) -> Option<Refusal> {
    let stranger = |value: &Value, known: &[&str], place: &str| {
        let name = value.as_object()?.keys().find(|name| !known.contains(&name.as_str()))?;
        Some(unknown_field(name, place))
    };
    let turn = |turn: &Value, place: &str| {
        let part = |(index, part): (usize, &Value)| stranger(part, PART, &format!("{place}.parts[{index}]"));
        stranger(turn, TURN, place).or_else(|| list(&turn["parts"]).iter().enumerate().find_map(part))
    };
    stranger(body, BODY, "")
        .or_else(|| stranger(&body["generationConfig"], CONFIG, "generation_config"))
        .or_else(|| stranger(&body["generationConfig"]["thinkingConfig"], THINKING, "generation_config.thinking_config"))
        .or_else(|| turn(&body["systemInstruction"], "system_instruction"))
        .or_else(|| list(&body["contents"]).iter().enumerate().find_map(|(index, it)| turn(it, &format!("contents[{index}]"))))
        .or_else(|| list(&body["tools"]).iter().enumerate().find_map(|(index, it)| stranger(it, TOOLS, &format!("tools[{index}]"))))
}

fn contradiction(model: &str, body: &Value) -> Option<Refusal> {
    let empty = Map::new();
    let config = body["generationConfig"].as_object().unwrap_or(&empty);
    let has = |name: &str| config.contains_key(name);
    let thinking = &body["generationConfig"]["thinkingConfig"];
    let level = thinking.get("thinkingLevel").map(|level| level.as_str().unwrap_or_default().to_uppercase());
    let is_json = config.get("responseMimeType").and_then(Value::as_str) == Some("application/json");
    let searches = list(&body["tools"]).iter().any(|tool| tool.get("googleSearch").is_some());
    let last = list(&body["contents"]).last();

    if last.is_none() {
        return Some(invalid("* GenerateContentRequest.contents: contents is not specified\n"));
    }
    if has("responseSchema") && has("responseJsonSchema") {
        return Some(invalid("Only one of response_schema and response_json_schema may be set."));
    }
    if (has("responseSchema") || has("responseJsonSchema")) && !is_json {
        return Some(invalid("Response schema is only supported with response mime type: 'application/json'."));
    }
    if thinking.get("thinkingBudget").is_some() && level.is_some() {
        return Some(invalid("You can only set only one of thinking budget and thinking level."));
    }
    if let Some(level) = &level
        && !LEVELS.contains(&level.as_str())
    {
        return Some(invalid("Invalid value at 'generation_config.thinking_config.thinking_level'"));
    }
    if model.starts_with("gemini-2.5") && level.is_some() {
        return Some(invalid("Thinking level is not supported for this model."));
    }
    if level.as_deref() == Some("MINIMAL") && NO_MINIMAL.contains(&model) {
        return Some(invalid("Thinking level MINIMAL is not supported for this model."));
    }
    if searches && is_json && model.starts_with("gemini-2.5") {
        return Some(invalid("Tool use with a response mime type: 'application/json' is unsupported"));
    }
    let ends_with_model = last.is_some_and(|turn| turn["role"] == "model" && !list(&turn["parts"]).is_empty());
    (ends_with_model && NO_PREFILL.contains(&model)).then(|| invalid("Please ensure that the last turn is not a model turn."))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
