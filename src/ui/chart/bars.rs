//! Bars, upright for months and lying for names, of one part or several.

use leptos::prelude::*;

use super::plot::{BOTTOM, RIGHT, TOP, block, bottom_axis, bottom_labels, height_of, left_axis, mark, picture, reach};
use super::scale::Scale;
use super::{Fill, px, shorten};

/// A bar and what it says.
pub struct Bar {
    /// On the axis.
    pub label: String,
    /// From the axis on.
    pub parts: Vec<(Fill, f64)>,
    /// Beside a lying bar.
    pub end: String,
    /// In one short line.
    pub tip: String,
    /// In full.
    pub said: String,
}

/// Left edge of upright bars: room for `$500k`.
const UPRIGHT: f64 = 44.0;
/// Lying bars: room for names at the left, for amounts at the right.
const LYING: f64 = 98.0;
const LYING_END: f64 = RIGHT - 62.0;
/// Characters of a name that fit.
const NAME: usize = 15;

/// Bars beside each other.
pub fn upright(about: &str, legend: &[(Fill, &'static str)], bars: Vec<Bar>, scale: Scale, tick: &dyn Fn(f64) -> String) -> AnyView {
    let wide = (RIGHT - UPRIGHT) / bars.len().max(1) as f64;
    let middle = |n: usize| UPRIGHT + wide * (n as f64 + 0.5);
    let labels: Vec<_> = bars.iter().enumerate().map(|(n, bar)| (middle(n), bar.label.clone())).collect();
    let bar_width = (wide * 0.66).min(40.0).round();
    let marks = bars.into_iter().enumerate().map(|(n, bar)| {
        let x = (middle(n) - bar_width / 2.0).round();
        let mut y = BOTTOM;
        let parts: Vec<_> = bar
            .parts
            .iter()
            .map(|(fill, value)| {
                let height = height_of(scale, *value);
                y -= height;
                block(*fill, x, y, bar_width, height)
            })
            .collect();
        mark(bar.said, bar.tip, view! { {reach(middle(n) - wide / 2.0, TOP, wide, BOTTOM - TOP)} {parts} }.into_any())
    });
    let marks = marks.collect();
    let axis = view! { {left_axis(scale, UPRIGHT, tick)} {bottom_labels(&labels)} }.into_any();
    picture(about, legend, axis, marks)
}

/// Bars below each other.
pub fn lying(about: &str, legend: &[(Fill, &'static str)], bars: Vec<Bar>, scale: Scale, tick: &dyn Fn(f64) -> String) -> AnyView {
    let high = (BOTTOM - TOP) / bars.len().max(1) as f64;
    let bar_height = (high * 0.62).clamp(7.0, 18.0).round();
    let marks = bars.into_iter().enumerate().map(|(n, bar)| {
        let (top, middle) = (TOP + high * n as f64, TOP + high * (n as f64 + 0.5));
        let mut x = LYING;
        let parts: Vec<_> = bar
            .parts
            .iter()
            .map(|(fill, value)| {
                let (at, width) = (x, scale.part(*value) * (LYING_END - LYING));
                x += width;
                block(*fill, at, (middle - bar_height / 2.0).round(), width, bar_height)
            })
            .collect();
        let inside = view! {
            {reach(0.0, top, RIGHT, high)}
            <text class="name" x="0" y=px(middle + 3.5)>{shorten(&bar.label, NAME)}</text>
            {parts}
            <text class="value" x=px(x + 5.0) y=px(middle + 3.5)>{bar.end}</text>
        };
        mark(bar.said, bar.tip, inside.into_any())
    });
    let marks = marks.collect();
    picture(about, legend, bottom_axis(scale, LYING, LYING_END, tick), marks)
}
