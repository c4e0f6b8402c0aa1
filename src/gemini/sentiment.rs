//! The sentiment of texts, many in a call.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Ask, Form};
use super::error::{Failed, GeminiError};
use super::fence::Fence;
use super::text::without_fence;
use super::{Answered, Gemini};
use crate::choice::choice;
use crate::enrichment::fact::plain;

/// So many texts go into one call.
pub const BATCH: usize = 50;
/// So much of each is read, in characters.
const TEXT: usize = 1_500;

const RULES: &str = "You read notes of sales conversations. For each numbered text, say how the customer feels about the product and its maker: \
Positive, Neutral or Negative. Neutral where it does not show.";

choice! {
    /// How somebody sounds.
    Sentiment { Positive = "Positive", Neutral = "Neutral", Negative = "Negative" }
}

impl Gemini {
    /// The sentiment of each text, by its number: `None` where the model gave none. Of two texts with one number the first counts.
    ///
    /// # Errors
    /// When a call fails; what earlier ones of the same row cost is in it.
    pub async fn sentiments(&self, texts: &[(i64, String)]) -> Result<Answered<Vec<(i64, Option<Sentiment>)>>, Failed> {
        let mut answered =
            Answered { value: Vec::with_capacity(texts.len()), model: self.config.gemini_model.as_str().to_string(), cost: 0 };
        for batch in texts.chunks(BATCH) {
            match self.sentiments_of(batch, &mut answered.cost).await {
                Ok(sentiments) => answered.value.extend(sentiments),
                Err(error) => return Err(Failed { error, cost: answered.cost }),
            }
        }
        Ok(answered)
    }

    async fn sentiments_of(&self, texts: &[(i64, String)], cost: &mut i64) -> Result<Vec<(i64, Option<Sentiment>)>, GeminiError> {
        let fence = Fence::new();
        let plain: Vec<String> = texts.iter().map(|(_, text)| plain(text, TEXT)).collect();
        // counted anew: the caller's numbers mean nothing to the model, and may be long
        let ask = Ask {
            model: &self.config.gemini_model,
            system: format!("{RULES} {}", fence.rule()),
            prompt: fence.numbered(plain.iter().enumerate().map(|(index, text)| (index + 1, text.as_str()))),
            form: Form::Json(schema()),
            level: self.config.gemini_extract_level,
            limit: self.config.gemini_extract_tokens,
            timeout: self.config.timeout(self.config.gemini_extract_level),
        };
        let answer = self.ask(ask, cost).await?;
        let raw: Raw = serde_json::from_str(without_fence(&answer.text)).map_err(|_| GeminiError::BadReply)?;
        let sentiments = raw.by_number();
        Ok(texts.iter().enumerate().map(|(index, (number, _))| (*number, sentiments.get(&(index as u64 + 1)).copied())).collect())
    }
}

fn schema() -> Value {
    let sentiments: Vec<&str> = Sentiment::ALL.iter().map(|sentiment| sentiment.as_str()).collect();
    let item = json!({
        "type": "object",
        "required": ["number", "sentiment"],
        "properties": { "number": { "type": "integer" }, "sentiment": { "type": "string", "enum": sentiments } },
    });
    json!({
        "type": "object",
        "required": ["sentiments"],
        "properties": { "sentiments": { "type": "array", "maxItems": BATCH, "items": item } },
    })
}

#[derive(Deserialize)]
struct Raw {
    sentiments: Vec<Value>,
}

impl Raw {
    fn by_number(&self) -> HashMap<u64, Sentiment> {
        let mut sentiments = HashMap::new();
        for item in &self.sentiments {
            let number = item.get("number").and_then(Value::as_u64);
            let sentiment = item.get("sentiment").and_then(Value::as_str).and_then(|word| word.parse().ok());
            if let Some((number, sentiment)) = number.zip(sentiment) {
                sentiments.entry(number).or_insert(sentiment);
            }
        }
        sentiments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_unknown_is_none() {
        let raw: Raw = serde_json::from_value(json!({ "sentiments": [
            { "number": 1, "sentiment": "Positive" },
            { "number": 1, "sentiment": "Negative" },
            { "number": 2, "sentiment": "Delighted" },
            { "sentiment": "Neutral" },
            "Neutral",
        ] }))
        .unwrap();
        assert_eq!(raw.by_number(), HashMap::from([(1, Sentiment::Positive)]));
    }
}
