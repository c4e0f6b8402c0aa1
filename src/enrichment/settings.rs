//! The page about research: what its owner decides, what it may cost, what waits and what failed.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::api::{ChooseResearch, ResearchMany, read_research};
use super::panel::dollars;
use super::{GroundingChoice, ResearchRoom, Settings};
use crate::jobs::api::{ActOnJob, ClearResearch};
use crate::jobs::{Job, JobKind, JobState, Queue};
use crate::team::Role;
use crate::ui::field::{Field, FormId, FormProblem, MadeFor, refusal};
use crate::ui::frame::Changes;
use crate::ui::live::{Desk, Live, Shown};
use crate::ui::time::ago;
use crate::ui::title::PageTitle;

const HERE: &str = "/settings/research";

#[component]
pub fn ResearchPage() -> impl IntoView {
    let changes = expect_context::<Changes>();
    let source = Memo::new(move |_| changes.count());
    view! {
        <PageTitle text="Research"/>
        <main class="page" id="main" tabindex="-1">
            <div class="top"><h1>"Research"</h1><a class="btn" href="/settings">"Settings"</a></div>
            <div class="people">
                <Live source read=|_| read_research() show=|room, desk| view! { <Room room desk/> }.into_any() waiting="Reading the queue…"/>
            </div>
        </main>
    }
}

/// The forms are plain: each leads to a page made anew.
#[component]
fn Room(room: Shown<ResearchRoom>, desk: Desk) -> impl IntoView {
    let room = room.get_untracked();
    let role = desk.with_value(|d| d.viewer.role);
    let ResearchRoom { startup, settings, queue, model, cost_of_a_run, now } = room;
    let google = model.is_some() && settings.choice == Some(GroundingChoice::Team);
    view! {
        <Sent model=model.clone() settings/>
        {if role == Role::Owner { view! { <Decision startup settings/> }.into_any() } else { view! { <Decided settings/> }.into_any() }}
        <Waiting startup queue=queue.clone() edits=role.edits() now/>
        {role.edits().then(|| view! { <Many startup waiting=queue.waiting_for_research budget=queue.budget cost=if google { cost_of_a_run } else { 0 }/> })}
    }
}

/// In plain words: what goes where.
#[component]
fn Sent(model: Option<String>, settings: Settings) -> impl IntoView {
    let google = match (&model, settings.choice) {
        (None, _) => "Gemini is not connected: the operator of this server has set no key. Nothing is sent to Google.".to_string(),
        (Some(model), None) => {
            format!("Gemini ({model}) is connected. Nothing has been sent to Google, and nothing will be before an owner decides below.")
        }
        (Some(model), Some(_)) => format!("Gemini ({model}) is connected, and an owner has decided as below."),
    };
    view! {
        <section>
            <h2>"What is sent, and to whom"</h2>
            <p>"Of a company’s own site, its home page and a few more are read: by name, as a visitor who says who it is, within what its robots.txt allows. The company sees that somebody at this server’s address came by."</p>
            <p>{google}</p>
            <p>"With your decision, Google receives for each run the company’s name and domain, and the list of questions: who leads it, its news, funding, hiring and market. It receives no names of your contacts, no deals, no notes and no other account. For a score it receives the facts that stand in the Intelligence tab and your ideal customer. Google keeps what it is sent with a search, and its answer, for 30 days."</p>
            <p>"Google’s terms for results of Google Search let them be shown, with Google’s Search Suggestions, to the person who asked. They forbid collecting, analysing and sharing them. Links to Google’s results end after 30 days here, texts after two years."</p>
        </section>
    }
}

#[component]
fn Decision(startup: Uuid, settings: Settings) -> impl IntoView {
    let refused = refusal(ServerAction::<ChooseResearch>::new());
    let texts = vec![("budget".to_string(), settings.budget.to_string())];
    let choice = move |value: Option<GroundingChoice>, label: &'static str| {
        let text = value.map(|v| v.as_str()).unwrap_or_default();
        view! { <label class="tick"><input type="radio" name="choice" value=text checked=settings.choice == value/>{label}</label> }
    };
    view! {
        <section aria-labelledby="decision">
            <h2 id="decision">"Your decision"</h2>
            <form class="form" method="post" action=ChooseResearch::url() aria-label="Research">
                <FormProblem refused/>
                <MadeFor startup/>
                <fieldset>
                    <legend>"Research with Google Search"</legend>
                    {choice(None, "Not at all: companies’ own sites only")}
                    {choice(Some(GroundingChoice::OnRequest), "On request: when somebody asks, shown to them alone. This is what Google’s terms describe.")}
                    {choice(Some(GroundingChoice::Team), "By itself, for every lead, shown to the whole team and used in scores. This goes beyond what Google’s terms allow on their face: choose it only with Google’s permission or on your own responsibility.")}
                </fieldset>
                <label class="tick"><input type="checkbox" name="reads_log" value="1" checked=settings.reads_log/>"Gemini also reads the texts of logged interactions, to tell their mood. They may name people. Without this a word list on this server does it (English)."</label>
                <leptos::context::Provider value=FormId { id: "research".into(), refused, texts }>
                    <Field label="Most runs of research a day" name="budget" kind="decimal"/>
                </leptos::context::Provider>
                <div class="line end"><button class="btn primary" type="submit">"Save"</button></div>
            </form>
        </section>
    }
}

