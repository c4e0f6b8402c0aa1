//! The page: the lists as plain text, the preview, the button that saves. All of it works without JavaScript: the preview is
//! an address.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::ProfileRoom;
use super::api::{SaveProfile, read_profile};
use super::spread::SpreadTable;
use crate::error::AppError;
use crate::scoring::icp::{Icp, IcpForm};
use crate::ui::field::{FormId, FormProblem, MadeFor, TextArea, refusal};
use crate::ui::live::{Desk, Live, Shown};
use crate::ui::title::PageTitle;

const HERE: &str = "/settings/icp";
/// Characters of a list.
const MOST: usize = 4_500;

#[component]
pub fn ProfilePage() -> impl IntoView {
    let params = use_query_map();
    // what is asked about stands in the address
    let asked = Memo::new(move |_| {
        params.with(|p| {
            let text = |name: &str| p.get(name).unwrap_or_default().chars().filter(|c| *c != '\0').take(MOST).collect::<String>();
            p.get("preview").map(|_| IcpForm {
                industries: text("industries"),
                sizes: text("sizes"),
                regions: text("regions"),
                technologies: text("technologies"),
                keywords: text("keywords"),
            })
        })
    });
    view! {
        <PageTitle text="Ideal customer"/>
        <main class="page" id="main" tabindex="-1">
            <div class="top"><h1>"Ideal customer"</h1></div>
            <div class="people profile">
                <p>"Whom you sell to. Every lead is measured against it: industry 12 points of 100, size 10, region 8, technologies 10; keywords are looked for in what a company says of itself. A list that is empty asks for nothing in particular."</p>
                <Live source=asked read=read_profile show=|room, desk| view! { <Room room desk/> }.into_any() waiting="Reading the profile…"/>
            </div>
        </main>
    }
}

#[component]
fn Room(room: Shown<ProfileRoom>, desk: Desk) -> impl IntoView {
    let manages = desk.with_value(|d| d.viewer.role.manages());
    move || {
        let ProfileRoom { startup, icp, form, spread, problem } = room.get();
        let empty = icp.is_empty();
        view! {
            {empty.then(|| view! { <p class="quiet">"The profile is empty: everybody fits, and fit says nothing yet."</p> })}
            {spread.map(|spread| view! { <SpreadTable spread/> })}
            {if manages { view! { <ProfileForm startup form problem/> }.into_any() } else { view! { <ProfileText icp/> }.into_any() }}
        }
    }
}

#[component]
fn ProfileForm(startup: uuid::Uuid, form: IcpForm, problem: Option<AppError>) -> impl IntoView {
    let saved = refusal(ServerAction::<SaveProfile>::new());
    let refused = Signal::derive(move || problem.clone().or_else(|| saved.get()));
    let place = FormId { id: "icp".into(), refused, texts: form.texts() };
    view! {
        <section aria-labelledby="icp-form">
            <h2 id="icp-form">"The profile"</h2>
            <form class="form" method="post" action=SaveProfile::url() aria-labelledby="icp-form">
                <FormProblem refused/>
                <MadeFor startup/>
                <leptos::context::Provider value=place>
                    <p class="quiet">"One entry a line, or parted by commas."</p>
                    <TextArea label="Industries, such as Software, Logistics" name="industries" most=MOST optional=true/>
                    <TextArea label="Employees, such as 11-50, 1000+" name="sizes" most=MOST optional=true/>
                    <TextArea label="Regions: countries, cities, or groups such as EU, DACH, Nordics, EMEA" name="regions" most=MOST optional=true/>
                    <TextArea label="Technologies, such as PostgreSQL, Shopify" name="technologies" most=MOST optional=true/>
                    <TextArea label="Keywords that interested companies use" name="keywords" most=MOST optional=true/>
                </leptos::context::Provider>
                <div class="line end">
                    <button class="btn primary" type="submit">"Save and score anew"</button>
                    <button class="btn" type="submit" formmethod="get" formaction=HERE name="preview" value="1">"Preview"</button>
                </div>
                <p class="quiet">"Saving queues new scores for your leads, the best first, 50,000 at most."</p>
            </form>
        </section>
    }
}

#[component]
fn ProfileText(icp: Icp) -> impl IntoView {
    let list = |name: &'static str, entries: Vec<String>| {
        let text = if entries.is_empty() { "any".to_string() } else { entries.join(", ") };
        view! { <dt>{name}</dt><dd>{text}</dd> }
    };
    let sizes = icp.sizes.iter().map(ToString::to_string).collect();
    view! {
        <dl class="facts">
            {list("industries", icp.industries)}
            {list("employees", sizes)}
            {list("regions", icp.regions)}
            {list("technologies", icp.technologies)}
            {list("keywords", icp.keywords)}
        </dl>
        <p class="quiet">"An owner or admin can change this."</p>
    }
}
