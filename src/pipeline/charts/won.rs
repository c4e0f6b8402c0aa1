//! What was won, by owner and by segment.

use leptos::prelude::AnyView;

use super::numbers::{Charts, Won, share};
use super::words::{deals, percent, without_amount};
use crate::money::{grouped, show_cents, show_short};
use crate::ui::chart::bars::{Bar, lying};
use crate::ui::chart::figure::{Figure, Table, nothing};
use crate::ui::chart::scale::Scale;
use crate::ui::chart::{Fill, shorten};

/// So many owners have a bar of their own.
const OWNERS: usize = 8;

pub fn by_owner(charts: &Charts, currency: &str) -> Figure {
    let all = sum(&charts.owners, String::new());
    let first = charts.owners.iter().find_map(|w| Some((w, w.name.as_ref()?)));
    let title = match (all.cents, first) {
        (0, _) => no_value(all.deals),
        (_, Some((w, name))) if w.cents > 0 => {
            format!("{} won most: {} of {}", shorten(name, 28), show_short(w.cents, currency), show_short(all.cents, currency))
        }
        _ => format!("{} won, owned by nobody", show_short(all.cents, currency)),
    };
    let lines = foremost(&charts.owners);
    figure(title, "owner", &lines, Table { head: head("Owner"), rows: rows(&named(&charts.owners), currency) }, currency)
}

pub fn by_segment(charts: &Charts, currency: &str) -> Figure {
    let all = sum(&charts.segments, String::new());
    let title = match (charts.segments.first(), share(charts.segments.first().map_or(0, |w| w.cents), all.cents)) {
        (Some(w), Some(part)) => format!("{} brought {} of the value won", w.name.as_deref().unwrap_or_default(), percent(part)),
        _ => no_value(all.deals),
    };
    let lines: Vec<_> = named(&charts.segments).into_iter().map(Line::of_one).collect();
    let table = Table { head: head("Segment"), rows: rows(&named(&charts.segments), currency) };
    figure(title, "segment", &lines, table, currency)
}

fn no_value(number: i64) -> String {
    if number == 0 { "No deal has been won yet".into() } else { format!("{} won, none with an amount", deals(number)) }
}

/// A line of the chart.
struct Line {
    won: Won,
    /// How many it adds up. Several have no bar: it would be long for being many.
    of: usize,
}

impl Line {
    const fn of_one(won: Won) -> Self {
        Self { won, of: 1 }
    }
}

fn figure(title: String, by: &str, lines: &[Line], table: Table, currency: &str) -> Figure {
    let all = sum(lines.iter().map(|line| &line.won), String::new());
    let (about, picture) = match (all.deals, all.cents) {
        (0, _) => (format!("value won by {by}"), nothing(&format!("Won deals show here by {by}."))),
        (_, 0) => {
            let about = format!("deals won by {by}");
            let picture = bars(&about, lines, &|w| w.deals, &|number| grouped(number), currency);
            (about, picture)
        }
        _ => {
            let about = format!("value won by {by}, in {currency}");
            let picture = bars(&about, lines, &|w| w.cents, &|cents| show_short(cents, currency), currency);
            (about, picture)
        }
    };
    let together = lines.iter().find(|line| line.of > 1).map(|line| format!("{} others together, without a bar", line.of));
    // where none has one, the title says so
    let unknown = if all.cents > 0 { all.unknown } else { 0 };
    Figure { title, about, picture, notes: without_amount(unknown, "won").into_iter().chain(together).collect(), table }
}

fn bars(about: &str, lines: &[Line], measure: &dyn Fn(&Won) -> i64, short: &dyn Fn(i64) -> String, currency: &str) -> AnyView {
    let most = lines.iter().filter(|line| line.of == 1).map(|line| measure(&line.won)).max().unwrap_or(0);
    let bars = lines.iter().enumerate().map(|(n, Line { won: w, of })| {
        // the one that the title names
        let fill = if n == 0 && w.cents > 0 { Fill::Marked } else { Fill::Quiet };
        let name = w.name.clone().unwrap_or_default();
        let much = format!("{} from {}", show_cents(w.cents, currency), deals(w.deals));
        Bar {
            parts: if *of == 1 { vec![(fill, measure(w) as f64)] } else { Vec::new() },
            end: short(measure(w)),
            tip: format!("{}: {much}", shorten(&name, 24)),
            said: format!("{name}: {much}"),
            label: name,
        }
    });
    lying(about, &[], bars.collect(), Scale::filled_by(most as f64, 1.0), &|value| short(value as i64))
}

/// The first owners by themselves, the others together, then what nobody owns.
fn foremost(owners: &[Won]) -> Vec<Line> {
    let (owned, unowned): (Vec<_>, Vec<_>) = owners.iter().cloned().partition(|w| w.name.is_some());
    let (first, others) = owned.split_at(owned.len().min(OWNERS));
    let mut lines: Vec<_> = first.iter().cloned().map(Line::of_one).collect();
    if !others.is_empty() {
        let name = if others.len() == 1 { "1 other".into() } else { format!("{} others", others.len()) };
        lines.push(Line { won: sum(others, name), of: others.len() });
    }
    lines.extend(named(&unowned).into_iter().map(Line::of_one));
    lines
}

/// With a name for what nobody owns.
fn named(lines: &[Won]) -> Vec<Won> {
    lines.iter().map(|w| Won { name: Some(w.name.clone().unwrap_or_else(|| "nobody".into())), ..w.clone() }).collect()
}

fn sum<'a>(lines: impl IntoIterator<Item = &'a Won>, name: String) -> Won {
    let lines: Vec<_> = lines.into_iter().collect();
    let add = |part: fn(&Won) -> i64| lines.iter().map(|w| part(w)).sum();
    Won { name: Some(name), deals: add(|w| w.deals), cents: add(|w| w.cents), unknown: add(|w| w.unknown) }
}

fn head(by: &'static str) -> Vec<&'static str> {
    vec![by, "Deals won", "Value won", "No amount"]
}

fn rows(lines: &[Won], currency: &str) -> Vec<Vec<String>> {
    let row = |w: &Won| vec![w.name.clone().unwrap_or_default(), grouped(w.deals), show_cents(w.cents, currency), grouped(w.unknown)];
    lines.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_eight_owners_the_rest_is_one_line_and_nobody_the_last() {
        let won = |name: Option<String>, cents| Won { name, deals: 2, cents, unknown: 1 };
        let mut owners: Vec<_> = (0..11).map(|n| won(Some(format!("Owner {n}")), 100 - n)).collect();
        owners.insert(3, won(None, 98));
        let lines = foremost(&owners);
        assert_eq!(lines.len(), 10);
        assert_eq!(lines[7].won.name.as_deref(), Some("Owner 7"));
        assert_eq!(lines[8].won, Won { name: Some("3 others".into()), deals: 6, cents: 92 + 91 + 90, unknown: 3 });
        assert_eq!((lines[8].of, lines[9].won.name.as_deref(), lines[9].won.cents), (3, Some("nobody"), 98));
        let drawn = sum(lines.iter().map(|line| &line.won), String::new());
        assert_eq!(drawn.cents, sum(&owners, String::new()).cents, "nothing is left out");
    }
}
