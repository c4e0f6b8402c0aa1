//! The page behind an invitation's link. Anybody may open it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::Invited;
use super::link_api::{Join, JoinNew, invitation};
use crate::error::AppError;
use crate::ui::field::{Field, FormProblem, plain_form, refusal};
use crate::ui::problem::Problem;
use crate::ui::title::PageTitle;

/// One message, whatever the reason.
const GONE: &str = "This invitation leads nowhere: it was used or taken back, or it has expired. Ask for a new one.";

#[component]
pub fn JoinPage() -> impl IntoView {
    let token = use_params_map().with_untracked(|p| p.get("token").unwrap_or_default());
    let asked = token.clone();
    let invited = Resource::new_blocking(|| (), move |()| invitation(asked.clone()));
    view! {
        <PageTitle text="Join"/>
        <main class="gate" id="main">
            <Suspense>{move || {
                let token = token.clone();
                Suspend::new(async move {
                    match invited.await {
                        Ok(invited) => view! { <Invitation token invited/> }.into_any(),
                        Err(AppError::NotFound) => view! { <Problem error=AppError::NotFound says=GONE/> }.into_any(),
                        Err(error) => view! { <Problem error/> }.into_any(),
                    }
                })
            }}</Suspense>
        </main>
    }
}

#[component]
fn Invitation(token: String, invited: Invited) -> impl IntoView {
    let Invited { startup, role, signed_in, member_of } = invited;
    match (signed_in, member_of) {
        (_, Some(slug)) => view! {
            <div class="card">
                <h1>"You are a member of " {startup} " already"</h1>
                <p class="quiet">"The invitation stays open for somebody else."</p>
                // not by the router: the server makes the startup the active one
                <a class="btn primary" href=format!("/?team={slug}") rel="external">"Open it"</a>
            </div>
        }
        .into_any(),
        (Some(name), None) => {
            let refused = refusal(ServerAction::<Join>::new());
            view! {
                <form class="card" method="post" action=Join::url()>
                    <h1>"Join " {startup.clone()}</h1>
                    <FormProblem refused/>
                    <p class="quiet">"You are signed in as " {name} "."</p>
                    <input type="hidden" name="token" value=token/>
                    <button class="btn primary" type="submit">"Join " {startup} " as " {role.as_str()}</button>
                </form>
            }
            .into_any()
        }
        (None, None) => view! { <SignUpToJoin token startup role=role.as_str()/> }.into_any(),
    }
}

#[component]
fn SignUpToJoin(token: String, startup: String, role: &'static str) -> impl IntoView {
    let refused = refusal(ServerAction::<JoinNew>::new());
    plain_form("join", refused);
    let sign_in = format!("/login?next=%2Fjoin%2F{token}");
    view! {
        <form class="card" method="post" action=JoinNew::url()>
            <h1>"Join " {startup.clone()} " as " {role}</h1>
            <FormProblem refused/>
            <input type="hidden" name="token" value=token/>
            <Field label="Your name" name="name" autocomplete="name"/>
            <Field label="E-mail" name="email" kind="email" autocomplete="username"/>
            <Field label="Password" name="password" kind="password" autocomplete="new-password" hint="At least 10 characters"/>
            <button class="btn primary" type="submit">"Join " {startup}</button>
            <p class="quiet">"You have an account already? " <a href=sign_in>"Sign in"</a></p>
        </form>
    }
}
