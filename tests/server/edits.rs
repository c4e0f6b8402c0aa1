//! Changing records by the functions that the forms call: each role, the other tenant, two people at once, and what is left
//! of a refused edit.

use crate::harness::{Answer, App, Client, Person, Team, add_account, run};
use axum::http::StatusCode;
use prospector::accounts::query::Tab;
use prospector::accounts::{AccountDetail, TabContent};
use prospector::error::AppError;
use serde_json::json;
use uuid::Uuid;

async fn detail(client: &mut Client, id: &str, tab: Tab) -> AccountDetail {
    client.call("/api/accounts/get", json!({ "id": id, "tab": tab })).await.json()
}

async fn account(app: &App, team: &Team, name: &str) -> String {
    let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
    let id = add_account(&mut tx, name).await;
    tx.commit().await.unwrap();
    id.to_string()
}

/// A contact and a deal of the account, and a thing in the bin of each kind.
struct Things {
    account: String,
    contact: String,
    deal: String,
    binned: String,
}

async fn things(app: &App, team: &Team) -> Things {
    let (account, binned) = (account(app, team, "Konex").await, account(app, team, "Binned").await);
    let mut client = app.client(&team.owner);
    let fields = [("account_id", account.as_str()), ("first_name", "Ingrid")];
    assert_eq!(client.submit("/api/contacts/save", &fields).await.status, StatusCode::OK);
    let fields = [("account_id", account.as_str()), ("name", "Licence"), ("stage", "Qualified")];
    assert_eq!(client.submit("/api/deals/save", &fields).await.status, StatusCode::OK);
    assert_eq!(client.submit("/api/accounts/bulk", &[("ids[]", &binned), ("act", "bin")]).await.status, StatusCode::OK);
    let TabContent::Contacts(contacts) = detail(&mut client, &account, Tab::Contacts).await.content else { panic!() };
    let TabContent::Deals(deals) = detail(&mut client, &account, Tab::Deals).await.content else { panic!() };
    Things { account, contact: contacts[0].id.to_string(), deal: deals[0].id.to_string(), binned }
}

/// A call by its path and fields; `$A`, `$C`, `$D`, `$B` stand for an account, its contact, its deal, a binned account.
type Call = (&'static str, &'static [(&'static str, &'static str)]);

/// What owners, admins and editors may.
const EDITS: &[Call] = &[
    ("/api/accounts/save", &[("id", "$A"), ("version", "1"), ("status", "Trial")]),
    ("/api/accounts/bulk", &[("ids[]", "$A"), ("act", "status"), ("status", "Active")]),
    ("/api/accounts/bulk", &[("ids[]", "$A"), ("act", "owner"), ("owner", "")]),
    ("/api/contacts/save", &[("account_id", "$A"), ("first_name", "New")]),
    ("/api/contacts/save", &[("account_id", "$A"), ("id", "$C"), ("version", "1"), ("first_name", "Other")]),
    ("/api/deals/save", &[("account_id", "$A"), ("name", "New"), ("stage", "Proposal")]),
    ("/api/deals/save", &[("account_id", "$A"), ("id", "$D"), ("version", "1"), ("name", "Other"), ("stage", "Proposal")]),
    ("/api/interactions/log", &[("account_id", "$A"), ("kind", "Call"), ("summary", "x")]),
];

/// What owners and admins may.
const BINS: &[Call] = &[
    ("/api/bin/put", &[("thing", "contact"), ("id", "$C")]),
    ("/api/bin/put", &[("thing", "deal"), ("id", "$D")]),
    ("/api/bin/restore", &[("thing", "account"), ("id", "$B")]),
    ("/api/bin/put", &[("thing", "account"), ("id", "$A")]),
    ("/api/accounts/bulk", &[("ids[]", "$A"), ("act", "bin")]),
];

