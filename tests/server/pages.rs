//! The pages through the real router: what each person sees of the list and the panel.

use std::collections::HashSet;

use crate::harness::{App, Client, Team, add_account, run};
use axum::http::{StatusCode, header};
use prospector::accounts::query::{Direction, ListQuery, Place, Sort};
use prospector::accounts::{AccountDetail, AccountPage, TabContent};
use prospector::error::AppError;
use prospector::interactions::Entry;
use prospector::pipeline::filter::DealFilter;
use serde_json::json;
use uuid::Uuid;

async fn list(client: &mut Client, query: &ListQuery) -> AccountPage {
    let answer = client.call("/api/accounts/list", json!({ "query": query })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

/// 130 accounts, many with equal sort keys.
async fn many(app: &App, team: &Team) {
    let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
    sqlx::query(
        "INSERT INTO crm_accounts (startup_id, name, domain, status, segment, mrr)
         SELECT $1, (ARRAY['Ängström','angle','Zebra','élan','Bravo'])[1 + n % 5] || ' ' || n, 'd' || n || '.test', (ARRAY['Lead','Trial','Active'])[1 + n % 3], (ARRAY['SMB','Enterprise'])[1 + n % 2], n % 7
         FROM generate_series(1, 130) n",
    )
    .bind(team.startup)
    .execute(tx.conn())
    .await
    .unwrap();
    sqlx::query("INSERT INTO crm_interactions (startup_id, account_id, author_id, type, occurred_at) SELECT $1, id, $2, 'Call', now() - make_interval(days => (mrr_cents / 100)::int) FROM crm_accounts WHERE mrr_cents > 200")
        .bind(team.startup)
        .bind(team.owner.id)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn every_order_pages_through_all_accounts_once_and_back() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let mut client = app.client(&team.viewer);
        for sort in Sort::ALL {
            for direction in Direction::ALL {
                let first = ListQuery { sort: *sort, direction: *direction, ..ListQuery::default() };
                let mut page = list(&mut client, &first).await;
                assert_eq!(page.previous, None, "{sort} {direction}");
                let mut pages = vec![page.clone()];
                while let Some(next) = page.next.clone() {
                    page = list(&mut client, &first.at(Place::After(next))).await;
                    pages.push(page.clone());
                }
                let ids: Vec<Uuid> = pages.iter().flat_map(|p| p.rows.iter().map(|r| r.id)).collect();
                assert_eq!((ids.len(), ids.iter().collect::<HashSet<_>>().len()), (130, 130), "{sort} {direction}");
                for expected in pages[..pages.len() - 1].iter().rev() {
                    page = list(&mut client, &first.at(Place::Before(page.previous.clone().unwrap()))).await;
                    assert_eq!(page.rows, expected.rows, "{sort} {direction}");
                }
                assert_eq!(page.previous, None, "the first page again: {sort} {direction}");
            }
        }
    });
}

#[test]
fn names_sort_as_people_read_them() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        for name in ["Zebra", "élan", "Ängström", "bravo", "Eland", "apple"] {
            add_account(&mut tx, name).await;
        }
        tx.commit().await.unwrap();
        let page = list(&mut app.client(&team.viewer), &ListQuery::default().sorted_by(Sort::Name)).await;
        let names: Vec<_> = page.rows.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["Ängström", "apple", "bravo", "élan", "Eland", "Zebra"]);
    });
}

#[test]
fn any_address_opens_the_list() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let mut client = app.client(&team.viewer);
        let id = Uuid::now_v7();
        for query in [
            "sort=mrr&after=junk".into(),
            format!("sort=mrr&after={id}.1e99"),
            format!("sort=health&before={id}.99999999999"),
            format!("sort=created&after={id}.soon"),
            format!("sort=created&after={id}.0000-01-01%2000:00:00%2B00"),
            format!("sort=created&after={id}.%2B262142-01-01%2000:00:00%2B00"),
            format!("sort=created&after={id}.2026-01-01%2000:00:00%2B23:59"),
            format!("sort=last_contact&after={id}.infinity%27"),
            format!("sort=name&dir=up&after={id}.%00"),
            "q=%00%25_%27".into(),
            "sort=x&dir=y&q=&after=&before=".into(),
            format!("q={}", "x".repeat(5000)),
        ] {
            let page = client.get(&format!("/?{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
        }
    });
}

