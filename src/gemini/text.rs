//! What a model writes, made fit to be kept. It may repeat what a page on the web told it to.

use crate::enrichment::fact::plain;

/// Plain text without markup and addresses: those come from the search's own list alone.
pub fn clean(text: &str, most: usize) -> String {
    // what is not seen goes first, so that it cannot hold a word together that is looked for
    let visible = plain(text, 20_000);
    let without_markup = without_tags(&visible);
    let words: Vec<&str> = without_markup.split(' ').filter(|word| !is_address(word)).collect();
    plain(&words.join(" "), most)
}

/// A `<` stays only before a space or a digit, where it is a sign and no tag.
fn without_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        kept.push_str(before);
        let after = &tag[1..];
        if after.starts_with(|c: char| c == ' ' || c.is_ascii_digit()) {
            kept.push('<');
            rest = after;
        } else {
            rest = after.find('>').map_or(after, |end| &after[end + 1..]);
        }
    }
    kept + rest
}

fn is_address(word: &str) -> bool {
    let word = word.to_lowercase();
    let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    ["://", "javascript:", "vbscript:", "data:text", "data:image", "data:application"].iter().any(|part| word.contains(part))
        || ["www.", "mailto:", "tel:"].iter().any(|start| bare.starts_with(start))
}

/// JSON without the fence that a model may put around it.
pub fn without_fence(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim();
    let Some(inside) = text.strip_prefix("```") else { return text };
    let inside = inside.strip_prefix("json").unwrap_or(inside);
    inside.trim().strip_suffix("```").unwrap_or(inside).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_markup_nor_addresses_are_kept() {
        for (text, kept) in [
            ("Opens an <b>office</b> in Rotterdam", "Opens an office in Rotterdam"),
            ("<script>alert(1)</script> Raises 5", "alert(1) Raises 5"),
            ("<<b>script>alert(1)", "script>alert(1)"),
            ("<img src=x onerror=alert(1)", "img src=x onerror=alert(1)"),
            ("margin < 5 % and <3 days", "margin < 5 % and <3 days"),
            ("see https://evil.example/a or (www.evil.example) now", "see or now"),
            ("[here](JavaScript:alert(1)) java\u{200b}script:alert(2) end", "end"),
            ("ht<i></i>tps://evil.example end", "end"),
            ("\u{202e}Søren\u{0} Kjær", "Søren Kjær"),
            ("big data: a market", "big data: a market"),
        ] {
            assert_eq!(clean(text, 200), kept, "{text}");
        }
    }

    #[test]
    fn a_fence_is_taken_off() {
        for text in ["{\"a\":1}", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}```\n", "\u{feff}{\"a\":1} "] {
            assert_eq!(without_fence(text), "{\"a\":1}", "{text}");
        }
    }
}
