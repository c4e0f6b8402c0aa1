//! What is known, by what it is about.

use leptos::prelude::*;

use super::Tab;
use super::correct::{Correct, Word};
use super::source::Origin;
use crate::accounts::PanelPlace;
use crate::enrichment::{Fact, FactStatus, Provider, Researched, ShownFact, Trend};

/// News and funding that are shown, latest first.
const LATEST: usize = 12;

#[component]
pub(super) fn Facts(researched: Signal<Researched>) -> impl IntoView {
    let of = move |wanted: fn(&Fact) -> bool, most: usize| {
        researched.with(|r| r.facts.iter().filter(|f| wanted(&f.fact)).take(most).cloned().collect::<Vec<_>>())
    };
    let list = move |title: &'static str, wanted: fn(&Fact) -> bool, most: usize| {
        move || {
            let facts = of(wanted, most);
            (!facts.is_empty()).then(|| {
                view! {
                    <h2>{title}</h2>
                    <ul class="found">{facts.into_iter().map(|fact| view! { <Item fact/> }).collect_view()}</ul>
                }
            })
        }
    };
    view! {
        <h2>"Company"</h2>
        <dl class="facts known">{Word::ALL.iter().map(|word| view! { <About word=*word researched/> }).collect_view()}</dl>
        {list("News", |f| matches!(f, Fact::News { .. }), LATEST)}
        {list("Funding", |f| matches!(f, Fact::Funding { .. }), LATEST)}
        {list("Hiring", |f| matches!(f, Fact::Hiring { .. }), LATEST)}
        {move || view! { <Technologies facts=of(|f| matches!(f, Fact::Technology { .. }), usize::MAX)/> }}
        {list("People", |f| matches!(f, Fact::Person { .. }), 30)}
        {list("Market", |f| matches!(f, Fact::Market { .. }), LATEST)}
        {list("Elsewhere", |f| matches!(f, Fact::Profile { .. }), 20)}
        {move || {
            let words = of(|f| matches!(f, Fact::Keyword { .. }), 40);
            (!words.is_empty()).then(|| view! { <h2>"In its own words"</h2><p class="words">{words.into_iter().map(|f| view! { <span class="tag" id=anchor(&f)>{text(&f.fact)}</span> " " }).collect_view()}</p> })
        }}
    }
}

/// A fact's place in the page: what a score rests on leads here.
fn anchor(fact: &ShownFact) -> String {
    format!("fact-{}", fact.id)
}

/// A thing of which a company has one: all values that stand, and the form to set it.
#[component]
fn About(word: Word, researched: Signal<Researched>) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let Tab { edits, .. } = expect_context();
    let field = format!("fact-{word}");
    let editing = {
        let field = field.clone();
        Memo::new(move |_| edits && place.is_editing(&field))
    };
    let values = move || researched.with(|r| r.facts.iter().filter(|f| f.fact.key() == word.as_str()).cloned().collect::<Vec<_>>());
    let shown = move || {
        let values = values();
        if values.is_empty() {
            return view! { <span class="quiet">"unknown"</span> }.into_any();
        }
        let value = |fact: ShownFact| {
            let (id, said) = (anchor(&fact), text(&fact.fact));
            view! { <li id=id><span class="said">{said}</span> " " <Origin fact/></li> }
        };
        view! { <ul class="found">{values.into_iter().map(value).collect_view()}</ul> }.into_any()
    };
    let own = move || values().into_iter().find(|f| f.status == FactStatus::Person);
    let said = move || values().first().and_then(|f| Word::write(&f.fact)).map(|(_, text)| text).unwrap_or_default();
    let label = format!("Set {}", word.label().to_lowercase());
    view! {
        <dt>{word.label()}</dt>
        <dd>
            {move || match editing.get() {
                true => view! { <Correct word said=untrack(said) own=untrack(own).is_some()/> }.into_any(),
                false => shown().into_any(),
            }}
            {let field = field.clone(); move || (edits && !editing.get()).then(|| view! { <a class="edit" href=place.edit(&field) aria-label=label.clone()>"✎"</a> })}
        </dd>
    }
}

#[component]
fn Item(fact: ShownFact) -> impl IntoView {
    let (id, said) = (anchor(&fact), text(&fact.fact));
    let more = more(&fact.fact);
    let headline = match (&fact.fact, fact.sources.first()) {
        // its own address is what it says
        (Fact::Profile { url }, _) => url.split("://").nth(1).unwrap_or(url).trim_end_matches('/').to_string(),
        _ => said,
    };
    view! {
        <li id=id>
            <span class="said">{headline}</span>
            {(!more.is_empty()).then(|| view! { <small>{more}</small> })}
            " " <Origin fact/>
        </li>
    }
}

