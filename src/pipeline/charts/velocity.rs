//! How fast the pipeline turns into won value, with what that comes from.

use leptos::prelude::*;

use super::numbers::{Charts, Velocity};
use super::words::{days, percent, span_of_closed};
use crate::money::{grouped, show_cents, show_short};
use crate::ui::chart::figure::{Figure, Table, nothing};

/// Days of a month, as far as the velocity of one goes.
const MONTH: f64 = 30.0;

pub fn figure(charts: &Charts, currency: &str) -> Figure {
    let Some(velocity) = charts.velocity() else {
        return Figure {
            title: "No velocity yet".into(),
            about: "open deals × win rate × mean amount won ÷ median days".into(),
            picture: nothing("It needs won deals with an amount that took a day or more."),
            notes: Vec::new(),
            table: Table { head: Vec::new(), rows: Vec::new() },
        };
    };
    let (day, month) = (whole(velocity.per_day()), whole(velocity.per_day() * MONTH));
    Figure {
        title: format!("The pipeline earns {} a day, {} in 30", show_short(day, currency), show_short(month, currency)),
        about: format!("open now; rate, mean and median of {}", span_of_closed(charts)),
        picture: factors(&velocity, day, currency),
        notes: Vec::new(),
        table: Table {
            head: vec!["Factor", "Value"],
            rows: [
                ("Open deals", grouped(velocity.open)),
                ("Win rate", percent(velocity.win_rate)),
                ("Mean amount won", show_cents(velocity.mean_cents, currency)),
                ("Median days to close", days(velocity.days)),
                ("A day", show_cents(day, currency)),
                ("In 30 days", show_cents(month, currency)),
            ]
            .map(|(name, value)| vec![name.to_string(), value])
            .into(),
        },
    }
}

/// The formula, a line for each factor.
fn factors(velocity: &Velocity, day: i64, currency: &str) -> AnyView {
    let lines = [
        ("", grouped(velocity.open), "open deals"),
        ("×", percent(velocity.win_rate), "win rate"),
        ("×", show_cents(whole(velocity.mean_cents as f64 / 100.0) * 100, currency), "mean amount won"),
        ("÷", days(velocity.days), "median from opening to closing"),
        ("=", show_cents(whole(day as f64 / 100.0) * 100, currency), "a day"),
    ];
    let lines = lines.map(|(sign, value, name)| view! { <tr><td>{sign}</td><td class="num">{value}</td><th scope="row">{name}</th></tr> });
    view! { <table class="factors"><tbody>{lines.into_iter().collect::<Vec<_>>()}</tbody></table> }.into_any()
}

fn whole(number: f64) -> i64 {
    number.round() as i64
}
