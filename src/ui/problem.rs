//! What stands where something could not be shown.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::auth::login_address;
use crate::error::AppError;
use crate::ui::title::PageTitle;

/// A refusal in place of content. On the server it also gives the page its status, or leads to the sign-in page.
#[component]
pub fn Problem(
    error: AppError,
    /** in place of the error's own words */
    #[prop(optional)]
    says: Option<&'static str>,
) -> impl IntoView {
    answer_page(&error);
    // back to here afterwards
    let here = use_location();
    let sign_in = untrack(|| {
        login_address(&format!(
            "{}{}",
            here.pathname.get(),
            here.search.with(|s| if s.is_empty() { String::new() } else { format!("?{s}") })
        ))
    });
    let message = says.map_or_else(|| error.to_string(), String::from);
    view! {
        <div class="notice" role="alert">
            <h1 class="said">{message}</h1>
            {matches!(error, AppError::SignedOut | AppError::NoStartup).then(|| view! { <a class="btn" href=sign_in rel="external">"Sign in"</a> })}
        </div>
    }
}

/// The page's status for what it failed with.
fn answer_page(error: &AppError) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        match error {
            AppError::SignedOut => {
                let wanted =
                    use_context::<axum::http::request::Parts>().and_then(|p| p.uri.path_and_query().map(|p| p.as_str().to_string()));
                leptos_axum::redirect(&login_address(wanted.as_deref().unwrap_or("/")));
            }
            other => response
                .set_status(axum::http::StatusCode::from_u16(other.status()).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }
    #[cfg(not(feature = "ssr"))]
    let _ = error;
}

/// For addresses that lead nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <PageTitle text="Not found"/>
        <main class="gate" id="main">
            <h1>"Nothing here"</h1>
            <Problem error=AppError::NotFound/>
            <a class="btn" href="/">"To the accounts"</a>
        </main>
    }
}
