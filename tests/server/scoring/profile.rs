//! The profile's page and the Leads view, through the router: who may do what, and what they see.

use axum::http::{StatusCode, header};
use chrono::Utc;
use prospector::accounts::filter::{Filter, Owner};
use prospector::accounts::query::ListQuery;
use prospector::error::AppError;
use prospector::scoring::leads::LeadPage;
use prospector::scoring::profile::ProfileRoom;
use serde_json::json;
use uuid::Uuid;

use super::Worker;
use super::leads::{add_contact, add_fact, score};
use crate::harness::{App, Client, Team, add_account, run};

const PROFILE: &str = "/api/scoring/profile";
const SAVE: &str = "/api/scoring/profile/save";

async fn room(client: &mut Client) -> ProfileRoom {
    client.call(PROFILE, json!({})).await.json()
}

#[test]
fn owners_and_admins_change_the_profile_others_read_it() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let fields = [("industries", "Software\nLogistics"), ("sizes", "11-50, 1,000+"), ("regions", "DACH"), ("keywords", "<b>data")];
        for person in [&ours.editor, &ours.viewer] {
            let refused = app.client(person).submit(SAVE, &fields).await;
            assert_eq!((refused.status, refused.json::<AppError>()), (StatusCode::FORBIDDEN, AppError::Forbidden));
        }
        let mut owner = app.client(&ours.owner);
        let saved = owner.post(SAVE, "/settings/icp", &fields).await;
        assert_eq!((saved.status, saved.header(header::LOCATION)), (StatusCode::FOUND, "/settings/icp"));
        let icp = room(&mut app.client(&ours.viewer)).await.icp;
        assert_eq!((icp.industries.len(), icp.sizes.len(), icp.technologies.len()), (2, 2, 0));
        assert!(room(&mut app.client(&theirs.owner)).await.icp.is_empty());

        let page = app.client(&ours.viewer).get("/settings/icp").await;
        assert!(page.body.contains("Software, Logistics") && page.body.contains("&lt;b&gt;data") && !page.body.contains("<b>data"));
        assert!(!page.body.contains(SAVE), "a viewer is offered no form");
        let page = owner.get("/settings/icp").await;
        assert!(page.body.contains("Logistics") && page.body.contains(SAVE) && !page.body.contains("<b>data"));

        // what cannot be read comes back beside its field, with what was typed
        let refused = owner.submit(SAVE, &[("sizes", "few"), ("industries", "Software")]).await;
        let error: AppError = refused.json();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            error.message_for("sizes").is_some_and(|m| m.contains("11-50")) && error.typed("industries").as_deref() == Some("Software")
        );
        let page = owner.get("/settings/icp?preview=1&sizes=few&industries=Mining").await;
        assert!(page.body.contains("is no range") && page.body.contains("Mining"), "{}", page.body);
        // another startup's form
        let refused = owner.submit(SAVE, &[("startup", &theirs.startup.to_string()), ("industries", "x")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn a_preview_counts_leads_and_saves_nothing_a_save_scores_them_anew() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        let (fits, other) = (add_account(&mut tx, "Fits").await, add_account(&mut tx, "Other").await);
        add_contact(&mut tx, fits, "a@fits.test").await;
        tx.commit().await.unwrap();
        let worker = Worker::new(&app.test, team.startup, &team.editor).await;
        add_fact(&worker, fits, "industry", json!({ "name": "Software" }), "supported", None).await;
        add_fact(&worker, other, "industry", json!({ "name": "Mining" }), "supported", None).await;
        score(&worker, &[fits, other], Utc::now()).await;

        let mut owner = app.client(&team.owner);
        let asked = json!({ "asked": { "industries": "Software", "sizes": "", "regions": "", "technologies": "", "keywords": "" } });
        let room: ProfileRoom = owner.call(PROFILE, asked).await.json();
        let spread = room.spread.unwrap();
        assert_eq!(spread.accounts, 2);
        assert_eq!((spread.now[4], spread.then[4], spread.then[2]), (2, 1, 1), "{spread:?}");
        assert!(room.icp.is_empty() && room.form.industries == "Software");
        let page = owner.get("/settings/icp?preview=1&industries=Software").await;
        assert!(page.body.contains("How the present leads would spread") && page.body.contains("With 60 points and more"));

        let mut admin = app.test.admin().await;
        let queued = "SELECT count(*) FROM jobs WHERE kind = 'score' AND state = 'queued' AND urgency = 2";
        assert_eq!(sqlx::query_scalar::<_, i64>(queued).fetch_one(&mut admin).await.unwrap(), 0);
        owner.submit(SAVE, &[("industries", "Software")]).await;
        let anew: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE kind = 'score' AND state = 'queued' AND subject_id = ANY ($1)")
            .bind(vec![fits, other])
            .fetch_one(&mut admin)
            .await
            .unwrap();
        assert_eq!(anew, 2);
        assert!(score(&worker, &[fits, other], Utc::now()).await > 0);
    });
}