async fn call(app: &App, person: &Person, things: &Things, (path, fields): &Call) -> Answer {
    let real = |text: &str| match text {
        "$A" => things.account.clone(),
        "$C" => things.contact.clone(),
        "$D" => things.deal.clone(),
        "$B" => things.binned.clone(),
        other => other.to_string(),
    };
    let fields: Vec<(&str, String)> = fields.iter().map(|(name, value)| (*name, real(value))).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    app.client(person).submit(path, &fields).await
}

#[test]
fn every_change_is_for_those_who_may_and_foreign_is_missing() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let missing = || Uuid::now_v7().to_string();
        let nowhere = Things { account: missing(), contact: missing(), deal: missing(), binned: missing() };
        let foreign = things(&app, &theirs).await;
        for (calls, may) in [(EDITS, "oae"), (BINS, "oa")] {
            for one in calls {
                for (letter, person) in [('o', &ours.owner), ('a', &ours.admin), ('e', &ours.editor), ('v', &ours.viewer)] {
                    let allowed = may.contains(letter);
                    let own = call(&app, person, &things(&app, &ours).await, one).await;
                    let expected = if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
                    assert_eq!(own.status, expected, "{one:?} as {letter}: {}", own.body);
                    let (foreign, missing) = (call(&app, person, &foreign, one).await, call(&app, person, &nowhere, one).await);
                    let expected = if allowed { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
                    assert_eq!((foreign.status, foreign.body.as_str()), (missing.status, missing.body.as_str()), "{one:?} as {letter}");
                    assert_eq!(foreign.status, expected, "{one:?} as {letter}: {}", foreign.body);
                }
                let former = call(&app, &ours.former, &foreign, one).await;
                assert_eq!(former.json::<AppError>(), AppError::NoStartup, "{one:?}");
            }
        }
        // and nothing of theirs has changed
        let theirs = detail(&mut app.client(&theirs.owner), &foreign.account, Tab::Deals).await;
        assert_eq!((theirs.account.version, theirs.account.contacts, theirs.account.deals), (1, 1, 1));
    });
}

#[test]
fn the_second_of_two_people_sees_what_changed_and_nothing_is_overwritten() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let id = account(&app, &team, "Konex").await;
        let (mut ada, mut emil) = (app.client(&team.owner), app.client(&team.editor));
        let was = r#"[["name","Konex"],["status","Lead"],["mrr",""],["owner",""]]"#;
        let owner = team.admin.id.to_string();
        let first = [("id", id.as_str()), ("version", "1"), ("was", was), ("status", "Active"), ("owner", &owner)];
        assert_eq!(ada.submit("/api/accounts/save", &first).await.status, StatusCode::OK);
        let second = [("id", id.as_str()), ("version", "1"), ("was", was), ("status", "Trial"), ("owner", ""), ("mrr", "500")];
        let answer = emil.submit("/api/accounts/save", &second).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        let refused: AppError = answer.json();
        let AppError::Conflict { changes, .. } = &refused else { panic!("{refused:?}") };
        let seen: Vec<_> = changes.iter().map(|c| (c.field.as_str(), c.now.as_str(), c.both)).collect();
        assert_eq!(seen, [("status", "Active", true), ("owner", "admin", false)]);
        assert_eq!(refused.typed("status").as_deref(), Some("Trial"));
        assert_eq!(refused.typed("owner").as_deref(), Some(owner.as_str()));
        assert_eq!(refused.typed("mrr").as_deref(), Some("500"));
        assert_eq!(refused.typed("version").as_deref(), Some("2"));
        let kept = detail(&mut emil, &id, Tab::Overview).await.account;
        assert_eq!((kept.status.as_str(), kept.mrr.cents(), kept.version), ("Active", 0, 2), "nothing was overwritten");
        // the same without JavaScript comes back with the page, and saves with the version that came with it
        let page = format!("/accounts/{id}?edit=status");
        let answer = emil.post("/api/accounts/save", &page, &second).await;
        let back = answer.header(axum::http::header::LOCATION).replace("http://crm.test", "");
        let page = emil.get(&back).await;
        assert!(page.body.contains("Meanwhile changed to “Active”") && page.body.contains("name=\"version\" value=\"2\""), "{}", page.body);
    });
}

