//! What all pictures have: the frame with its axis, the line that explains, and marks that say what they stand for.

use leptos::prelude::*;

use super::scale::Scale;
use super::{Fill, HEIGHT, WIDTH, px};

/// Where the marks are: below the line that explains, above and beside the axes' texts.
pub const TOP: f64 = 22.0;
pub const BOTTOM: f64 = HEIGHT - 18.0;
pub const RIGHT: f64 = WIDTH - 2.0;
/// Height of a line of text to its base.
const LINE: f64 = 10.0;

/// A picture that `about` names, of an axis and marks, with a legend of those series that need one.
pub fn picture(about: &str, legend: &[(Fill, &'static str)], axis: AnyView, marks: Vec<AnyView>) -> AnyView {
    view! {
        {self::legend(legend)}
        <svg viewBox=format!("0 0 {} {}", px(WIDTH), px(HEIGHT)) role="group" aria-label=about.to_string()>
            {axis}
            {marks}
        </svg>
    }
    .into_any()
}

/// A group that says `said` in full to whoever listens and `tip` in short above the plot, on hover and focus.
pub fn mark(said: String, tip: String, inside: AnyView) -> AnyView {
    view! {
        <g class="mark" tabindex="0" role="img" aria-label=said>
            {inside}
            <text class="tip" x="0" y=px(LINE)>{tip}</text>
        </g>
    }
    .into_any()
}

/// A filled rectangle; nothing where it has no size.
pub fn block(fill: Fill, x: f64, y: f64, width: f64, height: f64) -> Option<AnyView> {
    let (width, height) = if fill == Fill::Outlined || fill == Fill::Hatched {
        // the outline lies within
        (width - 1.0, height - 1.0)
    } else {
        (width, height)
    };
    (width > 0.05 && height > 0.05).then(|| {
        let inset = if fill == Fill::Outlined || fill == Fill::Hatched { 0.5 } else { 0.0 };
        view! {
            <rect class=fill.class() fill=fill.paint() x=px(x + inset) y=px(y + inset) width=px(width) height=px(height)></rect>
        }
        .into_any()
    })
}

/// The whole width or height of a mark, so that the pointer finds also a small one.
pub fn reach(x: f64, y: f64, width: f64, height: f64) -> AnyView {
    view! { <rect class="reach" x=px(x) y=px(y) width=px(width) height=px(height)></rect> }.into_any()
}

/// Stands where the marks' texts come, until one is pointed at.
fn legend(series: &[(Fill, &'static str)]) -> AnyView {
    let key = |(fill, name): &(Fill, &'static str)| {
        view! { <span><svg viewBox="0 0 10 10">{block(*fill, 0.0, 0.0, 10.0, 10.0)}</svg>{*name}</span> }
    };
    view! { <div class="legend" aria-hidden="true">{series.iter().map(key).collect::<Vec<_>>()}</div> }.into_any()
}

/// Height of a value on an axis that goes up.
pub fn height_of(scale: Scale, value: f64) -> f64 {
    scale.part(value) * (BOTTOM - TOP)
}

/// An axis at the left, with a line across the plot at each tick.
pub fn left_axis(scale: Scale, left: f64, tick: &dyn Fn(f64) -> String) -> AnyView {
    let ticks: Vec<_> = scale
        .ticks()
        .map(|value| {
            let y = (BOTTOM - height_of(scale, value)).round() + 0.5;
            let class = if value == 0.0 { "zero" } else { "grid" };
            view! {
                <line class=class x1=px(left) x2=px(RIGHT) y1=px(y) y2=px(y)></line>
                <text class="end" x=px(left - 5.0) y=px(y + 3.5)>{tick(value)}</text>
            }
        })
        .collect();
    view! { <g class="axis" aria-hidden="true">{ticks}</g> }.into_any()
}

/// An axis at the bottom for bars that lie, from `left` to `right`, with a line up the plot at each tick.
pub fn bottom_axis(scale: Scale, left: f64, right: f64, tick: &dyn Fn(f64) -> String) -> AnyView {
    let ticks: Vec<_> = scale
        .ticks()
        .map(|value| {
            let x = (left + scale.part(value) * (right - left)).round() + 0.5;
            let class = if value == 0.0 { "zero" } else { "grid" };
            view! {
                <line class=class x1=px(x) x2=px(x) y1=px(TOP - 4.0) y2=px(BOTTOM)></line>
                <text class="middle" x=px(x) y=px(HEIGHT - 5.0)>{tick(value)}</text>
            }
        })
        .collect();
    view! { <g class="axis" aria-hidden="true">{ticks}</g> }.into_any()
}

/// Texts below places along the bottom, every second where they are many: the last always has one.
pub fn bottom_labels(places: &[(f64, String)]) -> AnyView {
    let step = if places.len() > 8 { 2 } else { 1 };
    let last = places.len().saturating_sub(1);
    let shown = places.iter().enumerate().filter(|(n, _)| (last - n).is_multiple_of(step));
    let labels: Vec<_> =
        shown.map(|(_, (x, label))| view! { <text class="middle" x=px(*x) y=px(HEIGHT - 5.0)>{label.clone()}</text> }).collect();
    view! { <g class="axis" aria-hidden="true">{labels}</g> }.into_any()
}
