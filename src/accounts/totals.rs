//! Sums over all accounts of the filter, below the list. They take longer than the list: the server sends the page up to
//! [`MARK`] without them, and goes on when they are there (`server/late.rs`). Alive, the page reads them by itself.

use leptos::html;
use leptos::prelude::*;

use super::Totals;
use super::api::account_totals;
use super::query::ListQuery;
use crate::money::{grouped, show_cents};

/// Totals are exact up to so many accounts.
pub const COUNTED: i64 = 10_000;

/// Stands in the page where the totals go.
pub const MARK: &str = "<!--totals-->";

/// The line below the list. Its first content comes with the page, as text that the browser's side leaves alone.
#[component]
pub fn TotalsLine(source: Memo<(ListQuery, u32)>) -> impl IntoView {
    let line = NodeRef::<html::P>::new();
    let again = Action::new(move |key: &(ListQuery, u32)| {
        let key = key.clone();
        async move { (key.clone(), account_totals(key.0).await) }
    });
    let html = RwSignal::new(MARK.to_string());
    Effect::new(move |before: Option<(ListQuery, u32)>| {
        let now = source.get();
        let same = before.as_ref().is_some_and(|before| asks_alike(before, &now));
        let there = before.is_none() && line.get_untracked().is_some_and(|line| line.child_element_count() > 0);
        if !same && !there {
            again.dispatch(now.clone());
        }
        now
    });
    Effect::new(move || {
        // a late answer to an earlier question is none
        if let Some((_, Ok((totals, currency)))) = again.value().get().filter(|(key, _)| asks_alike(key, &source.get_untracked())) {
            html.set(totals.html(&currency));
        }
    });
    view! { <p class="totals" node_ref=line inner_html=html></p> }
}

/// What the page with these parameters shows in place of [`MARK`].
#[cfg(feature = "ssr")]
pub fn late<'a>(
    tx: &'a mut crate::server::db::TenantTx,
    params: &'a leptos_router::params::ParamsMap,
) -> futures::future::BoxFuture<'a, Result<String, crate::error::AppError>> {
    Box::pin(async move {
        let totals = super::store::totals(tx, &ListQuery::from_params(params)).await?;
        Ok(totals.html(&tx.viewer().currency))
    })
}

/// Whether two questions have the same totals: the place among the filter's accounts does not matter.
fn asks_alike(one: &(ListQuery, u32), other: &(ListQuery, u32)) -> bool {
    (&one.0.filter, &one.0.search, one.1) == (&other.0.filter, &other.0.search, other.1)
}

impl Totals {
    /// As they read below the list: what it is, and how much.
    pub fn lines(self, currency: &str) -> [(&'static str, String); 3] {
        let beyond = self.accounts > COUNTED;
        let accounts = if beyond { "10,000+".into() } else { grouped(self.accounts) };
        let mrr = show_cents(self.mrr_cents, currency);
        // of more than are counted, MRR is at least that; a mean of some of them would say nothing of all
        let mrr = if beyond { format!("{mrr}+") } else { mrr };
        let health = match self.health {
            Some(health) if !beyond => health.to_string(),
            _ => "–".into(),
        };
        [("Accounts", accounts), ("MRR", mrr), ("Average health", health)]
    }

    /// The same as HTML. Nothing in it comes from people but the currency's code, which is escaped.
    pub fn html(self, currency: &str) -> String {
        let line = |(what, much): (&str, String)| format!("<span>{what}<b>{}</b></span>", html_escape::encode_text(&much));
        self.lines(currency).map(line).concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_what_is_counted_only_a_least_is_said() {
        let exact = Totals { accounts: 10_000, mrr_cents: 123_450, health: Some(61) };
        assert_eq!(exact.lines("USD").map(|l| l.1), ["10,000", "$1,234.50", "61"]);
        let beyond = Totals { accounts: 10_001, ..exact };
        assert_eq!(beyond.lines("USD").map(|l| l.1), ["10,000+", "$1,234.50+", "–"]);
        let sum = Totals { accounts: 2, mrr_cents: 199_999_999_999_998, health: None };
        assert_eq!(sum.lines("USD")[1].1, "$1,999,999,999,999.98", "a sum may be more than one amount");
        assert_eq!(Totals { accounts: 0, mrr_cents: 0, health: None }.lines("EUR").map(|l| l.1), ["0", "€0", "–"]);
    }
}