#[test]
fn a_page_past_the_end_says_so() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let page = app.client(&team.viewer).get(&format!("/?sort=name&after={}.zzzz", Uuid::max())).await;
        assert!(page.body.contains("Nothing further this way") && !page.body.contains("No accounts yet"), "{}", page.body);
    });
}

#[test]
fn odd_json_is_the_senders_fault() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut client = app.client(&team.viewer);
        let query = |search: &str, place: serde_json::Value| {
            let mut query = serde_json::to_value(ListQuery::default()).unwrap();
            query["search"] = json!(search);
            query["place"] = place;
            query
        };
        for query in [query("a\u{0}b", json!("First")), query("", json!({ "After": { "id": Uuid::nil(), "key": "\u{0}" } }))] {
            assert_eq!(client.call("/api/accounts/list", json!({ "query": query })).await.status, StatusCode::OK);
        }
        for odd in [json!({}), json!({ "query": 7 }), json!([]), json!({ "query": { "sort": "x" } })] {
            assert_eq!(client.call("/api/accounts/list", odd).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    });
}

#[test]
fn search_finds_misspelt_names_and_short_beginnings() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        for name in ["Kelloz Labs", "Konex", "100% Wolle_AG", "Unrelated"] {
            add_account(&mut tx, name).await;
        }
        tx.commit().await.unwrap();
        let mut client = app.client(&team.viewer);
        let mut found = async |search: &str| {
            let page = list(&mut client, &ListQuery { search: search.into(), ..ListQuery::default() }).await;
            page.rows.into_iter().map(|r| r.name).collect::<Vec<_>>()
        };
        assert_eq!(found("kelos labs").await, ["Kelloz Labs"]);
        assert_eq!(found("KONEX").await, ["Konex"]);
        assert_eq!(found("ko").await, ["Konex"]);
        assert_eq!(found("0% w").await, ["100% Wolle_AG"]);
        assert_eq!(found("%%%").await, Vec::<String>::new());
        assert_eq!(found("___").await, Vec::<String>::new());
    });
}

#[test]
fn the_list_is_complete_html_and_shows_own_accounts_only() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        for (team, name) in [(&ours, "Konex & Söhne <b>"), (&theirs, "Secret")] {
            let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
            add_account(&mut tx, name).await;
            tx.commit().await.unwrap();
        }
        let page = app.client(&ours.viewer).get("/").await;
        assert!(page.body.contains("Konex &amp; Söhne &lt;b&gt;"), "{}", page.body);
        assert!(!page.body.contains("Secret"));
        assert!(app.client(&theirs.viewer).get("/").await.body.contains("Secret"));
    });
}

