//! Imports through a member's context: the real files where they are at hand, made-up ones for the odd cases.

use std::path::PathBuf;

use crate::harness::{Person, Team, TestDb, run, scratch_folder};
use prospector::import::{self, DateOrder, ImportError, Options, Report};
use sqlx::{AssertSqlSafe, PgConnection};

const ACCOUNTS: &str = "account,sector,employees\nAcme,retail,2822\nBeta,medical,100\n";
const DEALS: &str = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n\
    A1,Moses Frase,GTX,Acme,Won,25-10-2016,01-03-2017,1054\n\
    A2,Moses Frase,GTX,Beta,Lost,25-10-2016,11-03-2017,0\n\
    A3,Kami Bicknell,MG,Beta,Engaging,03-11-2016,,\n\
    A4,Kami Bicknell,MG,null,Prospecting,,,\n";

fn write(name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let folder = scratch_folder("import");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{}-{name}", crate::harness::token()));
    std::fs::write(&path, text).unwrap();
    path
}

async fn import(test: &TestDb, person: &Person, files: &[PathBuf], options: &Options) -> Result<Report, ImportError> {
    let mut tx = test.db.tenant(&person.token).await?;
    let report = import::run(&mut tx, files, options).await?;
    tx.commit().await?;
    Ok(report)
}

async fn start() -> (TestDb, Team, PgConnection) {
    let test = TestDb::new().await;
    let team = Team::new(&test.db, "ours").await;
    let admin = test.admin().await;
    (test, team, admin)
}

async fn texts(admin: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_string())).fetch_all(admin).await.unwrap()
}

/// Everything that an import could have touched, in one fingerprint.
async fn fingerprint(admin: &mut PgConnection) -> Vec<String> {
    texts(
        admin,
        "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM crm_accounts t UNION ALL SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM crm_deals t
         UNION ALL SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM team_members t UNION ALL SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM crm_deal_stage_changes t",
    )
    .await
}

