//! Research with Google Search: nothing before the owner's decision, and then what it says and no more.

use axum::http::StatusCode;
use prospector::jobs::JobKind;

use super::Rig;
use crate::harness::{attempt, refused, run};

#[test]
fn before_the_owner_decides_nothing_is_sent_to_google() {
    run(async {
        let rig = Rig::with_google().await;
        let editor = rig.ours.editor.clone();
        let (account, _) = rig.add_lead(&editor, "Konex", "konex.example").await;
        rig.ask(&editor, account).await;
        rig.drain_all().await;
        assert!(rig.fake.as_ref().unwrap().requests().is_empty());
        assert!(!rig.facts(&editor, account).await.is_empty(), "its own site is read all the same");
    });
}

#[test]
fn only_the_owner_decides() {
    run(async {
        let mut rig = Rig::with_google().await;
        for person in [rig.ours.admin.clone(), rig.ours.editor.clone(), rig.ours.viewer.clone(), rig.theirs.owner.clone()] {
            let own = if person.id == rig.theirs.owner.id { &rig.theirs } else { &rig.ours };
            let answer = rig
                .app
                .client(&person)
                .submit("/api/research/choose", &[("choice", "team"), ("budget", "5"), ("startup", &rig.ours.startup.to_string())])
                .await;
            assert!(!answer.status.is_success(), "{}", answer.body);
            let mut app = rig.app.test.connect("prospector_app").await;
            let sql = format!(
                "UPDATE startups SET settings = settings || '{{\"grounding\": \"team\"}}' WHERE id = '{}' RETURNING id",
                rig.ours.startup
            );
            let outcome = attempt(&mut app, &person.token, own.startup, &sql).await;
            assert!(outcome == refused("42501") || outcome == crate::harness::Outcome::Rows(0), "{outcome:?}");
        }
        rig.decide("team").await;
        assert_eq!(
            rig.one::<String>(&format!("SELECT settings ->> 'grounding' FROM startups WHERE id = '{}'", rig.ours.startup)).await,
            "team"
        );
        // other settings are an admin's, too, and leave the decision alone
        let fields = [("name", "Ours"), ("currency", "EUR"), ("time_zone", "UTC")];
        rig.app.client(&rig.ours.admin).submit("/api/team/settings", &fields).await;
        assert_eq!(
            rig.one::<String>(&format!(
                "SELECT (settings ->> 'grounding') || (settings ->> 'currency') FROM startups WHERE id = '{}'",
                rig.ours.startup
            ))
            .await,
            "teamEUR"
        );
    });
}

