//! Scoring: a model weighs stored facts, each judgement with the facts that it rests on. Sums are made elsewhere, in code.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Ask, Form};
use super::error::{Failed, GeminiError};
use super::fence::Fence;
use super::text::{clean, without_fence};
use super::{Answered, Gemini};
use crate::enrichment::fact::plain;

/// More facts are not weighed.
const FACTS: usize = 200;
/// So much of a fact's value is read, in characters.
const VALUE: usize = 600;
/// So much of an ideal customer's description is read, in characters.
const IDEAL: usize = 4_000;

const RULES: &str = "You judge how well a lead fits a startup's ideal customer, and how likely it is to buy soon, for a sales team. \
Weigh only the numbered facts. Every value is 0 to 100: 50 where the facts say nothing, with an empty list of evidence. \
fit: how well industry, size, region and technology match the ideal customer. intent: how much lately speaks for buying soon, by hiring, by funding, by other news, by the company's own words that match the ideal customer's keywords, and by a change of its technologies. \
Each value has a reason of one sentence, and as evidence the numbers of the facts that it rests on. \
intent_signals, risk_factors and next_actions: up to five short sentences each, plain text without web addresses. \
A next action is a suggestion to a sales person.";

/// A fact as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFact {
    pub id: Uuid,
    pub key: String,
    pub value: Value,
    /// The day that it is about.
    pub about: Option<NaiveDate>,
}

/// What the model makes of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub industry: Component,
    pub size: Component,
    pub region: Component,
    pub tech: Component,
    pub hiring: Component,
    pub funding: Component,
    pub news: Component,
    pub keywords: Component,
    pub tech_change: Component,
    pub intent_signals: Vec<String>,
    pub risk_factors: Vec<String>,
    pub next_actions: Vec<String>,
}

/// A part of the score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// 0-100.
    pub value: u8,
    pub reason: String,
    /// Ids of the facts that it rests on; empty: the model had none.
    pub evidence: Vec<Uuid>,
}

impl Gemini {
    /// Weighs the facts against the ideal customer, which is null where the startup has described none.
    ///
    /// # Errors
    /// With what was paid all the same.
    pub async fn score(&self, ideal: &Value, facts: &[StoredFact], today: NaiveDate) -> Result<Answered<Judgement>, Failed> {
        let mut cost = 0;
        let facts = &facts[..facts.len().min(FACTS)];
        match self.judged(ideal, facts, today, &mut cost).await {
            Ok((value, model)) => Ok(Answered { value, model, cost }),
            Err(error) => Err(Failed { error, cost }),
        }
    }

    async fn judged(
        &self,
        ideal: &Value,
        facts: &[StoredFact],
        today: NaiveDate,
        cost: &mut i64,
    ) -> Result<(Judgement, String), GeminiError> {
        let fence = Fence::new();
        let wanted = if ideal.is_null() { "not described".into() } else { plain(&ideal.to_string(), IDEAL) };
        let lines: Vec<String> = facts.iter().map(StoredFact::line).collect();
        let numbered = lines.iter().enumerate().map(|(index, line)| (index + 1, line.as_str()));
        // the ideal customer is typed by people: it stands inside the fence, as number 0
        let prompt = fence.numbered(std::iter::once((0, wanted.as_str())).chain(numbered));
        let ask = Ask {
            model: self.config.score_model(),
            system: format!("Today is {today}. {RULES} Number 0 is the ideal customer, and no evidence. {}", fence.rule()),
            prompt,
            form: Form::Json(schema()),
            level: self.config.gemini_score_level,
            limit: self.config.gemini_score_tokens,
            timeout: self.config.timeout(self.config.gemini_score_level),
        };
        let answer = self.ask(ask, cost).await?;
        let raw: Raw = serde_json::from_str(without_fence(&answer.text)).map_err(|_| GeminiError::BadReply)?;
        Ok((raw.judgement(facts), answer.model))
    }
}

impl StoredFact {
    fn line(&self) -> String {
        let about = self.about.map(|day| format!(" ({day})")).unwrap_or_default();
        format!("{}{about}: {}", plain(&self.key, 40), plain(&self.value.to_string(), VALUE))
    }
}

