//! The dashboard: the account list, and beside it the panel of the account whose address is open.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::{Form, Outlet};
use leptos_router::hooks::{use_location, use_query_map};

use super::api::{RemoveSample, list_accounts};
use super::list::AccountTable;
use super::query::{ListQuery, Query};
use crate::ui::frame::Changes;
use crate::ui::problem::Problem;
use crate::ui::title::PageTitle;

#[component]
pub fn Dashboard() -> impl IntoView {
    let params = use_query_map();
    let query: Query = Memo::new(move |_| params.with(ListQuery::from_params));
    provide_context(query);
    let changes = expect_context::<Changes>();
    let page = Resource::new(move || (query.get(), changes.count()), |(query, _)| list_accounts(query));
    let path = use_location().pathname;
    let open = Memo::new(move |_| path.with(|p| p.strip_prefix("/accounts/").map(|rest| rest.trim_end_matches('/').to_string())));
    let (reading, set_reading) = signal(false);
    view! {
        <PageTitle text="Accounts"/>
        <div class="with-panel" class:open=move || open.with(Option::is_some)>
            <main class="page" id="main" tabindex="-1" aria-busy=move || reading.get().to_string()>
                <div class="top">
                    <h1>"Accounts"</h1>
                    <Form method="GET" action="/" attr:class="search" attr:role="search">
                        <input type="search" name="q" value=query.get_untracked().search prop:value=move || query.get().search
                            placeholder="Search names and domains" aria-label="Search accounts by name or domain"/>
                    </Form>
                </div>
                <Transition fallback=|| view! { <p class="quiet reading">"Reading accounts…"</p> } set_pending=set_reading>
                    {move || Suspend::new(async move {
                        let page = match page.await {
                            Ok(page) => page,
                            Err(error) => return view! { <Problem error/> }.into_any(),
                        };
                        view! {
                            {page.removable_sample.then(|| view! { <SampleNotice/> })}
                            <AccountTable page query open/>
                        }
                        .into_any()
                    })}
                </Transition>
            </main>
            <Outlet/>
        </div>
    }
}

/// Says that the data are samples, and takes them away. A plain form: it stands in what is read again, where the handlers
/// of a live one would be gone while the reading lasts.
#[component]
fn SampleNotice() -> impl IntoView {
    view! {
        <form class="sample" method="post" action=RemoveSample::url()>
            <span>"These are sample data, made up to look around in."</span>
            <button class="btn" type="submit">"Remove sample data"</button>
        </form>
    }
}