#[test]
fn on_request_results_are_the_askers_alone() {
    run(async {
        let mut rig = Rig::with_google().await;
        rig.decide("request").await;
        let (editor, owner) = (rig.ours.editor.clone(), rig.ours.owner.clone());
        let (account, _) = rig.add_lead(&editor, "Konex", "konex.example").await;
        rig.drain_all().await;
        let asked = |rig: &Rig| {
            rig.fake.as_ref().unwrap().requests().iter().filter(|r| r.body.as_ref().is_some_and(|b| b.get("tools").is_some())).count()
        };
        assert_eq!(asked(&rig), 0, "nobody asked");
        rig.ask(&editor, account).await;
        rig.drain_all().await;
        assert_eq!(asked(&rig), 1);
        let private = |facts: &[(String, serde_json::Value, String)]| facts.iter().filter(|(key, ..)| key == "funding").count();
        assert!(private(&rig.facts(&editor, account).await) > 0);
        assert_eq!(private(&rig.facts(&owner, account).await), 0, "not even the owner's");
        // the suggestions stand in a document of their own, for the same person
        let run = rig.one::<uuid::Uuid>("SELECT run_id FROM crm_lead_enrichment WHERE provider = 'gemini'").await;
        let path = format!("/accounts/{account}/suggestions/{run}");
        let frame = rig.app.client(&editor).get(&path).await;
        assert_eq!(frame.status, StatusCode::OK);
        let policy = frame.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("sandbox allow-popups") && !policy.contains("allow-scripts") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        let stored = rig.one::<String>("SELECT search_suggestions FROM crm_lead_enrichment WHERE provider = 'gemini'").await;
        assert!(frame.body.ends_with(&stored), "untouched");
        for other in [&owner, &rig.theirs.owner] {
            assert_eq!(rig.app.client(other).get(&path).await.status, StatusCode::NOT_FOUND);
        }
        assert_ne!(rig.app.stranger().get(&path).await.status, StatusCode::OK);
        let page = rig.app.client(&editor).get(&format!("/accounts/{account}?tab=intelligence")).await.body;
        assert!(page.contains(&path) && page.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""), "{page}");
        assert!(!rig.app.client(&owner).get(&format!("/accounts/{account}?tab=intelligence")).await.body.contains(&path));
        // who asked has the lead weighed, over what the whole team may see
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM jobs WHERE kind = 'reason' AND state = 'done'").await, 1);
        // what is one person's feeds no score
        let evidence: i64 = rig.one("SELECT count(*) FROM crm_lead_scores s, jsonb_array_elements(s.line_items) l, jsonb_array_elements(l -> 'evidence') e JOIN account_facts f ON f.id::text = e ->> 'id' WHERE f.only_for IS NOT NULL").await;
        assert_eq!(evidence, 0);
        let kept: i64 = rig.one("SELECT count(*) FROM account_facts WHERE provider = 'gemini' AND links_expire_at BETWEEN now() + interval '29 days' AND now() + interval '31 days' AND text_expires_at BETWEEN now() + interval '729 days' AND now() + interval '732 days'").await;
        assert_eq!(kept, rig.one::<i64>("SELECT count(*) FROM account_facts WHERE provider = 'gemini'").await);
    });
}

#[test]
fn for_the_team_it_runs_by_itself_and_a_model_weighs_the_facts() {
    run(async {
        let mut rig = Rig::with_google().await;
        rig.decide("team").await;
        let (editor, viewer) = (rig.ours.editor.clone(), rig.ours.viewer.clone());
        let (account, _) = rig.add_lead(&editor, "Konex", "konex.example").await;
        rig.drain_all().await;
        let facts = rig.facts(&viewer, account).await;
        assert!(facts.iter().any(|(key, ..)| key == "funding"), "{facts:?}");
        let chiefs: Vec<_> = facts.iter().filter(|(key, ..)| key == "ceo").collect();
        assert!(
            chiefs.len() == 2 && chiefs.iter().all(|(_, _, status)| status == "contradicted"),
            "two sources that differ are both shown: {chiefs:?}"
        );
        let outside: i64 = rig.one("SELECT count(*) FROM account_facts f, jsonb_array_elements(f.sources) s WHERE f.provider = 'gemini' AND s ->> 'url' NOT LIKE 'https://vertexaisearch.cloud.google.com/%' AND s ->> 'url' NOT LIKE 'https://www.google.com/%'").await;
        assert_eq!(outside, 0);
        // prompts carry the company, and nothing of the startup's
        for request in rig.fake.as_ref().unwrap().requests() {
            let text = request.body.as_ref().map(ToString::to_string).unwrap_or_default();
            assert!(!text.contains("Ingrid") && !text.contains("ours.test") && !text.contains(&rig.ours.startup.to_string()), "{text}");
        }
        let score = "SELECT model || ' ' || (overall_score = (SELECT sum((l ->> 'points')::int) FROM jsonb_array_elements(line_items) l))::text || ' ' || (cost_micros > 0)::text FROM crm_lead_scores ORDER BY created_at DESC LIMIT 1";
        assert!(rig.lines(score).await[0].ends_with(" true true"), "by a model, and the parts add up");
        assert!(
            rig.one::<i64>("SELECT cost_micros FROM research_usage").await
                > rig.one::<i64>("SELECT max(cost_micros) FROM crm_lead_enrichment").await,
            "what scoring cost is counted, too"
        );
        // a touch is scored by rules; the model's word on the rest stays, and it is not asked again
        let asked = rig.fake.as_ref().unwrap().requests().len();
        let mut tx = rig.app.test.db.tenant(&editor.token).await.unwrap();
        let sql = "INSERT INTO crm_interactions (startup_id, account_id, author_id, type, direction, summary) VALUES ($1, $2, $3, 'Call', 'in', 'They are happy.')";
        sqlx::query(sql).bind(rig.ours.startup).bind(account).bind(editor.id).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        rig.drain(&[JobKind::Score, JobKind::Reason]).await;
        assert_eq!(rig.fake.as_ref().unwrap().requests().len(), asked);
        let last =
            "SELECT (model IS NOT NULL)::text || ' ' || (engagement_score > 0)::text FROM crm_lead_scores ORDER BY created_at DESC LIMIT 1";
        assert_eq!(rig.lines(last).await, ["true true"]);
    });
}

