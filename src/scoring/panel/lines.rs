//! The lines of a part: what each rests on, how old it is, what it brings.

use leptos::prelude::*;
use uuid::Uuid;

use crate::accounts::query::{Query, Tab};
use crate::scoring::{Evidence, Kind, Line, Part, State};
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::date;

#[component]
pub fn Lines(account: Uuid, part: Part, lines: Vec<Line>) -> impl IntoView {
    let rows: Vec<_> = lines.into_iter().filter(|line| line.part == part).map(|line| view! { <Row account line/> }).collect();
    view! { <ul class="score-lines" aria-label=format!("Lines of {}", part.name().to_lowercase())>{rows}</ul> }
}

#[component]
fn Row(account: Uuid, line: Line) -> impl IntoView {
    let unknown = line.state == State::Unknown;
    let capped = line.state == State::Capped;
    let age = aged(&line);
    view! {
        <li class:unknown=unknown>
            <span class="what"><small>{line.topic.name()}</small>{line.label}</span>
            <span class="num">{points(line.points)} <small>" of " {line.weight}</small></span>
            <small class="why">
                {unknown.then(|| view! { <Tag tone=Tone::Warn text="unknown"/> })}
                {age.map(|age| view! { <span>{age}</span> })}
                {capped.then(|| view! { <span>"cut: the most is reached"</span> })}
                {line.evidence.into_iter().enumerate().map(|(n, evidence)| view! { <Link account evidence n/> }).collect_view()}
            </small>
        </li>
    }
}

/// With a real minus.
fn points(points: i32) -> String {
    if points < 0 { format!("−{}", points.unsigned_abs()) } else { points.to_string() }
}

/// `3 Sep 2026, 81 days: 26 % left`; new, its day alone.
fn aged(line: &Line) -> Option<String> {
    let (at, age) = (line.at?, line.age?);
    let days = match age {
        0 => return Some(date(at)),
        1 => "1 day".to_string(),
        n => format!("{n} days"),
    };
    let left = if line.decay < 100 { format!(": {} % left", line.decay) } else { String::new() };
    Some(format!("{}, {days}{left}", date(at)))
}

/// Where the evidence stands. An event has no place of its own.
#[component]
fn Link(account: Uuid, evidence: Evidence, n: usize) -> impl IntoView {
    let at_tab = move |tab| use_context::<Query>().map(|query| query.with(|q| q.at_tab(&account.to_string(), tab)));
    let (href, text) = match evidence.kind {
        Kind::Fact => (Some(format!("#fact-{}", evidence.id)), "fact"),
        Kind::Account => (at_tab(Tab::Overview), "the account’s fields"),
        Kind::Interaction => (at_tab(Tab::Activity), "log"),
        Kind::Event => (None, "event"),
    };
    let text = if n > 0 { format!("{text} {}", n + 1) } else { text.to_string() };
    match href {
        Some(href) => view! { <a class="src" href=href>{text}</a> }.into_any(),
        None => view! { <span>{text}</span> }.into_any(),
    }
}
