//! The queue: nobody starves, nothing is done twice, what is given up is given back.

use std::time::Duration;

use prospector::jobs::JobKind;
use prospector::jobs::worker::{Workers, claim};
use sqlx::AssertSqlSafe;

use super::{Rig, soon};
use crate::harness::run;

#[test]
fn a_worker_that_dies_leaves_its_job_to_the_next_and_its_late_effect_comes_to_nothing() {
    run(async {
        let mut rig = Rig::new().await;
        let editor = rig.ours.editor.clone();
        rig.add_lead(&editor, "Konex", "konex.example").await;
        let dead = claim(&rig.worker.db, &[JobKind::Enrich], 1).await.unwrap().unwrap();
        assert_eq!(rig.drain(&[JobKind::Enrich]).await, 0, "held");
        rig.run("UPDATE jobs SET run_at = now(), lease_until = now() WHERE state = 'running'").await;
        assert_eq!(rig.drain(&[JobKind::Enrich]).await, 1, "its lease has ended");
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM crm_lead_enrichment").await, 1);
        // the dead one wakes up: its session is gone, and with it its way to any row
        assert!(dead.tenant(&rig.worker.db).await.is_err());
        dead.give_back(&rig.worker.db, "late", None).await.unwrap();
        assert_eq!(rig.lines("SELECT state FROM jobs WHERE kind = 'enrich'").await, ["done"]);
    });
}

#[test]
fn a_job_that_is_cancelled_while_it_runs_leaves_nothing() {
    run(async {
        let mut rig = Rig::new().await;
        let (editor, viewer, stranger) = (rig.ours.editor.clone(), rig.ours.viewer.clone(), rig.theirs.owner.clone());
        rig.add_lead(&editor, "Konex", "konex.example").await;
        let held = claim(&rig.worker.db, &[JobKind::Enrich], 1).await.unwrap().unwrap();
        let job = held.job().job_id.to_string();
        for other in [&viewer, &stranger] {
            let refused = rig.app.client(other).submit("/api/jobs/act", &[("job", &job), ("act", "cancel")]).await;
            assert!(!refused.status.is_success());
        }
        assert!(held.hold(&rig.worker.db, Some("still here")).await.unwrap());
        assert!(rig.app.client(&editor).submit("/api/jobs/act", &[("job", &job), ("act", "cancel")]).await.status.is_success());
        assert!(!held.hold(&rig.worker.db, None).await.unwrap());
        let mut tx = held.tenant(&rig.worker.db).await.unwrap();
        assert!(!held.finish(&mut tx).await.unwrap());
        drop(tx);
        assert_eq!(rig.lines("SELECT state FROM jobs WHERE kind = 'enrich'").await, ["cancelled"]);
        assert_eq!(rig.drain(&[JobKind::Enrich]).await, 0);
    });
}

#[test]
fn one_startups_thousands_do_not_starve_another() {
    run(async {
        let mut rig = Rig::new().await;
        let script = format!(
            "INSERT INTO jobs (startup_id, kind, subject_id, requested_by, urgency) SELECT '{}', 'enrich', app.uuid7(), '{}', 2 FROM generate_series(1, 3000);
             INSERT INTO jobs (startup_id, kind, subject_id, requested_by) SELECT '{}', 'enrich', app.uuid7(), '{}' FROM generate_series(1, 3)",
            rig.ours.startup, rig.ours.owner.id, rig.theirs.startup, rig.theirs.owner.id
        );
        rig.run(&script).await;
        let mut turns = Vec::new();
        for _ in 0..6 {
            turns.extend(claim(&rig.worker.db, &[JobKind::Enrich], 1).await.unwrap());
        }
        let of: Vec<(uuid::Uuid, i64)> =
            sqlx::query_as("SELECT startup_id, count(*) FROM jobs WHERE state = 'running' GROUP BY 1 ORDER BY 2")
                .fetch_all(&mut rig.admin)
                .await
                .unwrap();
        assert_eq!(of.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 2], "two of each at a time, and no more");
        assert_eq!(turns.len(), 4);
    });
}

#[test]
fn what_a_person_waits_for_goes_first() {
    run(async {
        let mut rig = Rig::new().await;
        let editor = rig.ours.editor.clone();
        let many = format!(
            "INSERT INTO jobs (startup_id, kind, subject_id, requested_by, urgency, run_at) SELECT '{}', 'enrich', app.uuid7(), '{}', 2, now() - interval '1 day' FROM generate_series(1, 100)",
            rig.ours.startup, rig.ours.owner.id
        );
        rig.run(&many).await;
        let account = rig.add_account(&editor, "Konex", "konex.example").await;
        rig.ask(&editor, account).await;
        let first = claim(&rig.worker.db, &[JobKind::Enrich], 1).await.unwrap().unwrap();
        assert_eq!((first.job().subject_id, first.job().urgency), (account, 0));
        // asked for while it runs: once more, after it
        rig.ask(&editor, account).await;
        rig.ask(&editor, account).await;
        assert_eq!(rig.one::<i64>(&format!("SELECT count(*) FROM jobs WHERE subject_id = '{account}' AND state = 'queued'")).await, 1);
        // a viewer and another tenant ask for nothing
        assert!(!rig.ask(&rig.ours.viewer, account).await.is_success());
        assert!(!rig.ask(&rig.theirs.owner, account).await.is_success());
    });
}

