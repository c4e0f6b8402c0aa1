//! Words compared as people mean them: whole words, whatever their case, in the singular or plural.

/// The words of a text. `C++`, `C#` and `Node.js` stay words.
pub fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '#' | '.')));
    parts.map(|word| singular(word.trim_matches('.').to_lowercase())).filter(|word| !word.is_empty()).collect()
}

/// `services` and `service` are one word; `ss` ends no plural.
fn singular(word: String) -> String {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'i', 'u', '.']) => stem.to_string(),
        _ => word,
    }
}

/// Whether `entry` stands in `text`, all its words in a row.
pub fn within(entry: &str, text: &[String]) -> bool {
    let entry = words(entry);
    !entry.is_empty() && text.windows(entry.len()).any(|row| row == entry)
}

/// Whether one stands in the other: "Software" and "Software development".
pub fn alike(entry: &str, text: &str) -> bool {
    within(entry, &words(text)) || within(text, &words(entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_count() {
        for (entry, text, found) in [
            ("Software", "Software development", true),
            ("financial services", "Financial Service", true),
            ("soft", "Software", false),
            ("AI", "maintenance", false),
            ("ai", "We build AI.", true),
            ("C++", "C++ and Rust", true),
            ("C", "C++ and Rust", false),
            ("Node.js", "node.js", true),
            ("", "anything", false),
        ] {
            assert_eq!(alike(entry, text), found, "{entry} in {text}");
        }
    }
}