#[test]
fn foreign_missing_and_malformed_accounts_are_the_same_404() {
    run(async {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut tx = app.test.db.tenant(&theirs.owner.token).await.unwrap();
        let foreign = add_account(&mut tx, "Secret").await;
        tx.commit().await.unwrap();
        let mut client = app.client(&ours.owner);
        let mut pages = Vec::new();
        for id in [foreign.to_string(), Uuid::now_v7().to_string(), "no-id".into()] {
            let page = client.get(&format!("/accounts/{id}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
            let nonce = page.body.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_string();
            let read_at = page.body.split("\"now\\\":\\\"").nth(1).unwrap().split('\\').next().unwrap().to_string();
            pages.push(page.body.replace(&id, "ID").replace(&nonce, "NONCE").replace(&read_at, "NOW"));
            let answer = client.call("/api/accounts/get", json!({ "id": id, "tab": "activity" })).await;
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, "\"NotFound\""));
            let log =
                client.submit("/api/interactions/log", &[("account_id", &id), ("kind", "Call"), ("direction", ""), ("summary", "x")]).await;
            assert_eq!((log.status, log.body.as_str()), (StatusCode::NOT_FOUND, "\"NotFound\""), "{id}");
        }
        assert_eq!(pages[0], pages[1]);
        assert_eq!(pages[1], pages[2]);
        assert_eq!(client.get("/no/such/page").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_logged_call_moves_its_account_to_the_top() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let mut client = app.client(&team.editor);
        let page = list(&mut client, &ListQuery::default()).await;
        let account = page.rows.last().unwrap().id.to_string();
        let fields = [("account_id", account.as_str()), ("kind", "Call"), ("direction", "out"), ("summary", "Talked about the rollout")];
        let answer = client.post("/api/interactions/log", &format!("/accounts/{account}"), &fields).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(answer.header(header::LOCATION).trim_end_matches('?'), format!("http://crm.test/accounts/{account}"));
        assert_eq!(list(&mut client, &ListQuery::default()).await.rows[0].id.to_string(), account);
        let detail: AccountDetail = client.call("/api/accounts/get", json!({ "id": account, "tab": "activity" })).await.json();
        let TabContent::Activity(activity) = detail.content else { panic!("{:?}", detail.content) };
        let Entry::Logged(logged) = &activity.entries[0] else { panic!("{:?}", activity.entries[0]) };
        assert_eq!(logged.summary.as_deref(), Some("Talked about the rollout"));
        assert_eq!(logged.author.as_deref(), Some("editor"));
    });
}

#[test]
fn a_viewer_is_not_offered_the_log_and_is_refused_it() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        let account = add_account(&mut tx, "Konex").await.to_string();
        tx.commit().await.unwrap();
        let path = format!("/accounts/{account}?tab=activity");
        assert!(app.client(&team.editor).get(&path).await.body.contains("/api/interactions/log"));
        let mut viewer = app.client(&team.viewer);
        let page = viewer.get(&path).await;
        assert!(page.body.contains("Nothing logged yet") && !page.body.contains("/api/interactions/log"));
        let forced = viewer.submit("/api/interactions/log", &[("account_id", &account), ("kind", "Call"), ("summary", "x")]).await;
        assert_eq!((forced.status, forced.json::<AppError>()), (StatusCode::FORBIDDEN, AppError::Forbidden));
    });
}

#[test]
fn hostile_text_stays_text_everywhere() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let hostile = "</textarea></title><script>alert(1)</script>\"'<img src=x onerror=alert(2)>";
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        let account = add_account(&mut tx, hostile).await.to_string();
        sqlx::query("UPDATE crm_accounts SET extended_info = jsonb_build_object($1::text, $1::text)")
            .bind(hostile)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut client = app.client(&team.editor);
        let fields = [("account_id", account.as_str()), ("kind", "Call"), ("direction", ""), ("summary", hostile)];
        assert_eq!(client.submit("/api/interactions/log", &fields).await.status, StatusCode::OK);
        // and what comes back into the textarea after a refusal
        let refused = client
            .post(
                "/api/interactions/log",
                &format!("/accounts/{account}?tab=activity"),
                &[("account_id", &account), ("kind", "Fax"), ("summary", hostile)],
            )
            .await;
        let back = refused.header(header::LOCATION).replace("http://crm.test", "");
        for path in
            ["/".to_string(), format!("/accounts/{account}?tab=activity"), back, format!("/?q={}", "%3Cscript%3Ealert(1)%3C/script%3E")]
        {
            let page = client.get(&path).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.body.contains("<script>alert") && !page.body.contains("<img"), "{path}: {}", page.body);
            assert_eq!(page.body.matches("</textarea>").count(), usize::from(path.starts_with("/accounts")), "{path}");
        }
    });
}