#[test]
fn contacts_and_deals_conflict_alike() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let of = things(&app, &team).await;
        let mut client = app.client(&team.editor);
        for (path, id, fields) in [
            ("/api/contacts/save", &of.contact, vec![("first_name", "Mine")]),
            ("/api/deals/save", &of.deal, vec![("name", "Mine"), ("stage", "Proposal")]),
        ] {
            let sent: Vec<_> = [("account_id", of.account.as_str()), ("id", id), ("version", "1")].into_iter().chain(fields).collect();
            assert_eq!(client.submit(path, &sent).await.status, StatusCode::OK);
            let again =
                client.submit(path, &sent.iter().map(|(k, v)| (*k, if *v == "Mine" { "Yours" } else { v })).collect::<Vec<_>>()).await;
            assert_eq!(again.status, StatusCode::CONFLICT, "{path}: {}", again.body);
        }
    });
}

#[test]
fn a_binned_account_takes_its_own_with_it_and_brings_them_back() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let of = things(&app, &team).await;
        let mut client = app.client(&team.owner);
        // a contact that was put away before stays away
        client.submit("/api/contacts/save", &[("account_id", &of.account), ("first_name", "Earlier")]).await;
        assert_eq!(client.submit("/api/bin/put", &[("thing", "contact"), ("id", &of.contact)]).await.status, StatusCode::OK);
        let bin = async |app: &App| {
            let mut admin = app.test.admin().await;
            sqlx::query_as::<_, (i64, i64)>("SELECT (SELECT count(*) FROM crm_contacts WHERE deleted_at IS NULL), (SELECT count(*) FROM crm_deals WHERE deleted_at IS NULL)").fetch_one(&mut admin).await.unwrap()
        };
        assert_eq!(bin(&app).await, (1, 1));
        assert_eq!(client.submit("/api/accounts/bulk", &[("ids[]", &of.account), ("act", "bin")]).await.status, StatusCode::OK);
        assert_eq!(bin(&app).await, (0, 0));
        assert_eq!(client.call("/api/accounts/get", json!({ "id": of.account, "tab": "overview" })).await.status, StatusCode::NOT_FOUND);
        // what went with its account is not restored without it
        assert_eq!(client.submit("/api/bin/restore", &[("thing", "deal"), ("id", &of.deal)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(client.submit("/api/bin/restore", &[("thing", "account"), ("id", &of.account)]).await.status, StatusCode::OK);
        assert_eq!(bin(&app).await, (1, 1));
        assert_eq!(client.submit("/api/bin/restore", &[("thing", "contact"), ("id", &of.contact)]).await.status, StatusCode::OK);
        assert_eq!(bin(&app).await, (2, 1));
    });
}

#[test]
fn further_fields_keep_what_they_were_unless_their_text_changes() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let id = account(&app, &team, "Konex").await;
        let mut admin = app.test.admin().await;
        sqlx::query(r#"UPDATE crm_accounts SET extended_info = '{"employees": 430, "tags": ["a", "b"], "sector": "Energy", "old": "x"}'"#)
            .execute(&mut admin)
            .await
            .unwrap();
        let fields = [
            ("id", id.as_str()),
            ("version", "2"),
            ("info_names[0]", "employees"),
            ("info_values[0]", "430"),
            ("info_names[1]", "tags"),
            ("info_values[1]", r#"["a", "b"]"#),
            ("info_names[2]", "sector"),
            ("info_values[2]", "Software"),
            ("info_names[3]", "old"),
            ("info_values[3]", ""),
            ("info_names[4]", "new"),
            ("info_values[4]", "y"),
        ];
        let answer = app.client(&team.editor).submit("/api/accounts/save", &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let info: serde_json::Value = sqlx::query_scalar("SELECT extended_info FROM crm_accounts").fetch_one(&mut admin).await.unwrap();
        assert_eq!(info, json!({ "employees": 430, "tags": ["a", "b"], "sector": "Software", "new": "y" }));
    });
}

