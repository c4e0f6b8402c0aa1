//! Rows of events: what contacts did, as another system has recorded it. Whom an address belongs to is what the startup's
//! contacts say; of everybody else nothing is kept.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use uuid::Uuid;

use super::columns::Field;
use super::file::Surveyed;
use super::report::{FileReport, Reason};
use super::work::{Seen, Work};
use super::{ImportError, SOURCE};
use crate::scoring::evidence::EventKind;

/// Longest name that a file has for an event, in characters.
const LONGEST_ID: usize = 150;

/// The columns of a batch, one array each.
#[derive(Default)]
struct Batch {
    lines: Vec<i64>,
    external_ids: Vec<String>,
    emails: Vec<String>,
    kinds: Vec<&'static str>,
    channels: Vec<Option<String>>,
    times: Vec<DateTime<Utc>>,
    payloads: Vec<serde_json::Value>,
}

/// `2026-11-23T12:00:00+01:00`, `2026-11-23 12:00:00`, `2026-11-23 12:00` or `2026-11-23`; without an offset in UTC.
fn time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let clock = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN));
    clock.or_else(day).map(|at| at.and_utc())
}

pub async fn import(
    work: &mut Work<'_>,
    file: &Surveyed,
    rows: Vec<(u64, csv::StringRecord)>,
    seen: &mut Seen,
    report: &mut FileReport,
) -> Result<(), ImportError> {
    let mut batch = Batch::default();
    for (line, row) in &rows {
        if let Err(reason) = read(&mut batch, file, *line, row, seen) {
            report.skip(*line, reason);
        }
    }
    let (startup, me) = (work.tx.startup(), work.tx.viewer().user_id);
    // of several contacts with one address the oldest, as the door for events has it
    let found: Vec<(i64, Option<Uuid>, bool)> = sqlx::query_as(
        "WITH n AS (SELECT n.*, c.id AS lead, c.account_id FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::jsonb[])
             n(line, external_id, email, kind, channel, at, payload)
           LEFT JOIN LATERAL (SELECT c.id, c.account_id FROM crm_contacts c WHERE c.startup_id = $1 AND c.email = n.email AND c.deleted_at IS NULL ORDER BY c.created_at LIMIT 1) c ON true),
         added AS (INSERT INTO crm_lead_events (startup_id, account_id, lead_id, kind, channel, occurred_at, payload, external_id)
           SELECT $1, n.account_id, n.lead, n.kind, n.channel, n.at, n.payload, n.external_id FROM n WHERE n.lead IS NOT NULL ON CONFLICT DO NOTHING RETURNING lead_id, external_id)
         SELECT n.line, n.account_id, a.lead_id IS NOT NULL FROM n LEFT JOIN added a ON a.lead_id = n.lead AND a.external_id = n.external_id",
    )
    .bind(startup)
    .bind(&batch.lines)
    .bind(&batch.external_ids)
    .bind(&batch.emails)
    .bind(&batch.kinds)
    .bind(&batch.channels)
    .bind(&batch.times)
    .bind(&batch.payloads)
    .fetch_all(work.tx.conn())
    .await?;
    let mut touched = Vec::new();
    for (line, account, added) in found {
        match account {
            None => report.skip(line.unsigned_abs(), Reason::from("no contact has that address")),
            Some(_) if !added => report.unchanged += 1,
            Some(account) => {
                report.added += 1;
                touched.push(account);
            }
        }
    }
    touched.sort_unstable();
    touched.dedup();
    sqlx::query("INSERT INTO jobs (startup_id, kind, subject_id, account_id, requested_by) SELECT $1, 'score', a, a, $3 FROM unnest($2::uuid[]) a ON CONFLICT DO NOTHING")
        .bind(startup)
        .bind(&touched)
        .bind(me)
        .execute(work.tx.conn())
        .await?;
    Ok(())
}

fn read(batch: &mut Batch, file: &Surveyed, line: u64, row: &csv::StringRecord, seen: &mut Seen) -> Result<(), Reason> {
    let get = |field| file.columns.get(row, field);
    let email = get(Field::Email).filter(|email| email.contains('@') && email.len() <= 254).ok_or("no address")?.to_lowercase();
    let said = get(Field::EventKind).ok_or("no kind of event")?;
    let kind: EventKind = said.to_lowercase().replace([' ', '-'], "_").parse().map_err(|()| Reason::about("not a kind of event:", said))?;
    let when = get(Field::OccurredAt).ok_or("no time")?;
    let at = time(when).ok_or_else(|| Reason::about("not a time such as 2026-11-23 12:00:", when))?;
    if at > Utc::now() {
        return Err(Reason::about("the time is yet to come:", when));
    }
    // a row without a name of its own is named by what it says
    let own = || file.row_hash(row, None).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let external_id = get(Field::ExternalId).map_or_else(own, str::to_string);
    if external_id.chars().count() > LONGEST_ID {
        return Err(Reason::about("the id is too long:", &external_id));
    }
    if !seen.first(&format!("{email} {external_id}")) {
        return Err("the same event stands in an earlier line".into());
    }
    batch.lines.push(i64::try_from(line).unwrap_or_default());
    batch.external_ids.push(format!("{SOURCE}:{external_id}"));
    batch.emails.push(email);
    batch.kinds.push(kind.as_str());
    batch.channels.push(get(Field::Channel).map(|text| text.chars().take(60).collect()));
    batch.times.push(at);
    let url = get(Field::Url).map(|url| url.chars().take(1_000).collect::<String>());
    batch.payloads.push(url.map_or_else(|| serde_json::json!({}), |url| serde_json::json!({ "url": url })));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_are_read_in_one_order_only() {
        for (text, read) in [
            ("2026-11-23T12:00:00+01:00", Some("2026-11-23T11:00:00+00:00")),
            ("2026-11-23 12:00", Some("2026-11-23T12:00:00+00:00")),
            ("2026-11-23 12:00:05.5", Some("2026-11-23T12:00:05.500+00:00")),
            ("2026-11-23", Some("2026-11-23T00:00:00+00:00")),
            ("23/11/2026", None),
            ("soon", None),
        ] {
            assert_eq!(time(text).map(|at| at.to_rfc3339()).as_deref(), read, "{text}");
        }
    }
}
