//! A lead's score in the Intelligence tab: the total, its three parts by their formula, and every line that they are made of.

mod history;
mod lines;

use leptos::prelude::*;
use uuid::Uuid;

use super::{Judge, LeadScore, Part, Score, value};
use crate::ui::meter::{Bar, Meter};
use crate::ui::time::date;
use history::History;
use lines::Lines;

/// The scores of an account's leads, the best first; the others unfold.
#[component]
pub fn ScoreCard(account: Uuid, #[prop(into)] scores: Signal<Vec<LeadScore>>) -> impl IntoView {
    // a reading that brings nothing new closes nothing that was unfolded
    let scores = Memo::new(move |_| scores.get());
    let shown = move || {
        let mut all = scores.get().into_iter();
        match all.next() {
            None => view! { <p class="quiet">"Not scored yet. A score comes once the account is researched, or something passes between you."</p> }.into_any(),
            Some(best) => {
                let others: Vec<_> = all.map(|score| view! { <Other account score/> }).collect();
                let many = !others.is_empty();
                view! {
                    <OfLead account score=best/>
                    {many.then(|| view! { <h3>"Other contacts"</h3> })}
                    {others}
                }
                .into_any()
            }
        }
    };
    view! {
        <section class="scores" id="score" aria-labelledby="score-title">
            <h2 id="score-title">"Lead score"</h2>
            {shown}
        </section>
    }
}

fn named(score: &LeadScore) -> String {
    score
        .name
        .clone()
        .unwrap_or_else(|| if score.lead.is_some() { "Unnamed contact".into() } else { "The account: it has no contact yet".into() })
}

#[component]
fn Other(account: Uuid, score: LeadScore) -> impl IntoView {
    let (name, overall) = (named(&score), score.score.overall());
    view! {
        <details>
            <summary class="line"><b>{name}</b><Meter score=overall/></summary>
            <OfLead account score/>
        </details>
    }
}

#[component]
fn OfLead(account: Uuid, score: LeadScore) -> impl IntoView {
    let name = named(&score);
    let label = format!("Score of {name}");
    let LeadScore { score, at, history, .. } = score;
    let lists = [
        ("Signs of intent", score.intent_signals.clone()),
        ("Risks", score.risk_factors.clone()),
        ("What to do next", score.next_actions.clone()),
    ];
    view! {
        <article class="score-card" aria-label=label>
            <div class="line">
                <b>{name}</b>
                <span class="total"><b>{score.overall()}</b>" of 100"</span>
                <Meter score=score.overall()/>
            </div>
            <p class="quiet">{known(score.coverage)} " " {judged(&score.judge)} " Scored on " <time datetime=at.to_rfc3339()>{date(at)}</time> "."</p>
            <p class="formula">{formula(&score)}</p>
            {Part::ALL.iter().map(|part| view! { <OfPart account part=*part score=score.clone()/> }).collect_view()}
            {lists.into_iter().filter(|(_, texts)| !texts.is_empty()).map(|(title, texts)| view! {
                <h3>{title}</h3>
                <ul class="texts">{texts.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
            }).collect_view()}
            <History history/>
        </article>
    }
}

fn known(coverage: i32) -> String {
    match coverage {
        100 => "All that counts is known.".into(),
        coverage => format!("{coverage} % of what counts is known."),
    }
}

fn judged(judge: &Judge) -> String {
    match judge {
        Judge::Rules => "By rules, without a model.".into(),
        Judge::Model { name, .. } => format!("Fit and intent by {name}, over the facts below; engagement and sums by rules."),
    }
}

/// The sum, as it is made: `0.40 × 62.5 + 0.40 × 40 + 0.20 × 55 = 52`.
pub fn formula(score: &Score) -> String {
    let terms: Vec<String> = Part::ALL
        .iter()
        .map(|part| format!("{} × {} {}", part.share(), value(*part, score.points(*part)), part.name().to_lowercase()))
        .collect();
    format!("{} = {}", terms.join(" + "), score.overall())
}

#[component]
fn OfPart(account: Uuid, part: Part, score: Score) -> impl IntoView {
    let points = score.points(part);
    let says = format!("{points} of {} points", part.most());
    view! {
        <details class="score-part">
            <summary><b>{part.name()}</b><Bar share=100 * points / part.most()/><span class="num">{says}</span></summary>
            <Lines account part lines=score.lines/>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::{Line, State, Topic};

    #[test]
    fn the_formula_says_what_the_lines_add_up_to() {
        let line = |topic: Topic, points| Line {
            part: topic.part(),
            topic,
            label: String::new(),
            points,
            weight: topic.most(),
            evidence: vec![],
            at: None,
            age: None,
            decay: 100,
            state: State::Known,
        };
        let lines =
            vec![line(Topic::Industry, 12), line(Topic::Size, 5), line(Topic::Hiring, 6), line(Topic::Events, 8), line(Topic::Events, -3)];
        let score = Score { lines, ..Score::default() };
        assert_eq!(formula(&score), "0.40 × 42.5 fit + 0.40 × 15 intent + 0.20 × 25 engagement = 28");
    }
}
