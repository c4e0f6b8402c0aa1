//! The tenancy core: what the context is, what it keeps out, and the known traps.

use std::task::Poll;

use crate::harness::{Outcome, Person, Team, TestDb, add_account, attempt, join, open_session, run, sign_up, token};
use prospector::error::AppError;
use prospector::server::config::Addresses;
use prospector::server::db::Db;
use prospector::server::postgres::ADMIN;
use prospector::team::Role;
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

fn refused(code: &str) -> Outcome {
    Outcome::Refused(code.into())
}

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
fn nobody_acts_in_another_persons_name() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        let account = add_account(&mut tx, "Konex").await;
        tx.commit().await.unwrap();
        let mut app = test.connect("prospector_app").await;
        let (s, owner) = (team.startup, team.owner.id);
        for forged in [
            format!("INSERT INTO jobs (startup_id, kind, subject_id, requested_by) VALUES ('{s}', 'enrich', '{account}', '{owner}')"),
            format!(
                "INSERT INTO crm_interactions (startup_id, account_id, author_id, type) VALUES ('{s}', '{account}', '{owner}', 'Call')"
            ),
            format!("UPDATE crm_accounts SET last_interaction_at = now() WHERE startup_id = '{s}'"),
            format!("UPDATE crm_accounts SET health_score = 100 WHERE startup_id = '{s}'"),
            format!("UPDATE crm_accounts SET deleted_at = now() WHERE startup_id = '{s}'"),
            "SELECT app.claim_job('x', '1 minute')".into(),
            "SELECT app.purge_bin('0 days')".into(),
            "SELECT auth.credentials('owner@ours.test')".into(),
            format!("SELECT auth.open_session('{owner}', 'x', '1 day', NULL)"),
            "SELECT auth.reset_password('owner@ours.test', 'x')".into(),
            "SET ROLE prospector_definer".into(),
            "SET SESSION AUTHORIZATION postgres".into(),
        ] {
            assert_eq!(attempt(&mut app, &team.editor.token, s, &forged).await, refused("42501"), "{forged}");
        }
    });
}

#[test]
fn an_editor_bins_nothing_and_a_binned_row_is_out_of_their_hands() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        let account = add_account(&mut tx, "Konex").await;
        sqlx::query("UPDATE crm_accounts SET deleted_at = now() WHERE id = $1").bind(account).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        let mut app = test.connect("prospector_app").await;
        let restore = "UPDATE crm_accounts SET deleted_at = NULL RETURNING id";
        assert_eq!(attempt(&mut app, &team.editor.token, team.startup, restore).await, Outcome::Rows(0));
        assert_eq!(attempt(&mut app, &team.admin.token, team.startup, restore).await, Outcome::Rows(1));
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
fn invitations_work_once_while_they_last() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let person = Person { id: Uuid::now_v7(), token: token() };
        sign_up(&test.db, person.id, "new@else.test", None).await;
        open_session(&test.db, &person).await;
        let mut admin = test.admin().await;
        let insert = |token: &str, expires: &str| {
            AssertSqlSafe(format!(
                "INSERT INTO invitations (startup_id, token_hash, role, invited_by, expires_at) VALUES ('{}', sha256('{token}'), 'viewer', '{}', now() + interval '{expires}')",
                team.startup, team.owner.id
            ))
        };
        admin.execute(sqlx::raw_sql(insert("good", "1 day"))).await.unwrap();
        admin.execute(sqlx::raw_sql(insert("late", "-1 second"))).await.unwrap();
        let mut app = test.connect("prospector_app").await;
        let mut peek = async |token: &str| -> Option<(String, String)> {
            sqlx::query_as("SELECT * FROM app.peek_invitation($1)").bind(token).fetch_optional(&mut app).await.unwrap()
        };
        assert_eq!(peek("good").await, Some(("ours".into(), "viewer".into())), "signed out, too");
        assert_eq!((peek("late").await, peek("wrong").await), (None, None));
        assert_eq!(test.db.accept_invitation(&person.token, "late").await, Ok(None), "expired");
        assert_eq!(test.db.accept_invitation("", "good").await, Ok(None), "signed out");
        assert_eq!(test.db.accept_invitation(&person.token, "good").await, Ok(Some(team.startup)));
        assert_eq!(test.db.accept_invitation(&team.former.token, "good").await, Ok(None), "used");
    });
}

