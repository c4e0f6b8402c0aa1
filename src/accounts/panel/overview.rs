//! All fields of an account, each of which opens the form in its place.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::PanelPlace;
use crate::accounts::api::SaveAccount;
use crate::accounts::edit::{INFO_VALUE, info_field, info_name_field, texts_of};
use crate::accounts::{Account, Kind, Segment, Status};
use crate::team::Workspace;
use crate::ui::field::{Choice, Field, TextArea, words};
use crate::ui::form::{FormEnd, LiveForm};
use crate::ui::frame::notified;
use crate::ui::live::Desk;
use crate::ui::time::{Ago, date};

#[component]
pub fn Overview(account: Signal<Account>, now: Signal<DateTime<Utc>>, desk: Desk) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    let edits = desk.with_value(|d| d.viewer.role.edits());
    let editing = Memo::new(move |_| edits && place.edit.with(|edit| !edit.is_empty()));
    move || {
        match editing.get() {
        true => view! { <AccountFields account=account.get_untracked() field=place.edit.get_untracked() owners=desk.with_value(Workspace::owners)/> }.into_any(),
        false => view! { <Facts account now currency=desk.with_value(|d| d.viewer.currency.clone()) edits/> }.into_any(),
    }
    }
}

/// A field that opens the form where it stands, for those who may.
#[component]
fn Fact(name: &'static str, label: &'static str, edits: bool, children: Children) -> impl IntoView {
    let place = expect_context::<PanelPlace>();
    view! {
        <dt>{label}</dt>
        <dd>
            {children()}
            {edits.then(|| view! { <a class="edit" href=move || place.edit(name) aria-label=format!("Change {}", label.to_lowercase())>"✎"</a> })}
        </dd>
    }
}

#[component]
fn Facts(account: Signal<Account>, now: Signal<DateTime<Utc>>, currency: String, edits: bool) -> impl IntoView {
    let said = move |read: fn(&Account) -> String| move || account.with(read);
    let when = move |read: fn(&Account) -> Option<DateTime<Utc>>, never: &'static str| {
        move || account.with(read).map_or_else(|| never.into_any(), |at| view! { <Ago at now/> }.into_any())
    };
    let site = move || account.with(|a| a.domain.clone()).map_or_else(|| "–".into_any(), |domain| view! { <SiteLink domain/> }.into_any());
    let added = move || {
        account.with(|a| format!("{}{}", date(a.created_at), a.import_source.as_ref().map(|s| format!(", from {s}")).unwrap_or_default()))
    };
    let extra = move || {
        let info = account.with(|a| a.extended_info.clone());
        info.into_iter().map(|(name, value)| view! { <dt>{name.replace('_', " ")}</dt><dd>{value}</dd> }).collect_view()
    };
    view! {
        <dl class="facts">
            <Fact name="name" label="Name" edits>{said(|a| a.name.clone())}</Fact>
            <Fact name="domain" label="Domain" edits>{site}</Fact>
            <Fact name="kind" label="Kind" edits>{said(|a| a.kind.to_string())}</Fact>
            <Fact name="status" label="Status" edits>{said(|a| a.status.to_string())}</Fact>
            <Fact name="segment" label="Segment" edits>{said(|a| a.segment.to_string())}</Fact>
            <Fact name="mrr" label="MRR" edits>{move || account.with(|a| a.mrr.show(&currency))}</Fact>
            <Fact name="owner" label="Owner" edits>{said(|a| a.owner.clone().unwrap_or_else(|| "nobody".into()))}</Fact>
            <dt>"Last contact"</dt><dd>{when(|a| a.last_contact, "never")}</dd>
            <dt>"Researched"</dt><dd>{when(|a| a.last_enriched, "not yet")}</dd>
            <dt>"Added"</dt><dd>{added}</dd>
            {extra}
            <Fact name="info" label="Further fields" edits>{move || match account.with(|a| a.extended_info.len()) { 0 => "none".into(), n => n.to_string() }}</Fact>
        </dl>
    }
}

/// The account's own site, which learns nothing of where the visitor came from.
#[component]
fn SiteLink(domain: String) -> impl IntoView {
    let address = format!("https://{domain}/");
    view! { <a class="src" href=address target="_blank" rel="noopener noreferrer external">{domain}</a> }
}

/// The form of all fields; `field` is the one to begin with.
#[component]
fn AccountFields(account: Account, field: String, owners: Vec<(String, String)>) -> impl IntoView {
    let action = ServerAction::<SaveAccount>::new();
    let back = untrack(|| expect_context::<PanelPlace>().here());
    let (texts, version) = (texts_of(&account), account.version);
    let first = move |name: &str| field == name;
    let known = account.extended_info.len();
    let info = account.extended_info.clone().into_iter().enumerate().map(|(n, (name, _))| {
        view! {
            <input type="hidden" name=info_name_field(n) value=name.clone()/>
            <TextArea label=name.replace('_', " ") name=info_field(n) most=INFO_VALUE rows=1 optional=true/>
        }
    });
    view! {
        <LiveForm action id=format!("account-{}", account.id) label=format!("Edit {}", account.name) texts version back=back.clone() done=notified()>
            <input type="hidden" name="id" value=account.id.to_string()/>
            <Field label="Name" name="name" focused=first("name")/>
            <Field label="Domain" name="domain" optional=true focused=first("domain")/>
            <div class="pair">
                <Choice label="Kind" name="kind" options=words(Kind::ALL.iter().map(|s| s.as_str())) focused=first("kind")/>
                <Choice label="Status" name="status" options=words(Status::ALL.iter().map(|s| s.as_str())) focused=first("status")/>
            </div>
            <div class="pair">
                <Choice label="Segment" name="segment" options=words(Segment::ALL.iter().map(|s| s.as_str())) focused=first("segment")/>
                <Field label="MRR" name="mrr" kind="decimal" optional=true focused=first("mrr")/>
            </div>
            <Choice label="Owner" name="owner" options=owners focused=first("owner")/>
            {info.collect_view()}
            <div class="pair">
                <Field label="A further field" name=info_name_field(known) optional=true placeholder="Sector" focused=first("info")/>
                <Field label="Its text" name=info_field(known) optional=true/>
            </div>
            <FormEnd save="Save" cancel=back/>
        </LiveForm>
    }
}
