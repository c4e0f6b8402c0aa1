//! A line of the list while it is being changed.

use leptos::prelude::*;

use crate::accounts::api::SaveAccount;
use crate::accounts::dashboard::OpenAccount;
use crate::accounts::edit::texts_of_row;
use crate::accounts::query::Query;
use crate::accounts::{AccountRow, Segment, Status};
use crate::ui::field::{Choice, Field, words};
use crate::ui::form::{FormEnd, LiveForm};
use crate::ui::frame::notified;

#[component]
pub fn RowEdit(row: AccountRow, owners: Vec<(String, String)>) -> impl IntoView {
    let query = expect_context::<Query>();
    let open = expect_context::<OpenAccount>();
    let action = ServerAction::<SaveAccount>::new();
    let back = untrack(|| query.with(|q| open.beside(q)));
    let (texts, version) = (texts_of_row(&row), row.version);
    view! {
        <tr class="editing">
            <td colspan="10">
                <LiveForm action id=format!("row-{}", row.id) label=format!("Change {}", row.name) class="form row" texts version back=back.clone() done=notified()>
                    <b>{row.name.clone()}</b>
                    <input type="hidden" name="id" value=row.id.to_string()/>
                    <Choice label="Status" name="status" options=words(Status::ALL.iter().map(|s| s.as_str())) focused=true/>
                    <Choice label="Segment" name="segment" options=words(Segment::ALL.iter().map(|s| s.as_str()))/>
                    <Field label="MRR" name="mrr" kind="decimal" optional=true/>
                    <Choice label="Owner" name="owner" options=owners/>
                    <FormEnd save="Save" cancel=back/>
                </LiveForm>
            </td>
        </tr>
    }
}