#[test]
fn roles_change_by_the_rules_and_a_last_owner_stays() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut app = test.connect("prospector_app").await;
        let mut set = async |by: &Person, who: &Person, role: &str| {
            let role = if role.is_empty() { "NULL".into() } else { format!("'{role}'") };
            attempt(&mut app, &by.token, team.startup, &format!("SELECT app.set_member_role('{}', {role})", who.id)).await
        };
        let done = Outcome::Rows(1);
        assert_eq!(set(&team.owner, &team.viewer, "owner").await, done);
        assert_eq!(set(&team.admin, &team.viewer, "editor").await, done);
        assert_eq!(set(&team.viewer, &team.viewer, "").await, done, "anybody may leave");
        assert_eq!(set(&team.admin, &team.owner, "viewer").await, refused("42501"));
        assert_eq!(set(&team.admin, &team.viewer, "owner").await, refused("42501"));
        assert_eq!(set(&team.admin, &team.admin, "owner").await, refused("42501"));
        assert_eq!(set(&team.editor, &team.viewer, "admin").await, refused("42501"));
        assert_eq!(set(&team.former, &team.viewer, "admin").await, refused("42501"));
        assert_eq!(set(&team.owner, &team.owner, "viewer").await, refused("23514"), "the last owner");
        assert_eq!(set(&team.owner, &team.owner, "").await, refused("23514"), "the last owner");
    });
}

#[test]
fn a_share_link_shows_its_account_and_its_tabs_alone() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        let (shared, other) = (add_account(&mut tx, "Shared").await, add_account(&mut tx, "Other").await);
        for account in [shared, other] {
            sqlx::query("INSERT INTO crm_contacts (startup_id, account_id, email) VALUES ($1, $2, 'a@b.test')")
                .bind(team.startup)
                .bind(account)
                .execute(tx.conn())
                .await
                .unwrap();
        }
        for (link, tabs, expires) in [
            ("plain", "{overview}", "1 day"),
            ("people", "{overview,contacts}", "1 day"),
            ("late", "{overview}", "-1 day"),
            ("off", "{overview}", "1 day"),
        ] {
            sqlx::query("INSERT INTO share_links (startup_id, account_id, token_hash, tabs, expires_at) VALUES ($1, $2, sha256($3::text::bytea), $4::text[], now() + $5::interval)")
                .bind(team.startup)
                .bind(shared)
                .bind(link)
                .bind(tabs)
                .bind(expires)
                .execute(tx.conn())
                .await
                .unwrap();
        }
        sqlx::query("UPDATE share_links SET revoked_at = now() WHERE token_hash = sha256('off')").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();

        let mut app = test.connect("prospector_app").await;
        let mut read = async |link: &str, sql: &'static str| -> Result<Vec<String>, String> {
            let mut tx = app.begin().await.unwrap();
            sqlx::raw_sql("SET LOCAL ROLE prospector_guest").execute(&mut *tx).await.unwrap();
            sqlx::query("SELECT set_config('app.share', $1, true)").bind(link).execute(&mut *tx).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&mut *tx).await.map_err(|e| e.as_database_error().unwrap().code().unwrap().into_owned())
        };
        let (accounts, contacts) = ("SELECT name FROM crm_accounts", "SELECT email FROM crm_contacts");
        assert_eq!(read("plain", accounts).await, Ok(vec!["Shared".into()]));
        assert_eq!(read("plain", contacts).await, Ok(vec![]), "the tab is not shared");
        assert_eq!(read("people", contacts).await, Ok(vec!["a@b.test".into()]));
        for dead in ["late", "off", "wrong", ""] {
            assert_eq!(read(dead, accounts).await, Ok(vec![]), "{dead}");
        }
        assert_eq!(read("plain", "SELECT mrr::text FROM crm_accounts").await, Err("42501".into()));
        assert_eq!(read("plain", "SELECT id::text FROM crm_deals").await, Err("42501".into()));
        // the same token without the guest's role shows nothing
        let plain: Vec<String> = sqlx::query_scalar("SELECT name FROM crm_accounts WHERE set_config('app.share', 'plain', false) <> ''")
            .fetch_all(&mut app)
            .await
            .unwrap();
        assert_eq!(plain, Vec::<String>::new());
    });
}

