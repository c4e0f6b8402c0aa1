//! The startup's settings: its name, currency and time zone.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::SaveSettings;
use super::{Viewer, Workspace};
use crate::edit::texts;
use crate::ui::field::{Field, FormId, FormProblem, MadeFor, refusal};
use crate::ui::frame::WithDesk;
use crate::ui::title::PageTitle;

/// Offered, not demanded: any ISO 4217 code will do.
const CURRENCIES: [&str; 12] = ["USD", "EUR", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD", "JPY", "INR"];

/// Offered, not demanded: any name of the time zone database will do.
const ZONES: [&str; 24] = [
    "UTC",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Paris",
    "Europe/Warsaw",
    "Pacific/Auckland",
];

#[component]
pub fn SettingsPage() -> impl IntoView {
    let show = |desk: Workspace| match desk.viewer.role.manages() {
        true => view! { <SettingsForm viewer=desk.viewer/> }.into_any(),
        false => view! { <SettingsText viewer=desk.viewer/> }.into_any(),
    };
    view! {
        <PageTitle text="Settings"/>
        <main class="page" id="main" tabindex="-1">
            <div class="top"><h1>"Settings"</h1></div>
            <div class="people">
                <WithDesk show/>
                <ul class="cards">
                    <li><a class="src" href="/settings/icp">"Ideal customer"</a>"Whom you sell to: what leads are measured against."</li>
                    <li><a class="src" href="/settings/research">"Research"</a>"What is sent to whom, what it may cost, what waits and what failed."</li>
                    <li><a class="src" href="/settings/events">"Events from your site"</a>"Keys by which your site tells what contacts do there."</li>
                </ul>
            </div>
        </main>
    }
}

/// A plain form: what it changes stands in every room.
#[component]
fn SettingsForm(viewer: Viewer) -> impl IntoView {
    let refused = refusal(ServerAction::<SaveSettings>::new());
    let startup = viewer.startup_id;
    let texts = texts([("name", viewer.startup_name), ("currency", viewer.currency), ("time_zone", viewer.time_zone)]);
    provide_context(FormId { id: "settings".into(), refused, texts });
    view! {
        <form method="post" action=SaveSettings::url() class="form" aria-label="Settings of the startup">
            <FormProblem refused/>
            <MadeFor startup/>
            <Field label="Name of the startup" name="name" autocomplete="organization"/>
            <Field label="Currency" name="currency" hint="Three letters, such as EUR. Amounts are shown in it, not converted." offered="currencies"/>
            <Field label="Time zone" name="time_zone" hint="The startup's days begin and end in it." offered="zones"/>
            <datalist id="currencies">{CURRENCIES.map(|code| view! { <option value=code></option> }).collect_view()}</datalist>
            <datalist id="zones">{ZONES.map(|zone| view! { <option value=zone></option> }).collect_view()}</datalist>
            <button class="btn primary" type="submit">"Save"</button>
        </form>
    }
}

#[component]
fn SettingsText(viewer: Viewer) -> impl IntoView {
    view! {
        <dl class="facts">
            <dt>"name"</dt><dd>{viewer.startup_name}</dd>
            <dt>"currency"</dt><dd>{viewer.currency}</dd>
            <dt>"time zone"</dt><dd>{viewer.time_zone}</dd>
        </dl>
        <p class="quiet">"An owner or admin can change this."</p>
    }
}
