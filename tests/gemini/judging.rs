//! Scores and sentiments that go well.

use prospector::gemini::GeminiError;
use prospector::gemini::sentiment::Sentiment;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Pair, fact, facts, today};

#[tokio::test]
async fn facts_are_weighed_with_their_evidence() {
    let pair = Pair::with(crate::KEY, &["--gemini-score-model", "gemini-3.1-pro-preview"]).await;
    let ideal = json!({ "industries": ["logistics"] });
    let facts = [
        fact(1, "industry", json!({ "name": "logistics" })),
        fact(2, "location", json!({ "city": "Rotterdam" })),
        fact(3, "news", json!({ "title": "Opens an office" })),
        fact(4, "funding", json!({ "round": "Series B" })),
    ];
    let answered = pair.gemini.score(&ideal, &facts, today()).await.unwrap();
    let judged = answered.value;
    assert_eq!((judged.industry.value, &judged.industry.evidence[..]), (78, &[Uuid::from_u128(1)][..]));
    assert_eq!((judged.size.value, judged.size.evidence.len()), (50, 0));
    assert_eq!((&judged.news.evidence[..], &judged.funding.evidence[..]), (&[Uuid::from_u128(3)][..], &[Uuid::from_u128(4)][..]));
    assert!(!judged.next_actions.is_empty() && !judged.risk_factors.is_empty() && !judged.intent_signals.is_empty());
    assert!(answered.model == "gemini-3.1-pro-preview" && answered.cost > 0);

    let asked = pair.asked();
    let body = asked[0].body.as_ref().unwrap();
    assert_eq!(body["generationConfig"]["thinkingConfig"]["thinkingLevel"], "HIGH");
    assert!(body.get("tools").is_none());
    let prompt = body["contents"][0]["parts"][0]["text"].as_str().unwrap();
    assert!(prompt.contains("\n0: {\"industries\":[\"logistics\"]}\n1: industry: {\"name\":\"logistics\"}\n"), "{prompt}");
}

#[tokio::test]
async fn a_score_comes_in_many_shapes() {
    let pair = Pair::new().await;
    let good = pair.gemini.score(&Value::Null, &facts("none"), today()).await.unwrap().value;
    for scenario in ["split-json", "fenced-json", "thought-first", "broken-json-once"] {
        let found = pair.gemini.score(&Value::Null, &facts(scenario), today()).await.unwrap().value;
        assert_eq!(found, good, "{scenario}");
    }
}

#[tokio::test]
async fn a_score_of_another_shape_is_none() {
    let pair = Pair::new().await;
    let failed = pair.gemini.score(&Value::Null, &facts("score-sample"), today()).await.unwrap_err();
    assert!(failed.error == GeminiError::BadReply && failed.cost > 0 && pair.asked().len() == 1);
}

#[tokio::test]
async fn moods_are_read_in_batches() {
    let pair = Pair::new().await;
    let mut texts: Vec<(i64, String)> = (0..120).map(|number| (number * 1_000, "We spoke.".to_string())).collect();
    texts[70].1 = "They are happy and thank us.".into();
    texts[119].1 = "They want to cancel.".into();
    let answered = pair.gemini.sentiments(&texts).await.unwrap();
    assert_eq!(pair.asked().len(), 3);
    let sentiments: Vec<(i64, Sentiment)> = answered.value.iter().map(|(number, sentiment)| (*number, sentiment.unwrap())).collect();
    for (index, (number, sentiment)) in sentiments.into_iter().enumerate() {
        let expected = match index {
            70 => Sentiment::Positive,
            119 => Sentiment::Negative,
            _ => Sentiment::Neutral,
        };
        assert_eq!((number, sentiment), (index as i64 * 1_000, expected));
    }
    assert!(pair.gemini.sentiments(&[]).await.unwrap().value.is_empty() && pair.asked().len() == 3);
}

#[tokio::test]
async fn a_batch_that_fails_tells_what_the_ones_before_it_cost() {
    let pair = Pair::new().await;
    let mut texts: Vec<(i64, String)> = (0..60).map(|number| (number, "We spoke.".to_string())).collect();
    texts[59].1 = "scenario-safety".into();
    let failed = pair.gemini.sentiments(&texts).await.unwrap_err();
    assert_eq!(failed.error, GeminiError::Blocked("safety".into()));
    assert!(failed.cost > 1_000 && pair.asked().len() == 2);
}
