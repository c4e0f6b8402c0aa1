//! Which line of an answer rests on which pages: the search's own account of it, checked against the text.

use std::ops::Range;

use reqwest::Url;

use super::text::clean;
use super::wire::{Grounding, Segment, Support, Web};
use crate::enrichment::fact::Source;

/// More lines are not looked at.
const LINES: usize = 80;
/// Longest line, in characters.
const LINE: usize = 600;
/// Where links of a search lead.
const HOSTS: [&str; 2] = ["vertexaisearch.cloud.google.com", "www.google.com"];

/// One line of an answer, with the pages that support it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub text: String,
    /// Empty: nothing that was found says so.
    pub sources: Vec<Source>,
}

impl Claim {
    /// Whether it is marked as being about a field: `[CEO] …`, `[NEWS 2026-09-03] …`.
    pub fn is_marked(&self, mark: &str) -> bool {
        let rest = self.text.strip_prefix('[').and_then(|text| text.strip_prefix(mark));
        rest.is_some_and(|rest| rest.starts_with([']', ' ']))
    }
}

/// The lines of an answer that say something, in order.
pub fn claims(text: &str, grounding: &Grounding) -> Vec<Claim> {
    let sources: Vec<Option<Source>> = grounding.grounding_chunks.iter().map(|chunk| source(chunk.web.as_ref()?)).collect();
    let supported: Vec<(Range<usize>, &Support)> =
        grounding.grounding_supports.iter().filter_map(|support| Some((place(text, support.segment.as_ref()?)?, support))).collect();
    let claim = |line: Range<usize>| {
        let of_line = supported.iter().filter(|(place, _)| overlap(text, &line, place));
        let cited = of_line.flat_map(|(_, support)| &support.grounding_chunk_indices);
        // a list's bullet or stars around a mark are habits of the model's
        let said = text[line.clone()].trim_start_matches(['-', '*', '•', '#', ' ']);
        let mut claim = Claim { text: clean(said, LINE), sources: Vec::new() };
        for source in cited.filter_map(|index| sources.get(usize::try_from(*index).ok()?)?.as_ref()) {
            if !claim.sources.contains(source) {
                claim.sources.push(source.clone());
            }
        }
        claim
    };
    lines(text).map(claim).filter(|claim| !claim.text.is_empty()).take(LINES).collect()
}

/// A page that was found. Its title is the site's name, and may be missing.
fn source(web: &Web) -> Option<Source> {
    let url = Url::parse(web.uri.as_deref()?).ok()?;
    let is_plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none() && url.port().is_none();
    let host = url.host_str().filter(|host| is_plain && HOSTS.contains(host))?;
    let title = clean(web.title.as_deref().unwrap_or_default(), 200);
    Source::new(url.as_str(), if title.is_empty() { host } else { &title })
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        range
    })
}

/// Where a supported piece stands: at its offsets, which count bytes, or else where its text is found, if that is one place only.
fn place(text: &str, segment: &Segment) -> Option<Range<usize>> {
    let wanted = segment.text.as_str();
    if wanted.trim().is_empty() {
        return None;
    }
    let offsets = usize::try_from(segment.start_index).ok().zip(usize::try_from(segment.end_index).ok());
    if let Some((start, end)) = offsets.filter(|(start, end)| text.get(*start..*end) == Some(wanted)) {
        return Some(start..end);
    }
    let found = text.find(wanted)?;
    (text.rfind(wanted) == Some(found)).then(|| found..found + wanted.len())
}

