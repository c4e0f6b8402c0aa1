//! The tenancy core: what the context is, what it keeps out, and the known traps.

use std::task::Poll;

use crate::harness::{Outcome, Team, TestDb, add_account, attempt, refused, run, token};
use prospector::error::AppError;
use prospector::server::config::Addresses;
use prospector::server::db::Db;
use prospector::server::postgres::ADMIN;
use uuid::Uuid;

#[test]
fn the_server_refuses_roles_that_bypass_row_level_security() {
    run(async {
        let test = TestDb::new().await;
        let mut admin = test.admin().await;
        let addresses = Addresses::of(&test.options, ADMIN);
        let open = async |app: &str| {
            let addresses = Addresses { app: addresses.app.clone().username(app), ..addresses.clone() };
            Db::open(&addresses).await.map(|_| ()).map_err(|e| e.to_string())
        };
        assert!(open(ADMIN).await.unwrap_err().contains("is a superuser"));
        sqlx::raw_sql("CREATE ROLE bypasser LOGIN BYPASSRLS; CREATE ROLE heir LOGIN NOINHERIT; GRANT bypasser TO heir; CREATE ROLE friend LOGIN; GRANT prospector_owner TO friend")
            .execute(&mut admin)
            .await
            .unwrap();
        assert!(open("bypasser").await.unwrap_err().contains("has BYPASSRLS"));
        assert!(open("heir").await.unwrap_err().contains("member of a role that bypasses"));
        assert!(open("friend").await.unwrap_err().contains("schema's owner"));
        sqlx::raw_sql("DROP ROLE heir; DROP ROLE bypasser; DROP ROLE friend").execute(&mut admin).await.unwrap();
        assert_eq!(open("prospector_app").await, Ok(()));
    });
}

#[test]
fn knowing_another_tenants_id_gains_nothing() {
    run(async {
        let test = TestDb::new().await;
        let (ours, theirs) = (Team::new(&test.db, "ours").await, Team::new(&test.db, "theirs").await);
        let mut tx = test.db.tenant(&theirs.owner.token).await.unwrap();
        add_account(&mut tx, "Secret").await;
        tx.commit().await.unwrap();

        // injected SQL can set settings, but it has no token of theirs
        let mut tx = test.db.tenant(&ours.owner.token).await.unwrap();
        let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM crm_accounts WHERE set_config('app.startup_id', $1, true) IS NOT NULL")
            .bind(theirs.startup.to_string())
            .fetch_one(tx.conn())
            .await
            .unwrap();
        let after: i64 = sqlx::query_scalar("SELECT count(*) FROM crm_accounts").fetch_one(tx.conn()).await.unwrap();
        assert_eq!((seen, after), (0, 0));
    });
}

#[test]
fn tokens_that_are_none_see_nothing() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        for token in ["", "x", "'; SELECT 1", &token()] {
            assert_eq!(test.db.tenant(token).await.unwrap_err(), AppError::SignedOut, "{token:?}");
        }
        assert_eq!(test.db.tenant(&team.former.token).await.unwrap_err(), AppError::NoStartup);
        let mut admin = test.admin().await;
        sqlx::raw_sql("UPDATE auth.sessions SET expires_at = now() - interval '1 second'").execute(&mut admin).await.unwrap();
        assert_eq!(test.db.tenant(&team.owner.token).await.unwrap_err(), AppError::SignedOut);
    });
}

#[test]
fn the_context_ends_with_its_transaction() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut app = test.connect("prospector_app").await;
        assert_eq!(attempt(&mut app, &team.owner.token, team.startup, "SELECT app.tenant()").await, Outcome::Rows(1));
        // the settings read as empty text now, not null: neither may be an error
        let (user, tenant): (Option<Uuid>, Option<Uuid>) =
            sqlx::query_as("SELECT auth.uid(), app.tenant()").fetch_one(&mut app).await.unwrap();
        assert_eq!((user, tenant), (None, None));
    });
}

#[test]
fn a_removed_member_is_out_at_the_next_statement() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut owner = test.db.tenant(&team.owner.token).await.unwrap();
        add_account(&mut owner, "Konex").await;
        owner.commit().await.unwrap();
        let count = async |tx: &mut prospector::server::db::TenantTx| -> i64 {
            sqlx::query_scalar("SELECT count(*) FROM crm_accounts").fetch_one(tx.conn()).await.unwrap()
        };
        let mut theirs = test.db.tenant(&team.viewer.token).await.unwrap();
        assert_eq!(count(&mut theirs).await, 1);
        let mut owner = test.db.tenant(&team.owner.token).await.unwrap();
        sqlx::query("SELECT app.set_member_role($1, NULL)").bind(team.viewer.id).execute(owner.conn()).await.unwrap();
        owner.commit().await.unwrap();
        assert_eq!(count(&mut theirs).await, 0);
    });
}

