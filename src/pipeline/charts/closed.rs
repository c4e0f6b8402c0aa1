//! How closed deals ended, month by month: how many of them were won, and how long those took.

use super::numbers::{Charts, ClosedMonth};
use super::words::{days, deals, percent, plain, span_of_closed};
use crate::money::grouped;
use crate::ui::chart::Fill;
use crate::ui::chart::bars::{Bar, upright};
use crate::ui::chart::figure::{Figure, Table, nothing};
use crate::ui::chart::line::{Point, line};
use crate::ui::chart::scale::Scale;
use crate::ui::time::{month, short_month};

/// Won of won and lost, by month of close.
pub fn win_rate(charts: &Charts) -> Figure {
    let months = charts.closed_months();
    let lately = &charts.lately;
    let (title, about) = match lately.win_rate() {
        None => ("No deal has closed yet".into(), "won of closed deals by month".to_string()),
        Some(rate) => {
            let closed = grouped(lately.won + lately.lost);
            (format!("{} of closed deals were won", percent(rate)), format!("won of {closed} closed by month, {}", span_of_closed(charts)))
        }
    };
    let points = months.iter().map(|m| {
        let name = month(m.month);
        let said = match m.win_rate() {
            Some(rate) => format!("{name}: {} won, {} of {}", percent(rate), grouped(m.won), grouped(m.won + m.lost)),
            None => format!("{name}: nothing closed"),
        };
        Point { label: short_month(m.month).into(), value: m.win_rate(), tip: said.clone(), said }
    });
    let picture = match months.is_empty() {
        true => nothing("The share of won deals shows here once deals close."),
        false => line(&about, points.collect(), Scale::of_shares(), &percent),
    };
    let row = |m: &ClosedMonth| {
        let rate = m.win_rate().map_or("–".into(), percent);
        vec![month(m.month), grouped(m.won), grouped(m.lost), rate]
    };
    let table = Table { head: vec!["Month", "Won", "Lost", "Win rate"], rows: months.iter().map(row).collect() };
    Figure { title, about, picture, notes: Vec::new(), table }
}

/// Median days from opening to closing of won deals, by month of close.
pub fn cycle(charts: &Charts) -> Figure {
    let months = charts.closed_months();
    let latest = months.iter().rev().find_map(|m| Some((m.month, m.days?)));
    let about = match charts.lately.won {
        0 => "median days from opening to closing, by month".to_string(),
        won => format!("median days to close, {} won, {}", grouped(won), span_of_closed(charts)),
    };
    let title = match (charts.lately.days, latest) {
        (Some(all), Some((last, of_last))) if months.len() > 1 => {
            format!("{} to win a deal, {} in {}", days(all), plain(of_last), month(last))
        }
        (Some(all), _) => format!("{} to win a deal", days(all)),
        _ => "No deal has been won yet".into(),
    };
    let bars = months.iter().map(|m| {
        let name = month(m.month);
        let said = match m.days {
            Some(median) => format!("{name}: {} at the median of {}", days(median), deals(m.won)),
            None => format!("{name}: no deal won"),
        };
        let fill = if latest.is_some_and(|(last, _)| last == m.month) { Fill::Marked } else { Fill::Quiet };
        Bar { label: short_month(m.month).into(), parts: vec![(fill, m.days.unwrap_or(0.0))], end: String::new(), tip: said.clone(), said }
    });
    let most = months.iter().filter_map(|m| m.days).fold(0.0, f64::max);
    let picture = match latest {
        None => nothing("The days from opening to closing show here once deals are won."),
        Some(_) => upright(&about, &[], bars.collect(), Scale::reaching(most, 3, 1.0), &|value| format!("{value:.0} d")),
    };
    let row = |m: &ClosedMonth| vec![month(m.month), grouped(m.won), m.days.map_or("–".into(), plain)];
    let table = Table { head: vec!["Month", "Won", "Median days"], rows: months.iter().map(row).collect() };
    Figure { title, about, picture, notes: Vec::new(), table }
}
