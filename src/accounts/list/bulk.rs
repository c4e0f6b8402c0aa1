//! What can be done with the rows that are ticked. The bar shows while one is: the style sees to it, with and without
//! JavaScript.

use leptos::prelude::*;

use crate::accounts::Status;
use crate::accounts::api::ChangeAccounts;
use crate::accounts::query::Query;
use crate::team::Workspace;
use crate::ui::field::{Choice, words};
use crate::ui::form::LiveForm;
use crate::ui::frame::notified;

#[component]
pub fn BulkBar(desk: Workspace) -> impl IntoView {
    let action = ServerAction::<ChangeAccounts>::new();
    let query = expect_context::<Query>();
    view! {
        <div class="bulk">
            <LiveForm action id="bulk" label="Selected accounts" class="form bar" drafts=false done=notified()>
                <input type="hidden" name="back" value=move || query.with(|q| q.at_list())/>
                <Choice label="Owner" name="owner" options=desk.owners()/>
                <button class="btn" name="act" value="owner">"Set owner"</button>
                <Choice label="Status" name="status" options=words(Status::ALL.iter().map(|s| s.as_str()))/>
                <button class="btn" name="act" value="status">"Set status"</button>
                <button class="btn" formaction="/accounts/export" name="act" value="export">"Export CSV"</button>
                {desk.viewer.role.manages().then(|| view! { <button class="btn" name="act" value="bin">"Move to the bin"</button> })}
                <button class="btn plain" type="reset">"Select none"</button>
            </LiveForm>
        </div>
    }
}