#[test]
fn a_job_runs_as_its_requester_in_its_startup_once() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let editor = join(&test.db, &Team::new(&test.db, "second").await.owner, "both@ours.test", Role::Editor).await;
        let mut tx = test.db.tenant(&team.editor.token).await.unwrap();
        let account = add_account(&mut tx, "Konex").await;
        sqlx::query("INSERT INTO crm_contacts (startup_id, account_id) VALUES ($1, $2)")
            .bind(team.startup)
            .bind(account)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let mut worker = test.connect("prospector_worker").await;
        let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM crm_accounts").fetch_one(&mut worker).await.unwrap();
        assert_eq!(seen, 0, "without a job the worker sees nothing");
        let claim = "SELECT job_id, lease, kind FROM app.claim_job(sha256('job'), '1 minute')";
        let (job, lease, kind): (Uuid, Uuid, String) = sqlx::query_as(claim).fetch_one(&mut worker).await.unwrap();
        assert_eq!(kind, "enrich");
        assert_eq!(sqlx::query(claim).fetch_optional(&mut worker).await.unwrap().map(|_| ()), None, "claimed once");
        assert_eq!(
            attempt(
                &mut worker,
                "job",
                team.startup,
                &format!("SELECT id FROM auth.users WHERE id = auth.uid() AND id = '{}'", team.editor.id)
            )
            .await,
            Outcome::Rows(1)
        );
        assert_eq!(attempt(&mut worker, "job", team.startup, "SELECT id FROM crm_accounts").await, Outcome::Rows(1));
        assert_eq!(attempt(&mut worker, &editor.token, team.startup, "SELECT id FROM crm_accounts").await, Outcome::Rows(0));

        let mut tx = worker.begin().await.unwrap();
        sqlx::query("SELECT set_config('app.session', 'job', true), set_config('app.startup_id', $1, true)")
            .bind(team.startup.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        let mut finish = async |lease: Uuid| -> bool {
            sqlx::query_scalar("SELECT app.finish_job($1, $2)").bind(job).bind(lease).fetch_one(&mut *tx).await.unwrap()
        };
        assert!(!finish(Uuid::now_v7()).await, "a lost lease");
        assert!(finish(lease).await);
        assert!(!finish(lease).await, "twice");
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

#[test]
fn a_removed_admins_own_invitation_leads_nowhere() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.admin.token).await.unwrap();
        sqlx::query("INSERT INTO invitations (startup_id, id, token_hash, role, invited_by) VALUES ($1, app.uuid7(), sha256('backdoor'), 'admin', $2)")
            .bind(team.startup)
            .bind(team.admin.id)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        sqlx::query("SELECT app.set_member_role($1, NULL)").bind(team.admin.id).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(test.db.accept_invitation(&team.admin.token, "backdoor").await, Ok(None));
    });
}

#[test]
fn a_binned_accounts_link_shows_nothing() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        let account = add_account(&mut tx, "Konex").await;
        for sql in [
            "INSERT INTO crm_contacts (startup_id, account_id, email) VALUES ($1, $2, 'a@b.test')",
            "INSERT INTO share_links (startup_id, account_id, token_hash, tabs, expires_at) VALUES ($1, $2, sha256('link'), '{contacts}', now() + interval '1 day')",
        ] {
            sqlx::query(sql).bind(team.startup).bind(account).execute(tx.conn()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut app = test.connect("prospector_app").await;
        let mut contacts = async || -> i64 {
            let mut tx = app.begin().await.unwrap();
            sqlx::raw_sql("SET LOCAL ROLE prospector_guest; SELECT set_config('app.share', 'link', true)").execute(&mut *tx).await.unwrap();
            sqlx::query_scalar("SELECT count(*) FROM crm_contacts").fetch_one(&mut *tx).await.unwrap()
        };
        assert_eq!(contacts().await, 1);
        sqlx::raw_sql("UPDATE crm_accounts SET deleted_at = now()").execute(&mut test.admin().await).await.unwrap();
        assert_eq!(contacts().await, 0);
    });
}

#[test]
fn editors_do_not_delete_by_detours() {
    run(async {
        let test = TestDb::new().await;
        let team = Team::new(&test.db, "ours").await;
        let mut tx = test.db.tenant(&team.owner.token).await.unwrap();
        let (live, binned) = (add_account(&mut tx, "Live").await, add_account(&mut tx, "Binned").await);
        for sql in [
            "INSERT INTO crm_contacts (startup_id, account_id) VALUES ($1, $2)",
            "INSERT INTO crm_deals (startup_id, account_id, name) VALUES ($1, $2, 'Licence')",
            "INSERT INTO share_links (startup_id, account_id, token_hash, expires_at) VALUES ($1, $2, sha256('link'), now() + interval '1 day')",
        ] {
            sqlx::query(sql).bind(team.startup).bind(live).execute(tx.conn()).await.unwrap();
        }
        sqlx::query("UPDATE crm_accounts SET deleted_at = now() WHERE id = $1").bind(binned).execute(tx.conn()).await.unwrap();
        sqlx::query("UPDATE share_links SET revoked_at = now()").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        let mut app = test.connect("prospector_app").await;
        let mut as_editor = async |sql: String| attempt(&mut app, &team.editor.token, team.startup, &sql).await;
        for table in ["crm_contacts", "crm_deals"] {
            assert_eq!(as_editor(format!("UPDATE {table} SET account_id = '{binned}'")).await, refused("23503"), "{table} into the bin");
        }
        assert_eq!(as_editor("UPDATE share_links SET revoked_at = NULL RETURNING id".into()).await, Outcome::Rows(0), "revoked for good");
        assert_eq!(
            as_editor("SELECT app.finish_job(app.uuid7(), app.uuid7())".into()).await,
            refused("42501"),
            "jobs are the worker's to finish"
        );
    });
}
