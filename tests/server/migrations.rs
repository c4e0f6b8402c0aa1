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
