//! A word in a small tinted pill. Colour only where it says something.

use leptos::prelude::*;

/// What a colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Accent,
    Good,
    Warn,
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "tag",
            Self::Accent => "tag accent",
            Self::Good => "tag good",
            Self::Warn => "tag warn",
            Self::Bad => "tag bad",
        }
    }
}

#[component]
pub fn Tag(tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=tone.class()>{text}</span> }
}