#[test]
fn leads_come_by_priority_and_are_the_startups_own() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut tx = app.test.db.tenant(&ours.owner.token).await.unwrap();
        let mut accounts = Vec::new();
        for name in ["Plain & <b>", "Rich", "Scored"] {
            accounts.push(add_account(&mut tx, name).await);
        }
        sqlx::query("INSERT INTO crm_deals (startup_id, account_id, name, amount) VALUES ($1, $2, 'Large', 1000000)")
            .bind(ours.startup)
            .bind(accounts[1])
            .execute(tx.conn())
            .await
            .unwrap();
        sqlx::query("UPDATE crm_accounts SET owner_id = $2 WHERE startup_id = $1 AND name = 'Rich'")
            .bind(ours.startup)
            .bind(ours.editor.id)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let worker = Worker::new(&app.test, ours.startup, &ours.editor).await;
        score(&worker, &[accounts[2]], Utc::now()).await;

        let list = async |person, query: ListQuery| -> LeadPage {
            app.client(person).call("/api/scoring/leads", json!({ "query": query })).await.json()
        };
        let page = list(&ours.viewer, ListQuery::default()).await;
        let names: Vec<_> = page.page.rows.iter().map(|row| (row.name.as_str(), row.priority)).collect();
        assert_eq!(names, [("Rich", 25), ("Scored", 24), ("Plain & <b>", 0)]);
        let leads = &page.leads;
        assert_eq!((leads[0].score, leads[0].open_cents), (None, 100_000_000));
        // an empty profile: everybody fits, nothing else is known
        assert_eq!((leads[1].score, leads[1].fit, leads[1].intent, leads[1].engagement), (Some(40), Some(40), Some(0), Some(0)));
        let filter = Filter { owner: Some(Owner::Member(ours.editor.id)), ..Filter::default() };
        assert_eq!(list(&ours.viewer, ListQuery { filter, ..ListQuery::default() }).await.leads.len(), 1);
        assert_eq!(list(&theirs.owner, ListQuery::default()).await.leads, []);

        let mut viewer = app.client(&ours.viewer);
        let html = viewer.get("/insights").await;
        assert!(
            html.body.contains("Plain &amp; &lt;b&gt;") && html.body.contains("40 of 40") && html.body.contains("tab=intelligence"),
            "{}",
            html.body
        );
        assert!(!app.client(&theirs.viewer).get("/insights").await.body.contains("Rich"));
        for odd in ["sort=name&after=x".to_string(), format!("sort=priority&after={}.x", Uuid::nil()), "status=Asleep&owner=7&q=%00".into()]
        {
            assert_eq!(viewer.get(&format!("/insights?{odd}")).await.status, StatusCode::OK, "{odd}");
        }
        assert_eq!(app.stranger().get("/insights").await.status, StatusCode::SEE_OTHER);
    });
}
