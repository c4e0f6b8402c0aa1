//! The sign-up page: a person with a startup of their own.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::A;

use super::api::SignUp;
use crate::ui::field::{Field, FormProblem, plain_form, refusal};
use crate::ui::title::PageTitle;

#[component]
pub fn SignupPage() -> impl IntoView {
    let refused = refusal(ServerAction::<SignUp>::new());
    plain_form("sign-up", refused);
    view! {
        <PageTitle text="Sign up"/>
        <main class="gate" id="main">
            <form class="card" method="post" action=SignUp::url()>
                <h1>"Start with Prospector"</h1>
                <FormProblem refused/>
                <Field label="Your name" name="name" autocomplete="name"/>
                <Field label="Name of your startup" name="startup" autocomplete="organization"/>
                <Field label="E-mail" name="email" kind="email" autocomplete="username"/>
                <Field label="Password" name="password" kind="password" autocomplete="new-password" hint="At least 10 characters"/>
                <button class="btn primary" type="submit">"Create"</button>
                <p class="quiet">"Already in? " <A href="/login">"Sign in"</A></p>
            </form>
        </main>
    }
}
