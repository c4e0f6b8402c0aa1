//! The team: its members and their roles, and who is invited.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::TeamRoom;
use super::api::read_team;
use super::invitations::Invitations;
use super::made_link::MadeLinkBox;
use super::members::MemberTable;
use crate::ui::live::{Live, Shown};
use crate::ui::title::PageTitle;

#[component]
pub fn TeamPage() -> impl IntoView {
    let params = use_query_map();
    let link = Memo::new(move |_| params.with(|q| q.get("link")));
    view! {
        <PageTitle text="Team"/>
        <main class="page" id="main" tabindex="-1">
            <div class="top"><h1>"Team"</h1></div>
            <Live source=link read=read_team show=|room, _| view! { <Room room/> }.into_any() waiting="Reading the team…"/>
        </main>
    }
}

/// What a role may not do is not offered. The forms are plain: each leads to a page made anew.
#[component]
fn Room(room: Shown<TeamRoom>) -> impl IntoView {
    let linked = room.clone();
    let invited = room.clone();
    view! {
        <div class="people">
            {move || linked.with(|room| room.link.clone()).map(|link| view! { <MadeLinkBox link/> })}
            <MemberTable room/>
            {move || invited.with(|room| room.viewer.role.manages()).then(|| {
                let (startup, open) = invited.with(|room| (room.viewer.startup_id, room.invitations.clone()));
                view! { <Invitations startup open/> }
            })}
            <p class="quiet"><a class="src" href="/settings">"Name, currency and time zone of the startup"</a></p>
        </div>
    }
}
