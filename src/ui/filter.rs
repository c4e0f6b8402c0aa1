//! Parts of a filter: a form whose fields stand in the address.

use leptos::prelude::*;
use leptos::web_sys::{FormData, HtmlFormElement};
use leptos_router::params::ParamsMap;

use crate::team::Workspace;

/// What a form asks for in the fields `names`, as an address would.
pub fn asked(form: &HtmlFormElement, names: &[&'static str]) -> Option<ParamsMap> {
    let data = FormData::new_with_form(form).ok()?;
    let mut params = ParamsMap::new();
    for name in names {
        for value in data.get_all(name).iter().filter_map(|value| value.as_string()) {
            params.insert(*name, leptos_router::location::Url::escape(&value));
        }
    }
    Some(params)
}

/// Any of a few words.
#[component]
pub fn Ticks(label: &'static str, name: &'static str, words: Vec<&'static str>, ticked: Signal<Vec<&'static str>>) -> impl IntoView {
    let said = move || ticked.with(|t| if t.is_empty() { label.to_string() } else { format!("{label}: {}", t.join(", ")) });
    let boxes = words.into_iter().map(|word| {
        let on = move || ticked.with(|t| t.contains(&word));
        view! { <label><input type="checkbox" name=name value=word checked=untrack(on) prop:checked=on/>{word}</label> }
    });
    view! {
        <details class="chip menu" class:on=move || ticked.with(|t| !t.is_empty())>
            <summary>{said}</summary>
            <div class="float">{boxes.collect_view()}</div>
        </details>
    }
}

/// Whose: anybody's, one's own, nobody's, a colleague's.
#[component]
pub fn OwnerChoice(desk: Workspace, chosen: Signal<String>) -> impl IntoView {
    let first = [
        (String::new(), "Owner: anyone".to_string()),
        (desk.viewer.user_id.to_string(), "Mine".into()),
        ("none".into(), "Nobody’s".into()),
    ];
    let others = desk.colleagues.into_iter().filter(|c| c.id != desk.viewer.user_id).map(|c| (c.id.to_string(), c.name));
    let options = first.into_iter().chain(others).map(|(value, text)| {
        let on = {
            let value = value.clone();
            move || chosen.with(|c| *c == value)
        };
        view! { <option value=value selected=untrack(&on) prop:selected=on>{text}</option> }
    });
    view! { <select class="chip" class:on=move || chosen.with(|c| !c.is_empty()) name="owner" aria-label="Owner">{options.collect_view()}</select> }
}
