//! An account's panel: beside the list on a wide screen, a page of its own on a phone.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use super::api::get_account;
use super::query::Query;
use super::{Account, AccountDetail};
use crate::deals::DealTable;
use crate::interactions::{LogForm, Timeline};
use crate::ui::frame::{Changes, SignedIn};
use crate::ui::meter::Meter;
use crate::ui::problem::Problem;
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::{Ago, date};
use crate::ui::title::PageTitle;

#[component]
pub fn AccountPanel() -> impl IntoView {
    let params = use_params_map();
    let changes = expect_context::<Changes>();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let detail = Resource::new_blocking(move || (id.get(), changes.count()), |(id, _)| get_account(id));
    let (reading, set_reading) = signal(false);
    view! {
        <aside class="panel" aria-label="Account" aria-busy=move || reading.get().to_string()>
            <Transition fallback=|| view! { <p class="quiet reading">"Reading the account…"</p> } set_pending=set_reading>
                {move || Suspend::new(async move {
                    detail.await.map_or_else(|error| view! { <BackLink/><Problem error/> }.into_any(), |detail| view! { <Record detail/> }.into_any())
                })}
            </Transition>
            <section class="activity">
                <h2>"Activity"</h2>
                <EditorsLogForm account=id/>
                <Transition>
                    {move || Suspend::new(async move {
                        detail.await.ok().map(|AccountDetail { interactions, now, .. }| view! { <Timeline interactions now/> })
                    })}
                </Transition>
            </section>
        </aside>
    }
}

/// The form stands outside of what is read again: there its handlers would be gone while the reading lasts.
#[component]
fn EditorsLogForm(account: Memo<String>) -> impl IntoView {
    let changes = expect_context::<Changes>();
    let viewer = expect_context::<SignedIn>();
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let edits = viewer.await.is_ok_and(|viewer| viewer.role.edits());
                edits.then(|| view! { <LogForm account logged=Callback::new(move |()| changes.notify())/> })
            })}
        </Suspense>
    }
}

#[component]
fn BackLink() -> impl IntoView {
    let query = expect_context::<Query>();
    view! { <A href=move || format!("/{}", query.get().to_query_string()) attr:class="btn plain close" attr:aria-label="Close the account">"✕"</A> }
}

#[component]
fn Record(detail: AccountDetail) -> impl IntoView {
    let AccountDetail { account, deals, currency, now, .. } = detail;
    view! {
        <PageTitle text=account.name.clone()/>
        <header>
            <div class="line">
                <h1>{account.name.clone()}</h1>
                <Tag tone=account.status.tone() text=account.status.as_str()/>
                {account.stale.then(|| view! { <Tag tone=Tone::Warn text="Stale"/> })}
                <BackLink/>
            </div>
        </header>
        <Fields account currency=currency.clone() now/>
        <section><h2>"Deals"</h2><DealTable deals currency/></section>
    }
}

#[component]
fn Fields(account: Account, currency: String, now: chrono::DateTime<chrono::Utc>) -> impl IntoView {
    let Account {
        domain, kind, segment, mrr, health, owner, last_contact, last_enriched, extended_info, import_source, created_at, ..
    } = account;
    let extra = extended_info.into_iter().map(|(name, value)| view! { <dt>{name.replace('_', " ")}</dt><dd>{value}</dd> });
    view! {
        <dl class="facts">
            <dt>"Domain"</dt><dd>{domain.map_or_else(|| "–".into_any(), |domain| view! { <SiteLink domain/> }.into_any())}</dd>
            <dt>"Kind"</dt><dd>{kind.as_str()}</dd>
            <dt>"Segment"</dt><dd>{segment.as_str()}</dd>
            <dt>"MRR"</dt><dd>{mrr.show(&currency)}</dd>
            <dt>"Health"</dt><dd><Meter score=health/></dd>
            <dt>"Owner"</dt><dd>{owner.unwrap_or_else(|| "nobody".into())}</dd>
            <dt>"Last contact"</dt><dd>{last_contact.map_or_else(|| "never".into_any(), |at| view! { <Ago at now/> }.into_any())}</dd>
            <dt>"Researched"</dt><dd>{last_enriched.map_or_else(|| "not yet".into_any(), |at| view! { <Ago at now/> }.into_any())}</dd>
            <dt>"Added"</dt><dd>{date(created_at)} {import_source.map(|s| format!(", from {s}"))}</dd>
            {extra.collect_view()}
        </dl>
    }
}

/// The account's own site, which learns nothing of where the visitor came from.
#[component]
fn SiteLink(domain: String) -> impl IntoView {
    let address = format!("https://{domain}/");
    view! { <a class="src" href=address target="_blank" rel="noopener noreferrer external">{domain}</a> }
}
