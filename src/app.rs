//! The document and its routes.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::accounts::{AccountPanel, Dashboard, NewAccount};
use crate::auth::{LoginPage, SignupPage};
use crate::binned::BinPage;
use crate::enrichment::ResearchPage;
use crate::pipeline::{CalendarDrawer, DealDrawer, NewDeal, PipelinePage};
use crate::scoring::ingest::EventsPage;
use crate::scoring::leads::LeadsPage;
use crate::scoring::profile::ProfilePage;
use crate::team::{JoinPage, ResetPage, SettingsPage, TeamPage};
use crate::ui::frame::Frame;
use crate::ui::problem::NotFoundPage;
use crate::ui::theme;

/// The document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme::current().attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="stylesheet" href="/pkg/prospector.css"/>
                <Hydration options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Loads the module and brings the page alive. Leptos's own component writes the nonce into `crossorigin` (leptos #4843).
#[component]
fn Hydration(options: LeptosOptions) -> impl IntoView {
    let base = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let (script, module) = (format!("{base}.js"), format!("{base}.wasm"));
    let start = format!("import({script:?}).then(m => m.default({{ module_or_path: {module:?} }}).then(() => m.hydrate()))");
    view! {
        <link rel="modulepreload" href=script/>
        <link rel="preload" href=module r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=use_nonce()>{start}</script>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // tests and people alike can see when the page is alive
    Effect::new(|| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Prospector".into() } else { format!("{title} · Prospector") }/>
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async/>
                <Route path=path!("/signup") view=SignupPage ssr=SsrMode::Async/>
                <Route path=path!("/join/:token") view=JoinPage ssr=SsrMode::Async/>
                <Route path=path!("/reset/:token") view=ResetPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("bin") view=BinPage ssr=SsrMode::Async/>
                    <Route path=path!("team") view=TeamPage ssr=SsrMode::Async/>
                    <Route path=path!("settings") view=SettingsPage ssr=SsrMode::Async/>
                    <Route path=path!("settings/research") view=ResearchPage ssr=SsrMode::Async/>
                    <Route path=path!("settings/icp") view=ProfilePage ssr=SsrMode::Async/>
                    <Route path=path!("settings/events") view=EventsPage ssr=SsrMode::Async/>
                    <Route path=path!("insights") view=LeadsPage ssr=SsrMode::Async/>
                    <ParentRoute path=path!("pipeline") view=PipelinePage ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("calendar") view=CalendarDrawer ssr=SsrMode::Async/>
                        <Route path=path!("deals/new") view=NewDeal ssr=SsrMode::Async/>
                        <Route path=path!("deals/:id") view=DealDrawer ssr=SsrMode::Async/>
                    </ParentRoute>
                    <ParentRoute path=path!("") view=Dashboard ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("accounts/new") view=NewAccount ssr=SsrMode::Async/>
                        <Route path=path!("accounts/:id") view=AccountPanel ssr=SsrMode::Async/>
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
