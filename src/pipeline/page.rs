//! The pipeline's page: the board, and beside it the drawer of the deal whose address is open.

use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_query_map};
use uuid::Uuid;

use super::api::read_board;
use super::board::{CardsShown, DealBoard, Moves};
use super::charts::ChartsSection;
use super::filter::DealFilter;
use super::filters::Filters;
use super::query::Asked;
use super::{Board, PAGE};
use crate::deals::Stage;
use crate::error::AppError;
use crate::team::Workspace;
use crate::ui::frame::{Changes, WithDesk};
use crate::ui::keys::{KeyHelp, Records, return_to_record, use_keys};
use crate::ui::live::Live;
use crate::ui::title::PageTitle;

/// The board by keyboard.
const RECORDS: Records = Records {
    links: "main .board a.open",
    address: "/pipeline/deals/",
    keys: &[
        ("j or k", "the next deal, the one before"),
        ("Enter", "open it"),
        ("Space", "on a deal’s handle: lift it, and drop it"),
        ("arrows", "move the lifted deal"),
        ("/", "search"),
        ("n", "a new deal"),
        ("e", "edit the open deal"),
        ("m", "move the open deal"),
        ("Esc", "close what is open"),
        ("?", "these keys"),
    ],
};

/// What is open beside the board, as the address has it: a deal's id, `new`, or `calendar`.
#[derive(Clone, Copy)]
pub struct OpenDeal(pub Memo<Option<String>>);

impl OpenDeal {
    fn at(path: &str) -> Option<String> {
        let beside = path.strip_prefix("/pipeline/")?.trim_end_matches('/');
        beside.strip_prefix("deals/").or_else(|| (beside == "calendar").then_some(beside)).map(ToString::to_string)
    }

    /// Address of what `filter` asks for, beside the same drawer.
    pub fn beside(self, filter: &DealFilter) -> String {
        match self.0.get().and_then(|id| id.parse::<Uuid>().ok()) {
            Some(id) => filter.at_deal(id),
            None => filter.at_board(),
        }
    }
}

/// What the board is read for: the filter, after so many changes in this window, with so many cards in each column.
type Source = (DealFilter, u32, Vec<usize>);

#[component]
pub fn PipelinePage() -> impl IntoView {
    let params = use_query_map();
    let asked: Asked = Memo::new(move |_| params.with(DealFilter::from_params));
    provide_context(asked);
    let path = use_location().pathname;
    let open = Memo::new(move |_| path.with(|p| OpenDeal::at(p)));
    provide_context(OpenDeal(open));
    let cards = params.with_untracked(|p| p.get("cards").and_then(|n| n.parse().ok())).unwrap_or(PAGE);
    let shown = StoredValue::new(vec![cards; Stage::ALL.len()]);
    provide_context(CardsShown(shown));
    let changes = expect_context::<Changes>();
    let source: Memo<Source> = Memo::new(move |before: Option<&Source>| {
        let filter = asked.get();
        // another question starts at the top
        let same = before.is_none_or(|(before, ..)| *before == filter);
        (filter, changes.count(), if same { shown.get_value() } else { Vec::new() })
    });
    use_keys(RECORDS, open);
    return_to_record(RECORDS, open);
    let moves = Moves::provide(open);
    let (busy, set_busy) = signal(false);
    view! {
        <PageTitle text="Pipeline"/>
        <main id="main" tabindex="-1" class="with-panel pipeline" class:open=move || open.with(Option::is_some)>
            <section class="page" aria-label="Board" aria-busy=move || busy.get().to_string()>
                <Top/>
                <Live source read=read show=move |board, desk| view! { <DealBoard board desk/> }.into_any() waiting="Reading the board…" busy=set_busy/>
                <ChartsSection source=Memo::new(move |_| (asked.get(), changes.count() + moves.count()))/>
            </section>
            <Outlet/>
        </main>
        <KeyHelp records=RECORDS/>
    }
}

async fn read((filter, _, shown): Source) -> Result<Board, AppError> {
    read_board(filter, shown).await
}

/// Title, search and filters. They stand outside of what is read again: they say what is asked for, not what was found.
#[component]
fn Top() -> impl IntoView {
    let asked = expect_context::<Asked>();
    let show = move |desk: Workspace| {
        let edits = desk.viewer.role.edits();
        view! {
            <Filters desk/>
            {edits.then(|| view! { <a class="btn primary add" href=move || asked.with(|a| a.at_new(Stage::Qualified)) data-key="n">"New deal"</a> })}
        }
        .into_any()
    };
    view! { <WithDesk show/> }
}