#[test]
fn pages_carry_a_strict_policy_that_they_keep() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let mut client = app.client(&team.owner);
        let account = list(&mut client, &ListQuery::default()).await.rows[0].id;
        let mut nonces = HashSet::new();
        for path in ["/".to_string(), format!("/accounts/{account}"), "/login".into(), "/signup".into(), "/nowhere".into()] {
            let page = client.get(&path).await;
            let policy = page.header(header::CONTENT_SECURITY_POLICY).to_string();
            let nonce =
                policy.split("'nonce-").nth(1).unwrap_or_else(|| panic!("{path}: {policy}")).split('\'').next().unwrap().to_string();
            for part in ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
                assert!(policy.contains(part), "{policy}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
            for script in page.body.split("<script").skip(1) {
                assert!(script.split('>').next().unwrap().contains(&format!("nonce=\"{nonce}\"")), "{path}: {script}");
            }
            assert!(!page.body.contains(" style=") && !page.body.contains("<style") && !page.body.contains(" onclick="), "{path}");
            assert_eq!(page.header(header::CACHE_CONTROL), "no-store");
            assert_eq!(page.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
            assert!(nonces.insert(nonce), "a nonce serves once");
        }
    });
}

#[test]
fn sample_data_go_with_one_click_of_those_who_may() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        let (sample, own) = (add_account(&mut tx, "Sample").await, add_account(&mut tx, "Our own").await);
        sqlx::query("UPDATE crm_accounts SET import_source = 'sample' WHERE id = $1").bind(sample).execute(tx.conn()).await.unwrap();
        sqlx::query("INSERT INTO crm_deals (startup_id, account_id, name) SELECT $1, id, 'Licence' FROM crm_accounts")
            .bind(team.startup)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let remove = "/api/accounts/remove-sample";
        let mut editor = app.client(&team.editor);
        assert!(!editor.get("/").await.body.contains(remove));
        assert_eq!(editor.submit(remove, &[]).await.status, StatusCode::FORBIDDEN);
        let mut owner = app.client(&team.owner);
        assert!(owner.get("/").await.body.contains(remove));
        assert_eq!(owner.submit(remove, &[]).await.body, "1");
        let page = list(&mut owner, &ListQuery::default()).await;
        assert_eq!(page.rows.iter().map(|r| r.id).collect::<Vec<_>>(), [own]);
        let deals: i64 = sqlx::query_scalar("SELECT count(*) FROM crm_deals WHERE deleted_at IS NULL")
            .fetch_one(&mut app.test.admin().await)
            .await
            .unwrap();
        assert_eq!(deals, 1);
        assert!(!owner.get("/").await.body.contains(remove), "nothing left to remove");
    });
}

#[test]
fn every_server_function_refuses_a_stranger() {
    run(async {
        let app = App::new().await;
        // those that are for strangers
        let open = [
            "/api/auth/sign-in",
            "/api/auth/sign-up",
            "/api/auth/sign-out",
            "/api/theme",
            "/api/team/invitation",
            "/api/team/join-new",
            "/api/team/reset",
            "/api/team/set-password",
        ];
        let paths: Vec<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).filter(|p| !open.contains(p)).collect();
        assert!(paths.len() >= 15, "{paths:?}");
        let fields: Vec<_> = [
            "id",
            "account_id",
            "startup",
            "slug",
            "token",
            "member",
            "role",
            "act",
            "thing",
            "name",
            "domain",
            "kind",
            "summary",
            "stage",
            "account",
            "job",
            "key",
        ]
        .map(|name| (name, "x"))
        .into_iter()
        .chain([("version", "1")])
        .collect();
        for path in paths {
            let arguments = json!({ "id": Uuid::nil(), "query": ListQuery::default(), "filter": DealFilter::default(), "tab": "overview", "name": "x", "domain": "", "link": null,
                "shown": [], "ids": [], "stage": "Qualified", "rank": 1.0, "typed": "x" });
            let mut answer = app.stranger().call(path, arguments).await;
            if answer.status != StatusCode::UNAUTHORIZED {
                answer = app.stranger().submit(path, &fields).await;
            }
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::UNAUTHORIZED, "\"SignedOut\""), "{path}");
        }
    });
}
