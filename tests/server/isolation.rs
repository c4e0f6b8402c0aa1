//! Every tenant table × every verb × every role: exactly what the permissions say, and nothing else. The tables come from
//! the catalogue: one without policies, or without a case here, fails by itself.

use std::collections::BTreeMap;

use crate::harness::{Outcome, Team, TestDb, attempt, refused, run};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// What may be done to a table, by whom: o(wner), a(dmin), e(ditor), v(iewer).
struct Case {
    table: &'static str,
    /// A row that is allowed; `$S` startup, `$U` the person, `$A` an account, `$L` its contact, `$D` a deal, `$O` the owner.
    insert: &'static str,
    inserts: &'static str,
    /// A change of a column that people may set.
    update: &'static str,
    updates: &'static str,
    /// Which rows a delete is tried on: some without anything hanging off them.
    delete_where: &'static str,
    deletes: &'static str,
}

const CASES: &[Case] = &[
    Case {
        table: "crm_accounts",
        insert: "(startup_id, name) VALUES ('$S', 'New')",
        inserts: "oae",
        update: "name = 'Other'",
        updates: "oae",
        delete_where: "name = 'Childless'",
        deletes: "oa",
    },
    Case {
        table: "crm_contacts",
        insert: "(startup_id, account_id, first_name) VALUES ('$S', '$A', 'New')",
        inserts: "oae",
        update: "first_name = 'Other'",
        updates: "oae",
        delete_where: "true",
        deletes: "oa",
    },
    // every deal has its first stage in the log, and no delete reaches a log: owners and admins are refused by that alone
    Case {
        table: "crm_deals",
        insert: "(startup_id, account_id, name) VALUES ('$S', '$A', 'New')",
        inserts: "oae",
        update: "stage = 'Proposal'",
        updates: "oae",
        delete_where: "true",
        deletes: "LOG",
    },
    Case {
        table: "crm_deal_stage_changes",
        insert: "(startup_id, deal_id, to_stage, changed_at) VALUES ('$S', '$D', 'Proposal', now())",
        inserts: "",
        update: "to_stage = 'Proposal'",
        updates: "",
        delete_where: "true",
        deletes: "",
    },
    Case {
        table: "crm_interactions",
        insert: "(startup_id, account_id, author_id, type) VALUES ('$S', '$A', '$U', 'Call')",
        inserts: "oae",
        update: "summary = 'Other'",
        updates: "",
        delete_where: "true",
        deletes: "",
    },
    Case {
        table: "share_links",
        insert: "(startup_id, account_id, token_hash, expires_at) VALUES ('$S', '$A', sha256('new'), now() + interval '1 day')",
        inserts: "oae",
        update: "revoked_at = now()",
        updates: "oae",
        delete_where: "true",
        deletes: "oa",
    },
    Case {
        table: "jobs",
        insert: "(startup_id, kind, subject_id, requested_by) VALUES ('$S', 'score', app.uuid7(), '$U')",
        inserts: "oae",
        update: "state = 'cancelled'",
        updates: "",
        delete_where: "true",
        deletes: "",
    },
    Case {
        table: "invitations",
        insert: "(startup_id, id, token_hash, role, invited_by) VALUES ('$S', app.uuid7(), sha256('new'), 'viewer', '$U')",
        inserts: "oa",
        update: "role = 'admin'",
        updates: "",
        delete_where: "true",
        deletes: "oa",
    },
    // seen by its maker, and by owners and admins
    Case {
        table: "calendar_feeds",
        insert: "(startup_id, id, user_id, token_hash, mine) VALUES ('$S', app.uuid7(), '$U', sha256('new'), false)",
        inserts: "oaev",
        update: "mine = false",
        updates: "",
        delete_where: "true",
        deletes: "oaev",
    },
    // what research brings is the worker's to write; a person's own word is theirs
    Case {
        table: "account_facts",
        insert: "(startup_id, account_id, key, value, identity, provider, status, set_by) VALUES ('$S', '$A', 'ceo', '{}', '', 'person', 'person', '$U')",
        inserts: "oae",
        update: "status = 'superseded'",
        updates: "oae",
        delete_where: "true",
        deletes: "",
    },
    Case {
        table: "crm_lead_enrichment",
        insert: "(startup_id, account_id, run_id, provider, requested_by) VALUES ('$S', '$A', app.uuid7(), 'website', '$U')",
        inserts: "",
        update: "gemini_summary = 'Other'",
        updates: "",
        delete_where: "true",
        deletes: "",
    },
    Case {
        table: "crm_lead_scores",
        insert: "(startup_id, account_id, overall_score, fit_score, intent_score, engagement_score, coverage, line_items, prompt_version) VALUES ('$S', '$A', 0, 0, 0, 0, 0, '[]', '1')",
        inserts: "",
        update: "overall_score = 100",
        updates: "",
        delete_where: "true",
        deletes: "",
    },
    Case {
        table: "crm_lead_events",
        insert: "(startup_id, account_id, lead_id, kind) VALUES ('$S', '$A', '$L', 'form')",
        inserts: "oae",
        update: "kind = 'other'",
        updates: "",
        delete_where: "true",
        deletes: "",
    },
    Case {
        table: "ingest_keys",
        insert: "(startup_id, id, token_hash, created_by) VALUES ('$S', app.uuid7(), sha256('new'), '$U')",
        inserts: "oa",
        update: "token_hash = sha256('other')",
        updates: "",
        delete_where: "true",
        deletes: "oa",
    },
    Case {
        table: "research_usage",
        insert: "(startup_id, day) VALUES ('$S', '2000-01-01')",
        inserts: "",
        update: "runs = 0",
        updates: "",
        delete_where: "true",
        deletes: "",
    },
    Case {
        table: "team_members",
        insert: "(startup_id, user_id, role) VALUES ('$S', '$U', 'owner')",
        inserts: "",
        update: "role = 'owner'",
        updates: "",
        delete_where: "true",
        deletes: "",
    },
];

