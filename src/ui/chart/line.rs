//! A line through the months; where there is no value it has a gap.

use leptos::prelude::*;

use super::plot::{BOTTOM, RIGHT, TOP, bottom_labels, height_of, left_axis, mark, picture, reach};
use super::px;
use super::scale::Scale;

/// A place on the line and what it says.
pub struct Point {
    /// On the axis.
    pub label: String,
    pub value: Option<f64>,
    /// In one short line.
    pub tip: String,
    /// In full.
    pub said: String,
}

const LEFT: f64 = 44.0;

pub fn line(about: &str, points: Vec<Point>, scale: Scale, tick: &dyn Fn(f64) -> String) -> AnyView {
    let wide = (RIGHT - LEFT) / points.len().max(1) as f64;
    let middle = |n: usize| LEFT + wide * (n as f64 + 0.5);
    let labels: Vec<_> = points.iter().enumerate().map(|(n, point)| (middle(n), point.label.clone())).collect();
    let places: Vec<_> =
        points.iter().enumerate().map(|(n, point)| point.value.map(|value| (middle(n), BOTTOM - height_of(scale, value)))).collect();
    let runs: Vec<_> = places
        .split(Option::is_none)
        .filter(|run| run.len() > 1)
        .map(|run| {
            let path: Vec<_> = run.iter().flatten().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect();
            view! { <polyline class="run" points=path.join(" ")></polyline> }
        })
        .collect();
    let marks = points.into_iter().zip(&places).enumerate().map(|(n, (point, place))| {
        let dot = place.map(|(x, y)| view! { <circle class="dot" cx=px(x) cy=px(y) r="3"></circle> });
        mark(point.said, point.tip, view! { {reach(middle(n) - wide / 2.0, TOP, wide, BOTTOM - TOP)} {dot} }.into_any())
    });
    let marks = marks.collect();
    let axis = view! { {left_axis(scale, LEFT, tick)} {bottom_labels(&labels)} <g aria-hidden="true">{runs}</g> }.into_any();
    picture(about, &[], axis, marks)
}
