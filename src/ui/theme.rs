//! Light or dark: as the system says, until somebody chooses. The choice is a cookie, so that pages come in it.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::error::AppError;

crate::choice::choice! {
    Theme { System = "system", Light = "light", Dark = "dark" }
}

impl Theme {
    /// What the switch turns it into.
    const fn next(self) -> Self {
        match self {
            Self::System => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::System,
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::System => "◐",
            Self::Light => "☀",
            Self::Dark => "☾",
        }
    }

    /// The attribute that the style reads; none: as the system says.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// Keeps the choice in a cookie for a year.
///
/// # Errors
/// [`AppError::Invalid`] for a word that is no theme.
#[server(endpoint = "theme")]
pub async fn choose_theme(theme: String) -> Result<(), AppError> {
    let theme: Theme = theme.parse().map_err(|()| AppError::invalid("", "Choose light, dark or system."))?;
    crate::server::context::set_cookie(&format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax"))
}

/// The theme of the page that is being made; in the browser, the one that it came in.
pub fn current() -> Theme {
    #[cfg(feature = "ssr")]
    return crate::server::context::cookie("theme").and_then(|theme| theme.parse().ok()).unwrap_or(Theme::System);
    #[cfg(not(feature = "ssr"))]
    root().and_then(|root| root.get_attribute("data-theme")).and_then(|theme| theme.parse().ok()).unwrap_or(Theme::System)
}

fn root() -> Option<leptos::web_sys::Element> {
    document().document_element()
}

/// Turns from the system's theme to dark, light, and back.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let action = ServerAction::<ChooseTheme>::new();
    let theme = RwSignal::new(current());
    Effect::new(move |_| {
        let attribute = theme.get().attribute();
        let Some(root) = root() else { return };
        let _ = match attribute {
            Some(value) => root.set_attribute("data-theme", value),
            None => root.remove_attribute("data-theme"),
        };
    });
    let next = move || theme.get().next();
    let label = move || format!("Theme: {}. Change to {}", theme.get(), next());
    let choose = move |ev: SubmitEvent| {
        ev.prevent_default();
        theme.update(|theme| *theme = theme.next());
        action.dispatch(ChooseTheme { theme: theme.get_untracked().to_string() });
    };
    view! {
        <form method="post" action=ChooseTheme::url() on:submit=choose>
            <input type="hidden" name="theme" value=move || next().as_str()/>
            <button class="btn plain" type="submit" aria-label=label title=label><span aria-hidden="true">{move || theme.get().sign()}</span></button>
        </form>
    }
}
