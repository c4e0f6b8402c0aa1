//! Form fields with their label, hint and refusal. They work without JavaScript: a refused form comes back with the
//! message beside the field and what was typed in it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::edit::Texts;
use crate::error::AppError;

/// The refusal of a form's last sending, if it was refused.
pub type Refused = Signal<Option<AppError>>;

/// The form that a field is in: the beginning of its ids on the page, and its refusal.
#[derive(Clone)]
pub struct FormId {
    pub id: String,
    pub refused: Refused,
    /// What its fields say at first, by name.
    pub texts: Texts,
}

/// The refusal that a server action came back with; after a form was sent without JavaScript, from the address.
pub fn refusal<S>(action: ServerAction<S>) -> Refused
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    Signal::derive(move || action.value().with(|v| v.as_ref().and_then(|r| r.as_ref().err().cloned())))
}

/// Says in a form which startup it was made for: in another window the person may go to another.
#[component]
pub fn MadeFor(startup: uuid::Uuid) -> impl IntoView {
    view! { <input type="hidden" name="startup" value=startup.to_string()/> }
}

/// Makes fields below belong to a plain form.
pub fn plain_form(id: &str, refused: Refused) {
    provide_context(FormId { id: id.to_string(), refused, texts: Texts::new() });
}

/// The message that belongs to the form as a whole.
#[component]
pub fn FormProblem(refused: Refused) -> impl IntoView {
    view! { <p class="problem" role="alert">{move || refused.with(|r| r.as_ref().and_then(|r| r.message_for("")))}</p> }
}

/// What a field knows of its form.
#[derive(Clone)]
struct Place {
    name: String,
    /// The field's id; the ids of what is said beside it begin so.
    id: String,
    refused: Refused,
    /// What the field says at first.
    first: String,
}

impl Place {
    fn of(name: String) -> Self {
        let FormId { id, refused, texts } = expect_context();
        Self { id: format!("{id}-{name}"), first: crate::edit::text(&texts, &name).to_string(), name, refused }
    }

    fn message(&self) -> Option<String> {
        self.refused.with(|r| r.as_ref().and_then(|r| r.message_for(&self.name)))
    }

    /// What a screen reader says after the label.
    fn described(&self, hint: Option<&String>) -> String {
        let problem = format!("{}-problem", self.id);
        hint.map_or(problem.clone(), |_| format!("{}-hint {problem}", self.id))
    }

    fn is_invalid(&self) -> Option<&'static str> {
        self.message().map(|_| "true")
    }

    /// What was typed before the refusal, else what the record says.
    fn text(&self) -> String {
        self.refused.with_untracked(|r| r.as_ref().and_then(|r| r.typed(&self.name))).unwrap_or_else(|| self.first.clone())
    }
}

/// The message beside a field.
#[component]
fn FieldProblem(place: Place) -> impl IntoView {
    let id = format!("{}-problem", place.id);
    view! { <span class="problem" role="alert" id=id>{move || place.message()}</span> }
}

/// A value that the form carries along.
#[component]
pub fn Hidden(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
    let place = Place { first: value, ..Place::of(name.clone()) };
    view! { <input type="hidden" name=name value=place.text()/> }
}

/// A line of text.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] placeholder: Option<&'static str>,
    /** id of a list of what one may choose from */
    #[prop(optional)]
    offered: Option<&'static str>,
    /** may stay empty */
    #[prop(optional)]
    optional: bool,
    #[prop(optional)] focused: bool,
) -> impl IntoView {
    let place = Place::of(name);
    let invalid = {
        let place = place.clone();
        move || place.is_invalid()
    };
    // a number field would refuse "1,200" without a word
    let mode = (kind == "decimal").then_some("decimal");
    let kind = if kind == "decimal" { "text" } else { kind };
    view! {
        <div class="field">
            <label for=place.id.clone()>{label}</label>
            <input id=place.id.clone() type=kind inputmode=mode name=place.name.clone() autocomplete=autocomplete required=!optional value=place.text()
                placeholder=placeholder list=offered autofocus=focused aria-invalid=invalid aria-describedby=place.described(hint.as_ref())/>
            {hint.map(|hint| { let id = format!("{}-hint", place.id); view! { <small id=id>{hint}</small> } })}
            <FieldProblem place/>
        </div>
    }
}

/// One of a few words.
#[component]
pub fn Choice(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /** value and what people read */
    options: Vec<(String, String)>,
    #[prop(optional)] focused: bool,
) -> impl IntoView {
    let place = Place::of(name);
    let chosen = place.text();
    let invalid = {
        let place = place.clone();
        move || place.is_invalid()
    };
    view! {
        <div class="field">
            <label for=place.id.clone()>{label}</label>
            <select id=place.id.clone() name=place.name.clone() autofocus=focused aria-invalid=invalid aria-describedby=place.described(None)>
                {options.into_iter().map(|(value, text)| { let selected = chosen == value; view! { <option value=value selected=selected>{text}</option> } }).collect_view()}
            </select>
            <FieldProblem place/>
        </div>
    }
}

/// Words that are stored as they read.
pub fn words(all: impl IntoIterator<Item = &'static str>) -> Vec<(String, String)> {
    all.into_iter().map(|word| (word.to_string(), word.to_string())).collect()
}

/// Several lines of text. leptos 0.8 does not escape children of a textarea on the server, so the text goes in escaped
/// by hand, after the line break that a page's parser drops and the browser's `innerHTML` does not.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /** in characters */
    most: usize,
    #[prop(default = 3)] rows: u8,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let place = Place::of(name);
    let dropped = if cfg!(feature = "ssr") { "\n" } else { "" };
    let escaped = format!("{dropped}{}", html_escape::encode_text(&place.text()));
    let invalid = {
        let place = place.clone();
        move || place.is_invalid()
    };
    view! {
        <div class="field">
            <label for=place.id.clone()>{label}</label>
            <textarea id=place.id.clone() name=place.name.clone() rows=rows.to_string() maxlength=most.to_string() required=!optional
                aria-invalid=invalid aria-describedby=place.described(None) inner_html=escaped></textarea>
            <FieldProblem place/>
        </div>
    }
}
