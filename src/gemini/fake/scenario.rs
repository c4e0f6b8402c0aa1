//! How the stand-in misbehaves, and what in a question makes it do so.
//!
//! A marker is `scenario-` and a scenario's name. `json-` before the name keeps it to calls that ask for JSON (so that research goes
//! well and only what follows it fails); `-once` and `-twice` after it let it pass: `scenario-json-overloaded-twice`.

use crate::choice::choice;

choice! {
    /// A way to answer.
    Scenario {
        // answers of research
        Research = "research",
        OneCall = "one-call",
        Unsearched = "unsearched",
        EmptyQueries = "empty-queries",
        NoChunks = "no-chunks",
        NoTitle = "no-title",
        BadIndices = "bad-indices",
        BadOffsets = "bad-offsets",
        NonAscii = "non-ascii",
        ThoughtFirst = "thought-first",
        Nothing = "nothing",
        Injected = "injected",
        ForeignLinks = "foreign-links",
        // answers in JSON
        ScoreSample = "score-sample",
        SplitJson = "split-json",
        FencedJson = "fenced-json",
        CutJson = "cut-json",
        BrokenJson = "broken-json",
        // any answer
        ThoughtsOnly = "thoughts-only",
        PromptBlocked = "prompt-blocked",
        Safety = "safety",
        Recitation = "recitation",
        Spii = "spii",
        NewReason = "new-reason",
        NoCandidates = "no-candidates",
        WrongTypes = "wrong-types",
        ErrorInside = "error-inside",
        // refusals
        NoBilling = "no-billing",
        NoCredit = "no-credit",
        LimitMinute = "limit-minute",
        LimitLong = "limit-long",
        LimitDay = "limit-day",
        LimitSearch = "limit-search",
        LimitBare = "limit-bare",
        LimitHeader = "limit-header",
        Internal = "internal",
        Overloaded = "overloaded",
        TooLate = "too-late",
        // what happens on the way
        Slow = "slow",
        Cut = "cut",
        HtmlError = "html-error",
        HtmlPage = "html-page",
        Huge = "huge",
        Redirect = "redirect",
        StreamFails = "stream-fails",
    }
}

/// What a question asks the stand-in to do.
pub struct Marker<'a> {
    pub scenario: Scenario,
    /// How often, where it passes.
    pub times: Option<u32>,
    /// Only where JSON is asked for.
    pub json_only: bool,
    /// As it stands in the question.
    pub text: &'a str,
}

impl<'a> Marker<'a> {
    /// The first one in a text; a name that is none counts for nothing.
    pub fn find(text: &'a str) -> Option<Self> {
        let start = text.find("scenario-")? + "scenario-".len();
        let rest = &text[start..];
        let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(rest.len());
        Self::named(rest[..end].trim_end_matches('-'))
    }

    /// By its name alone.
    pub fn named(text: &'a str) -> Option<Self> {
        let (json_only, name) = text.strip_prefix("json-").map_or((false, text), |name| (true, name));
        let passing = [("-once", 1), ("-twice", 2)].iter().find_map(|(end, times)| Some((name.strip_suffix(end)?, *times)));
        let (name, times) = passing.map_or((name, None), |(name, times)| (name, Some(times)));
        Some(Self { scenario: name.parse().ok()?, times, json_only, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_says_what_where_and_how_often() {
        let marker = Marker::find("Research the company \"Acme scenario-json-overloaded-twice\".").unwrap();
        assert_eq!((marker.scenario, marker.times, marker.json_only), (Scenario::Overloaded, Some(2), true));
        let marker = Marker::find("whose website is scenario-cut.example").unwrap();
        assert_eq!((marker.scenario, marker.times, marker.json_only), (Scenario::Cut, None, false));
        assert!(Marker::find("scenario-unheard-of").is_none() && Marker::find("a scenario").is_none());
    }
}
