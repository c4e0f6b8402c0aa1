//! The log as it is read: by day, newest first.

use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;

use super::{Entry, Interaction, InteractionType, SHOWN, Sentiment, StageMove};
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::{Ago, clock, date};

#[component]
pub fn Timeline(#[prop(into)] entries: Signal<Vec<Entry>>, #[prop(into)] now: Signal<DateTime<Utc>>) -> impl IntoView {
    move || {
        let days = by_day(entries.get());
        if days.is_empty() {
            return view! { <p class="quiet">"Nothing logged yet."</p> }.into_any();
        }
        let days = days.into_iter().map(|(day, entries)| {
            view! {
                <section class="day">
                    <h3><time datetime=day.to_string()>{date(day)}</time></h3>
                    <ol class="timeline">{entries.into_iter().map(|entry| line(entry, now.get())).collect_view()}</ol>
                </section>
            }
        });
        let cut = entries.with(Vec::len) >= usize::try_from(SHOWN).unwrap_or(usize::MAX);
        view! {
            {days.collect_view()}
            {cut.then(|| view! { <p class="quiet">"The newest " {SHOWN} " are shown."</p> })}
        }
        .into_any()
    }
}

/// Entries under their days, on the startup's clock, in the order they come in.
fn by_day(entries: Vec<Entry>) -> Vec<(NaiveDate, Vec<Entry>)> {
    let mut days: Vec<(NaiveDate, Vec<Entry>)> = Vec::new();
    for entry in entries {
        let day = entry.local().date();
        match days.last_mut() {
            Some((last, entries)) if *last == day => entries.push(entry),
            _ => days.push((day, vec![entry])),
        }
    }
    days
}

fn line(entry: Entry, now: DateTime<Utc>) -> AnyView {
    match entry {
        Entry::Logged(entry) => view! { <Logged entry now/> }.into_any(),
        Entry::Moved(step) => view! { <Moved step now/> }.into_any(),
    }
}

/// A deal that came into a stage, as the database recorded it.
#[component]
fn Moved(step: StageMove, now: DateTime<Utc>) -> impl IntoView {
    let StageMove { deal_id, deal, from_stage, to_stage, occurred_at, local, author, .. } = step;
    let what = match from_stage {
        Some(from) => format!("from {from} to {to_stage}"),
        None => format!("began in {to_stage}"),
    };
    let by = author.map(|a| format!("{a}, ")).unwrap_or_default();
    view! {
        <li>
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M2.500 8h10 M9 4.500 12.500 8 9 11.500"></path></svg>
            <div>
                <div class="line"><b>"Deal"</b><small>{by} {clock(local)} " · " <Ago at=occurred_at now/></small></div>
                <p><a class="src" href=format!("/pipeline/deals/{deal_id}")>{deal}</a> " " {what}</p>
            </div>
        </li>
    }
}

#[component]
fn Logged(entry: Interaction, now: DateTime<Utc>) -> impl IntoView {
    let direction = match entry.direction.as_deref() {
        Some("in") => " in",
        Some("out") => " out",
        _ => "",
    };
    // what is neither is the rule, and says nothing
    let mood = match entry.sentiment.as_deref().and_then(|word| word.parse().ok()) {
        Some(Sentiment::Positive) => Some((Tone::Good, "Positive")),
        Some(Sentiment::Negative) => Some((Tone::Bad, "Negative")),
        _ => None,
    };
    let author = entry.author.unwrap_or_else(|| "A former member".into());
    let about = [entry.contact.map(|c| format!("with {c}")), entry.deal.map(|d| format!("on {d}"))];
    let about: Vec<_> = about.into_iter().flatten().collect();
    view! {
        <li>
            <TypeIcon kind=entry.kind/>
            <div>
                <div class="line"><b>{entry.kind.as_str()} {direction}</b>{mood.map(|(tone, text)| view! { <Tag tone text/> })}<small>{author} ", " {clock(entry.local)} " · " <Ago at=entry.occurred_at now/></small></div>
                {(!about.is_empty()).then(|| view! { <small>{about.join(", ")}</small> })}
                <p>{entry.summary}</p>
            </div>
        </li>
    }
}

/// A small drawing of what it was; the word stands beside it.
#[component]
fn TypeIcon(kind: InteractionType) -> impl IntoView {
    let path = match kind {
        InteractionType::Call => {
            "M4 2.5h2.6l1.2 3-1.6 1.2a8 8 0 0 0 3.1 3.1l1.2-1.6 3 1.2V12a1.5 1.5 0 0 1-1.6 1.5C6.6 13.2 2.8 9.4 2.5 4.1A1.5 1.5 0 0 1 4 2.5z"
        }
        InteractionType::Email => "M2.5 4h11v8h-11z M2.5 4.5 8 8.8l5.5-4.3",
        InteractionType::Meeting => {
            "M5.5 7.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4z M10.8 7.5a1.7 1.7 0 1 0 0-3.4 M1.8 13c0-2.2 1.6-3.7 3.7-3.7S9.2 10.800 9.200 13 M10.800 9.500c1.900 0 3.300 1.300 3.300 3.500"
        }
        InteractionType::Note => "M3.5 2.500h9v8l-3 3h-6z M9.500 13.300v-2.800h2.800 M5.500 5.500h5 M5.500 8h3",
    };
    view! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=path></path></svg> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn entries_stand_under_their_days() {
        let entry = |local: &str| {
            Entry::Logged(Interaction {
                id: Uuid::nil(),
                kind: InteractionType::Call,
                direction: None,
                summary: None,
                sentiment: None,
                occurred_at: DateTime::UNIX_EPOCH,
                local: local.parse().expect("a time"),
                contact: None,
                deal: None,
                author: None,
            })
        };
        let days = by_day(vec![entry("2026-11-23T09:00:00"), entry("2026-11-23T00:00:00"), entry("2026-11-22T23:59:59")]);
        assert_eq!(
            days.iter().map(|(day, entries)| (day.to_string(), entries.len())).collect::<Vec<_>>(),
            [("2026-11-23".into(), 2), ("2026-11-22".into(), 1)]
        );
    }
}