/// By category, each with its version where that shows.
#[component]
fn Technologies(facts: Vec<ShownFact>) -> impl IntoView {
    let mut by_category: std::collections::BTreeMap<String, Vec<ShownFact>> = std::collections::BTreeMap::new();
    for fact in facts {
        if let Fact::Technology { category, .. } = &fact.fact {
            by_category.entry(category.clone()).or_default().push(fact);
        }
    }
    let one = |fact: ShownFact| {
        let source = fact.sources.first().and_then(|s| crate::enrichment::Source::new(&s.url, &s.title));
        let seen = format!(
            "{}, {}",
            if fact.provider == Provider::Website { "own site" } else { "Google Search" },
            crate::ui::time::date(fact.observed_at)
        );
        let name = text(&fact.fact);
        let (id, doubtful) = (anchor(&fact), fact.status == FactStatus::Unsupported);
        view! {
            <li id=id>
                {match source {
                    Some(source) => view! { <a class="src" href=source.url title=format!("{}: {seen}", source.title) target="_blank" rel="noopener noreferrer nofollow external">{name}</a> }.into_any(),
                    None => view! { <span title=seen>{name}</span> }.into_any(),
                }}
                {doubtful.then_some(" (no source)")}
            </li>
        }
    };
    (!by_category.is_empty()).then(|| {
        view! {
            <h2>"Technologies"</h2>
            <dl class="facts technologies">
                {by_category.into_iter().map(|(category, facts)| view! {
                    <dt>{if category.is_empty() { "Other".to_string() } else { category }}</dt>
                    <dd><ul class="row">{facts.into_iter().map(one).collect_view()}</ul></dd>
                }).collect_view()}
            </dl>
        }
    })
}

/// A fact in a line.
pub(super) fn text(fact: &Fact) -> String {
    let listed = |parts: &[Option<&str>]| parts.iter().flatten().copied().collect::<Vec<_>>().join(", ");
    match fact {
        Fact::Ceo { name } | Fact::Industry { name } => name.clone(),
        Fact::Summary { text } | Fact::Keyword { text } => text.clone(),
        Fact::News { title } => title.clone(),
        Fact::Funding { round, amount, currency, .. } => match amount {
            Some(amount) => format!("{round}: {} {}", currency.as_deref().unwrap_or_default(), grouped(*amount)).replace(":  ", ": "),
            None => round.clone(),
        },
        Fact::Hiring { trend, openings, .. } => {
            let trend = match trend {
                Trend::Growing => "Growing",
                Trend::Steady => "Steady",
                Trend::Shrinking => "Shrinking",
                Trend::Unknown => "Unknown",
            };
            match openings {
                Some(1) => format!("{trend}: 1 open post"),
                Some(n) => format!("{trend}: {n} open posts"),
                None => trend.to_string(),
            }
        }
        Fact::Technology { name, version, .. } => version.as_ref().map_or_else(|| name.clone(), |version| format!("{name} {version}")),
        Fact::Person { name, role } => listed(&[Some(name), Some(role).filter(|r| !r.is_empty()).map(String::as_str)]),
        Fact::Employees { count } => grouped(i64::from(*count)),
        Fact::Location { city, country } => listed(&[city.as_deref(), country.as_deref()]),
        Fact::Founded { year } => year.to_string(),
        Fact::Market { score } => format!("{score} of 100, as the model judges it"),
        Fact::Profile { url } => url.clone(),
    }
}

/// What else there is to say of it.
fn more(fact: &Fact) -> String {
    match fact {
        Fact::Funding { investors, .. } if !investors.is_empty() => format!(" from {}", investors.join(", ")),
        Fact::Hiring { roles, departments, .. } => {
            let by: Vec<String> = departments.iter().map(|d| format!("{} {}", d.name, d.openings)).collect();
            let mut said = if by.is_empty() { String::new() } else { format!(" {}.", by.join(", ")) };
            if !roles.is_empty() {
                said.push_str(&format!(" Looking for: {}.", roles.join("; ")));
            }
            said
        }
        _ => String::new(),
    }
}

/// `1 250 000` with narrow spaces becomes `1,250,000`.
fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut said = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    if n < 0 { format!("-{said}") } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_read_well() {
        let funding = Fact::Funding {
            round: "Series B".into(),
            amount: Some(42_000_000),
            currency: Some("EUR".into()),
            investors: vec!["Fjord".into(), "Kestrel".into()],
        };
        assert_eq!((text(&funding).as_str(), more(&funding).as_str()), ("Series B: EUR 42,000,000", " from Fjord, Kestrel"));
        let hiring =
            Fact::Hiring { trend: Trend::Growing, openings: Some(7), roles: vec!["Rust engineer".into()], departments: Vec::new() };
        assert_eq!((text(&hiring).as_str(), more(&hiring).as_str()), ("Growing: 7 open posts", " Looking for: Rust engineer."));
        assert_eq!(text(&Fact::Technology { name: "nginx".into(), version: Some("1.25".into()), category: String::new() }), "nginx 1.25");
        assert_eq!([0, 12, 1_234, -1_234_567].map(grouped), ["0", "12", "1,234", "-1,234,567"]);
    }
}