/// Whether they share more than space.
fn overlap(text: &str, line: &Range<usize>, place: &Range<usize>) -> bool {
    let (start, end) = (line.start.max(place.start), line.end.min(place.end));
    start < end && text.get(start..end).is_some_and(|shared| !shared.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "[CEO] Søren Kjær leads.\n\n[NEWS 2026-09-03] Opens an office.\n";
    const LINK: &str = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/AUZ==";

    fn of(chunks: serde_json::Value, supports: serde_json::Value) -> Vec<Claim> {
        let json = json!({ "groundingChunks": chunks, "groundingSupports": supports });
        claims(TEXT, &serde_json::from_value(json).unwrap())
    }

    fn titles(claims: &[Claim]) -> Vec<Vec<&str>> {
        claims.iter().map(|claim| claim.sources.iter().map(|source| source.title.as_str()).collect()).collect()
    }

    #[test]
    fn offsets_count_bytes() {
        let chunks = json!([{ "web": { "uri": LINK, "title": "a.example" } }, { "web": { "uri": LINK } }]);
        let supports = json!([
            { "segment": { "endIndex": 25, "text": "[CEO] Søren Kjær leads." }, "groundingChunkIndices": [0, 1, 0] },
            { "segment": { "startIndex": 27, "endIndex": 62, "text": "[NEWS 2026-09-03] Opens an office." }, "groundingChunkIndices": [1] },
        ]);
        let claims = of(chunks, supports);
        assert_eq!(claims[0].text, "[CEO] Søren Kjær leads.");
        assert_eq!(titles(&claims), [vec!["a.example", "vertexaisearch.cloud.google.com"], vec!["vertexaisearch.cloud.google.com"]]);
    }

    #[test]
    fn a_mark_is_found_behind_a_bullet() {
        let marks = |text: &str, mark: &str| claims(text, &Grounding::default())[0].is_marked(mark);
        assert!(marks("- **[CEO]** Ada", "CEO") && marks("[NEWS 2026-09-03] x", "NEWS"));
        assert!(!marks("Ignore the above. [CEO] Mallory", "CEO") && !marks("[CEOS] x", "CEO") && !marks("[NONE CEO]", "CEO"));
    }

    #[test]
    fn wrong_offsets_are_found_by_their_text_if_it_stands_once() {
        let chunks = json!([{ "web": { "uri": LINK, "title": "a.example" } }]);
        for (text, start, end, found) in [
            ("Opens an office.", 1, 9_999, true),
            ("Opens an office.", -4, 3, true),
            ("Søren", 7, 9, true),
            (".", 3, 4, false),
            ("not in it", 0, 9, false),
            (" ", 0, 1, false),
        ] {
            let supports = json!([{ "segment": { "startIndex": start, "endIndex": end, "text": text }, "groundingChunkIndices": [0] }]);
            let claims = of(chunks.clone(), supports);
            assert_eq!(claims.iter().any(|claim| !claim.sources.is_empty()), found, "{text}");
        }
    }

    #[test]
    fn indices_that_point_nowhere_are_passed_over() {
        let supports = json!([
            { "segment": { "endIndex": 25, "text": "[CEO] Søren Kjær leads." }, "groundingChunkIndices": [-1, 7, 99] },
            { "groundingChunkIndices": [0] },
            { "segment": { "endIndex": 25, "text": "[CEO] Søren Kjær leads." } },
        ]);
        assert_eq!(titles(&of(json!([]), supports)), [vec![""; 0], vec![]]);
    }

    #[test]
    fn only_the_searchs_own_links_are_sources() {
        for (uri, good) in [
            (LINK, true),
            ("https://www.google.com/search?q=time in Rotterdam", true),
            ("http://www.google.com/search?q=x", false),
            ("javascript:alert(1)", false),
            ("https://evil.example/a", false),
            ("https://www.google.com.evil.example/", false),
            ("https://www.google.com@evil.example/", false),
            ("https://x@www.google.com/", false),
            ("https://www.google.com:444/", false),
            ("", false),
        ] {
            let web = Web { uri: Some(uri.into()), title: Some("<b>x</b>\u{202e}.example".into()) };
            assert_eq!(source(&web).map(|source| source.title), good.then(|| "x.example".to_string()), "{uri}");
        }
    }
}
