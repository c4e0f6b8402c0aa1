//! The dashboard's questions: filters, search within them, totals, the file of selected accounts, the theme.

use crate::harness::{App, Client, Team, add_account, run};
use axum::http::{Request, StatusCode, header};
use prospector::accounts::filter::{Filter, Owner};
use prospector::accounts::query::{Direction, ListQuery, Place, Sort};
use prospector::accounts::{AccountPage, Kind, Segment, Status, Totals};
use serde_json::json;

async fn list(client: &mut Client, query: &ListQuery) -> AccountPage {
    client.call("/api/accounts/list", json!({ "query": query })).await.json()
}

async fn totals(client: &mut Client, query: &ListQuery) -> Totals {
    client.call("/api/accounts/totals", json!({ "query": query })).await.json::<(Totals, String)>().0
}

/// 240 accounts of every kind; health 0 to 99, the first hundred researched long ago, every third without an owner.
async fn many(app: &App, team: &Team) {
    sqlx::query(
        "INSERT INTO crm_accounts (startup_id, name, domain, status, segment, kind, mrr, owner_id, last_enriched_at)
         SELECT $1, 'Account ' || n, 'd' || n || '.test', (ARRAY['Lead','Trial','Active','Churned'])[1 + n % 4], (ARRAY['SMB','Mid-Market','Enterprise'])[1 + n % 3],
            (ARRAY['Customer','Partner','Investor'])[1 + n % 3], n, CASE WHEN n % 3 = 0 THEN NULL ELSE $2 END, CASE WHEN n <= 100 THEN now() - interval '40 days' END
         FROM generate_series(1, 240) n",
    )
    .bind(team.startup)
    .bind(team.editor.id)
    .execute(&mut app.test.admin().await)
    .await
    .unwrap();
    let mut admin = app.test.admin().await;
    sqlx::query("UPDATE crm_accounts SET health_score = substr(name, 9)::int % 100").execute(&mut admin).await.unwrap();
}

#[test]
fn filters_page_through_exactly_what_they_ask_for() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let mut client = app.client(&team.viewer);
        let any = Filter::default();
        let cases = [
            (Filter { statuses: vec![Status::Lead], ..any.clone() }, "status = 'Lead'"),
            (Filter { statuses: vec![Status::Lead, Status::Active], ..any.clone() }, "status IN ('Lead', 'Active')"),
            (Filter { segments: vec![Segment::Smb, Segment::Enterprise], ..any.clone() }, "segment <> 'Mid-Market'"),
            (Filter { kinds: vec![Kind::Investor], ..any.clone() }, "kind = 'Investor'"),
            (Filter { owner: Some(Owner::Nobody), ..any.clone() }, "owner_id IS NULL"),
            (Filter { owner: Some(Owner::Member(team.editor.id)), ..any.clone() }, "owner_id IS NOT NULL"),
            (Filter { owner: Some(Owner::Member(team.owner.id)), ..any.clone() }, "false"),
            (Filter { health: (20, 60), ..any.clone() }, "health_score BETWEEN 20 AND 60"),
            (Filter { stale: true, ..any.clone() }, "last_enriched_at IS NOT NULL"),
            (
                Filter { statuses: vec![Status::Lead, Status::Trial], health: (0, 50), stale: true, ..any.clone() },
                "status IN ('Lead', 'Trial') AND health_score <= 50 AND last_enriched_at IS NOT NULL",
            ),
        ];
        let mut admin = app.test.admin().await;
        for (filter, condition) in cases {
            let expected: (i64, i64, Option<i32>) = sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "SELECT count(*), coalesce(sum(mrr_cents), 0)::bigint, round(avg(health_score))::int FROM crm_accounts WHERE {condition}"
            )))
            .fetch_one(&mut admin)
            .await
            .unwrap();
            for sort in [Sort::Status, Sort::Segment, Sort::Mrr, Sort::Name] {
                for direction in Direction::ALL {
                    let query = ListQuery { sort, direction: *direction, filter: filter.clone(), ..ListQuery::default() };
                    let mut page = list(&mut client, &query).await;
                    let mut ids: Vec<_> = page.rows.iter().map(|r| r.id).collect();
                    let mut keys: Vec<_> = page.rows.iter().map(|r| (r.status.as_str(), r.segment.as_str(), r.mrr)).collect();
                    while let Some(next) = page.next.clone() {
                        page = list(&mut client, &query.at(Place::After(next))).await;
                        ids.extend(page.rows.iter().map(|r| r.id));
                        keys.extend(page.rows.iter().map(|r| (r.status.as_str(), r.segment.as_str(), r.mrr)));
                    }
                    let distinct: std::collections::HashSet<_> = ids.iter().collect();
                    assert_eq!((ids.len() as i64, distinct.len()), (expected.0, ids.len()), "{filter:?} by {sort} {direction}");
                    let in_order = keys.windows(2).all(|pair| {
                        let order = match sort {
                            Sort::Status => pair[0].0.cmp(pair[1].0),
                            Sort::Segment => pair[0].1.cmp(pair[1].1),
                            Sort::Mrr => pair[0].2.cmp(&pair[1].2),
                            _ => std::cmp::Ordering::Equal,
                        };
                        order.is_eq() || (order.is_lt() == (*direction == Direction::Ascending))
                    });
                    assert!(in_order, "{filter:?} by {sort} {direction}: {keys:?}");
                    let sums = totals(&mut client, &query).await;
                    assert_eq!((sums.accounts, sums.mrr_cents, sums.health), expected, "{filter:?}");
                }
            }
        }
    });
}

