//! The form of a deal.

use leptos::prelude::*;
use uuid::Uuid;

use super::api::SaveDeal;
use super::{Deal, Stage};
use crate::accounts::PanelPlace;
use crate::ui::field::{Choice, Field, words};
use crate::ui::form::{FormEnd, LiveForm};
use crate::ui::frame::notified;

/// The form of a deal; without one, of a new deal. `owners` can be chosen.
#[component]
pub fn DealFields(account: Uuid, deal: Option<Deal>, owners: Vec<(String, String)>) -> impl IntoView {
    let action = ServerAction::<SaveDeal>::new();
    let back = untrack(|| expect_context::<PanelPlace>().here());
    let id = deal.as_ref().map(|d| d.id.to_string()).unwrap_or_default();
    let label = deal.as_ref().map_or("Add a deal".into(), |d| format!("Edit {}", d.name));
    let version = deal.as_ref().map(|d| d.version);
    let texts = deal.map(|d| d.texts()).unwrap_or_default();
    let form = format!("deal-{}", if id.is_empty() { account.to_string() } else { id.clone() });
    view! {
        <LiveForm action id=form label texts version back=back.clone() done=notified()>
            <input type="hidden" name="account_id" value=account.to_string()/>
            <input type="hidden" name="id" value=id/>
            <Field label="Name" name="name" focused=true/>
            <div class="pair">
                <Field label="Amount" name="amount" kind="decimal" optional=true/>
                <Choice label="Stage" name="stage" options=words(Stage::ALL.iter().map(|s| s.as_str()))/>
            </div>
            <div class="pair">
                <Field label="Expected close" name="expected_close" kind="date" optional=true/>
                <Field label="Probability, %" name="probability" kind="decimal" optional=true
                    hint="Empty: as the stage has it (10, 40, 70)"/>
            </div>
            <div class="pair">
                <Choice label="Owner" name="owner" options=owners/>
                <Field label="Source" name="source_channel" optional=true/>
            </div>
            <Field label="Why it was lost" name="lost_reason" optional=true hint="For a deal that is closed lost"/>
            <FormEnd save="Save" cancel=back/>
        </LiveForm>
    }
}
