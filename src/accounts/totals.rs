//! Sums over all accounts of the filter, below the list. They take longer than the list: the server sends the page up to
//! [`MARK`] without them, and goes on when they are there (`accounts/stream.rs`). Alive, the page reads them by itself.

use leptos::html;
use leptos::prelude::*;

use super::Totals;
use super::api::account_totals;
use super::query::ListQuery;
use crate::money::Money;

/// Totals are exact up to so many accounts.
pub const COUNTED: i64 = 10_000;

/// Stands in the page where the totals go.
pub const MARK: &str = "<!--totals-->";

/// The line below the list. Its first content comes with the page, as text that the browser's side leaves alone.
#[component]
pub fn TotalsLine(source: Memo<(ListQuery, u32)>) -> impl IntoView {
    let line = NodeRef::<html::P>::new();
    let again = Action::new(move |(query, _): &(ListQuery, u32)| account_totals(query.clone()));
    let html = RwSignal::new(MARK.to_string());
    Effect::new(move |before: Option<(ListQuery, u32)>| {
        let now = source.get();
        // the page's place among its filter's accounts does not matter
        let same = before.as_ref().is_some_and(|b| (&b.0.filter, &b.0.search, b.1) == (&now.0.filter, &now.0.search, now.1));
        let there = before.is_none() && line.get_untracked().is_some_and(|line| line.child_element_count() > 0);
        if !same && !there {
            again.dispatch(now.clone());
        }
        now
    });
    Effect::new(move || {
        if let Some(Ok((totals, currency))) = again.value().get() {
            html.set(totals.html(&currency));
        }
    });
    view! { <p class="totals" node_ref=line inner_html=html></p> }
}

impl Totals {
    /// As they read below the list: what it is, and how much.
    pub fn lines(self, currency: &str) -> [(&'static str, String); 3] {
        let beyond = self.accounts > COUNTED;
        let accounts = if beyond { "10,000+".into() } else { grouped(self.accounts) };
        let mrr = Money::from_cents(self.mrr_cents).unwrap_or_default().show(currency);
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

/// `12,345`.
fn grouped(number: i64) -> String {
    Money::from_cents(number.saturating_mul(100)).unwrap_or_default().show("").trim().to_string()
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
        assert_eq!(Totals { accounts: 0, mrr_cents: 0, health: None }.lines("EUR").map(|l| l.1), ["0", "€0", "–"]);
    }
}