#[component]
fn Decided(settings: Settings) -> impl IntoView {
    let says = match settings.choice {
        None => "No research with Google Search: companies’ own sites only.",
        Some(GroundingChoice::OnRequest) => "Research with Google Search on request, shown to whoever asks.",
        Some(GroundingChoice::Team) => "Research with Google Search for every lead, shown to the team.",
    };
    view! {
        <section>
            <h2>"What the owner has decided"</h2>
            <p>{says} " At most " {settings.budget} " runs a day."</p>
        </section>
    }
}

#[component]
fn Waiting(startup: Uuid, queue: Queue, edits: bool, now: chrono::DateTime<chrono::Utc>) -> impl IntoView {
    let count = |kind: JobKind, state: JobState| queue.counts.iter().find(|(k, s, _)| (*k, *s) == (kind, state)).map_or(0, |(_, _, n)| *n);
    let row = |kind: &JobKind| view! { <tr><th scope="row">{kind.says()}</th><td class="num">{count(*kind, JobState::Queued)}</td><td class="num">{count(*kind, JobState::Running)}</td></tr> };
    let spent = if queue.spent_today > 0 { format!(", {}", dollars(queue.spent_today)) } else { String::new() };
    let many = count(JobKind::Enrich, JobState::Queued) > 0 && edits;
    view! {
        <section aria-labelledby="queue">
            <h2 id="queue">"The queue"</h2>
            <p>"Today (UTC): " {queue.runs_today} " of " {queue.budget} {format!(" runs of research{spent}.")}</p>
            <table>
                <thead><tr><th scope="col">"Work"</th><th scope="col" class="num">"Waiting"</th><th scope="col" class="num">"Running"</th></tr></thead>
                <tbody>{JobKind::ALL.iter().map(row).collect_view()}</tbody>
            </table>
            {many.then(|| view! {
                <form method="post" action=ClearResearch::url()><MadeFor startup/><button class="btn" type="submit">"Cancel research that nobody waits for"</button></form>
            })}
            {(!queue.failed.is_empty()).then(|| view! {
                <h2>"What came to nothing"</h2>
                <ul class="cards">{queue.failed.iter().cloned().map(|job| view! { <Dead job edits now/> }).collect_view()}</ul>
            })}
        </section>
    }
}

#[component]
fn Dead(job: Job, edits: bool, now: chrono::DateTime<chrono::Utc>) -> impl IntoView {
    let name = job.account.unwrap_or_else(|| job.kind.says().to_string());
    let of = job.account_id.map(|id| format!("/accounts/{id}?tab=intelligence"));
    let act = move |act: &'static str, text: &'static str, name: &str| {
        view! {
            <form method="post" action=ActOnJob::url()>
                <input type="hidden" name="job" value=job.id.to_string()/>
                <input type="hidden" name="act" value=act/>
                <input type="hidden" name="back" value=HERE/>
                <button class="btn plain" type="submit" aria-label=format!("{text}: {name}")>{text}</button>
            </form>
        }
    };
    view! {
        <li class="line">
            <b>{match of { Some(href) => view! { <a href=href>{name.clone()}</a> }.into_any(), None => name.clone().into_any() }}</b>
            <span>{job.error}</span>
            <small>{job.kind.says()} ", " {ago(job.updated_at, now)}</small>
            {edits.then(|| view! { <div class="acts line">{act("retry", "Try again", &name)}{act("cancel", "Dismiss", &name)}</div> })}
        </li>
    }
}

/// Many at once: first what it will cost, then the button.
#[component]
fn Many(startup: Uuid, waiting: i64, budget: i32, cost: i64) -> impl IntoView {
    let refused = refusal(ServerAction::<ResearchMany>::new());
    let texts = vec![("most".to_string(), waiting.min(i64::from(budget.max(1))).to_string())];
    let days = |n: i64| (n + i64::from(budget) - 1) / i64::from(budget.max(1));
    let price = match cost {
        0 => "Companies’ own sites are read at no cost.".to_string(),
        cost => format!("With Google a run costs about {}: all of them about {}.", dollars(cost), dollars(cost.saturating_mul(waiting))),
    };
    view! {
        <section aria-labelledby="many">
            <h2 id="many">"Research many"</h2>
            {if waiting == 0 {
                view! { <p class="quiet">"Every account was researched within 30 days."</p> }.into_any()
            } else {
                view! {
                    <p>{if waiting == 1 { "1 account has".to_string() } else { format!("{waiting} accounts have") }} " no research, or one older than 30 days. " {price} " With " {budget} " runs a day that takes about " {days(waiting)} " days; what people ask for comes first."</p>
                    <form class="form" method="post" action=ResearchMany::url() aria-label="Research many">
                        <FormProblem refused/>
                        <MadeFor startup/>
                        <leptos::context::Provider value=FormId { id: "many".into(), refused, texts }>
                            <Field label="How many, the most promising first" name="most" kind="decimal"/>
                        </leptos::context::Provider>
                        <div class="line end"><button class="btn" type="submit">"Queue them"</button></div>
                    </form>
                }
                .into_any()
            }}
        </section>
    }
}