#[test]
fn the_days_budget_holds() {
    run(async {
        let mut rig = Rig::new().await;
        let script = format!(
            "UPDATE startups SET settings = settings || '{{\"research_runs_a_day\": 3}}' WHERE id = '{0}';
             INSERT INTO jobs (startup_id, kind, subject_id, requested_by) SELECT '{0}', 'enrich', app.uuid7(), '{1}' FROM generate_series(1, 10)",
            rig.ours.startup, rig.ours.owner.id
        );
        rig.run(&script).await;
        // there are no such accounts: each fails for good, and counts
        assert_eq!(rig.drain(&[JobKind::Enrich]).await, 3);
        assert_eq!(rig.one::<i32>("SELECT runs FROM research_usage").await, 3);
        rig.run("UPDATE research_usage SET day = day - 1").await;
        assert_eq!(rig.drain(&[JobKind::Enrich]).await, 3, "tomorrow");
    });
}

#[test]
fn who_left_asks_for_nothing_any_more() {
    run(async {
        let mut rig = Rig::new().await;
        let editor = rig.ours.editor.clone();
        let account = rig.add_account(&editor, "Konex", "konex.example").await;
        rig.add_contact(&editor, account, "Ada").await;
        let asked = rig.add_account(&editor, "Konex two", "konex.example").await;
        rig.ask(&editor, asked).await;
        let leave = format!("SELECT app.set_member_role('{}', NULL)", editor.id);
        let mut tx = rig.app.test.db.tenant(&rig.ours.owner.token).await.unwrap();
        sqlx::query(AssertSqlSafe(leave)).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        rig.drain(&[JobKind::Enrich]).await;
        let ended = rig.lines(&format!("SELECT state FROM jobs WHERE kind = 'enrich' AND account_id = '{asked}'")).await;
        assert_eq!(ended, ["cancelled"], "what they asked for");
        let by: uuid::Uuid = rig.one(&format!("SELECT requested_by FROM crm_lead_enrichment WHERE account_id = '{account}'")).await;
        assert_eq!(by, rig.ours.owner.id, "what happens by itself happens for the owner");
    });
}

#[test]
fn a_dead_job_is_tried_again_by_whoever_may() {
    run(async {
        let mut rig = Rig::new().await;
        let (editor, viewer) = (rig.ours.editor.clone(), rig.ours.viewer.clone());
        rig.add_lead(&editor, "Konex", "konex.example").await;
        rig.run("UPDATE jobs SET state = 'failed', error = 'Out of order.' WHERE kind = 'enrich'").await;
        let job = rig.one::<uuid::Uuid>("SELECT id FROM jobs WHERE kind = 'enrich'").await.to_string();
        let page = rig.app.client(&viewer).get("/settings/research").await.body;
        assert!(page.contains("Out of order.") && !page.contains("Try again"));
        let page = rig.app.client(&rig.theirs.owner).get("/settings/research").await.body;
        assert!(!page.contains("Out of order."));
        assert!(!rig.app.client(&viewer).submit("/api/jobs/act", &[("job", &job), ("act", "retry")]).await.status.is_success());
        assert!(!rig.app.client(&rig.theirs.owner).submit("/api/jobs/act", &[("job", &job), ("act", "retry")]).await.status.is_success());
        assert!(rig.app.client(&editor).submit("/api/jobs/act", &[("job", &job), ("act", "retry")]).await.status.is_success());
        rig.drain(&[JobKind::Enrich]).await;
        assert_eq!(rig.lines("SELECT state FROM jobs WHERE kind = 'enrich' ORDER BY created_at").await, ["cancelled", "done"]);
    });
}

#[test]
fn workers_run_until_they_are_stopped_and_give_back_what_they_hold() {
    run(async {
        let mut rig = Rig::new().await;
        let workers: Workers = rig.worker.clone().start();
        let editor = rig.ours.editor.clone();
        rig.add_lead(&editor, "Konex", "konex.example").await;
        let done = soon(async || rig.one::<i64>("SELECT count(*) FROM crm_lead_scores").await > 0).await;
        assert!(done);
        tokio::time::timeout(Duration::from_secs(10), workers.stop()).await.expect("they stop");
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM jobs WHERE state = 'running'").await, 0);
    });
}

