//! The forecast: what each month has closed at, should and could close at.

use leptos::prelude::AnyView;

use super::numbers::{Charts, ForecastMonth, OpenDates};
use super::words::{deals, without_amount};
use crate::money::{grouped, show_cents, show_short};
use crate::ui::chart::Fill;
use crate::ui::chart::bars::{Bar, upright};
use crate::ui::chart::figure::{Figure, Table, nothing};
use crate::ui::chart::scale::Scale;
use crate::ui::time::{month, short_month};

pub fn figure(charts: &Charts, currency: &str) -> Figure {
    let months = charts.forecast_months();
    let about = format!("open and won deals by month of close, in {currency}");
    let most = months.iter().map(ForecastMonth::best).max().unwrap_or(0);
    let picture = match most {
        0 => nothing("Deals with an amount and an expected close show here by month."),
        _ => picture(&about, &months, most, currency),
    };
    let unknown = months.iter().map(|m| m.unknown).sum();
    let notes = dates(charts.open, &charts.today.format("%B").to_string()).into_iter().chain(without_amount(unknown, "dated"));
    Figure { title: title(charts, &months, currency), about, picture, notes: notes.collect(), table: table(&months, currency) }
}

fn title(charts: &Charts, months: &[ForecastMonth], currency: &str) -> String {
    let name = charts.today.format("%B");
    let Some(now) = months.iter().find(|m| m.month == charts.this_month()) else { return "Forecast".into() };
    let short = |cents| show_short(cents, currency);
    if charts.open.undated > 0 && months.iter().all(|m| m.won + m.open == 0) {
        return "No open deal has an expected close".into();
    }
    match (now.won_cents, now.weighted) {
        (0, 0) => format!("Nothing is expected to close in {name}"),
        (0, _) => format!("{name} should close at {}, all of it still open", short(now.weighted)),
        (_, 0) => format!("{name} has closed at {}, nothing more is expected", short(now.won_cents)),
        _ => format!("{name} should close at {}, {} of it still open", short(now.expected()), short(now.weighted)),
    }
}

fn picture(about: &str, months: &[ForecastMonth], most: i64, currency: &str) -> AnyView {
    let bars = months.iter().map(|m| {
        let name = month(m.month);
        let full = |cents| show_cents(cents, currency);
        let number = deals(m.won + m.open);
        Bar {
            label: short_month(m.month).into(),
            parts: vec![
                (Fill::Solid, m.won_cents as f64),
                (Fill::Hatched, m.weighted as f64),
                (Fill::Outlined, (m.open_cents - m.weighted) as f64),
            ],
            end: String::new(),
            tip: format!("{name}: {}", parts(m, currency)),
            said: format!(
                "{name}: closed won {}, weighted open {}, open in full {}, {number}",
                full(m.won_cents),
                full(m.weighted),
                full(m.open_cents)
            ),
        }
    });
    let legend = [(Fill::Solid, "won"), (Fill::Hatched, "weighted open"), (Fill::Outlined, "best case")];
    upright(about, &legend, bars.collect(), Scale::reaching(most as f64, 3, 100.0), &|cents| show_short(cents as i64, currency))
}

/// In short, without what is nothing.
fn parts(month: &ForecastMonth, currency: &str) -> String {
    let parts = [("won", month.won_cents), ("weighted", month.weighted), ("open", month.open_cents)];
    let said: Vec<_> =
        parts.iter().filter(|(_, cents)| *cents > 0).map(|(name, cents)| format!("{name} {}", show_short(*cents, currency))).collect();
    if said.is_empty() { "nothing".into() } else { said.join(", ") }
}

/// Open deals that stand elsewhere than their date says, or nowhere.
fn dates(open: OpenDates, this_month: &str) -> Vec<String> {
    let mut notes = Vec::new();
    if open.overdue > 0 {
        let count = if open.overdue == 1 { "deal counts" } else { "deals count" };
        notes.push(format!("{} overdue {count} in {this_month}", grouped(open.overdue)));
    }
    if open.undated > 0 {
        notes.push(format!("{} without an expected close", deals(open.undated)));
    }
    if open.later > 0 {
        notes.push(format!("{} later", grouped(open.later)));
    }
    notes
}

fn table(months: &[ForecastMonth], currency: &str) -> Table {
    let row = |m: &ForecastMonth| {
        let full = |cents| show_cents(cents, currency);
        vec![month(m.month), full(m.won_cents), full(m.weighted), full(m.open_cents), full(m.best()), grouped(m.won + m.open)]
    };
    Table { head: vec!["Month", "Won", "Weighted", "Open", "Best case", "Deals"], rows: months.iter().map(row).collect() }
}
