//! The page of keys: what a site can tell, the line to paste, and the keys in use.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{MakeKey, RevokeKey, read_keys};
use super::{IngestKey, KeyRoom};
use crate::ui::clipboard::CopyField;
use crate::ui::field::{MadeFor, refusal};
use crate::ui::live::{Desk, Live, Shown};
use crate::ui::time::date;
use crate::ui::title::PageTitle;

#[component]
pub fn EventsPage() -> impl IntoView {
    let params = use_query_map();
    let link = Memo::new(move |_| params.with(|q| q.get("link")));
    view! {
        <PageTitle text="Events from your site"/>
        <main class="page" id="main" tabindex="-1">
            <div class="top"><h1>"Events from your site"</h1></div>
            <div class="people profile">
                <p>"Your own site can tell what your contacts do there: visits, forms, trials, and what your mailer sees. Each counts for engagement, up to 8 points of a score (unsubscribing: against it), and loses its weight within weeks. Only people whose address is among your contacts are kept; of all others nothing is."</p>
                <Live source=link read=read_keys show=|room, desk| view! { <Room room desk/> }.into_any() waiting="Reading the keys…"/>
                <Meaning/>
            </div>
        </main>
    }
}

/// The forms are plain: each leads to a page made anew.
#[component]
fn Room(room: Shown<KeyRoom>, desk: Desk) -> impl IntoView {
    let manages = desk.with_value(|d| d.viewer.role.manages());
    let startup = room.with_untracked(|room| room.startup);
    let made = room.clone();
    view! {
        {move || made.with(|room| room.made.clone()).map(|address| view! { <NewKey address/> })}
        {manages.then(|| view! { <MakeForm startup/> })}
        {move || view! { <Keys keys=room.with(|room| room.keys.clone()) manages/> }}
    }
}

#[component]
fn NewKey(address: String) -> impl IntoView {
    let line = format!("<script src=\"{address}.js\" data-email=\"THE PERSON'S ADDRESS\" defer></script>");
    view! {
        <section class="made" aria-labelledby="made">
            <h2 id="made">"Your new key"</h2>
            <p role="status">"Copy it now: it is not shown again. On your pages everybody can see it: it opens nothing, it only takes events."</p>
            <CopyField label="Line for your pages" text=line/>
            <CopyField label="Address for your server" text=address/>
        </section>
    }
}

#[component]
fn MakeForm(startup: uuid::Uuid) -> impl IntoView {
    let refused = refusal(ServerAction::<MakeKey>::new());
    view! {
        <form method="post" action=MakeKey::url() aria-label="New key">
            <MadeFor startup/>
            <p class="problem" role="alert">{move || refused.get().map(|error| error.to_string())}</p>
            <button class="btn primary" type="submit">"Make a key"</button>
        </form>
    }
}

#[component]
fn Keys(keys: Vec<IngestKey>, manages: bool) -> impl IntoView {
    let refused = refusal(ServerAction::<RevokeKey>::new());
    let none = keys.is_empty();
    let row = move |key: IngestKey| {
        let made = format!("made {} by {}", date(key.created_at), key.made_by.unwrap_or_else(|| "a former member".into()));
        let label = format!("Revoke the key {made}");
        view! {
            <li class="line">
                <b>"Key"</b>
                <small>{made}</small>
                {manages.then(|| view! {
                    <form class="acts" method="post" action=RevokeKey::url()>
                        <input type="hidden" name="key" value=key.id.to_string()/>
                        <button class="btn plain" type="submit" aria-label=label>"Revoke"</button>
                    </form>
                })}
            </li>
        }
    };
    view! {
        <section aria-labelledby="keys">
            <h2 id="keys">"Keys in use"</h2>
            <p class="problem" role="alert">{move || refused.get().map(|error| error.to_string())}</p>
            <ul class="cards">{keys.into_iter().map(row).collect_view()}</ul>
            {none.then(|| view! { <p class="quiet">"None."</p> })}
            {(!manages).then(|| view! { <p class="quiet">"An owner or admin can make and revoke keys."</p> })}
        </section>
    }
}

/// What can be sent, and what the script does.
#[component]
fn Meaning() -> impl IntoView {
    view! {
        <section aria-labelledby="what">
            <h2 id="what">"What is sent"</h2>
            <p>"The line tells of a visit where your page says who is there: put the person’s address into data-email once they are signed in. Without it nothing is sent. No cookie, nothing stored, no fingerprint; the page’s address goes without what follows “?”; and nothing of people who have asked their browser not to be followed. Tell your visitors of it."</p>
            <p>"Your server can send the same by itself, as a form or as JSON of at most 4 KB, 20 a second:"</p>
            <pre>"POST /e/KEY  {\"email\": \"ada@example.com\", \"kind\": \"trial_start\", \"at\": \"2026-11-23T12:00:00Z\", \"channel\": \"app\", \"url\": \"https://…\", \"id\": \"yours, to send it twice and count it once\"}"</pre>
            <p>"Kinds: email_open, email_click, email_reply, site_visit, form, demo_request, trial_start, unsubscribe, other. The answer is the same whether the person is known or not."</p>
        </section>
    }
}
