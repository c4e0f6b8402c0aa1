//! An account's contacts in its panel, with the forms that add and change them.

use leptos::prelude::*;
use uuid::Uuid;

use super::api::SaveContact;
use super::{Contact, SHOWN};
use crate::accounts::PanelPlace;
use crate::binned::{BinButton, Thing};
use crate::team::Role;
use crate::ui::field::Field;
use crate::ui::form::{FormEnd, LiveForm};
use crate::ui::frame::notified;

#[component]
pub fn ContactList(#[prop(into)] contacts: Signal<Vec<Contact>>, account: Uuid, role: Role) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let adding = Memo::new(move |_| place.is_editing("new"));
    view! {
        <section class="contacts">
            {move || (role.edits() && !adding.get()).then(|| view! { <p><a class="btn" href=place.edit("new")>"Add a contact"</a></p> })}
            {move || (role.edits() && adding.get()).then(|| view! { <ContactFields account contact=None/> })}
            {move || contacts.with(|c| c.is_empty() && !adding.get()).then(|| view! { <p class="quiet">"No contacts yet."</p> })}
            <ul class="cards">
                <For each=move || contacts.get() key=|contact| contact.clone() let:contact>
                    <Card contact account role/>
                </For>
            </ul>
            {move || (contacts.with(Vec::len) >= usize::try_from(SHOWN).unwrap_or(usize::MAX)).then(|| view! { <p class="quiet">"The first " {SHOWN} " are shown."</p> })}
        </section>
    }
}

#[component]
fn Card(contact: Contact, account: Uuid, role: Role) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let id = contact.id.to_string();
    let editing = {
        let id = id.clone();
        Memo::new(move |_| role.edits() && place.is_editing(&id))
    };
    move || {
        if editing.get() {
            return view! { <li><ContactFields account contact=Some(contact.clone())/></li> }.into_any();
        }
        let Contact { role: title, email, linkedin_url, .. } = contact.clone();
        let name = contact.name();
        let id = id.clone();
        view! {
            <li>
                <div class="line">
                    <b>{name.clone()}</b>
                    {title.map(|title| view! { <small>{title}</small> })}
                    <span class="acts">
                        {role.edits().then(|| view! { <a class="btn plain" href=place.edit(&id) aria-label=format!("Edit {name}")>"Edit"</a> })}
                        {role.manages().then(|| view! { <BinButton thing=Thing::Contact id=id.clone() name=name.clone() back=Signal::derive(move || place.here()) done=notified()/> })}
                    </span>
                </div>
                <div class="line ways">
                    {email.map(|email| { let write = format!("mailto:{email}"); view! { <a class="src" href=write rel="external">{email}</a> } })}
                    {linkedin_url.map(|url| view! { <a class="src" href=url target="_blank" rel="noopener noreferrer external">"LinkedIn"</a> })}
                </div>
            </li>
        }
        .into_any()
    }
}

/// The form of a contact; without one, of a new contact.
#[component]
fn ContactFields(account: Uuid, contact: Option<Contact>) -> impl IntoView {
    let action = ServerAction::<SaveContact>::new();
    let back = untrack(|| expect_context::<PanelPlace>().here());
    let id = contact.as_ref().map(|c| c.id.to_string()).unwrap_or_default();
    let label = contact.as_ref().map_or("Add a contact".into(), |c| format!("Edit {}", c.name()));
    let version = contact.as_ref().map(|c| c.version);
    let texts = contact.map(|c| c.texts()).unwrap_or_default();
    let form = format!("contact-{}", if id.is_empty() { account.to_string() } else { id.clone() });
    view! {
        <LiveForm action id=form label texts version back=back.clone() done=notified()>
            <input type="hidden" name="account_id" value=account.to_string()/>
            <input type="hidden" name="id" value=id/>
            <div class="pair">
                <Field label="First name" name="first_name" optional=true focused=true/>
                <Field label="Last name" name="last_name" optional=true/>
            </div>
            <Field label="Role" name="role" optional=true/>
            <Field label="E-mail" name="email" kind="email" optional=true/>
            <Field label="LinkedIn" name="linkedin" optional=true placeholder="linkedin.com/in/…"/>
            <FormEnd save="Save" cancel=back/>
        </LiveForm>
    }
}
