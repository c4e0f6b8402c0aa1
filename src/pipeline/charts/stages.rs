//! The open deals by stage: how many, how much, and how much of it by their probability.

use super::numbers::{Charts, StageSum, share};
use super::words::{deals, percent, without_amount};
use crate::deals::Stage;
use crate::money::{grouped, show_cents, show_short};
use crate::ui::chart::Fill;
use crate::ui::chart::bars::{Bar, lying};
use crate::ui::chart::figure::{Figure, Table, nothing};
use crate::ui::chart::scale::Scale;

pub fn figure(charts: &Charts, currency: &str) -> Figure {
    let open = charts.open_stages();
    let (number, cents): (i64, i64) = (open.iter().map(|s| s.deals).sum(), open.iter().map(|s| s.cents).sum());
    let most = open.iter().max_by_key(|s| (s.cents, s.deals));
    let (title, about) = match (number, cents, most) {
        (0, _, _) => ("No deal is open".to_string(), "open deals by stage".to_string()),
        (_, 0, _) => (format!("{} open, none with an amount", deals(number)), "open deals by stage, by number".into()),
        (_, _, Some(most)) if open.iter().filter(|s| s.cents > 0).count() > 1 => {
            let part = percent(share(most.cents, cents).unwrap_or(1.0));
            let title = format!("{} open in {}, {part} of it in {}", show_short(cents, currency), deals(number), most.stage);
            (title, format!("value in {currency} and number of open deals by stage"))
        }
        _ => {
            let title = format!("{} open in {}", show_short(cents, currency), deals(number));
            (title, format!("value in {currency} and number of open deals by stage"))
        }
    };
    let picture = match (number, cents) {
        (0, _) => nothing("Deals that are not closed show here by their stage."),
        (_, 0) => by_number(&about, &open),
        _ => by_value(&about, &open, currency),
    };
    // where none has one, the title says so
    let unknown = if cents > 0 { open.iter().map(|s| s.unknown).sum() } else { 0 };
    let notes = without_amount(unknown, "open").into_iter().collect();
    Figure { title, about, picture, notes, table: table(charts, currency) }
}

fn by_value(about: &str, open: &[StageSum], currency: &str) -> leptos::prelude::AnyView {
    let most = open.iter().map(|s| s.cents).max().unwrap_or(0);
    let bars = open.iter().map(|s| {
        let in_words =
            format!("{}: {}, {}, weighted {}", s.stage, deals(s.deals), show_cents(s.cents, currency), show_cents(s.weighted, currency));
        Bar {
            label: s.stage.to_string(),
            parts: vec![(Fill::Hatched, s.weighted as f64), (Fill::Outlined, (s.cents - s.weighted) as f64)],
            end: format!("{} · {}", show_short(s.cents, currency), grouped(s.deals)),
            tip: in_words.clone(),
            said: in_words,
        }
    });
    let legend = [(Fill::Hatched, "weighted"), (Fill::Outlined, "in full")];
    lying(about, &legend, bars.collect(), Scale::filled_by(most as f64, 100.0), &|cents| show_short(cents as i64, currency))
}

fn by_number(about: &str, open: &[StageSum]) -> leptos::prelude::AnyView {
    let most = open.iter().map(|s| s.deals).max().unwrap_or(0);
    let bars = open.iter().map(|s| {
        let in_words = format!("{}: {} without an amount", s.stage, deals(s.deals));
        Bar {
            label: s.stage.to_string(),
            parts: vec![(Fill::Quiet, s.deals as f64)],
            end: grouped(s.deals),
            tip: in_words.clone(),
            said: in_words,
        }
    });
    lying(about, &[], bars.collect(), Scale::filled_by(most as f64, 1.0), &|number| grouped(number as i64))
}

fn table(charts: &Charts, currency: &str) -> Table {
    let row = |stage: &Stage| {
        let s = charts.stage(*stage);
        let weighted = if stage.is_closed() { "–".into() } else { show_cents(s.weighted, currency) };
        vec![stage.to_string(), grouped(s.deals), show_cents(s.cents, currency), weighted, grouped(s.unknown)]
    };
    Table { head: vec!["Stage", "Deals", "Value", "Weighted", "No amount"], rows: Stage::ALL.iter().map(row).collect() }
}