/// A startup in which every tenant table has rows.
async fn fill(admin: &mut PgConnection, team: &Team) -> (Uuid, Uuid, Uuid) {
    let (account, lead, deal) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let (startup, owner) = (team.startup, team.owner.id);
    let script = format!(
        "INSERT INTO crm_accounts (startup_id, id, name) VALUES ('{startup}', '{account}', 'Konex');
         INSERT INTO crm_accounts (startup_id, name) VALUES ('{startup}', 'Childless');
         INSERT INTO crm_contacts (startup_id, id, account_id, first_name) VALUES ('{startup}', '{lead}', '{account}', 'Ingrid');
         INSERT INTO crm_lead_events (startup_id, account_id, lead_id, kind) VALUES ('{startup}', '{account}', '{lead}', 'form');
         INSERT INTO crm_lead_enrichment (startup_id, account_id, lead_id, run_id, provider, requested_by) VALUES ('{startup}', '{account}', '{lead}', app.uuid7(), 'website', '{owner}');
         INSERT INTO account_facts (startup_id, account_id, key, value, identity, provider, status, set_by) VALUES ('{startup}', '{account}', 'ceo', '{{}}', '', 'person', 'person', '{owner}');
         INSERT INTO crm_lead_scores (startup_id, account_id, overall_score, fit_score, intent_score, engagement_score, coverage, line_items, prompt_version) VALUES ('{startup}', '{account}', 0, 0, 0, 0, 0, '[]', '1');
         INSERT INTO ingest_keys (startup_id, token_hash, created_by) VALUES ('{startup}', sha256('{startup}'), '{owner}');
         INSERT INTO research_usage (startup_id, day) VALUES ('{startup}', '2001-01-01');
         INSERT INTO crm_deals (startup_id, id, account_id, name) VALUES ('{startup}', '{deal}', '{account}', 'Licence');
         INSERT INTO crm_interactions (startup_id, account_id, author_id, type) VALUES ('{startup}', '{account}', '{owner}', 'Call');
         INSERT INTO share_links (startup_id, account_id, token_hash, created_by, expires_at) VALUES ('{startup}', '{account}', sha256('{startup}'), '{owner}', now() + interval '1 day');
         INSERT INTO calendar_feeds (startup_id, user_id, token_hash, mine) SELECT startup_id, user_id, sha256(uuid_send(id)), true FROM team_members WHERE startup_id = '{startup}';
         INSERT INTO jobs (startup_id, kind, subject_id, requested_by) VALUES ('{startup}', 'enrich', '{account}', '{owner}')"
    );
    sqlx::raw_sql(AssertSqlSafe(script)).execute(admin).await.unwrap();
    (account, lead, deal)
}