#[test]
fn accounts_deals_and_people_come_in_whatever_order_they_are_named() {
    run(async {
        let (test, team, mut admin) = start().await;
        let files =
            [write("deals.csv", DEALS), write("accounts.csv", ACCOUNTS), write("team.csv", "sales_agent,manager\nMoses Frase,Dustin\n")];
        let report = import(&test, &team.owner, &files, &Options::default()).await.unwrap();
        let counts: Vec<_> = report.files.iter().map(|f| (f.holds, f.rows, f.added, f.left_out())).collect();
        assert_eq!(counts, [("people", 1, 1, 0), ("accounts", 2, 2, 0), ("deals", 4, 3, 1)]);
        assert_eq!(
            report.files[2].skipped.keys().copied().collect::<Vec<_>>(),
            ["no account is named (say --account-for-missing NAME to put them under one)"]
        );
        let accounts = texts(
            &mut admin,
            "SELECT concat_ws('|', name, segment, status, extended_info, external_id, import_source) FROM crm_accounts ORDER BY name",
        )
        .await;
        assert_eq!(
            accounts,
            [
                r#"Acme|Enterprise|Active|{"sector": "retail", "employees": 2822}|Acme|csv"#,
                r#"Beta|SMB|Lead|{"sector": "medical", "employees": 100}|Beta|csv"#
            ]
        );
        let deals = texts(
            &mut admin,
            "SELECT concat_ws('|', d.external_id, d.name, d.stage, coalesce(d.amount::text, 'unknown'), d.opened_at::date, coalesce(d.closed_at::date::text, 'open'), u.name, d.extended_info) FROM crm_deals d JOIN auth.users u ON u.id = d.owner_id ORDER BY 1",
        )
        .await;
        assert_eq!(
            deals,
            [
                r#"A1|GTX|Closed Won|1054.00|2016-10-25|2017-03-01|Moses Frase|{"product": "GTX"}"#,
                r#"A2|GTX|Closed Lost|unknown|2016-10-25|2017-03-11|Moses Frase|{"product": "GTX"}"#,
                r#"A3|MG|Proposal|unknown|2016-11-03|open|Kami Bicknell|{"product": "MG"}"#,
            ]
        );
        let people = texts(&mut admin, "SELECT u.name || m.extended_info::text FROM team_members m JOIN auth.users u ON u.id = m.user_id WHERE u.email IS NULL ORDER BY 1").await;
        assert_eq!(people, ["Kami Bicknell{}", r#"Moses Frase{"manager": "Dustin"}"#]);
        let history = texts(&mut admin, "SELECT to_stage || ' ' || changed_at::date FROM crm_deal_stage_changes ORDER BY 1").await;
        assert_eq!(history, ["Closed Lost 2017-03-11", "Closed Won 2017-03-01", "Proposal 2016-11-03"]);
    });
}

#[test]
fn the_same_file_again_changes_nothing_not_even_what_people_changed_since() {
    run(async {
        let (test, team, mut admin) = start().await;
        let files = [write("accounts.csv", ACCOUNTS), write("deals.csv", DEALS)];
        import(&test, &team.owner, &files, &Options::default()).await.unwrap();
        let mut tx = test.db.tenant(&team.editor.token).await.unwrap();
        sqlx::query("UPDATE crm_deals SET stage = 'Negotiation' WHERE external_id = 'A3'").execute(tx.conn()).await.unwrap();
        sqlx::query("UPDATE crm_accounts SET status = 'Churned', domain = 'acme.test' WHERE name = 'Acme'")
            .execute(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let before = fingerprint(&mut admin).await;
        let again = import(&test, &team.owner, &files, &Options::default()).await.unwrap();
        assert_eq!(again.files.iter().map(|f| (f.added, f.updated, f.unchanged)).collect::<Vec<_>>(), [(0, 0, 2), (0, 0, 3)]);
        assert_eq!(fingerprint(&mut admin).await, before);
        // a row that says something new does change its record
        let files = [write("deals.csv", DEALS.replace("Engaging,03-11-2016,,", "Won,03-11-2016,20-12-2016,99"))];
        let changed = import(&test, &team.owner, &files, &Options::default()).await.unwrap();
        assert_eq!(texts(&mut admin, "SELECT status FROM crm_accounts WHERE name = 'Beta'").await, ["Active"], "its deal was won");
        assert_eq!((changed.files[0].added, changed.files[0].updated, changed.files[0].unchanged), (0, 1, 2));
        assert_eq!(
            texts(&mut admin, "SELECT stage || amount || closed_at::date FROM crm_deals WHERE external_id = 'A3'").await,
            ["Closed Won99.002016-12-20"]
        );
        let path = texts(&mut admin, "SELECT to_stage || ' ' || changed_at::date FROM crm_deal_stage_changes c JOIN crm_deals d ON d.id = c.deal_id WHERE external_id = 'A3' ORDER BY c.id DESC LIMIT 1").await;
        assert_eq!(path, ["Closed Won 2016-12-20"]);
    });
}

#[test]
fn deals_without_an_account_can_be_given_one() {
    run(async {
        let (test, team, mut admin) = start().await;
        let files = [write("accounts.csv", ACCOUNTS), write("deals.csv", DEALS)];
        let options = Options { account_for_missing: Some("Unassigned".into()), ..Options::default() };
        let report = import(&test, &team.owner, &files, &options).await.unwrap();
        assert_eq!((report.files[1].added, report.files[1].left_out()), (4, 0));
        assert_eq!(
            texts(&mut admin, "SELECT a.name FROM crm_accounts a JOIN crm_deals d ON d.account_id = a.id WHERE d.external_id = 'A4'").await,
            ["Unassigned"]
        );
    });
}

#[test]
fn a_row_that_cannot_come_in_says_why() {
    run(async {
        let (test, team, _admin) = start().await;
        let deals = "id,account,stage,amount,close_date\n1,Acme,Won,10,\n2,Nowhere,Won,10,\n3,Acme,Dreaming,10,\n4,Acme,Won,lots,\n1,Acme,Won,10,\n5,Acme,,10,\n6,Acme\n";
        let files = [
            write("accounts.csv", "company,status,mrr\nAcme,active,12.50\nBad,Sleeping,1\n,Lead,1\nAcme,Lead,1\nOther,,x\n"),
            write("deals.csv", deals),
        ];
        let report = import(&test, &team.owner, &files, &Options::default()).await.unwrap();
        let why =
            |i: usize| report.files[i].skipped.iter().map(|(reason, s)| format!("{reason} {:?} {:?}", s.what, s.lines)).collect::<Vec<_>>();
        let expected = [
            "no name [] [4]",
            "not a status: [\"Sleeping\"] [3]",
            "the MRR is no amount: [\"x\"] [6]",
            "the same account stands in an earlier line [] [5]",
        ];
        assert_eq!(why(0), expected);
        let expected = [
            "no stage [] [7, 8]",
            "not a stage: [\"Dreaming\"] [4]",
            "the amount is none: [\"lots\"] [5]",
            "the same deal stands in an earlier line [] [6]",
            "there is no account of that name: [\"Nowhere\"] [3]",
        ];
        assert_eq!(why(1), expected);
        assert_eq!((report.files[0].added, report.files[1].added), (1, 1));
        assert!(report.to_string().contains("deals.csv: 7 rows of deals: 1 added, 0 updated, 0 unchanged, 6 left out"), "{report}");
    });
}

#[test]
fn a_file_that_is_none_says_so_and_nothing_is_written() {
    run(async {
        let (test, team, mut admin) = start().await;
        let before = fingerprint(&mut admin).await;
        let good = write("accounts.csv", ACCOUNTS);
        for (name, bytes, message) in [
            ("empty.csv", &b""[..], "is empty"),
            ("blank.csv", b"\n\n", "is empty"),
            ("header.csv", b"account,sector\n", "has a header and no rows"),
            ("latin.csv", b"account,sector\nM\xfcller,retail\n", "no UTF-8 text (line 2)"),
            ("image.csv", b"account,sector\nA\0B,retail\n", "no text (line 2)"),
            ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no UTF-8 text"),
            ("doubt.csv", b"account,deal_stage,close_date\nAcme,Won,03-04-2017\n", "day first or month first"),
            ("odd.csv", b"account,deal_stage,close_date\nAcme,Won,25-04-2017\nAcme,Won,someday\n", "line 3: “someday” is no date"),
        ] {
            let files = [good.clone(), write(name, bytes)];
            let error = import(&test, &team.owner, &files, &Options::default()).await.unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(message), "{name}: {error}");
        }
        let unknown = import(&test, &team.owner, &[write("products.csv", "product,series\nGTX,G\n")], &Options::default()).await;
        assert!(matches!(unknown, Err(ImportError::NothingKnown)));
        assert_eq!(fingerprint(&mut admin).await, before);
    });
}

#[test]
fn doubtful_dates_are_read_as_one_says() {
    run(async {
        let (test, team, mut admin) = start().await;
        let files = [write("accounts.csv", ACCOUNTS), write("deals.csv", "id,account,stage,close_date\n1,Acme,Won,03-04-2017\n")];
        import(&test, &team.owner, &files, &Options { dates: Some(DateOrder::MonthFirst), ..Options::default() }).await.unwrap();
        assert_eq!(texts(&mut admin, "SELECT closed_at::date::text FROM crm_deals").await, ["2017-03-04"]);
    });
}

#[test]
fn dates_said_help_the_columns_that_are_in_doubt() {
    run(async {
        let (test, team, mut admin) = start().await;
        let deals = "id,account,stage,engage_date,close_date\n1,Acme,Won,2016-10-25,03-04-2017\n";
        let files = [write("accounts.csv", ACCOUNTS), write("deals.csv", deals)];
        assert!(import(&test, &team.owner, &files, &Options::default()).await.unwrap_err().to_string().contains("--dates"));
        import(&test, &team.owner, &files, &Options { dates: Some(DateOrder::DayFirst), ..Options::default() }).await.unwrap();
        assert_eq!(texts(&mut admin, "SELECT opened_at::date || ' ' || closed_at::date FROM crm_deals").await, ["2016-10-25 2017-04-03"]);
    });
}

#[test]
fn a_closed_deal_keeps_its_day_when_the_file_forgets_it() {
    run(async {
        let (test, team, mut admin) = start().await;
        let deals = |amount: u32, day: &str| write("deals.csv", format!("id,account,stage,amount,close_date\n1,Acme,Won,{amount},{day}\n"));
        import(&test, &team.owner, &[write("accounts.csv", ACCOUNTS), deals(10, "2017-03-31")], &Options::default()).await.unwrap();
        import(&test, &team.owner, &[deals(20, "")], &Options::default()).await.unwrap();
        assert_eq!(texts(&mut admin, "SELECT amount || ' ' || closed_at::date FROM crm_deals").await, ["20.00 2017-03-31"]);
    });
}

#[test]
fn a_stated_status_stands_and_proposals_are_said() {
    run(async {
        let (test, team, mut admin) = start().await;
        let accounts = write("accounts.csv", "account,status,employees\nAcme,Lead,10\nBeta,,3000\n");
        let deals = write("deals.csv", "id,account,stage,close_date\n1,Acme,Won,2017-03-31\n2,Beta,Won,2017-03-31\n");
        let report = import(&test, &team.owner, &[accounts, deals], &Options::default()).await.unwrap();
        assert_eq!(
            texts(&mut admin, "SELECT name || ' ' || status || ' ' || segment FROM crm_accounts ORDER BY name").await,
            ["Acme Lead SMB", "Beta Active Enterprise"]
        );
        assert!(report.to_string().contains("2 segments are proposals"), "{report}");
    });
}

#[test]
fn a_row_wider_than_its_header_is_left_out() {
    run(async {
        let (test, team, mut admin) = start().await;
        let file = write("accounts.csv", "\naccount,sector,employees\nSmith, Inc,retail,5\nAcme,retail,5\n");
        let report = import(&test, &team.owner, &[file], &Options::default()).await.unwrap();
        assert_eq!((report.files[0].added, report.files[0].left_out()), (1, 1), "{report}");
        assert_eq!(texts(&mut admin, "SELECT name FROM crm_accounts").await, ["Acme"]);
    });
}

#[test]
fn marks_semicolons_and_quotes_are_read() {
    run(async {
        let (test, team, mut admin) = start().await;
        let file = write(
            "konten.csv",
            "\u{feff}Company Name;Website;Note\r\n\"Müller; Söhne \"\"Bau\"\"\";https://www.Mueller.example/de;\"two\r\nlines\"\r\n",
        );
        import(&test, &team.owner, &[file], &Options::default()).await.unwrap();
        assert_eq!(
            texts(&mut admin, "SELECT name || '|' || domain || '|' || (extended_info->>'note') FROM crm_accounts").await,
            ["Müller; Söhne \"Bau\"|mueller.example|two\r\nlines"]
        );
    });
}

#[test]
fn roles_hold_for_imports_too() {
    run(async {
        let (test, team, mut admin) = start().await;
        let files = [write("accounts.csv", ACCOUNTS), write("deals.csv", DEALS)];
        let error = import(&test, &team.viewer, &files, &Options::default()).await.unwrap_err();
        assert!(matches!(&error, ImportError::Database(e) if e.as_database_error().unwrap().code().unwrap() == "42501"), "{error}");
        assert_eq!(texts(&mut admin, "SELECT name FROM crm_accounts").await, Vec::<String>::new());
        let report = import(&test, &team.editor, &files, &Options::default()).await.unwrap();
        assert_eq!(report.files[1].notes, ["2 owners are no members, and only owners and admins add people: their rows have no owner"]);
        assert_eq!(texts(&mut admin, "SELECT name FROM crm_deals WHERE owner_id IS NOT NULL").await, Vec::<String>::new());
    });
}

/// Where the real files are; they are not ours to publish.
pub fn real_files() -> Option<Vec<PathBuf>> {
    let folder = PathBuf::from(std::env::var("REAL_DATA").unwrap_or_else(|_| "../shared/data".into())).join("maven-crm");
    let files: Vec<_> = ["sales_pipeline.csv", "products.csv", "accounts.csv", "sales_teams.csv"].iter().map(|f| folder.join(f)).collect();
    files.iter().all(|f| f.exists()).then_some(files)
}

#[test]
fn the_real_files_come_in_whole() {
    let Some(files) = real_files() else {
        // past the test runner, which keeps what passing tests print
        use std::io::Write;
        writeln!(std::io::stderr(), "the real files are not here (REAL_DATA): their import was not tested").unwrap();
        return;
    };
    run(async {
        let (test, team, mut admin) = start().await;
        let report = import(&test, &team.owner, &files, &Options::default()).await.unwrap();
        let counts: Vec<_> = report.files.iter().map(|f| (f.holds, f.rows, f.added, f.left_out())).collect();
        assert_eq!(counts, [("people", 35, 35, 0), ("accounts", 85, 85, 0), ("deals", 8800, 7375, 1425)]);
        assert!(report.notes[0].starts_with("products.csv: left out"), "{report}");
        assert_eq!(report.files[2].skipped.len(), 1, "{report}");
        let stages = texts(&mut admin, "SELECT stage || ' ' || count(*) FROM crm_deals GROUP BY stage ORDER BY stage").await;
        // every closed deal names its account; of the open ones 1,425 do not
        assert_eq!(stages[..2], ["Closed Lost 2473", "Closed Won 4238"]);
        let open: i64 = sqlx::query_scalar("SELECT count(*) FROM crm_deals WHERE closed_at IS NULL").fetch_one(&mut admin).await.unwrap();
        assert_eq!(open, 1589 + 500 - 1425);
        let won: String =
            sqlx::query_scalar("SELECT sum(amount)::text FROM crm_deals WHERE stage = 'Closed Won'").fetch_one(&mut admin).await.unwrap();
        assert_eq!(won, won_in(&files[0]));
        assert_eq!(texts(&mut admin, "SELECT count(*)::text FROM crm_deals WHERE owner_id IS NULL").await, ["0"]);

        let before = fingerprint(&mut admin).await;
        let again = import(&test, &team.owner, &files, &Options::default()).await.unwrap();
        assert!(again.files.iter().all(|f| f.added == 0 && f.updated == 0), "{again}");
        assert_eq!(fingerprint(&mut admin).await, before);

        let named = Options { account_for_missing: Some("No account named".into()), ..Options::default() };
        let rest = import(&test, &team.owner, &files[..1], &named).await.unwrap();
        assert_eq!((rest.files[0].added, rest.files[0].unchanged, rest.files[0].left_out()), (1425, 7375, 0));
    });
}

/// The file's own sum of won deals.
fn won_in(path: &PathBuf) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let sum: u64 = text
        .lines()
        .skip(1)
        .map(|l| l.split(',').collect::<Vec<_>>())
        .filter(|c| c[4] == "Won")
        .map(|c| c[7].parse::<u64>().unwrap())
        .sum();
    format!("{sum}.00")
}

#[test]
fn events_come_to_the_contacts_whose_address_they_have_and_once() {
    run(async {
        let (test, team, mut admin) = start().await;
        let other = Team::new(&test.db, "other").await;
        for (startup, email) in [(team.startup, "ada@konex.test"), (other.startup, "eve@other.test")] {
            let script = format!(
                "WITH a AS (INSERT INTO crm_accounts (startup_id, name) VALUES ('{startup}', 'Konex') RETURNING id) INSERT INTO crm_contacts (startup_id, account_id, email) SELECT '{startup}', id, '{email}' FROM a"
            );
            sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut admin).await.unwrap();
        }
        let text = "Email,Kind,Occurred At,Channel,URL\nADA@konex.test,Demo request,2026-01-05 10:00,site,https://x.example/\nada@konex.test,site_visit,2026-01-06,,\n\
            ada@konex.test,site_visit,2026-01-06,,\neve@other.test,form,2026-01-06,,\nada@konex.test,hacked,2026-01-06,,\nada@konex.test,form,06/01/2026,,\nada@konex.test,form,2996-01-06,,\n";
        let files = [write("events.csv", text)];
        let report = import(&test, &team.editor, &files, &Options::default()).await.unwrap();
        let file = &report.files[0];
        assert_eq!((file.holds, file.rows, file.added, file.left_out()), ("events", 7, 2, 5), "{report}");
        assert!(file.skipped.contains_key("no contact has that address"), "another startup's contact is nobody here: {report}");
        let events = texts(&mut admin, "SELECT concat_ws('|', startup_id, kind, occurred_at AT TIME ZONE 'UTC', channel, payload) FROM crm_lead_events ORDER BY occurred_at").await;
        let ours = team.startup;
        assert_eq!(
            events,
            [
                format!(r#"{ours}|demo_request|2026-01-05 10:00:00|site|{{"url": "https://x.example/"}}"#),
                format!("{ours}|site_visit|2026-01-06 00:00:00|{{}}")
            ]
        );
        assert_eq!(texts(&mut admin, "SELECT state FROM jobs WHERE kind = 'score'").await, ["queued"]);
        let again = import(&test, &team.editor, &files, &Options::default()).await.unwrap();
        assert_eq!((again.files[0].added, again.files[0].unchanged), (0, 2));
        assert!(import(&test, &team.viewer, &files, &Options::default()).await.is_err(), "a viewer adds nothing");
    });
}
