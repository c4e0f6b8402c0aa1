//! The sign-in page.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;

use super::api::SignIn;
use crate::ui::field::{Field, FormProblem, plain_form, refusal};
use crate::ui::title::PageTitle;

/// A plain form on purpose: signing in is a fresh start, with a page made for the person who is in now.
#[component]
pub fn LoginPage() -> impl IntoView {
    let refused = refusal(ServerAction::<SignIn>::new());
    plain_form("sign-in", refused);
    let (next, reset) =
        use_query_map().with_untracked(|q| (q.get("next").unwrap_or_default(), q.get("password").is_some_and(|p| p == "new")));
    view! {
        <PageTitle text="Sign in"/>
        <main class="gate" id="main">
            <form class="card" method="post" action=SignIn::url()>
                <h1>"Sign in to Prospector"</h1>
                <FormProblem refused/>
                {reset.then(|| view! { <p class="quiet" role="status">"Your new password is set. Sign in with it."</p> })}
                <input type="hidden" name="next" value=next/>
                <Field label="E-mail" name="email" kind="email" autocomplete="username"/>
                <Field label="Password" name="password" kind="password" autocomplete="current-password"/>
                <button class="btn primary" type="submit">"Sign in"</button>
                <p class="quiet">"New here? " <A href="/signup">"Start a startup of your own"</A></p>
            </form>
        </main>
    }
}
