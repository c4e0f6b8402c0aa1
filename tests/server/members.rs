//! What people may do to each other's work and membership: invitations, roles, share links, jobs, and the detours around them.

use crate::harness::{Outcome, Person, Team, TestDb, add_account, attempt, join, open_session, refused, run, sign_up, token};
use prospector::team::Role;
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

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
