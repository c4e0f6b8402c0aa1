//! A stage of the board: what its deals add up to, and its cards, a page at a time while somebody scrolls.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::card::DealCard;
use super::keys::Keys;
use super::state::{BoardState, start_anew};
use super::window::Window;
use crate::deals::Stage;
use crate::money::show_cents;
use crate::pipeline::api::read_more;
use crate::pipeline::query::Asked;
use crate::pipeline::{MOST, PAGE};

/// The next cards are read when this many pixels are left to scroll.
const AHEAD: i32 = 800;

/// Reads a column on while somebody scrolls.
#[derive(Clone, Copy)]
struct Reader {
    stage: Stage,
    state: BoardState,
    asked: Asked,
    list: NodeRef<html::Ul>,
    reading: RwSignal<bool>,
}

impl Reader {
    fn scrolled(self) {
        let list = self.list.try_get_untracked().flatten();
        if list.is_some_and(|list| list.scroll_top() + list.client_height() + AHEAD > list.scroll_height()) {
            self.read();
        }
    }

    fn read(self) {
        let column = self.state.column(self.stage);
        let Some((rank, id)) = column.with_untracked(|c| c.end).filter(|_| !self.reading.get_untracked()) else { return };
        self.reading.set(true);
        let filter = self.asked.get_untracked();
        spawn_local(async move {
            let read = read_more(filter.clone(), self.stage, rank, id).await;
            self.reading.try_set(false);
            if self.asked.try_get_untracked() != Some(filter) {
                return;
            }
            match read {
                Ok(more) if more.startup != self.state.startup => start_anew(),
                Ok(more) => self.state.append(self.stage, more),
                // the board's own reading tells of what is wrong
                Err(_) => {}
            }
        });
    }
}

#[component]
pub fn BoardColumn(stage: Stage, state: BoardState, keys: Option<Keys>, currency: StoredValue<String>) -> impl IntoView {
    let asked = expect_context::<Asked>();
    let column = state.column(stage);
    let median = Signal::derive(move || column.with(|c| c.median));
    let more = Memo::new(move |_| column.with(|c| c.end.is_some()));
    let list = NodeRef::<html::Ul>::new();
    let reader = Reader { stage, state, asked, list, reading: RwSignal::new(false) };
    let window = Window::new(list, column.with_untracked(|c| c.cards.len()));
    let scrolled = move || {
        window.scrolled();
        reader.scrolled();
    };
    // who waits at the end goes on: before the page was alive, after more was read, and after all was read anew
    Effect::new(move || {
        column.track();
        request_animation_frame(scrolled);
    });
    Effect::new(move || {
        if let Some(spot) = state.revealed.get().filter(|spot| spot.stage == stage) {
            window.reveal(spot.index);
        }
    });
    let below = move || column.with(|c| window.below(c.cards.len()));
    let further = move || asked.with(|a| a.at_cards(column.with(|c| c.cards.len()) + PAGE));
    let id = format!("column-{}", stage.as_str().to_lowercase().replace(' ', "-"));
    let labelled = id.clone();
    let rule = format!("{stage} stands for {} %, unless somebody set a deal’s probability by hand", stage.probability());
    view! {
        <section class="col" data-stage=stage.as_str() aria-labelledby=labelled>
            <header>
                <div class="line">
                    <h2 id=id>{stage.as_str()}</h2>
                    <span class="quiet count">{move || column.with(|c| c.sums.deals)}</span>
                    <span class="quiet odds" title=rule>{stage.probability()} " %"</span>
                    {keys.filter(|_| !stage.is_closed()).map(|_| view! {
                        <a class="btn plain add-deal" href=move || asked.with(|a| a.at_new(stage)) aria-label=format!("New deal in {stage}") title="New deal">"+"</a>
                    })}
                </div>
                <Adds stage state currency/>
            </header>
            <ul class="deals" node_ref=list tabindex="-1" on:scroll=move |_| scrolled() aria-busy=move || reader.reading.get().to_string()>
                <Gap height=Signal::derive(move || window.above())/>
                <For each=move || column.with(|c| window.of(&c.cards)) key=|card| (card.id, card.version, card.stage) let:card>
                    <DealCard card median state keys currency/>
                </For>
                <Gap height=Signal::derive(below)/>
                {move || more.get().then(|| view! {
                    <li class="further">
                        <a class="btn plain" href=further on:click=move |ev| { ev.prevent_default(); reader.read() }>"More deals"</a>
                        <noscript>{move || (column.with(|c| c.cards.len()) >= MOST).then_some("A page shows no more than these: filter for the others.")}</noscript>
                    </li>
                })}
            </ul>
        </section>
    }
}

/// Keeps the height of cards that are left out. The server leaves none out, and so writes no style.
#[component]
fn Gap(height: Signal<f64>) -> impl IntoView {
    let is_open = Memo::new(move |_| height.get() > 0.0);
    move || is_open.get().then(|| view! { <li aria-hidden="true" class="gap" style:height=move || format!("{}px", height.get())></li> })
}

/// What the column adds up to, and what it is worth by its deals' probabilities.
#[component]
fn Adds(stage: Stage, state: BoardState, currency: StoredValue<String>) -> impl IntoView {
    let column = state.column(stage);
    let shown = move |cents: i64| currency.with_value(|c| show_cents(cents, c));
    let sum = move || shown(column.with(|c| c.sums.cents));
    let weighted = move || shown(column.with(|c| c.sums.weighted_cents()));
    view! {
        <div class="line quiet">
            <span class="sum">{sum}</span>
            {(!stage.is_closed()).then(|| view! { <span class="weighted">"weighted " <span>{weighted}</span></span> })}
        </div>
    }
}