#[test]
fn every_table_allows_each_role_what_it_should_and_nothing_else() {
    run(async {
        let test = TestDb::new().await;
        let (ours, theirs) = (Team::new(&test.db, "ours").await, Team::new(&test.db, "theirs").await);
        let mut admin = test.admin().await;
        let (account, lead, deal) = fill(&mut admin, &ours).await;
        fill(&mut admin, &theirs).await;

        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'startup_id' AND NOT a.attisdropped
             WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname = 'public' ORDER BY 1",
        )
        .fetch_all(&mut admin)
        .await
        .unwrap();
        let cases: BTreeMap<&str, &Case> = CASES.iter().map(|c| (c.table, c)).collect();
        assert_eq!(
            tables,
            cases.keys().map(|t| t.to_string()).collect::<Vec<_>>(),
            "a tenant table without a case here, or a case without its table"
        );

        // letter, who, and whether they are members
        let nobody = crate::harness::Person { id: Uuid::now_v7(), token: String::new() };
        let people = [
            ('o', &ours.owner, true),
            ('a', &ours.admin, true),
            ('e', &ours.editor, true),
            ('v', &ours.viewer, true),
            ('f', &ours.former, false),
            ('x', &theirs.owner, false),
            ('n', &nobody, false),
        ];
        let mut app = test.connect("prospector_app").await;
        for case in cases.values() {
            let table = case.table;
            for (letter, person, member) in people {
                let may = |whom: &str| whom.contains(letter);
                let what = |verb: &str| format!("{verb} {table} as {letter}");
                let mut try_it = async |sql: String| attempt(&mut app, &person.token, ours.startup, &sql).await;

                let seen = try_it(format!("SELECT count(*) AS n FROM {table}")).await;
                assert_eq!(matches!(seen, Outcome::Rows(n) if n > 0), member, "{}: {seen:?}", what("select"));
                assert!(member || seen == Outcome::Rows(0), "{}: {seen:?}", what("select"));

                let values = case.insert.replace("$S", &ours.startup.to_string()).replace("$U", &person.id.to_string());
                let values = values.replace("$A", &account.to_string()).replace("$L", &lead.to_string()).replace("$D", &deal.to_string());
                let inserted = try_it(format!("INSERT INTO {table} {values} RETURNING startup_id")).await;
                assert_eq!(inserted, if may(case.inserts) { Outcome::Rows(1) } else { refused("42501") }, "{}", what("insert"));

                // without and with the tenant in the statement: the policy alone decides
                for condition in ["true".to_string(), format!("startup_id = '{}'", ours.startup)] {
                    let updated = try_it(format!("UPDATE {table} SET {} WHERE {condition} RETURNING startup_id", case.update)).await;
                    check_change(&updated, may(case.updates), &what("update"));
                    let deleted =
                        try_it(format!("DELETE FROM {table} WHERE {condition} AND {} RETURNING startup_id", case.delete_where)).await;
                    if case.deletes == "LOG" {
                        let kept_by_log = refused("23503");
                        assert_eq!(deleted, if "oa".contains(letter) { kept_by_log } else { Outcome::Rows(0) }, "{}", what("delete"));
                    } else {
                        check_change(&deleted, may(case.deletes), &what("delete"));
                    }
                }
                assert_eq!(try_it(format!("TRUNCATE {table}")).await, refused("42501"), "{}", what("truncate"));
            }

            // with their own startup as context, another tenant sees and changes nothing of ours
            let mut theirs_try = async |sql: String| attempt(&mut app, &theirs.owner.token, theirs.startup, &sql).await;
            let of_ours = format!("startup_id = '{}'", ours.startup);
            assert_eq!(theirs_try(format!("SELECT count(*) AS n FROM {table} WHERE {of_ours}")).await, Outcome::Rows(0), "{table}");
            let values = case.insert.replace("$S", &ours.startup.to_string()).replace("$U", &theirs.owner.id.to_string());
            let values = values.replace("$A", &account.to_string()).replace("$L", &lead.to_string()).replace("$D", &deal.to_string());
            assert_eq!(theirs_try(format!("INSERT INTO {table} {values}")).await, refused("42501"), "{table}");
            check_change(
                &theirs_try(format!("UPDATE {table} SET {} WHERE {of_ours} RETURNING startup_id", case.update)).await,
                false,
                table,
            );
            check_change(&theirs_try(format!("DELETE FROM {table} WHERE {of_ours} RETURNING startup_id")).await, false, table);
        }
    });
}

