//! A score in the Intelligence tab: its parts add up on the page, too, and text from the web is text.

use chrono::{TimeDelta, Utc};
use serde_json::json;

use super::Worker;
use super::leads::{add_contact, add_fact, score};
use crate::harness::{App, Team, add_account, run};

/// The numbers that stand in the page's lines: points of each.
fn points(html: &str) -> i32 {
    let lines = html.split("class=\"score-lines\"").skip(1).flat_map(|list| list.split("</ul>").next().unwrap().split("<li").skip(1));
    let number = |line: &str| {
        let text = line.split("class=\"num\">").nth(1).unwrap().split('<').next().unwrap();
        text.trim().replace('−', "-").parse::<i32>().unwrap_or_else(|e| panic!("{e}: {text:?}"))
    };
    lines.map(number).sum()
}

#[test]
fn a_scores_parts_add_up_on_the_page() {
    run(async {
        let app = App::new().await;
        let team = Team::new(&app.test.db, "ours").await;
        let mut tx = app.test.db.tenant(&team.owner.token).await.unwrap();
        sqlx::query("UPDATE startups SET icp = $2 WHERE id = $1")
            .bind(team.startup)
            .bind(json!({ "industries": ["Software"], "sizes": ["50-500"] }))
            .execute(tx.conn())
            .await
            .unwrap();
        let account = add_account(&mut tx, "Konex").await;
        add_contact(&mut tx, account, "ada@konex.test").await;
        let bare = add_account(&mut tx, "Bare").await;
        tx.commit().await.unwrap();
        let mut viewer = app.client(&team.viewer);
        let page = viewer.get(&format!("/accounts/{bare}?tab=intelligence")).await;
        assert!(page.body.contains("Not scored yet"), "{}", page.body);

        let worker = Worker::new(&app.test, team.startup, &team.editor).await;
        let news = add_fact(&worker, account, "news", json!({ "title": "<script>alert(1)</script> & more" }), "supported", None).await;
        add_fact(&worker, account, "industry", json!({ "name": "Software" }), "supported", None).await;
        let now = Utc::now();
        score(&worker, &[account], now).await;
        score(&worker, &[account], now + TimeDelta::days(60)).await;
        let page = viewer.get(&format!("/accounts/{account}?tab=intelligence")).await;
        let html = &page.body;
        let total: i32 = html.split("class=\"total\"><b>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
        assert_eq!(points(html), total);
        let formula = html.split("class=\"formula\">").nth(1).unwrap().split('<').next().unwrap();
        assert!(formula.starts_with("0.40 × ") && formula.ends_with(&format!(" = {total}")), "{formula}");
        assert!(html.contains(&format!("#fact-{news}")), "the evidence is one click away");
        assert!(html.contains("By rules, without a model") && html.contains("unknown") && html.contains("is known"));
        assert!(html.contains("2 scores, from"), "how it went");
        let scores = html.split("class=\"scores\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(scores.contains("&lt;script>alert(1)") || scores.contains("&lt;script&gt;alert(1)"), "{scores}");
        assert!(!scores.contains("<script>"), "{scores}");
    });
}