#[test]
fn what_is_stale_is_queued_by_the_clock_within_the_budget() {
    run(async {
        let mut rig = Rig::new().await;
        let script = format!(
            "UPDATE startups SET settings = settings || '{{\"research_runs_a_day\": 2}}' WHERE id = '{0}';
             INSERT INTO crm_accounts (startup_id, name, last_enriched_at) SELECT '{0}', 'Old ' || n, now() - make_interval(days => 30 + n) FROM generate_series(1, 5) n;
             INSERT INTO crm_accounts (startup_id, name, last_enriched_at) VALUES ('{0}', 'Fresh', now()), ('{1}', 'Theirs', now() - interval '31 days')",
            rig.ours.startup, rig.theirs.startup
        );
        rig.run(&script).await;
        for _ in 0..2 {
            prospector::jobs::worker::schedule::hourly(&rig.app.test.db).await.unwrap();
        }
        let queued =
            "SELECT a.name FROM jobs j JOIN crm_accounts a ON a.id = j.subject_id WHERE j.kind = 'enrich' AND j.urgency = 2 ORDER BY 1";
        let queued = rig.lines(queued).await;
        assert!(
            queued.contains(&"Old 5".to_string()) && queued.contains(&"Theirs".to_string()) && !queued.contains(&"Fresh".to_string()),
            "{queued:?}"
        );
        rig.run("UPDATE crm_accounts SET lead_score = 50 WHERE name = 'Fresh'").await;
        prospector::jobs::worker::schedule::sweep(&rig.app.test.db).await.unwrap();
        assert!(
            rig.one::<i64>("SELECT count(*) FROM crm_accounts WHERE name = 'Fresh' AND priority = 45").await == 1,
            "a fresh one counts"
        );
        let scored = "SELECT a.name FROM jobs j JOIN crm_accounts a ON a.id = j.subject_id WHERE j.kind = 'score'";
        assert_eq!(rig.lines(scored).await, ["Fresh"], "its score ages, too");
    });
}

/// The program alone, killed in the middle: the next one goes on, and nothing is done twice.
#[test]
fn a_killed_program_leaves_half_done_research_to_the_next() {
    run(async {
        let mut rig = Rig::with_google().await;
        rig.decide("team").await;
        let script = format!(
            "INSERT INTO crm_accounts (startup_id, name) SELECT '{0}', 'Acme ' || n FROM generate_series(1, 12) n;
             SELECT app.enqueue('{0}', 'enrich', array_agg(id), array_agg(id), '{1}', 2) FROM crm_accounts",
            rig.ours.startup, rig.ours.owner.id
        );
        rig.run(&script).await;
        let base = rig.fake.as_ref().unwrap().base_url();
        let start = |test: &crate::harness::TestDb| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_prospector"));
            command.arg("worker").env("DATABASE_URL", test.url()).env("DATABASE_OWNER_URL", test.owner_url());
            command.env("GEMINI_API_KEY", prospector::gemini::fake::KEY).env("GEMINI_BASE_URL", &base).env("LISTEN_ADDR", "127.0.0.1:0");
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        };
        let mut first = start(&rig.app.test);
        assert!(soon(async || rig.one::<i64>("SELECT count(*) FROM jobs WHERE kind = 'enrich' AND state = 'done'").await > 0).await);
        first.kill().unwrap();
        first.wait().unwrap();
        let done: i64 = rig.one("SELECT count(*) FROM jobs WHERE kind = 'enrich' AND state = 'done'").await;
        assert_eq!(
            rig.one::<i64>("SELECT count(DISTINCT account_id) FROM crm_lead_enrichment").await,
            done,
            "an effect for each that is done, and for no other"
        );
        // half a minute later its leases have ended
        rig.run("UPDATE jobs SET run_at = now(), lease_until = now() WHERE state = 'running'").await;
        let mut second = start(&rig.app.test);
        let all = soon(async || rig.one::<i64>("SELECT count(*) FROM jobs WHERE kind = 'enrich' AND state = 'done'").await == 12).await;
        second.kill().unwrap();
        second.wait().unwrap();
        assert!(all, "the others are done");
        assert_eq!(
            rig.one::<i64>(
                "SELECT count(*) FROM (SELECT FROM crm_lead_enrichment GROUP BY account_id HAVING count(DISTINCT run_id) = 1) a"
            )
            .await,
            12,
            "each once"
        );
    });
}

