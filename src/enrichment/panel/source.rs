//! Where a fact comes from: who found it, when, and the pages that say so.

use leptos::prelude::*;

use super::Tab;
use crate::enrichment::{FactStatus, Provider, ShownFact, Source};
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::{ago, date};

/// A provider as people know it.
pub(super) const fn says(provider: Provider) -> &'static str {
    match provider {
        Provider::Gemini => "Google Search with Gemini",
        Provider::Website => "The company’s own site",
        Provider::Person => "A person",
    }
}

/// What stands beside a fact.
#[component]
pub(super) fn Origin(fact: ShownFact) -> impl IntoView {
    let Tab { now, .. } = expect_context();
    let ShownFact { status, provider, about, observed_at, sources, set_by, is_private, .. } = fact;
    let seen = move || match about {
        Some(day) => date(day),
        None => format!("seen {}", ago(observed_at, now.get())),
    };
    let by = match (provider, set_by) {
        (Provider::Person, Some(name)) => format!("said by {name}"),
        (Provider::Person, None) => "said by a former colleague".into(),
        (Provider::Gemini, _) => "Google Search".into(),
        (Provider::Website, _) => "own site".into(),
    };
    view! {
        <span class="origin">
            <Mark status/>
            {is_private.then(|| view! { <Tag tone=Tone::Plain text="only you"/> })}
            {sources.into_iter().map(|source| view! { <SourceLink source/> }).collect_view()}
            <small class="quiet">{by} " · " {seen}</small>
        </span>
    }
}

/// Only what is not as usual is marked.
#[component]
fn Mark(status: FactStatus) -> impl IntoView {
    let mark = match status {
        FactStatus::Supported | FactStatus::Superseded => None,
        FactStatus::Unsupported => Some((Tone::Warn, "no source")),
        FactStatus::Contradicted => Some((Tone::Warn, "sources differ")),
        FactStatus::Person => Some((Tone::Accent, "set by hand")),
    };
    mark.map(|(tone, text)| view! { <Tag tone text/> })
}

/// One click to where it stands; that page learns nothing of where the visitor came from.
#[component]
fn SourceLink(source: Source) -> impl IntoView {
    let title = if source.title.is_empty() { host(&source.url).to_string() } else { source.title };
    // checked when it was found, and again before it is a link
    match Source::new(&source.url, &title) {
        Some(Source { url, title }) => {
            view! { <a class="src" href=url target="_blank" rel="noopener noreferrer nofollow external">{title}</a> }.into_any()
        }
        None => view! { <span class="quiet">{title} " (link expired)"</span> }.into_any(),
    }
}

fn host(url: &str) -> &str {
    url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or("source")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_without_title_is_named_by_its_site() {
        assert_eq!(host("https://konex.example/about?x"), "konex.example");
        assert_eq!(host("konex"), "source");
    }
}
