//! Form fields with their label, hint and refusal. They work without JavaScript: a refused form comes back with the
//! message beside the field and what was typed in it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::error::AppError;

/// The refusal of a form's last sending, if it was refused.
pub type Refused = Signal<Option<AppError>>;

/// The refusal that a server action came back with; after a form was sent without JavaScript, from the address.
pub fn refusal<S>(action: ServerAction<S>) -> Refused
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    Signal::derive(move || action.value().with(|v| v.as_ref().and_then(|r| r.as_ref().err().cloned())))
}

/// The message that belongs to the form as a whole.
#[component]
pub fn FormProblem(refused: Refused) -> impl IntoView {
    view! { <p class="problem" role="alert">{move || refused.with(|r| r.as_ref().and_then(|r| r.message_for("")))}</p> }
}

/// The message beside the field `name`.
#[component]
fn FieldProblem(name: &'static str, refused: Refused) -> impl IntoView {
    view! { <span class="problem" role="alert" id=format!("{name}-problem")>{move || refused.with(|r| r.as_ref().and_then(|r| r.message_for(name)))}</span> }
}

fn is_refused(refused: Refused, name: &'static str) -> Option<&'static str> {
    refused.with(|r| r.as_ref().is_some_and(|r| r.message_for(name).is_some())).then_some("true")
}

fn typed(refused: Refused, name: &'static str) -> String {
    refused.with_untracked(|r| r.as_ref().and_then(|r| r.typed(name))).unwrap_or_default()
}

/// A line of text.
#[component]
pub fn Field(
    label: &'static str,
    name: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] hint: Option<&'static str>,
    refused: Refused,
) -> impl IntoView {
    view! {
        <label class="field">
            <span>{label}</span>
            <input type=kind name=name autocomplete=autocomplete required value=typed(refused, name)
                aria-invalid=move || is_refused(refused, name) aria-describedby=format!("{name}-problem")/>
            {hint.map(|hint| view! { <small>{hint}</small> })}
            <FieldProblem name refused/>
        </label>
    }
}

/// One of a few words.
#[component]
pub fn Choice(
    label: &'static str,
    name: &'static str,
    /** value and what people read */
    options: Vec<(&'static str, &'static str)>,
    refused: Refused,
) -> impl IntoView {
    let chosen = typed(refused, name);
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name aria-invalid=move || is_refused(refused, name) aria-describedby=format!("{name}-problem")>
                {options.into_iter().map(|(value, text)| view! { <option value=value selected=chosen == value>{text}</option> }).collect_view()}
            </select>
            <FieldProblem name refused/>
        </label>
    }
}

/// Several lines of text. leptos 0.8 does not escape children of a textarea on the server, so the text goes in escaped
/// by hand, after the line break that HTML drops.
#[component]
pub fn TextArea(
    label: &'static str,
    name: &'static str,
    /** in characters */
    most: usize,
    refused: Refused,
    node_ref: NodeRef<leptos::html::Textarea>,
) -> impl IntoView {
    let text = typed(refused, name);
    let escaped = format!("\n{}", html_escape::encode_text(&text));
    view! {
        <label class="field">
            <span>{label}</span>
            <textarea name=name rows="3" maxlength=most.to_string() required node_ref=node_ref
                aria-invalid=move || is_refused(refused, name) aria-describedby=format!("{name}-problem") inner_html=escaped></textarea>
            <FieldProblem name refused/>
        </label>
    }
}
