//! The charts of the pipeline, over the deals of its filter. The server reads the numbers and makes the pictures; the
//! browser gets them as HTML and carries nothing of either.

pub mod api;
#[cfg(feature = "ssr")]
mod closed;
#[cfg(feature = "ssr")]
mod conversion;
#[cfg(feature = "ssr")]
mod forecast;
#[cfg(feature = "ssr")]
pub mod numbers;
mod section;
#[cfg(feature = "ssr")]
mod stages;
#[cfg(feature = "ssr")]
mod velocity;
#[cfg(feature = "ssr")]
mod won;
#[cfg(feature = "ssr")]
mod words;

pub use section::{ChartsSection, MARK};

#[cfg(feature = "ssr")]
pub use html::{html, late};

#[cfg(feature = "ssr")]
mod html {
    use futures::future::BoxFuture;
    use leptos::prelude::*;
    use leptos_router::params::ParamsMap;

    use super::numbers::Charts;
    use super::{closed, conversion, forecast, stages, velocity, won};
    use crate::error::AppError;
    use crate::pipeline::filter::DealFilter;
    use crate::pipeline::store;
    use crate::server::db::TenantTx;
    use crate::ui::chart::figure::patterns;

    /// All figures, in the order in which they are read. Amounts are in `currency`, an ISO 4217 code.
    pub fn html(charts: &Charts, currency: &str) -> String {
        let figures = [
            forecast::figure(charts, currency),
            stages::figure(charts, currency),
            closed::win_rate(charts),
            closed::cycle(charts),
            conversion::figure(charts),
            won::by_owner(charts, currency),
            won::by_segment(charts, currency),
            velocity::figure(charts, currency),
        ];
        let figures: Vec<_> = figures.into_iter().map(|figure| figure.view()).collect();
        // without the marks by which a browser's side would find its places; text has none, it is escaped
        view! { {patterns()} {figures} }.to_html().replace("<!>", "")
    }

    /// What the page with these parameters shows in place of [`super::MARK`].
    pub fn late<'a>(tx: &'a mut TenantTx, params: &'a ParamsMap) -> BoxFuture<'a, Result<String, AppError>> {
        Box::pin(async move {
            let charts = store::charts::charts(tx, &DealFilter::from_params(params)).await?;
            Ok(html(&charts, &tx.viewer().currency))
        })
    }
}
