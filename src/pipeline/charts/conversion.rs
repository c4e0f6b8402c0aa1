//! From stage to stage, from what the log of moves has recorded. Of the deals that ever entered a stage: which moved on
//! (entered a further stage afterwards, or were won), which are lost without having moved on, and which are still there or
//! went back. A deal that was made or imported in a stage has entered that one only.

use super::numbers::{Charts, Passage, share};
use super::words::percent;
use crate::deals::Stage;
use crate::money::grouped;
use crate::ui::chart::Fill;
use crate::ui::chart::bars::{Bar, lying};
use crate::ui::chart::figure::{Figure, Table, nothing};
use crate::ui::chart::scale::Scale;

pub fn figure(charts: &Charts) -> Figure {
    let order = |p: &&Passage| Stage::ALL.iter().position(|stage| *stage == p.stage);
    let mut passages: Vec<_> = charts.passages.iter().collect();
    passages.sort_by_key(order);
    if charts.moves == 0 {
        return Figure {
            title: "No move from stage to stage is recorded yet".into(),
            about: "of deals that entered a stage".into(),
            picture: nothing("Moves are recorded from now on. Of an imported deal only the stage is known in which it stands."),
            notes: Vec::new(),
            table: Table { head: Vec::new(), rows: Vec::new() },
        };
    }
    let on = |p: &Passage| share(p.moved_on, p.entered).unwrap_or(0.0);
    let fewest = passages.iter().min_by(|one, other| on(one).total_cmp(&on(other)));
    let title = match fewest {
        Some(p) if passages.len() > 1 => format!("Fewest move on from {}: {}", p.stage, percent(on(p))),
        Some(p) => format!("{} move on from {}", percent(on(p)), p.stage),
        None => "No deal has entered an open stage".into(),
    };
    let moves = if charts.moves == 1 { "1 recorded move".into() } else { format!("{} recorded moves", grouped(charts.moves)) };
    let about = format!("share of the deals that entered a stage, from {moves}");
    let bars = passages.iter().map(|p| {
        let part = |number| share(number, p.entered).unwrap_or(0.0);
        let (lost, there) = (part(p.lost), part(p.still_there()));
        Bar {
            label: p.stage.to_string(),
            parts: vec![(Fill::Solid, on(p)), (Fill::Hatched, there), (Fill::Outlined, lost)],
            end: percent(on(p)),
            tip: format!("{}: {} on, {} there, {} lost", p.stage, percent(on(p)), percent(there), percent(lost)),
            said: format!(
                "{}: of {} that entered it {} moved on, {} are still there, {} are lost; {} are won",
                p.stage,
                grouped(p.entered),
                grouped(p.moved_on),
                grouped(p.still_there()),
                grouped(p.lost),
                grouped(p.won)
            ),
        }
    });
    let legend = [(Fill::Solid, "moved on"), (Fill::Hatched, "still there"), (Fill::Outlined, "lost")];
    let picture = match passages.is_empty() {
        true => nothing("Deals that enter a stage show here."),
        false => lying(&about, &legend, bars.collect(), Scale::of_shares(), &percent),
    };
    let row = |p: &&Passage| {
        let numbers = [p.entered, p.moved_on, p.still_there(), p.lost, p.won];
        std::iter::once(p.stage.to_string()).chain(numbers.map(grouped)).collect()
    };
    let table = Table {
        head: vec!["Stage", "Entered", "Moved on", "Still there", "Lost", "Won in the end"],
        rows: passages.iter().map(row).collect(),
    };
    Figure { title, about, picture, notes: Vec::new(), table }
}