#[test]
fn search_finds_contacts_and_keeps_to_the_filter() {
    run(async {
        let app = App::new().await;
        let (team, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        for (team, name, status) in [(&team, "Konex", "Active"), (&team, "Konexa", "Lead"), (&theirs, "Konex", "Active")] {
            let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
            let account = add_account(&mut tx, name).await;
            sqlx::query("UPDATE crm_accounts SET status = $2, domain = 'shop-' || lower(name) || '.test' WHERE id = $1")
                .bind(account)
                .bind(status)
                .execute(tx.conn())
                .await
                .unwrap();
            sqlx::query("INSERT INTO crm_contacts (startup_id, account_id, first_name, email) VALUES ($1, $2, 'Ingrid', 'zz.ingrid@' || $3 || '.example')")
                .bind(team.startup)
                .bind(account)
                .bind(name.to_lowercase())
                .execute(tx.conn())
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        let mut client = app.client(&team.viewer);
        let mut found = async |search: &str, statuses: Vec<Status>| {
            let query = ListQuery { search: search.into(), filter: Filter { statuses, ..Filter::default() }, ..ListQuery::default() };
            let names: Vec<_> = list(&mut client, &query).await.rows.into_iter().map(|r| r.name).collect();
            assert_eq!(totals(&mut client, &query).await.accounts, names.len() as i64);
            names
        };
        assert_eq!(found("ingrid@konex.example", vec![]).await[0], "Konex");
        assert_eq!(found("ingird@konexa", vec![]).await[0], "Konexa", "misspelt");
        assert_eq!(found("konex", vec![]).await.len(), 2, "best first, another tenant's not at all");
        assert_eq!(found("konex", vec![Status::Lead]).await, ["Konexa"]);
        assert_eq!(found("ingrid", vec![Status::Active]).await, ["Konex"]);
        assert_eq!(found("ko", vec![Status::Lead]).await, ["Konexa"], "beginning of a name");
        assert_eq!(found("sh", vec![]).await.len(), 2, "of a domain");
        assert_eq!(found("zz", vec![Status::Active]).await, ["Konex"], "of an address");
        assert_eq!(found("on", vec![]).await, Vec::<String>::new(), "not of a middle");
    });
}

#[test]
fn totals_stream_with_the_page_and_say_where_counting_ends() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let mut client = app.client(&team.viewer);
        let page = client.get("/?status=Lead").await;
        assert!(page.body.contains("<span>Accounts<b>60</b></span>"), "{}", page.body);
        let panel = list(&mut client, &ListQuery::default()).await.rows[0].id;
        assert!(client.get(&format!("/accounts/{panel}")).await.body.contains("<span>Accounts<b>240</b></span>"));
        sqlx::query("INSERT INTO crm_accounts (startup_id, name, mrr) SELECT $1, 'More ' || n, 1 FROM generate_series(1, 9761) n")
            .bind(team.startup)
            .execute(&mut app.test.admin().await)
            .await
            .unwrap();
        assert!(client.get("/").await.body.contains("<b>10,000+</b>"));
        assert!(client.get("/?status=Churned").await.body.contains("<span>Accounts<b>60</b></span>"));
    });
}