#[test]
fn children_and_owners_stay_within_the_tenant() {
    run(async {
        let test = TestDb::new().await;
        let (ours, theirs) = (Team::new(&test.db, "ours").await, Team::new(&test.db, "theirs").await);
        let mut tx = test.db.tenant(&theirs.owner.token).await.unwrap();
        let foreign = add_account(&mut tx, "Secret").await;
        tx.commit().await.unwrap();
        let mut app = test.connect("prospector_app").await;
        let mut as_owner = async |sql: String| attempt(&mut app, &ours.owner.token, ours.startup, &sql).await;
        let s = ours.startup;
        for (account, what) in [(foreign, "foreign"), (Uuid::now_v7(), "missing")] {
            for insert in [
                format!("INSERT INTO crm_contacts (startup_id, account_id) VALUES ('{s}', '{account}')"),
                format!("INSERT INTO crm_deals (startup_id, account_id, name) VALUES ('{s}', '{account}', 'x')"),
                format!(
                    "INSERT INTO crm_interactions (startup_id, account_id, author_id, type) VALUES ('{s}', '{account}', '{}', 'Call')",
                    ours.owner.id
                ),
                format!(
                    "INSERT INTO share_links (startup_id, account_id, token_hash, expires_at) VALUES ('{s}', '{account}', sha256('x'), now())"
                ),
            ] {
                assert_eq!(as_owner(insert.clone()).await, refused("23503"), "{what}: {insert}");
            }
        }
        for owner in [theirs.owner.id, ours.former.id] {
            assert_eq!(
                as_owner(format!("INSERT INTO crm_accounts (startup_id, name, owner_id) VALUES ('{s}', 'x', '{owner}')")).await,
                refused("23503")
            );
        }
    });
}

#[test]
fn the_auth_role_reaches_functions_and_no_table() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut auth = test.connect("prospector_auth").await;
        for table in ["auth.users", "auth.sessions", "startups", "team_members", "crm_accounts", "jobs"] {
            assert_eq!(
                attempt(&mut auth, &team.owner.token, team.startup, &format!("SELECT * FROM {table}")).await,
                refused("42501"),
                "{table}"
            );
        }
        assert_eq!(attempt(&mut auth, "", team.startup, "SELECT * FROM auth.credentials('OWNER@ours.test')").await, Outcome::Rows(1));
    });
}

#[test]
fn copy_is_refused_and_the_owner_is_bound_too() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        add_account(&mut tx, "Konex").await;
        let copied = tx.conn().copy_in_raw("COPY crm_accounts (startup_id, name) FROM STDIN").await.map(|_| ());
        assert_eq!(copied.unwrap_err().as_database_error().unwrap().code().unwrap(), "0A000");
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        add_account(&mut tx, "Konex").await;
        tx.commit().await.unwrap();
        let mut admin = test.admin().await;
        sqlx::raw_sql("SET ROLE prospector_owner").execute(&mut admin).await.unwrap();
        let (seen,): (i64,) = sqlx::query_as("SELECT count(*) FROM crm_accounts").fetch_one(&mut admin).await.unwrap();
        assert_eq!(seen, 0);
    });
}

/// Polls `work` so many times and drops it, as axum drops the work of a request whose client is gone.
async fn give_up(work: impl Future<Output = ()>, polls: u32) {
    let mut work = std::pin::pin!(work);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        work.as_mut().poll(context)
    })
    .await;
}

#[test]
fn cancelled_requests_leave_no_transaction_open() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut admin = test.admin().await;
        // given up before, while and after each of its steps: connecting, BEGIN, context, statement, COMMIT
        for polls in (1..=24).chain(1..=24) {
            let work = async {
                let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
                add_account(&mut tx, "Konex").await;
                tx.commit().await.unwrap();
            };
            give_up(work, polls).await;
            let mut left: i64 = -1;
            for _ in 0..40 {
                tokio::time::sleep(std::time::Duration::from_millis(25)).await;
                let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
                left = sqlx::query_scalar(open).fetch_one(&mut admin).await.unwrap();
                if left == 0 {
                    break;
                }
            }
            assert_eq!(left, 0, "given up after {polls} polls");
        }
    });
}

#[test]
fn a_backup_role_can_dump_everything() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        add_account(&mut tx, "Konex in the dump").await;
        tx.commit().await.unwrap();
        let dump = std::process::Command::new("pg_dump")
            .args(["--role=prospector_backup", "--enable-row-security"])
            .arg(test.owner_url())
            .output()
            .unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        assert!(String::from_utf8_lossy(&dump.stdout).contains("Konex in the dump"));
    });
}
