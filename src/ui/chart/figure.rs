//! A chart as a whole: what it shows, the picture, what it leaves out, and its numbers as a table.

use leptos::prelude::*;

/// The numbers of a chart in full.
pub struct Table {
    pub head: Vec<&'static str>,
    /// A name, then as many numbers as the head has.
    pub rows: Vec<Vec<String>>,
}

pub struct Figure {
    /// What it finds.
    pub title: String,
    /// What it measures, of what, in which unit.
    pub about: String,
    pub picture: AnyView,
    /// What is counted elsewhere than one would think, or left out.
    pub notes: Vec<String>,
    pub table: Table,
}

impl Figure {
    pub fn view(self) -> AnyView {
        let Self { title, about, picture, notes, table } = self;
        view! {
            <figure class="chart">
                <figcaption><h2>{title.clone()}</h2><small>{about}</small></figcaption>
                <div class="picture">{picture}</div>
                <div class="below">
                    <small>{sentence(&notes)}</small>
                    {table.folded(&title)}
                </div>
            </figure>
        }
        .into_any()
    }
}

impl Table {
    /// To unfold; of nothing there is none.
    fn folded(self, title: &str) -> Option<AnyView> {
        let named = format!(": {title}");
        (!self.rows.is_empty()).then(|| {
            view! {
                <details>
                    <summary>"Table"<span class="away">{named}</span></summary>
                    <div class="numbers">{self.view()}</div>
                </details>
            }
            .into_any()
        })
    }

    fn view(self) -> AnyView {
        let head: Vec<_> = (0..).zip(self.head).map(|(n, text)| view! { <th scope="col" class:num={n > 0}>{text}</th> }).collect();
        let rows: Vec<_> = self.rows.into_iter().map(line).collect();
        view! { <table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table> }.into_any()
    }
}

fn line(cells: Vec<String>) -> AnyView {
    let mut cells = cells.into_iter();
    let name = cells.next();
    let numbers: Vec<_> = cells.map(|cell| view! { <td class="num">{cell}</td> }).collect();
    view! { <tr><th scope="row">{name}</th>{numbers}</tr> }.into_any()
}

/// In place of a picture, where there is nothing to draw yet.
pub fn nothing(why: &str) -> AnyView {
    view! { <p class="nothing">{why.to_string()}</p> }.into_any()
}

/// Notes one after the other, the first with a capital letter.
fn sentence(notes: &[String]) -> String {
    let said = notes.join("; ");
    let mut letters = said.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Patterns that pictures refer to; once for all pictures of a page.
pub fn patterns() -> AnyView {
    view! {
        <svg class="patterns" width="0" height="0" aria-hidden="true">
            <pattern id="chart-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect class="ground" width="5" height="5"></rect>
                <rect class="stripe" width="2" height="5"></rect>
            </pattern>
        </svg>
    }
    .into_any()
}
