//! Invitations: making a link, and the ones that are open.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::api::{Invite, RevokeInvitation};
use super::{OpenInvitation, Role};
use crate::ui::field::{MadeFor, refusal};
use crate::ui::time::{clock, date};

#[component]
pub fn Invitations(startup: Uuid, open: Vec<OpenInvitation>) -> impl IntoView {
    let (made, revoked) = (refusal(ServerAction::<Invite>::new()), refusal(ServerAction::<RevokeInvitation>::new()));
    let problem = move || made.get().or_else(|| revoked.get()).map(|error| error.to_string());
    let option = |role: &Role| view! { <option value=role.as_str() selected=*role == Role::Editor>{role.as_str()}</option> };
    view! {
        <section aria-labelledby="invitations">
            <h2 id="invitations">"Invitations"</h2>
            <p class="problem" role="alert">{problem}</p>
            <form method="post" action=Invite::url() class="line">
                <MadeFor startup/>
                <select name="role" aria-label="Role of who is invited">{Role::INVITED.iter().map(option).collect_view()}</select>
                <button class="btn" type="submit">"Make a link"</button>
                <small>"It brings in one person, within seven days."</small>
            </form>
            {if open.is_empty() {
                view! { <p class="quiet">"No invitation is open."</p> }.into_any()
            } else {
                view! { <OpenTable open/> }.into_any()
            }}
        </section>
    }
}

#[component]
fn OpenTable(open: Vec<OpenInvitation>) -> impl IntoView {
    let row = |OpenInvitation { id, role, invited_by, expires_at }: OpenInvitation| {
        view! {
            <tr>
                <th scope="row">{role.as_str()}</th>
                <td>"by " {invited_by}</td>
                <td>"until " {date(expires_at)} ", " {clock(expires_at)} " UTC"</td>
                <td>
                    <form class="actions" method="post" action=RevokeInvitation::url()>
                        <input type="hidden" name="invitation" value=id.to_string()/>
                        <button class="btn plain" type="submit" aria-label=format!("Revoke the invitation as {role}")>"Revoke"</button>
                    </form>
                </td>
            </tr>
        }
    };
    view! {
        <table>
            <thead><tr>
                <th scope="col">"Role"</th><th scope="col">"Invited"</th><th scope="col">"Open"</th>
                <th scope="col"><span class="away">"What you can do"</span></th>
            </tr></thead>
            <tbody>{open.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