#[test]
fn nobody_outside_the_team_owns_a_record() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let of = things(&app, &ours).await;
        let mut client = app.client(&ours.editor);
        for stranger in [theirs.owner.id, ours.former.id, Uuid::now_v7()] {
            let stranger = stranger.to_string();
            let account = [("id", of.account.as_str()), ("version", "1"), ("owner", &stranger)];
            let bulk = [("ids[]", of.account.as_str()), ("act", "owner"), ("owner", &stranger)];
            let deal = [("account_id", of.account.as_str()), ("name", "x"), ("stage", "Proposal"), ("owner", &stranger)];
            for (path, fields) in [("/api/accounts/save", account.as_slice()), ("/api/accounts/bulk", &bulk), ("/api/deals/save", &deal)] {
                let answer = client.submit(path, fields).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.body);
                assert!(matches!(answer.json(), AppError::Invalid { field, .. } if field == "owner"), "{path}");
            }
        }
    });
}

#[test]
fn a_new_account_goes_where_its_form_was_made_and_a_double_is_asked_about() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        account(&app, &ours, "Konex Systems").await;
        account(&app, &theirs, "Secret Systems").await;
        let mut client = app.client(&ours.editor);
        let startup = ours.startup.to_string();
        let mut add = async |startup: &str, name: &str, anyway: &str| {
            client.submit("/api/accounts/add", &[("startup", startup), ("name", name), ("anyway", anyway)]).await
        };
        assert_eq!(add(&startup, "Konnex Systems", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(add(&startup, "Konnex Systems", "on").await.status, StatusCode::OK);
        assert_eq!(add(&startup, "Secret Systems", "").await.status, StatusCode::OK, "another tenant's names say nothing");
        assert_eq!(add(&theirs.startup.to_string(), "Other", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(add(&startup, " ", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let found: Vec<(Uuid, String)> =
            app.client(&ours.viewer).call("/api/accounts/similar", json!({ "name": "konex system", "domain": "" })).await.json();
        assert_eq!(found.len(), 2, "{found:?}");
        let viewer = app.client(&ours.viewer).submit("/api/accounts/add", &[("startup", startup.as_str()), ("name", "Mine alone")]).await;
        assert_eq!(viewer.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn further_fields_conflict_by_their_names_wherever_they_stand_by_now() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let id = account(&app, &team, "Konex").await;
        let mut admin = app.test.admin().await;
        sqlx::query(r#"UPDATE crm_accounts SET extended_info = '{"alpha": "1", "gamma": "3"}'"#).execute(&mut admin).await.unwrap();
        let (mut ada, mut emil) = (app.client(&team.owner), app.client(&team.editor));
        let was = r#"[["info_names[0]","alpha"],["info_values[0]","1"],["info_names[1]","gamma"],["info_values[1]","3"]]"#;
        let form = |version: &'static str, new: (&'static str, &'static str), gamma: &'static str, was: String| {
            let mut fields = vec![("version", version.to_string()), ("was", was)];
            for (n, (name, value)) in [("alpha", "1"), ("gamma", gamma), new].into_iter().enumerate() {
                fields.push(([("info_names[0]"), ("info_names[1]"), ("info_names[2]")][n], name.into()));
                fields.push(([("info_values[0]"), ("info_values[1]"), ("info_values[2]")][n], value.into()));
            }
            fields
        };
        let save = async |client: &mut Client, fields: Vec<(&str, String)>| {
            let fields: Vec<_> = [("id", id.as_str())].into_iter().chain(fields.iter().map(|(k, v)| (*k, v.as_str()))).collect();
            client.submit("/api/accounts/save", &fields).await
        };
        assert_eq!(save(&mut ada, form("2", ("beta", "2"), "3", was.into())).await.status, StatusCode::OK);
        let refused = save(&mut emil, form("2", ("", ""), "33", was.into())).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
        let refused: AppError = refused.json();
        assert_eq!(refused.typed("info_names[1]").as_deref(), Some("gamma"));
        assert_eq!(refused.typed("info_values[1]").as_deref(), Some("33"));
        let again = form("3", ("", ""), "33", refused.typed("was").unwrap());
        assert_eq!(save(&mut emil, again).await.status, StatusCode::OK);
        let info: serde_json::Value = sqlx::query_scalar("SELECT extended_info FROM crm_accounts").fetch_one(&mut admin).await.unwrap();
        assert_eq!(info, json!({ "alpha": "1", "beta": "2", "gamma": "33" }));
    });
}

#[test]
fn an_entry_that_is_sent_again_is_one_entry() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let id = account(&app, &team, "Konex").await;
        let mut client = app.client(&team.editor);
        let TabContent::Activity(activity) = detail(&mut client, &id, Tab::Activity).await.content else { panic!() };
        let entry = activity.next.to_string();
        let mut log = async |summary: &str| {
            let fields = [("account_id", id.as_str()), ("entry", &entry), ("kind", "Call"), ("summary", summary)];
            assert_eq!(client.submit("/api/interactions/log", &fields).await.status, StatusCode::OK);
        };
        log("Asked for an offer").await;
        log("Asked for an offer").await;
        // typed before the form got its next id: another entry all the same
        log("Asked again").await;
        let entries: i64 =
            sqlx::query_scalar("SELECT count(*) FROM crm_interactions").fetch_one(&mut app.test.admin().await).await.unwrap();
        assert_eq!(entries, 2);
    });
}

#[test]
fn people_who_change_the_same_accounts_wait_for_each_other() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        let mut ids = Vec::new();
        for n in 0..30 {
            ids.push(add_account(&mut tx, &format!("Account {n}")).await.to_string());
        }
        tx.commit().await.unwrap();
        let mut tasks = Vec::new();
        for n in 0..12 {
            let mut client = app.client(if n % 2 == 0 { &team.owner } else { &team.admin });
            let mut ids = ids.clone();
            ids.rotate_left(n * 7 % 30);
            if n % 3 == 0 {
                ids.reverse();
            }
            tasks.push(tokio::spawn(async move {
                let status = if n % 2 == 0 { "Active" } else { "Trial" };
                let fields: Vec<_> = ids.iter().map(|id| ("ids[]", id.as_str())).chain([("act", "status"), ("status", status)]).collect();
                client.submit("/api/accounts/bulk", &fields).await.status
            }));
        }
        for task in tasks {
            assert_eq!(task.await.unwrap(), StatusCode::OK);
        }
    });
}

#[test]
fn what_was_made_for_one_startup_does_nothing_in_another() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut client = app.client(&ours.owner);
        let other = theirs.startup.to_string();
        let member = ours.viewer.id.to_string();
        let calls: [(&str, &[(&str, &str)]); 6] = [
            ("/api/team/invite", &[("role", "viewer")]),
            ("/api/team/role", &[("member", &member), ("role", "admin")]),
            ("/api/team/remove", &[("member", &member)]),
            ("/api/team/reset-link", &[("member", &member)]),
            ("/api/team/settings", &[("name", "Renamed"), ("currency", "EUR"), ("time_zone", "UTC")]),
            ("/api/accounts/remove-sample", &[]),
        ];
        for (path, fields) in calls {
            let fields: Vec<_> = fields.iter().copied().chain([("startup", other.as_str())]).collect();
            let answer = client.submit(path, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.body);
            assert!(answer.body.contains("You are in ours since") && !answer.body.contains("theirs"), "{path}: {}", answer.body);
        }
        let name: String = sqlx::query_scalar("SELECT name FROM startups WHERE id = $1")
            .bind(ours.startup)
            .fetch_one(&mut app.test.admin().await)
            .await
            .unwrap();
        assert_eq!(name, "ours");
    });
}
