//! What people say stands; who may say it; the log's moods; what open tabs hear.

use axum::http::StatusCode;
use futures::StreamExt;
use prospector::jobs::JobKind;

use super::Rig;
use crate::harness::run;

#[test]
fn a_persons_word_stands_first_and_research_never_overwrites_it() {
    run(async {
        let mut rig = Rig::new().await;
        let (editor, viewer, stranger) = (rig.ours.editor.clone(), rig.ours.viewer.clone(), rig.theirs.owner.clone());
        let (account, _) = rig.add_lead(&editor, "Konex", "konex.example").await;
        rig.drain_all().await;
        let id = account.to_string();
        let say = [("account", id.as_str()), ("key", "ceo"), ("text", "Grace Hopper")];
        for other in [&viewer, &stranger] {
            assert!(!rig.app.client(other).submit("/api/research/set", &say).await.status.is_success());
        }
        assert!(rig.app.client(&editor).submit("/api/research/set", &say).await.status.is_success());
        rig.ask(&editor, account).await;
        rig.drain_all().await;
        let chiefs: Vec<_> = rig.facts(&viewer, account).await.into_iter().filter(|(key, ..)| key == "ceo").collect();
        assert!(
            chiefs.len() == 2 && chiefs.iter().any(|(_, value, status)| value["name"] == "Grace Hopper" && status == "person"),
            "{chiefs:?}"
        );
        assert_eq!(
            rig.one::<String>(&format!("SELECT extended_info -> 'research' ->> 'ceo' FROM crm_accounts WHERE id = '{account}'")).await,
            "Grace Hopper"
        );
        // the worker cannot, whatever it is told
        let claim = prospector::jobs::worker::claim(&rig.worker.db, &[JobKind::Enrich, JobKind::Score], 1).await.unwrap();
        assert!(claim.is_none());
        rig.ask(&editor, account).await;
        let claim = prospector::jobs::worker::claim(&rig.worker.db, &[JobKind::Enrich], 1).await.unwrap().unwrap();
        let mut tx = claim.tenant(&rig.worker.db).await.unwrap();
        let touched =
            sqlx::query("UPDATE account_facts SET status = 'superseded' WHERE status = 'person'").execute(tx.conn()).await.unwrap();
        assert_eq!(touched.rows_affected(), 0);
        drop(tx);
        let said = sqlx::query(
            "INSERT INTO account_facts (startup_id, account_id, key, value, identity, provider, status) VALUES ($1, $2, 'ceo', '{}', '', 'person', 'person')",
        );
        let mut tx = claim.tenant(&rig.worker.db).await.unwrap();
        assert!(said.bind(rig.ours.startup).bind(account).execute(tx.conn()).await.is_err());
        drop(tx);
        // said anew it replaces; taken back, research stands again
        rig.app.client(&editor).submit("/api/research/set", &[("account", &id), ("key", "ceo"), ("text", "Ada Lovelace")]).await;
        assert_eq!(rig.one::<i64>("SELECT count(*) FROM account_facts WHERE status = 'person'").await, 1);
        assert!(rig.app.client(&editor).submit("/api/research/take-back", &[("account", &id), ("key", "ceo")]).await.status.is_success());
        let chiefs: Vec<_> = rig.facts(&viewer, account).await.into_iter().filter(|(key, ..)| key == "ceo").collect();
        assert!(chiefs.len() == 1 && chiefs[0].2 == "supported", "{chiefs:?}");
        let refused =
            rig.app.client(&editor).submit("/api/research/set", &[("account", &id), ("key", "employees"), ("text", "many")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("whole number"), "{}", refused.body);
    });
}

#[test]
fn moods_are_filled_once_and_nothing_else_of_the_log() {
    run(async {
        let mut rig = Rig::new().await;
        let editor = rig.ours.editor.clone();
        let account = rig.add_account(&editor, "Konex", "konex.example").await;
        let mut tx = rig.app.test.db.tenant(&editor.token).await.unwrap();
        for summary in ["They love it, great call!", "Angry and disappointed, terrible support.", "Moved to Tuesday."] {
            let sql = "INSERT INTO crm_interactions (startup_id, account_id, author_id, type, summary) VALUES ($1, $2, $3, 'Call', $4)";
            sqlx::query(sql).bind(rig.ours.startup).bind(account).bind(editor.id).bind(summary).execute(tx.conn()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let log = "SELECT md5(string_agg((to_jsonb(i) - 'sentiment')::text, '' ORDER BY id)) FROM crm_interactions i";
        let before = rig.lines(log).await;
        rig.run("UPDATE jobs SET run_at = now() WHERE kind = 'sentiment'").await;
        assert_eq!(rig.drain(&[JobKind::Sentiment]).await, 1, "one job for all of them");
        assert_eq!(rig.lines("SELECT sentiment FROM crm_interactions ORDER BY summary").await, ["Negative", "Neutral", "Positive"]);
        assert_eq!(rig.lines(log).await, before);
        let health: i32 = rig.one("SELECT health_score FROM crm_accounts").await;
        assert_eq!(
            health,
            rig.one::<i32>(&format!("SELECT score FROM app.health_of('{}', '{account}')", rig.ours.startup)).await,
            "health follows"
        );
        // people do not write it, and what is filled stays
        let mut tx = rig.app.test.db.tenant(&editor.token).await.unwrap();
        assert!(sqlx::query("UPDATE crm_interactions SET sentiment = 'Positive'").execute(tx.conn()).await.is_err());
    });
}

#[test]
fn an_open_tab_hears_of_its_startups_research_and_of_no_others() {
    run(async {
        let rig = Rig::new().await;
        let editor = rig.ours.editor.clone();
        let open = async |person: &crate::harness::Person| {
            let (status, mut body) = rig.app.client(person).stream("/live?of=research").await;
            assert_eq!(status, StatusCode::OK);
            let first = body.next().await.unwrap().unwrap();
            assert!(String::from_utf8_lossy(&first).contains("event: all"));
            body
        };
        let (mut ours, mut theirs) = (open(&rig.ours.viewer).await, open(&rig.theirs.owner).await);
        let (account, _) = rig.add_lead(&editor, "Konex", "konex.example").await;
        let heard = tokio::time::timeout(std::time::Duration::from_secs(2), ours.next()).await.unwrap().unwrap().unwrap();
        let heard = String::from_utf8_lossy(&heard).to_string();
        assert!(heard.contains("event: research") && heard.contains(&account.to_string()), "{heard}");
        assert!(tokio::time::timeout(std::time::Duration::from_millis(700), theirs.next()).await.is_err(), "not a word");
    });
}
