//! Deals as a file.

use axum::http::StatusCode;
use axum::http::header;
use sqlx::AssertSqlSafe;

use super::{Filled, raw};
use crate::harness::run;

#[test]
fn the_filtered_deals_leave_as_a_file_for_those_who_may_export() {
    run(async {
        let Filled { app, team, other, mut admin, account } = Filled::new().await;
        // more than are read at once, and a name that a spreadsheet would run
        let many = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name, amount) SELECT '{}', '{account}', '=Deal \"' || n || '\", Größe', n FROM generate_series(1, 4500) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(many)).execute(&mut admin).await.unwrap();
        let mut editor = app.client(&team.editor);
        let read = |body: &str| csv::Reader::from_reader(body.as_bytes()).into_records().map(|r| r.unwrap()).collect::<Vec<_>>();
        let whole = editor.get("/pipeline/export").await;
        assert!(
            whole.header(header::CONTENT_TYPE).starts_with("text/csv") && whole.header(header::CONTENT_DISPOSITION).contains("deals.csv")
        );
        let rows = read(&whole.body);
        assert_eq!(rows.len(), 4539);
        let mut ids: Vec<_> = rows.iter().map(|r| r[0].to_string()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 4539, "each once");
        assert!(rows.iter().any(|r| &r[1] == "'=Deal \"7\", Größe" && &r[5] == "7.00"));
        let filtered = read(&editor.get("/pipeline/export?segment=Enterprise&min=2000").await.body);
        let raw = raw(&mut admin, team.startup).await;
        let wanted = raw.iter().filter(|r| r.segment == "Enterprise" && r.cents.is_some_and(|c| c >= 200_000)).count();
        assert!(wanted > 0 && filtered.len() == wanted, "{} {wanted}", filtered.len());
        assert_eq!(app.client(&team.viewer).get("/pipeline/export").await.status, 403);
        assert_eq!(app.stranger().get("/pipeline/export").await.status, 401);
        assert_eq!(read(&app.client(&other.owner).get("/pipeline/export").await.body).len(), 0);
    });
}

#[test]
fn downloads_that_nobody_reads_hold_no_connection() {
    run(async {
        let Filled { app, team, mut admin, account, .. } = Filled::new().await;
        let many = format!(
            "INSERT INTO crm_deals (startup_id, account_id, name) SELECT '{}', '{account}', 'Deal ' || n FROM generate_series(1, 5000) n",
            team.startup
        );
        sqlx::raw_sql(AssertSqlSafe(many)).execute(&mut admin).await.unwrap();
        let mut client = app.client(&team.editor);
        let mut open = Vec::new();
        for _ in 0..20 {
            let (status, mut body) = client.stream("/pipeline/export").await;
            assert_eq!(status, StatusCode::OK);
            assert!(futures::StreamExt::next(&mut body).await.is_some_and(|part| part.is_ok()));
            open.push(body);
        }
        assert_eq!(client.get("/pipeline").await.status, 200);
        assert_eq!(open.len(), 20);
    });
}
