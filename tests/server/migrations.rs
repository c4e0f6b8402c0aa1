//! The schema by our own runner and by hand come to the same.

use std::path::PathBuf;
use std::process::Command;

use crate::harness::{Team, TestDb, add_account, clone_database, run};
use prospector::server::config::Addresses;
use prospector::server::db::Db;
use prospector::server::migrate::{self, MigrateError};
use prospector::server::postgres::ADMIN;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

fn files() -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir("migrations").unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

fn psql(url: &str, file: &std::path::Path) {
    let done = Command::new("psql").args(["-q", "-1", "-v", "ON_ERROR_STOP=1", "-f"]).arg(file).arg(url).output().unwrap();
    assert!(done.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&done.stderr));
}

fn dump(url: &str) -> String {
    let done = Command::new("pg_dump").args(["--schema-only"]).arg(url).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    // each dump carries a token of its own
    String::from_utf8(done.stdout).unwrap().lines().filter(|l| !l.starts_with("\\")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_database_made_by_hand_is_the_same_and_is_recognised() {
    run(async {
        let test = TestDb::new().await;
        let options = clone_database("template0").await;
        let by_hand = test.owner_url().replace(&format!("/{}?", test.name), &format!("/{}?", options.get_database().unwrap()));
        for file in files() {
            psql(&by_hand, &file);
        }
        assert_eq!(dump(&by_hand), dump(&test.owner_url()));
        let mut admin = PgConnection::connect_with(&options.clone().username(ADMIN)).await.unwrap();
        assert_eq!(migrate::run(&mut admin).await.unwrap(), 0, "nothing is left to run");
        let temporary: bool = sqlx::query_scalar("SELECT has_database_privilege('prospector_app', current_database(), 'TEMP')")
            .fetch_one(&mut admin)
            .await
            .unwrap();
        assert!(!temporary, "a shared connection keeps temporary tables from one request to the next");
        admin.close().await.unwrap();
        Db::open(&Addresses::of(&options, ADMIN)).await.unwrap();
    });
}

#[test]
fn every_version_up_to_date_migrates_on() {
    run(async {
        let options = clone_database("template0").await;
        let url = format!("postgres:///{}?host={}&user={ADMIN}", options.get_database().unwrap(), options.get_socket().unwrap().display());
        psql(&url, &files()[0]);
        let mut admin = PgConnection::connect_with(&options.username(ADMIN)).await.unwrap();
        assert!(matches!(migrate::check(&mut admin).await, Err(MigrateError::Older { .. })));
        assert_eq!(migrate::run(&mut admin).await.unwrap(), files().len() - 1);
        migrate::check(&mut admin).await.unwrap();
    });
}

#[test]
fn an_administrator_without_superuser_can_run_everything() {
    run(async {
        let options = clone_database("template0").await;
        let name = options.get_database().unwrap().to_string();
        let mut postgres = PgConnection::connect_with(&options.clone().username(ADMIN)).await.unwrap();
        // as managed services give it to their customers
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE ROLE {name}_admin LOGIN CREATEROLE; ALTER DATABASE {name} OWNER TO {name}_admin")))
            .execute(&mut postgres)
            .await
            .unwrap();
        postgres.close().await.unwrap();
        let mut admin = PgConnection::connect_with(&options.clone().username(&format!("{name}_admin"))).await.unwrap();
        assert_eq!(migrate::run(&mut admin).await.unwrap(), files().len());
        let db = Db::open(&Addresses::of(&options, &format!("{name}_admin"))).await.unwrap();
        let team = Team::new(&db, "ours").await;
        let acting: Option<(uuid::Uuid, uuid::Uuid)> =
            sqlx::query_as("SELECT startup_id, user_id FROM app.acting_member('ours')").fetch_optional(&mut admin).await.unwrap();
        assert_eq!(acting, Some((team.startup, team.owner.id)), "the operator's functions are theirs");
        let mut tx = db.tenant(&team.editor.token).await.unwrap();
        add_account(&mut tx, "Konex").await;
        tx.commit().await.unwrap();
    });
}

#[test]
fn a_newer_database_is_refused() {
    run(async {
        let test = TestDb::new().await;
        let mut admin = test.admin().await;
        let newer = migrate::newest() + 1;
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS 'SELECT {newer}'")))
            .execute(&mut admin)
            .await
            .unwrap();
        assert!(matches!(migrate::run(&mut admin).await, Err(MigrateError::Newer(v)) if v == newer));
        assert!(matches!(migrate::check(&mut admin).await, Err(MigrateError::Newer(_))));
    });
}

#[test]
fn each_file_marks_its_own_version() {
    for file in files() {
        let version = file.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().to_string();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(&format!("SELECT {version} ")), "{}", file.display());
        assert!(!text.lines().any(|l| l.starts_with('\\') || l.trim() == "BEGIN;" || l.trim() == "COMMIT;"), "{}", file.display());
    }
}

#[test]
fn deals_from_before_the_board_stand_by_their_time_and_know_how_long_they_stayed() {
    run(async {
        let options = clone_database("template0").await;
        let url = format!("postgres:///{}?host={}&user={ADMIN}", options.get_database().unwrap(), options.get_socket().unwrap().display());
        let (before, after): (Vec<_>, Vec<_>) =
            files().into_iter().partition(|file| file.file_name().unwrap().to_str().unwrap() < "202611240001");
        before.iter().for_each(|file| psql(&url, file));
        let mut admin = PgConnection::connect_with(&options.username(ADMIN)).await.unwrap();
        let rows = "INSERT INTO startups (name, slug) VALUES ('Old', 'old');
            INSERT INTO crm_accounts (startup_id, name) SELECT id, 'Konex' FROM startups;
            INSERT INTO crm_deals (startup_id, account_id, name, stage_since) SELECT a.startup_id, a.id, 'Deal ' || n, now() - make_interval(days => 20 + n) FROM crm_accounts a, generate_series(1, 9) n;
            UPDATE crm_deals SET stage = 'Proposal', stage_since = stage_since + interval '7 days' WHERE name < 'Deal 5'";
        sqlx::raw_sql(rows).execute(&mut admin).await.unwrap();
        after.iter().for_each(|file| psql(&url, file));
        let order: Vec<String> = sqlx::query_scalar("SELECT name FROM crm_deals WHERE stage = 'Qualified' ORDER BY rank DESC")
            .fetch_all(&mut admin)
            .await
            .unwrap();
        assert_eq!(order, ["Deal 5", "Deal 6", "Deal 7", "Deal 8", "Deal 9"], "the latest on top");
        let stayed: Vec<(Option<String>, Option<i64>)> =
            sqlx::query_as("SELECT DISTINCT from_stage, stayed FROM crm_deal_stage_changes ORDER BY 1 NULLS FIRST")
                .fetch_all(&mut admin)
                .await
                .unwrap();
        assert_eq!(stayed, [(None, None), (Some("Qualified".into()), Some(7 * 86_400))]);
        let versions: Vec<i32> =
            sqlx::query_scalar("SELECT DISTINCT version FROM crm_deals ORDER BY 1").fetch_all(&mut admin).await.unwrap();
        assert_eq!(versions, [1, 2], "nobody edited them");
        let forced: bool = sqlx::query_scalar(
            "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname IN ('crm_deals', 'crm_deal_stage_changes')",
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert!(forced);
    });
}
