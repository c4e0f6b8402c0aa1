//! The filter as conditions on `crm_deals d` and its account, `crm_accounts a`.

use chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};

use crate::accounts::filter::Owner;
use crate::pipeline::filter::{Closing, DealFilter, Span};
use crate::team::Viewer;

/// Whether the conditions need the account beside the deal.
pub fn needs_account(filter: &DealFilter) -> bool {
    !filter.segments.is_empty()
}

/// Adds the filter's conditions, those only that are asked for, as ` AND …`. Days are those of the viewer's startup.
pub fn push_filter(sql: &mut QueryBuilder<Postgres>, filter: &DealFilter, viewer: &Viewer) {
    match filter.owner {
        None => {}
        Some(Owner::Nobody) => drop(sql.push(" AND d.owner_id IS NULL")),
        Some(Owner::Member(id)) => drop(sql.push(" AND d.owner_id = ").push_bind(id)),
    }
    if !filter.segments.is_empty() {
        let words: Vec<_> = filter.segments.iter().map(|s| s.as_str()).collect();
        sql.push(" AND a.segment = ANY (").push_bind(words).push(")");
    }
    if let Some(least) = filter.least {
        sql.push(" AND d.amount_cents >= ").push_bind(least.cents());
    }
    if let Some(most) = filter.most {
        sql.push(" AND d.amount_cents <= ").push_bind(most.cents());
    }
    if !filter.search.is_empty() {
        // names are found by a function: what is not leakproof reaches no index under row-level security
        sql.push(" AND d.id IN (SELECT f.id FROM app.find_deals(").push_bind(filter.search.clone()).push(") f)");
    }
    match filter.closing {
        Closing::Whenever => {}
        Closing::Within(Span::Undated) => drop(sql.push(" AND d.closed_at IS NULL AND d.expected_close IS NULL")),
        Closing::Within(Span::Overdue) => {
            sql.push(" AND d.closed_at IS NULL AND d.expected_close < ").push_bind(viewer.today);
        }
        Closing::Within(span) => {
            let (first, last) = span.days(viewer.today);
            push_days(sql, first, last, &viewer.time_zone);
        }
        Closing::Between(first, last) => push_days(sql, first, last, &viewer.time_zone),
    }
}

/// An open deal closes on the day that is expected, a closed one has on its day in `time_zone`.
fn push_days(sql: &mut QueryBuilder<Postgres>, first: Option<NaiveDate>, last: Option<NaiveDate>, time_zone: &str) {
    sql.push(" AND ((d.closed_at IS NULL AND d.expected_close IS NOT NULL");
    if let Some(day) = first {
        sql.push(" AND d.expected_close >= ").push_bind(day);
    }
    if let Some(day) = last {
        sql.push(" AND d.expected_close <= ").push_bind(day);
    }
    sql.push(") OR (d.closed_at IS NOT NULL");
    let mut at = |op: &str, day: NaiveDate| {
        sql.push(format!(" AND d.closed_at {op} ")).push_bind(day).push("::timestamp AT TIME ZONE ").push_bind(time_zone.to_string());
    };
    if let Some(day) = first {
        at(">=", day);
    }
    if let Some(day) = last.and_then(|day| day.succ_opt()) {
        at("<", day);
    }
    sql.push("))");
}
