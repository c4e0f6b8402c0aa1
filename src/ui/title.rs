//! The document's title. leptos_meta 0.8 writes it into the page unescaped: a name with `</title>` in it would go on as
//! markup, so the text is escaped here on the server. In the browser it is set as text.

use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    let text = if cfg!(feature = "ssr") { html_escape::encode_text(&text).into_owned() } else { text };
    view! { <Title text/> }
}
