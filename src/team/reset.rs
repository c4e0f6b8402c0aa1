//! The page behind a link for a new password. Anybody may open it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::ResetFor;
use super::link_api::{SetPassword, peek_reset};
use crate::error::AppError;
use crate::ui::field::{Field, FormProblem, plain_form, refusal};
use crate::ui::problem::Problem;
use crate::ui::title::PageTitle;

/// One message, whatever the reason.
const GONE: &str = "This link leads nowhere: it was used or replaced, or it has expired. Ask for a new one.";

#[component]
pub fn ResetPage() -> impl IntoView {
    let token = use_params_map().with_untracked(|p| p.get("token").unwrap_or_default());
    let asked = token.clone();
    let found = Resource::new_blocking(|| (), move |()| peek_reset(asked.clone()));
    view! {
        <PageTitle text="New password"/>
        <main class="gate" id="main">
            <Suspense>{move || {
                let token = token.clone();
                Suspend::new(async move {
                    match found.await {
                        Ok(person) => view! { <PasswordForm token person/> }.into_any(),
                        Err(AppError::NotFound) => view! { <Problem error=AppError::NotFound says=GONE/> }.into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })
            }}</Suspense>
        </main>
    }
}

#[component]
fn PasswordForm(token: String, person: ResetFor) -> impl IntoView {
    let refused = refusal(ServerAction::<SetPassword>::new());
    plain_form("reset", refused);
    view! {
        <form class="card" method="post" action=SetPassword::url()>
            <h1>"A new password for " {person.name}</h1>
            <FormProblem refused/>
            <p class="quiet">"You sign in as " {person.email} ". Open sessions end, on every device."</p>
            <input type="hidden" name="token" value=token/>
            <Field label="New password" name="password" kind="password" autocomplete="new-password" hint="At least 10 characters"/>
            <button class="btn primary" type="submit">"Set it"</button>
        </form>
    }
}