#[test]
fn when_google_fails_what_the_site_says_is_kept_and_google_is_asked_again() {
    run(async {
        let mut rig = Rig::with_google().await;
        rig.decide("team").await;
        let editor = rig.ours.editor.clone();
        let (account, _) = rig.add_lead(&editor, "scenario-unsearched Konex", "konex.example").await;
        rig.drain(&[JobKind::Enrich]).await;
        assert!(!rig.facts(&editor, account).await.is_empty());
        assert_eq!(
            rig.one::<i64>("SELECT count(*) FROM account_facts WHERE provider = 'gemini'").await,
            0,
            "without a search there are no facts"
        );
        let job = rig.lines("SELECT state || ' ' || error FROM jobs WHERE kind = 'enrich'").await;
        assert!(job[0].contains("without searching"), "{job:?}");
        assert!(rig.one::<i64>("SELECT cost_micros FROM research_usage").await > 0, "it was paid all the same");
    });
}

#[test]
fn googles_links_and_texts_end() {
    run(async {
        let mut rig = Rig::with_google().await;
        rig.decide("team").await;
        let editor = rig.ours.editor.clone();
        let (account, _) = rig.add_lead(&editor, "Konex", "konex.example").await;
        rig.drain_all().await;
        let page = |body: String| body.matches("(link expired)").count();
        let tab = format!("/accounts/{account}?tab=intelligence");
        assert_eq!(page(rig.app.client(&editor).get(&tab).await.body), 0);
        rig.run("UPDATE account_facts SET links_expire_at = now() - interval '1 minute' WHERE provider = 'gemini'; UPDATE crm_lead_enrichment SET links_expire_at = now() - interval '1 minute' WHERE provider = 'gemini'").await;
        assert!(page(rig.app.client(&editor).get(&tab).await.body) > 0, "marked at once");
        prospector::jobs::worker::schedule::hourly(&rig.app.test.db).await.unwrap();
        assert_eq!(
            rig.one::<i64>(
                "SELECT count(*) FROM account_facts f, jsonb_array_elements(f.sources) s WHERE f.provider = 'gemini' AND s ->> 'url' <> ''"
            )
            .await,
            0
        );
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM crm_lead_enrichment WHERE search_suggestions IS NOT NULL").await, 0);
        assert!(page(rig.app.client(&editor).get(&tab).await.body) > 0);
        rig.run("UPDATE account_facts SET text_expires_at = now() - interval '1 minute' WHERE provider = 'gemini'; UPDATE crm_lead_enrichment SET text_expires_at = now() - interval '1 minute' WHERE provider = 'gemini'").await;
        prospector::jobs::worker::schedule::hourly(&rig.app.test.db).await.unwrap();
        assert_eq!(rig.one::<i64>("SELECT (SELECT count(*) FROM account_facts WHERE provider = 'gemini') + (SELECT count(*) FROM crm_lead_enrichment WHERE provider = 'gemini')").await, 0);
        assert!(rig.one::<i64>("SELECT count(*) FROM account_facts WHERE provider = 'website'").await > 0);
    });
}