/// Found by a reviewer: a thousand requests of somebody who was demoted stopped research for everybody.
#[test]
fn what_a_former_editor_asked_for_goes_at_once_and_holds_up_nobody() {
    run(async {
        let mut rig = Rig::new().await;
        let (viewer, owner) = (rig.ours.viewer.id, rig.theirs.owner.id);
        let script = format!(
            "INSERT INTO jobs (startup_id, kind, subject_id, requested_by, urgency) SELECT '{}', 'enrich', app.uuid7(), '{viewer}', 0 FROM generate_series(1, 2000);
             INSERT INTO jobs (startup_id, kind, subject_id, requested_by) VALUES ('{}', 'enrich', app.uuid7(), '{owner}')",
            rig.ours.startup, rig.theirs.startup
        );
        rig.run(&script).await;
        let held = claim(&rig.worker.db, &[JobKind::Enrich], 1).await.unwrap().expect("the other startup's turn");
        assert_eq!(held.job().requested_by, owner);
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM jobs WHERE state = 'cancelled'").await, 2000);
    });
}

#[test]
fn a_job_that_kills_its_workers_is_given_up() {
    run(async {
        let mut rig = Rig::new().await;
        let editor = rig.ours.editor.clone();
        rig.add_lead(&editor, "Konex", "konex.example").await;
        for attempt in 1..=9 {
            assert!(claim(&rig.worker.db, &[JobKind::Enrich], 1).await.unwrap().is_some(), "attempt {attempt}");
            rig.run("UPDATE jobs SET run_at = now() WHERE state = 'running'").await;
        }
        assert!(claim(&rig.worker.db, &[JobKind::Enrich], 1).await.unwrap().is_none());
        assert_eq!(
            rig.lines("SELECT state || ': ' || error FROM jobs WHERE kind = 'enrich'").await,
            ["failed: It was begun 9 times and never ended."]
        );
    });
}

#[test]
fn a_crowd_of_changes_queues_nothing() {
    run(async {
        let mut rig = Rig::new().await;
        let script = format!(
            "INSERT INTO crm_accounts (startup_id, name) SELECT '{}', 'Acme ' || n FROM generate_series(1, 300) n",
            rig.ours.startup
        );
        rig.run(&script).await;
        let mut tx = rig.app.test.db.tenant(&rig.ours.editor.token).await.unwrap();
        sqlx::query("UPDATE crm_accounts SET segment = 'Enterprise'").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM jobs").await, 0);
        let mut tx = rig.app.test.db.tenant(&rig.ours.editor.token).await.unwrap();
        sqlx::query("UPDATE crm_accounts SET segment = 'SMB' WHERE name = 'Acme 7'").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM jobs WHERE kind = 'score'").await, 1);
    });
}

#[test]
fn many_are_asked_for_and_cancelled_by_who_may_and_in_their_own_startup_alone() {
    run(async {
        let mut rig = Rig::new().await;
        let script = format!(
            "INSERT INTO crm_accounts (startup_id, name, domain) SELECT s, 'Acme ' || n, 'acme.example' FROM generate_series(1, 5) n, unnest(ARRAY['{}', '{}']::uuid[]) s;
             UPDATE crm_accounts SET last_enriched_at = now() WHERE name = 'Acme 5'",
            rig.ours.startup, rig.theirs.startup
        );
        rig.run(&script).await;
        let startup = rig.ours.startup.to_string();
        let waiting =
            format!("SELECT count(*) FROM jobs WHERE kind = 'enrich' AND state = 'queued' AND urgency = 2 AND startup_id = '{startup}'");
        for person in [rig.ours.viewer.clone(), rig.theirs.owner.clone()] {
            for path in ["/api/research/many", "/api/jobs/clear"] {
                let refused = rig.app.client(&person).submit(path, &[("startup", &startup), ("most", "50")]).await;
                assert!(!refused.status.is_success(), "{path}: {}", refused.body);
            }
        }
        let editor = rig.ours.editor.clone();
        for most in ["0", "all", "-1", "50001", ""] {
            let refused = rig.app.client(&editor).submit("/api/research/many", &[("startup", &startup), ("most", most)]).await;
            assert!(refused.body.contains("Enter how many accounts"), "{most}: {}", refused.body);
        }
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM jobs").await, 0);
        for (most, queued) in [("2", 2), ("50", 4), ("50", 4)] {
            let asked = rig.app.client(&editor).submit("/api/research/many", &[("startup", &startup), ("most", most)]).await;
            assert!(asked.status.is_success(), "{}", asked.body);
            assert_eq!(rig.one::<i64>(&waiting).await, queued, "none twice, and none that is fresh");
        }
        let account =
            rig.one::<uuid::Uuid>(&format!("SELECT id FROM crm_accounts WHERE name = 'Acme 1' AND startup_id = '{startup}'")).await;
        rig.ask(&editor, account).await;
        assert!(rig.app.client(&editor).submit("/api/jobs/clear", &[("startup", &startup)]).await.status.is_success());
        assert_eq!(
            rig.lines("SELECT state || ' ' || urgency FROM jobs ORDER BY 1").await,
            ["cancelled 2", "cancelled 2", "cancelled 2", "queued 0"],
            "what somebody waits for stays"
        );
    });
}
