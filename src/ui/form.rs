//! A form that works without JavaScript and, alive, stays on its page: it keeps a draft, shows refusals in place, and puts
//! a conflict's outcome into its fields.

use leptos::context::Provider;
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::form::FromFormData;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::PostUrl;
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::{Http, ServerFn};
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, FormData, HtmlElement, HtmlFormElement};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use serde::de::DeserializeOwned;

use crate::edit::{Texts, was};
use crate::error::AppError;
use crate::ui::draft::{Draft, Restored, fill, said};
use crate::ui::field::{FormId, FormProblem, Hidden, refusal};

/// A form for the server function `S`. Its fields are `children`; they know it as [`FormId`] and find its refusal there.
#[component]
pub fn LiveForm<S, O>(
    action: ServerAction<S>,
    /** unique on the page; with what it is about (an id) also the key of the draft */
    #[prop(into)]
    id: String,
    #[prop(into)] label: String,
    #[prop(default = "form")] class: &'static str,
    /** what its fields say at first */
    #[prop(optional)]
    texts: Texts,
    /** of the record that the texts are of, where there is one */
    #[prop(default = None, into)]
    version: Option<i32>,
    /** where to go on after it was taken, as an address of this site; without one the page stays */
    #[prop(optional, into)]
    back: Option<String>,
    /** runs after it was taken */
    #[prop(optional)]
    done: Option<Callback<()>>,
    /** whether what is typed outlives a reload */
    #[prop(default = true)]
    drafts: bool,
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Protocol = Http<PostUrl, O>, Error = AppError> + DeserializeOwned + Clone + Send + Sync + 'static,
    <<S::Client as Client<AppError>>::Request as ClientReq<AppError>>::FormData: From<FormData>,
    S::Output: Send + Sync + 'static,
    S::Client: Client<AppError>,
{
    let node = NodeRef::<html::Form>::new();
    let draft = StoredValue::new(Draft::new(&id));
    let restored = RwSignal::new(Restored::Nothing);
    // what the form said when it was sent
    let sent = StoredValue::new(None::<String>);
    let refused = refusal(action);
    let was = version.is_some().then(|| was(&texts));
    let place = FormId { id: id.clone(), refused, texts };

    Effect::new(move || {
        if let Some(form) = node.get() {
            if drafts {
                restored.set(draft.with_value(|draft| draft.restore(&form)));
            }
            // the browser heeds `autofocus` only once for a page
            focus_first(&form, "[autofocus]");
        }
    });
    let keep = move |_| {
        if let Some(form) = node.get_untracked().filter(|_| drafts) {
            draft.with_value(|draft| draft.keep(&form));
        }
    };
    let submit = move |ev: SubmitEvent| {
        // a button with an address of its own (an export) goes its own way
        let elsewhere = ev.submitter().is_some_and(|button| button.has_attribute("formaction"));
        if ev.default_prevented() || elsewhere {
            return;
        }
        ev.prevent_default();
        if action.pending().get_untracked() {
            return;
        }
        sent.set_value(node.get_untracked().map(|form| said(&form)));
        // whoever leaves before the answer is told, coming back
        draft.with_value(Draft::mark_sent);
        match S::from_event(&ev) {
            Ok(input) => drop(action.dispatch(input)),
            Err(error) => leptos::logging::error!("the form cannot be read: {error:?}"),
        }
    };

    let navigate = use_navigate();
    let go_on = back.clone();
    Effect::new(move |seen: Option<usize>| {
        let version = action.version().get();
        if seen.is_none_or(|seen| seen == version) {
            return version;
        }
        let refused = action.value().with_untracked(|v| v.as_ref().map(|r| r.as_ref().err().cloned()));
        match refused {
            Some(None) => {
                restored.set(Restored::Nothing);
                // what was typed since it was sent stays
                if let Some(form) = node.get_untracked().filter(|form| sent.get_value().is_none_or(|sent| sent == said(form))) {
                    draft.with_value(Draft::forget);
                    form.reset();
                }
                if let Some(done) = done {
                    done.run(());
                }
                if let Some(back) = &go_on {
                    // the form goes: whoever filled it in goes on in the room around it
                    if let Some(form) = node.get_untracked() {
                        focus_room(&form);
                    }
                    navigate(back, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
                }
            }
            Some(Some(error)) => {
                let Some(form) = node.get_untracked() else { return version };
                if matches!(error, AppError::Conflict { .. }) {
                    fill(&form, |name| error.typed(name));
                }
                if drafts {
                    draft.with_value(|draft| draft.keep(&form));
                }
                // once the messages stand there, the first field that they are about
                request_animation_frame(move || focus_first(&form, "[aria-invalid=true]"));
            }
            None => {}
        }
        version
    });

    view! {
        <form id=id class=class method="post" action=S::url() node_ref=node aria-label=label on:input=keep on:submit=submit
            aria-busy=move || action.pending().get().to_string()>
            {back.map(|back| view! { <input type="hidden" name="back" value=back/> })}
            <FormProblem refused/>
            <p class="quiet restored" role="status" hidden=move || restored.get() == Restored::Nothing>{move || restored.get().message()}</p>
            <Provider value=place>
                {version.map(|version| view! { <Hidden name="version" value=version.to_string()/> })}
                {was.map(|was| view! { <Hidden name="was" value=was/> })}
                {children()}
            </Provider>
        </form>
    }
}

fn focus_first(form: &HtmlFormElement, selector: &str) {
    let field = form.query_selector(selector).ok().flatten().and_then(|field| field.dyn_into::<HtmlElement>().ok());
    if let Some(field) = field {
        let _ = field.focus();
    }
}

/// Moves the focus from something that is about to go to the room around it.
fn focus_room(leaving: &Element) {
    let room = leaving.closest("[tabindex='-1']").ok().flatten().and_then(|room| room.dyn_into::<HtmlElement>().ok());
    if let Some(room) = room {
        let _ = room.focus();
    }
}

/// A form of one button, which says everything itself: no draft, and the page stays unless it leads on to `go`.
#[component]
pub fn Step<S, O>(
    action: ServerAction<S>,
    #[prop(into)] label: Signal<String>,
    /** where a page without JavaScript goes on */
    #[prop(into)]
    back: Signal<String>,
    #[prop(default = None, into)] go: Option<Signal<String>>,
    done: Callback<()>,
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Protocol = Http<PostUrl, O>, Error = AppError> + DeserializeOwned + Clone + Send + Sync + 'static,
    <<S::Client as Client<AppError>>::Request as ClientReq<AppError>>::FormData: From<FormData>,
    S::Output: Send + Sync + 'static,
    S::Client: Client<AppError>,
{
    let node = NodeRef::<html::Form>::new();
    let navigate = use_navigate();
    Effect::new(move |seen: Option<usize>| {
        let version = action.version().get();
        let taken = seen.is_some_and(|seen| seen != version) && action.value().with_untracked(|v| matches!(v, Some(Ok(_))));
        if taken {
            // what was pressed may go: on in the room around it
            if let Some(form) = node.get_untracked() {
                focus_room(&form);
            }
            // leaving comes first: what is left is not read again
            if let Some(go) = go {
                navigate(&go.get_untracked(), NavigateOptions { scroll: false, ..NavigateOptions::default() });
            }
            done.run(());
        }
        version
    });
    view! {
        <ActionForm action node_ref=node attr:class="step" attr:aria-label=move || label.get()>
            <input type="hidden" name="back" value=move || back.get()/>
            {children()}
            <FormProblem refused=refusal(action)/>
        </ActionForm>
    }
}

/// The end of a form: its button, and the way out that drops the draft.
#[component]
pub fn FormEnd(save: &'static str, #[prop(into)] cancel: String) -> impl IntoView {
    let FormId { id, .. } = expect_context();
    let leave = move |ev: MouseEvent| {
        let Some(link) = ev.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        // Escape presses it, too, and may be a slip: then what was typed is kept
        if ev.is_trusted() {
            Draft::new(&id).forget();
        }
        focus_room(&link);
    };
    view! {
        <div class="line end">
            <button class="btn primary" type="submit">{save}</button>
            <a class="btn plain" data-cancel="" href=cancel on:click=leave>"Cancel"</a>
        </div>
    }
}
