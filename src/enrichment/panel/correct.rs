//! A person's own word in place of what research found: it stands first, and research never overwrites it.

use leptos::prelude::*;

use super::Tab;
use crate::accounts::PanelPlace;
use crate::enrichment::api::{SetFact, TakeBackFact};
pub(super) use crate::enrichment::word::Word;
use crate::ui::field::{Field, TextArea};
use crate::ui::form::{FormEnd, LiveForm, Step};
use crate::ui::frame::notified;

/// The form; `said` is what stands there now, `own` whether a person said it.
#[component]
pub(super) fn Correct(word: Word, said: String, own: bool) -> impl IntoView {
    let Tab { account, .. } = expect_context();
    let action = ServerAction::<SetFact>::new();
    let back = untrack(|| expect_context::<PanelPlace>().here());
    let after = back.clone();
    let texts = vec![("text".to_string(), said)];
    view! {
        <LiveForm action id=format!("fact-{word}-{account}") label=format!("Set {}", word.label().to_lowercase()) texts back=back.clone() done=notified()>
            <input type="hidden" name="account" value=account.to_string()/>
            <input type="hidden" name="key" value=word.as_str()/>
            {match word {
                Word::Summary => view! { <TextArea label=word.label() name="text" most=1_000/> }.into_any(),
                _ => view! { <Field label=word.label() name="text" hint=word.hint() focused=true/> }.into_any(),
            }}
            <FormEnd save="Set" cancel=back.clone()/>
        </LiveForm>
        {own.then(|| view! { <TakeBack word back=after/> })}
    }
}

#[component]
fn TakeBack(word: Word, back: String) -> impl IntoView {
    let Tab { account, .. } = expect_context();
    let action = ServerAction::<TakeBackFact>::new();
    let label = format!("Take back what was said of {}", word.label().to_lowercase());
    let go = Signal::from(back.clone());
    view! {
        <Step action label back=back go done=notified()>
            <input type="hidden" name="account" value=account.to_string()/>
            <input type="hidden" name="key" value=word.as_str()/>
            <button class="btn plain" type="submit">"Take it back: what research found stands again"</button>
        </Step>
    }
}
