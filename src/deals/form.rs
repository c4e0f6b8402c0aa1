//! The form of a deal.

use leptos::prelude::*;
use uuid::Uuid;

use super::api::SaveDeal;
use super::{Deal, Stage};
use crate::ui::field::{Choice, Field, words};
use crate::ui::form::{FormEnd, LiveForm};
use crate::ui::frame::notified;

/// The form of a deal; without one, of a new deal. `owners` can be chosen.
#[component]
pub fn DealFields(
    account: Uuid,
    deal: Option<Deal>,
    owners: Vec<(String, String)>,
    /** where it goes on afterwards */
    #[prop(into)]
    back: String,
    /** the field to begin with */
    #[prop(default = "name".to_string(), into)]
    field: String,
) -> impl IntoView {
    let action = ServerAction::<SaveDeal>::new();
    let id = deal.as_ref().map(|d| d.id.to_string()).unwrap_or_default();
    let label = deal.as_ref().map_or("Add a deal".into(), |d| format!("Edit {}", d.name));
    let version = deal.as_ref().map(|d| d.version);
    let texts = deal.map(|d| d.texts()).unwrap_or_default();
    let form = format!("deal-{}", if id.is_empty() { account.to_string() } else { id.clone() });
    view! {
        <LiveForm action id=form label texts version back=back.clone() done=notified()>
            <input type="hidden" name="account_id" value=account.to_string()/>
            <input type="hidden" name="id" value=id/>
            <DealInputs owners field/>
            <FormEnd save="Save" cancel=back/>
        </LiveForm>
    }
}

/// The fields of a deal, for a form around them; `field` has the focus.
#[component]
pub fn DealInputs(owners: Vec<(String, String)>, field: String) -> impl IntoView {
    let first = move |name: &str| field == name;
    view! {
        <Field label="Name" name="name" focused=first("name")/>
        <div class="pair">
            <Field label="Amount" name="amount" kind="decimal" optional=true focused=first("amount")/>
            <Choice label="Stage" name="stage" options=words(Stage::ALL.iter().map(|s| s.as_str())) focused=first("stage")/>
        </div>
        <div class="pair">
            <Field label="Expected close" name="expected_close" kind="date" optional=true focused=first("expected_close")/>
            <Field label="Probability, %" name="probability" kind="decimal" optional=true focused=first("probability")
                hint="Empty: as the stage has it (10, 40, 70)"/>
        </div>
        <div class="pair">
            <Choice label="Owner" name="owner" options=owners focused=first("owner")/>
            <Field label="Source" name="source_channel" optional=true focused=first("source_channel")/>
        </div>
        <div class="pair">
            <Field label="Closed on" name="closed_on" kind="date" optional=true focused=first("closed_on") hint="For a closed deal; empty: today"/>
            <Field label="Why it was lost" name="lost_reason" optional=true focused=first("lost_reason") hint="For a deal that is closed lost"/>
        </div>
    }
}
