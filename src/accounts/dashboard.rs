//! The dashboard: the account list, and beside it the panel of the account whose address is open.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_query_map};

use super::AccountPage;
use super::api::{RemoveSample, list_accounts};
use super::list::{AccountTable, Filters};
use super::query::{ListQuery, Query, Tab};
use super::totals::TotalsLine;
use crate::error::AppError;
use crate::team::Workspace;
use crate::ui::field::MadeFor;
use crate::ui::frame::{Changes, WithDesk};
use crate::ui::keys::{KeyHelp, Records, return_to_record, use_keys};
use crate::ui::live::{Desk, Live, Shown};
use crate::ui::title::PageTitle;

/// The list by keyboard.
const RECORDS: Records = Records {
    links: "main .list a.open",
    address: "/accounts/",
    keys: &[
        ("j or ↓", "the next account"),
        ("k or ↑", "the one before"),
        ("Enter", "open it"),
        ("/", "search"),
        ("n", "a new account"),
        ("e", "edit the open account"),
        ("Esc", "close what is open"),
        ("?", "these keys"),
    ],
};

/// The account whose panel is open, as the address has it; `new` while one is being added. And where in it: the panel stays
/// as it is while the list is asked for something else.
#[derive(Clone, Copy)]
pub struct OpenAccount {
    pub id: Memo<Option<String>>,
    place: Memo<(Tab, String)>,
}

impl OpenAccount {
    /// Address of what `query` asks for, beside the same panel.
    pub fn beside(self, query: &ListQuery) -> String {
        match self.id.get() {
            Some(id) => self.place.with(|(tab, edit)| query.at_edit(&id, *tab, edit)),
            None => query.at_list(),
        }
    }
}

#[component]
pub fn Dashboard() -> impl IntoView {
    let params = use_query_map();
    let query: Query = Memo::new(move |_| params.with(ListQuery::from_params));
    provide_context(query);
    let path = use_location().pathname;
    let open = Memo::new(move |_| path.with(|p| p.strip_prefix("/accounts/").map(|rest| rest.trim_end_matches('/').to_string())));
    let place = Memo::new(move |_| {
        params.with(|p| (p.get("tab").and_then(|t| t.parse().ok()).unwrap_or(Tab::Overview), p.get("edit").unwrap_or_default()))
    });
    provide_context(OpenAccount { id: open, place });
    let changes = expect_context::<Changes>();
    let source = Memo::new(move |_| (query.get(), changes.count()));
    let (busy, set_busy) = signal(false);
    use_keys(RECORDS, open);
    return_to_record(RECORDS, open);
    view! {
        <PageTitle text="Accounts"/>
        <main id="main" tabindex="-1" class="with-panel" class:open=move || open.with(Option::is_some)>
            <section class="page" aria-label="List" aria-busy=move || busy.get().to_string()>
                <Top/>
                <Live source read=read show=move |page, desk| view! { <Page page desk/> }.into_any() waiting="Reading accounts…" busy=set_busy/>
                <TotalsLine source/>
            </section>
            <Outlet/>
        </main>
        <KeyHelp records=RECORDS/>
    }
}

async fn read((query, _): (ListQuery, u32)) -> Result<AccountPage, AppError> {
    list_accounts(query).await
}

/// Title, search and filters. They stand outside of what is read again: they say what is asked for, not what was found.
#[component]
fn Top() -> impl IntoView {
    let show = move |desk: Workspace| {
        let edits = desk.viewer.role.edits();
        view! {
            <Filters desk/>
            {edits.then(|| view! { <a class="btn primary add" href="/accounts/new" data-key="n">"New account"</a> })}
        }
        .into_any()
    };
    view! { <WithDesk show/> }
}

#[component]
fn Page(page: Shown<AccountPage>, desk: Desk) -> impl IntoView {
    let page = RwSignal::from(page);
    view! {
        {move || page.with(|p| p.removable_sample).then(|| view! { <SampleNotice startup=desk.with_value(|d| d.viewer.startup_id)/> })}
        <AccountTable page desk/>
    }
}

/// Says that the data are samples, and takes them away.
#[component]
fn SampleNotice(startup: uuid::Uuid) -> impl IntoView {
    view! {
        <form class="sample" method="post" action=RemoveSample::url()>
            <MadeFor startup/>
            <span>"These are sample data, made up to look around in."</span>
            <button class="btn" type="submit">"Remove sample data"</button>
        </form>
    }
}