/// A change that is not allowed finds no row, or is refused for want of a grant.
fn check_change(outcome: &Outcome, allowed: bool, what: &str) {
    let changed = matches!(outcome, Outcome::Rows(n) if *n > 0);
    let nothing = *outcome == Outcome::Rows(0) || *outcome == refused("42501");
    assert!(if allowed { changed } else { nothing }, "{what}: {outcome:?}");
}

#[test]
fn tables_without_a_tenant_show_a_person_themself_and_their_colleagues() {
    run(async {
        let test = TestDb::new().await;
        let (ours, theirs) = (Team::new(&test.db, "ours").await, Team::new(&test.db, "theirs").await);
        let mut app = test.connect("prospector_app").await;
        for (person, users, startups) in [(&ours.owner, 4, 1), (&ours.viewer, 4, 1), (&ours.former, 1, 0), (&theirs.owner, 1, 0)] {
            let seen = attempt(&mut app, &person.token, ours.startup, "SELECT id FROM auth.users").await;
            assert_eq!(seen, Outcome::Rows(users), "users");
            assert_eq!(
                attempt(&mut app, &person.token, ours.startup, "SELECT id FROM startups").await,
                Outcome::Rows(startups),
                "startups"
            );
            assert_eq!(
                attempt(&mut app, &person.token, ours.startup, "SELECT user_id FROM auth.sessions").await,
                Outcome::Rows(1),
                "own sessions"
            );
        }
        for secret in [
            "SELECT password_hash FROM auth.users",
            "SELECT token_hash FROM auth.sessions",
            "SELECT data FROM auth.sessions",
            "UPDATE auth.users SET name = 'x'",
        ] {
            assert_eq!(attempt(&mut app, &ours.owner.token, ours.startup, secret).await, refused("42501"), "{secret}");
        }
        for table in ["auth.users (name) VALUES ('x')", "startups (name, slug) VALUES ('x', 'x')"] {
            let insert = format!("INSERT INTO {table}");
            assert_eq!(attempt(&mut app, &ours.owner.token, ours.startup, &insert).await, refused("42501"), "{insert}");
        }
        let ended = attempt(&mut app, &ours.owner.token, ours.startup, "DELETE FROM auth.sessions RETURNING user_id").await;
        assert_eq!(ended, Outcome::Rows(1), "one's own sessions and nobody else's");
        for (person, renames) in [(&ours.owner, 1), (&ours.admin, 1), (&ours.editor, 0), (&ours.viewer, 0), (&theirs.owner, 0)] {
            let renamed = attempt(&mut app, &person.token, ours.startup, "UPDATE startups SET name = 'Other' RETURNING id").await;
            assert_eq!(renamed, Outcome::Rows(renames), "rename the startup");
        }
    });
}

#[test]
fn a_calendar_feed_is_its_makers_and_those_who_manage() {
    run(async {
        let test = TestDb::new().await;
        let (ours, theirs) = (Team::new(&test.db, "ours").await, Team::new(&test.db, "theirs").await);
        let mut admin = test.admin().await;
        fill(&mut admin, &ours).await;
        fill(&mut admin, &theirs).await;
        let mut app = test.connect("prospector_app").await;
        for (person, seen) in
            [(&ours.owner, 4), (&ours.admin, 4), (&ours.editor, 1), (&ours.viewer, 1), (&ours.former, 0), (&theirs.owner, 0)]
        {
            for sql in ["SELECT id FROM calendar_feeds", "DELETE FROM calendar_feeds RETURNING id"] {
                assert_eq!(attempt(&mut app, &person.token, ours.startup, sql).await, Outcome::Rows(seen), "{sql}");
            }
            let others = format!(
                "INSERT INTO calendar_feeds (startup_id, id, user_id, token_hash, mine) VALUES ('{}', app.uuid7(), '{}', sha256('new'), false)",
                ours.startup,
                if person.id == ours.owner.id { ours.viewer.id } else { ours.owner.id }
            );
            assert_eq!(attempt(&mut app, &person.token, ours.startup, &others).await, refused("42501"), "in somebody else's name");
        }
        let plain = "INSERT INTO calendar_feeds (startup_id, user_id, token_hash, mine) VALUES ($1, $2, 'a token as it is', true)";
        let kept = sqlx::query(plain).bind(ours.startup).bind(ours.owner.id).execute(&mut admin).await;
        assert!(kept.is_err(), "what is no hash is not kept");
    });
}
