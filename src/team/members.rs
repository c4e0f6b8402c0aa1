//! The members in a table, with what the viewer may do to each.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::api::{ChangeRole, MakeResetLink, RemoveMember};
use super::{Member, Role, TeamRoom, Viewer};
use crate::error::AppError;
use crate::ui::field::{MadeFor, Refused, refusal};
use crate::ui::live::Shown;
use crate::ui::time::date;

#[component]
pub fn MemberTable(room: Shown<TeamRoom>) -> impl IntoView {
    let refused = Refusals::of_this_page();
    let manages = room.with_untracked(|room| room.viewer.role.manages());
    let rows = move || {
        let TeamRoom { viewer, members, .. } = room.get();
        members.into_iter().map(|member| view! { <MemberRow member viewer=viewer.clone() refused/> }).collect_view()
    };
    view! {
        <section aria-labelledby="members">
            <h2 id="members">"Members"</h2>
            <p class="problem" role="alert">{move || refused.message()}</p>
            <table>
                <thead><tr>
                    <th scope="col">"Name"</th><th scope="col">"E-mail"</th><th scope="col">"Role"</th><th scope="col">"Since"</th>
                    {manages.then(|| view! { <th scope="col"><span class="away">"What you can do"</span></th> })}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// Refusals of the forms below, as they come back in the address.
#[derive(Clone, Copy)]
struct Refusals {
    role: Refused,
    removal: Refused,
    reset: Refused,
}

impl Refusals {
    fn of_this_page() -> Self {
        Self {
            role: refusal(ServerAction::<ChangeRole>::new()),
            removal: refusal(ServerAction::<RemoveMember>::new()),
            reset: refusal(ServerAction::<MakeResetLink>::new()),
        }
    }

    /// What belongs to no row.
    fn message(self) -> Option<String> {
        let reset = self.reset.get().map(|error| match error {
            // why is nobody's to know who may not: it could tell where else a person works
            AppError::Forbidden => "No link was made. It needs a member who signs in with an e-mail address and is in no other startup; \
                for an owner only another owner can make one."
                .to_string(),
            other => other.to_string(),
        });
        let of_no_row = |refused: Refused| refused.get().filter(|error| error.typed("member").is_none()).map(|error| error.to_string());
        reset.or_else(|| of_no_row(self.role)).or_else(|| of_no_row(self.removal))
    }

    /// What belongs to the row of a member.
    fn of(self, member: &str) -> Option<String> {
        let of_row = |refused: Refused| refused.get().filter(|error| error.typed("member").is_some_and(|id| id == member));
        of_row(self.role).or_else(|| of_row(self.removal)).map(|error| error.to_string())
    }

    /// The role that was chosen for a member before the refusal.
    fn chosen(self, member: &str) -> Option<Role> {
        let refused = self.role.get_untracked()?;
        refused.typed("member").filter(|id| id == member)?;
        refused.typed("role")?.parse().ok()
    }
}

#[component]
fn MemberRow(member: Member, viewer: Viewer, refused: Refusals) -> impl IntoView {
    let Member { id, name, email, role, since } = member;
    let (id, startup) = (id.to_string(), viewer.startup_id);
    let me = id == viewer.user_id.to_string();
    let changes = viewer.role.changes(role);
    let resets = changes && !me && email.is_some();
    let problem = {
        let id = id.clone();
        move || refused.of(&id).map(|problem| view! { <p class="problem" role="alert">{problem}</p> })
    };
    let role = if changes {
        view! { <RoleForm startup id=id.clone() name=name.clone() role offered=viewer.role.gives() refused/> }.into_any()
    } else {
        role.as_str().into_any()
    };
    let actions = viewer.role.manages().then(|| {
        view! {
            <td><div class="actions">
                {resets.then(|| view! { <ResetForm startup id=id.clone()/> })}
                {(changes || me).then(|| view! { <RemovalForm startup id name=name.clone() me/> })}
            </div></td>
        }
    });
    view! {
        <tr>
            <th scope="row">{name} {me.then(|| view! { <span class="sub">"you"</span> })}</th>
            <td>{email.unwrap_or_else(|| "does not sign in".into())}</td>
            <td>{role} {problem}</td>
            <td class="since">{date(since)}</td>
            {actions}
        </tr>
    }
}

#[component]
fn RoleForm(startup: Uuid, id: String, name: String, role: Role, offered: &'static [Role], refused: Refusals) -> impl IntoView {
    let chosen = refused.chosen(&id).unwrap_or(role);
    let option = |role: &Role| view! { <option value=role.as_str() selected=*role == chosen>{role.as_str()}</option> };
    view! {
        <form method="post" action=ChangeRole::url() class="line">
            <MadeFor startup/>
            <input type="hidden" name="member" value=id/>
            <select name="role" aria-label=format!("Role of {name}")>{offered.iter().map(option).collect_view()}</select>
            <button class="btn" type="submit">"Change"</button>
        </form>
    }
}

#[component]
fn ResetForm(startup: Uuid, id: String) -> impl IntoView {
    view! {
        <form method="post" action=MakeResetLink::url()>
            <MadeFor startup/>
            <input type="hidden" name="member" value=id/>
            <button class="btn plain" type="submit">"Password reset link"</button>
        </form>
    }
}

/// Removing asks first: what the person owned stays, but nobody's.
#[component]
fn RemovalForm(startup: Uuid, id: String, name: String, me: bool) -> impl IntoView {
    let (asked, done) = if me { ("Leave", "Leave the startup") } else { ("Remove", "Remove from the startup") };
    let label = if me { "Leave the startup".to_string() } else { format!("Remove {name}") };
    view! {
        <details class="asked">
            <summary class="btn plain" aria-label=label>{asked}</summary>
            <form method="post" action=RemoveMember::url()>
                <MadeFor startup/>
            <input type="hidden" name="member" value=id/>
                <p>"Takes effect at once. Accounts and deals stay, without an owner."</p>
                <button class="btn" type="submit">{done}</button>
            </form>
        </details>
    }
}