#[test]
fn selected_accounts_become_a_harmless_file_of_ones_own() {
    run(async {
        let app = App::new().await;
        let (team, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut ids = Vec::new();
        for (team, name) in [(&team, "=HYPERLINK(\"http://evil.example\")"), (&team, "Kon\"ex, \"AG\""), (&theirs, "Secret")] {
            let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
            ids.push(add_account(&mut tx, name).await);
            tx.commit().await.unwrap();
        }
        let body = ids.iter().map(|id| format!("ids%5B%5D={id}")).collect::<Vec<_>>().join("&");
        let export = async |person| {
            let request = Request::post("/accounts/export").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            app.client(person).send(request.header("sec-fetch-site", "same-origin"), body.clone()).await
        };
        let file = export(&team.editor).await;
        assert_eq!((file.status, file.header(header::CONTENT_TYPE)), (StatusCode::OK, "text/csv; charset=utf-8"));
        assert!(file.header(header::CONTENT_DISPOSITION).starts_with("attachment"));
        assert_eq!(file.body.lines().count(), 3, "{}", file.body);
        assert!(
            file.body.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\"") && file.body.contains("\"Kon\"\"ex, \"\"AG\"\"\""),
            "{}",
            file.body
        );
        assert!(!file.body.contains("Secret"));
        assert_eq!(export(&team.viewer).await.status, StatusCode::FORBIDDEN);
        let stranger = app.stranger().send(Request::post("/accounts/export").header("sec-fetch-site", "same-origin"), body.clone()).await;
        assert!(!stranger.status.is_success() && !stranger.body.contains("HYPERLINK"), "{}", stranger.status);
        let elsewhere = Request::post("/accounts/export").header("sec-fetch-site", "cross-site");
        assert_eq!(app.client(&team.editor).send(elsewhere, body).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn a_page_comes_in_the_theme_that_was_chosen() {
    run(async {
        let app = App::new().await;
        let mut somebody = app.stranger();
        assert!(!somebody.get("/login").await.body.contains("data-theme"));
        let chosen = somebody.submit("/api/theme", &[("theme", "dark")]).await;
        assert!(chosen.header(header::SET_COOKIE).starts_with("theme=dark;"));
        somebody.cookie = Some("theme=dark".into());
        assert!(somebody.get("/login").await.body.contains("<html lang=\"en\" data-theme=\"dark\">"));
        somebody.cookie = Some("theme=\"><script>".into());
        assert!(!somebody.get("/login").await.body.contains("<script>\""));
        assert_eq!(somebody.submit("/api/theme", &[("theme", "x; Domain=evil")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn health_parts_add_up_to_what_the_panel_shows() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let mut client = app.client(&team.editor);
        let row = list(&mut client, &ListQuery::default()).await.rows.remove(0);
        client.submit("/api/interactions/log", &[("account_id", &row.id.to_string()), ("kind", "Call"), ("summary", "x")]).await;
        let page = client.get(&format!("/accounts/{}", row.id)).await;
        let stored: i32 = sqlx::query_scalar("SELECT health_score FROM crm_accounts WHERE id = $1")
            .bind(row.id)
            .fetch_one(&mut app.test.admin().await)
            .await
            .unwrap();
        let points: Vec<i32> = page.body.split("class=\"num\">").skip(1).filter_map(|s| s.split("<!>").next()?.parse().ok()).collect();
        let parts: Vec<_> = points.windows(5).filter(|w| w[..4].iter().sum::<i32>() == w[4] && w[4] == stored).collect();
        assert_eq!(parts.len(), 1, "four parts and their sum, {stored}: {points:?}");
    });
}

#[test]
fn a_question_with_thousands_of_words_is_the_same_question() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        many(&app, &team).await;
        let mut client = app.client(&team.viewer);
        let statuses = [Status::Lead, Status::Trial].repeat(8_000);
        let query =
            ListQuery { sort: Sort::Status, filter: Filter { statuses, health: (0, 255), ..Filter::default() }, ..ListQuery::default() };
        let answer = client.call("/api/accounts/list", json!({ "query": query })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(totals(&mut client, &query).await.accounts, 120);
    });
}
