//! Answers in JSON: made of the numbered lines of the question, by rule, as a model makes them by reading.

use serde_json::{Value, json};

/// Numbered lines of a prompt.
pub fn numbered(prompt: &str) -> Vec<(u64, &str)> {
    let line = |line: &'_ str| -> Option<u64> { line.split_once(": ")?.0.parse().ok() };
    prompt.lines().filter_map(|text| Some((line(text)?, text.split_once(": ")?.1))).collect()
}

/// An answer after the schema, which is known by its fields.
pub fn read(prompt: &str, schema: &Value) -> Value {
    let lines = numbered(prompt);
    let has = |name: &str| schema["properties"].get(name).is_some();
    if has("sentiments") {
        return sentiments(&lines);
    }
    if has("fit") {
        return score(&lines);
    }
    extract(&lines)
}

fn sentiments(lines: &[(u64, &str)]) -> Value {
    let of = |text: &str| {
        let text = text.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match (has(&["angry", "cancel", "unhappy", "disappoint"]), has(&["great", "happy", "love", "thank"])) {
            (true, _) => "Negative",
            (false, true) => "Positive",
            (false, false) => "Neutral",
        }
    };
    let items: Vec<Value> = lines.iter().map(|(number, text)| json!({ "number": number, "sentiment": of(text) })).collect();
    json!({ "sentiments": items })
}

fn score(lines: &[(u64, &str)]) -> Value {
    let facts: Vec<&(u64, &str)> = lines.iter().filter(|(number, _)| *number > 0).collect();
    let component = |keys: &[&str], good: u8| {
        let is_about = |text: &str| keys.iter().any(|key| text.starts_with(key));
        let evidence: Vec<u64> = facts.iter().filter(|(_, text)| is_about(text)).map(|(number, _)| *number).collect();
        let (value, reason) = match evidence.len() {
            0 => (50, "The facts say nothing about it.".to_string()),
            found => (good, format!("{found} of the facts speak for it.")),
        };
        json!({ "value": value, "reason": reason, "evidence": evidence })
    };
    json!({
        "fit": {
            "industry": component(&["industry", "summary"], 78),
            "size": component(&["employees"], 70),
            "region": component(&["location"], 82),
            "tech": component(&["technology"], 64),
        },
        "intent": {
            "hiring": component(&["hiring"], 74),
            "funding": component(&["funding"], 81),
            "news": component(&["news"], 66),
            "keywords": component(&["keyword"], 58),
            "tech_change": component(&["technology"], 52),
        },
        "intent_signals": ["New money was raised within the year.", "Engineers are wanted."],
        "risk_factors": ["No budget holder is named."],
        "next_actions": ["Ask who leads the platform team.", "Congratulate on the new office."],
    })
}

fn extract(lines: &[(u64, &str)]) -> Value {
    let mut found = json!({ "ceo": [], "summary": [], "industry": [], "employees": [], "location": [], "news": [], "funding": [], "hiring": [], "market": [] });
    for (number, line) in lines {
        let Some((tag, text)) = line.strip_prefix('[').and_then(|line| line.split_once("] ")) else { continue };
        let (tag, date) = tag.split_once(' ').map_or((tag, None), |(tag, date)| (tag, Some(date)));
        if let Some(mut item) = item(tag, date, text) {
            item["line"] = json!(number);
            if let Some(items) = found[tag.to_lowercase().as_str()].as_array_mut() {
                items.push(item);
            }
        }
    }
    found
}

fn item(tag: &str, date: Option<&str>, text: &str) -> Option<Value> {
    let sentence = text.trim_end_matches('.');
    Some(match tag {
        "CEO" => json!({ "name": sentence.split(" is chief executive").next()? }),
        "SUMMARY" => json!({ "text": text }),
        "INDUSTRY" => json!({ "name": sentence.rsplit(" works in ").next()? }),
        "EMPLOYEES" => json!({ "count": numbers(sentence).last()? }),
        "LOCATION" => {
            let (city, country) = sentence.rsplit(" headquarters in ").next()?.split_once(", ")?;
            json!({ "city": city, "country": country })
        }
        "NEWS" => json!({ "title": sentence.split(" - ").next()?, "date": date }),
        "FUNDING" => funding(date, sentence),
        "HIRING" => hiring(sentence),
        "MARKET" => json!({ "score": 60 + numbers(sentence).next().unwrap_or(0).min(30) }),
        _ => return None,
    })
}

/// `Series B; 42,000,000 EUR; Fjord Ventures, Kestrel Capital` or `Series B, €42 million, announced 2026-06-11, led by A with B`.
fn funding(date: Option<&str>, text: &str) -> Value {
    let parts: Vec<&str> = text.split(if text.contains(';') { "; " } else { ", " }).collect();
    let amount = parts.get(1).copied().unwrap_or_default();
    let scale = if amount.contains("million") { 1_000_000 } else { 1 };
    let announced = parts.iter().find_map(|part| part.strip_prefix("announced "));
    let investors = parts.iter().find_map(|part| part.strip_prefix("led by ")).or(parts.get(2).copied()).unwrap_or_default();
    let investors: Vec<&str> = investors.split(", ").flat_map(|names| names.split(" with ")).filter(|name| !name.is_empty()).collect();
    json!({
        "round": parts[0],
        "amount": numbers(amount).next().map(|number| number * scale),
        "currency": if amount.contains('€') || amount.contains("EUR") { Some("EUR") } else { None },
        "date": date.or(announced),
        "investors": investors,
    })
}

/// `Acme is growing; 4 openings; Rust engineers, account executives` or `Growing: open posts for Rust engineers and account executives`.
fn hiring(text: &str) -> Value {
    let lower = text.to_lowercase();
    let trend = ["growing", "shrinking", "steady"].into_iter().find(|trend| lower.contains(trend)).unwrap_or("unknown");
    let roles = text.split("; ").nth(2).or_else(|| text.split(" posts for ").nth(1)).unwrap_or_default();
    let roles: Vec<&str> = roles.split(", ").flat_map(|roles| roles.split(" and ")).filter(|role| !role.is_empty()).collect();
    json!({ "trend": trend, "openings": text.split("; ").nth(1).and_then(|part| numbers(part).next()), "roles": roles })
}

fn numbers(text: &str) -> impl Iterator<Item = u64> {
    text.split(|c: char| !(c.is_ascii_digit() || c == ',')).filter_map(|word| word.replace(',', "").parse().ok())
}