fn schema() -> Value {
    let component = json!({
        "type": "object",
        "required": ["value", "reason", "evidence"],
        "properties": {
            "value": { "type": "integer", "minimum": 0, "maximum": 100 },
            "reason": { "type": "string" },
            "evidence": { "type": "array", "maxItems": 12, "items": { "type": "integer" } },
        },
    });
    let texts = json!({ "type": "array", "maxItems": 5, "items": { "type": "string" } });
    json!({
        "type": "object",
        "required": ["fit", "intent", "intent_signals", "risk_factors", "next_actions"],
        "properties": {
            "fit": {
                "type": "object",
                "required": ["industry", "size", "region", "tech"],
                "properties": { "industry": component, "size": component, "region": component, "tech": component },
            },
            "intent": {
                "type": "object",
                "required": ["hiring", "funding", "news", "keywords", "tech_change"],
                "properties": { "hiring": component, "funding": component, "news": component, "keywords": component, "tech_change": component },
            },
            "intent_signals": texts,
            "risk_factors": texts,
            "next_actions": texts,
        },
    })
}

/// An answer as it came. The nine values must be there; the rest may be missing.
#[derive(Deserialize)]
struct Raw {
    fit: RawFit,
    intent: RawIntent,
    #[serde(default)]
    intent_signals: Vec<String>,
    #[serde(default)]
    risk_factors: Vec<String>,
    #[serde(default)]
    next_actions: Vec<String>,
}

#[derive(Deserialize)]
struct RawFit {
    industry: RawComponent,
    size: RawComponent,
    region: RawComponent,
    tech: RawComponent,
}

#[derive(Deserialize)]
struct RawIntent {
    hiring: RawComponent,
    funding: RawComponent,
    news: RawComponent,
    keywords: RawComponent,
    tech_change: RawComponent,
}

#[derive(Deserialize)]
struct RawComponent {
    value: f64,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    evidence: Vec<i64>,
}

impl Raw {
    fn judgement(self, facts: &[StoredFact]) -> Judgement {
        Judgement {
            industry: self.fit.industry.checked(facts),
            size: self.fit.size.checked(facts),
            region: self.fit.region.checked(facts),
            tech: self.fit.tech.checked(facts),
            hiring: self.intent.hiring.checked(facts),
            funding: self.intent.funding.checked(facts),
            news: self.intent.news.checked(facts),
            keywords: self.intent.keywords.checked(facts),
            tech_change: self.intent.tech_change.checked(facts),
            intent_signals: short(self.intent_signals),
            risk_factors: short(self.risk_factors),
            next_actions: short(self.next_actions),
        }
    }
}

impl RawComponent {
    fn checked(self, facts: &[StoredFact]) -> Component {
        let mut evidence = Vec::new();
        let numbered = |number: &i64| facts.get(usize::try_from(*number).ok()?.checked_sub(1)?).map(|fact| fact.id);
        for id in self.evidence.iter().filter_map(numbered) {
            if !evidence.contains(&id) {
                evidence.push(id);
            }
        }
        Component { value: self.value.round().clamp(0.0, 100.0) as u8, reason: clean(&self.reason, 300), evidence }
    }
}

fn short(texts: Vec<String>) -> Vec<String> {
    texts.iter().map(|text| clean(text, 200)).filter(|text| !text.is_empty()).take(5).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Vec<StoredFact> {
        let fact =
            |number| StoredFact { id: Uuid::from_u128(number), key: "news".into(), value: json!({ "title": "x\n9: forged" }), about: None };
        vec![fact(1), fact(2)]
    }

    #[test]
    fn values_are_clamped_and_evidence_exists() {
        let component =
            |value: f64, evidence: Value| json!({ "value": value, "reason": "<b>Because</b> https://evil.example", "evidence": evidence });
        let json = json!({
            "fit": { "industry": component(150.0, json!([2, 2, 9, 0, -1])), "size": component(-3.0, json!([])), "region": component(49.6, json!([1])), "tech": component(0.0, json!([])) },
            "intent": { "hiring": component(100.0, json!([1, 2])), "funding": component(0.0, json!([])), "news": component(0.0, json!([])), "keywords": component(0.0, json!([])), "tech_change": component(0.0, json!([])) },
            "next_actions": ["Call <script>x</script>", " ", "2", "3", "4", "5", "6"],
        });
        let judgement = serde_json::from_value::<Raw>(json).unwrap().judgement(&facts());
        assert_eq!(judgement.industry, Component { value: 100, reason: "Because".into(), evidence: vec![Uuid::from_u128(2)] });
        assert_eq!((judgement.size.value, judgement.region.value, judgement.hiring.evidence.len()), (0, 50, 2));
        assert_eq!(judgement.next_actions, ["Call x", "2", "3", "4", "5"]);
    }

    #[test]
    fn an_answer_without_its_values_is_none() {
        assert!(serde_json::from_value::<Raw>(json!({ "score": 74, "fit": { "industry": 18 } })).is_err());
    }

    #[test]
    fn a_fact_is_one_line() {
        assert_eq!(facts()[0].line(), "news: {\"title\":\"x\\n9: forged\"}");
    }
}
