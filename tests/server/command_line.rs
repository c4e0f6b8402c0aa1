//! The program itself, run as an operator runs it, on a database of the operator's.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::harness::{App, PASSWORD, TestDb, run, scratch_folder};
use axum::http::StatusCode;

fn program(test: &TestDb) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_prospector"));
    for name in ["DATABASE_AUTH_URL", "DATABASE_WORKER_URL", "PUBLIC_URL"] {
        command.env_remove(name);
    }
    command.env("DATABASE_URL", test.url()).env("DATABASE_OWNER_URL", test.owner_url()).env("LISTEN_ADDR", "127.0.0.1:0");
    command
}

fn write(name: &str, text: &str) -> PathBuf {
    let folder = scratch_folder("command-line");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

const NEW: [(&str, &str); 4] = [("name", "Ada"), ("email", "ada@konex.test"), ("password", PASSWORD), ("startup", "Konex")];

#[test]
fn import_acts_for_a_member_and_reports() {
    run(async {
        let app = App::new().await;
        assert_eq!(app.stranger().submit("/api/auth/sign-up", &NEW).await.status, StatusCode::OK);
        let file = write("accounts.csv", "account,sector\nAcme,retail\n");
        let import = |startup: &str, member: &[&str], file: &Path| {
            program(&app.test).args(["import", "--startup", startup]).args(member).arg(file).output().unwrap()
        };
        let done = import("konex", &[], &file);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(
            String::from_utf8_lossy(&done.stdout),
            "accounts.csv: 1 rows of accounts: 1 added, 0 updated, 0 unchanged, 0 left out\n"
        );
        let empty = write("nothing.csv", "");
        for (startup, member, file, message) in [
            ("nowhere", &[][..], &file, "there is no startup “nowhere”, or that person is not a member of it; the startups are: konex"),
            ("konex", &["--as", "bob@konex.test"], &file, "not a member"),
            ("konex", &[], &empty, "nothing.csv: is empty; nothing was imported"),
        ] {
            let refused = import(startup, member, file);
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert!(!refused.status.success() && said.contains(message), "{said}");
        }
        let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM auth.sessions WHERE device = 'command'")
            .fetch_one(&mut app.test.admin().await)
            .await
            .unwrap();
        assert_eq!(sessions, 0, "no session is left behind");
    });
}

#[test]
fn a_reset_password_works_and_closes_every_session() {
    run(async {
        let app = App::new().await;
        let mut ada = app.stranger();
        assert_eq!(ada.submit("/api/auth/sign-up", &NEW).await.status, StatusCode::OK);
        let reset = |email: &str, password: &str| {
            let mut child = program(&app.test)
                .args(["reset-password", email])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
            child.wait_with_output().unwrap()
        };
        assert!(!reset("nobody@konex.test", "another long one").status.success());
        assert!(String::from_utf8_lossy(&reset("ada@konex.test", "short").stderr).contains("at least 10"));
        let done = reset("Ada@konex.test", "another long one");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(ada.call("/api/team/workspace", serde_json::json!({})).await.status, StatusCode::UNAUTHORIZED);
        let mut sign_in =
            async |password: &str| ada.submit("/api/auth/sign-in", &[("email", "ada@konex.test"), ("password", password)]).await.status;
        assert_eq!(sign_in(PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(sign_in("another long one").await, StatusCode::OK);
    });
}

#[test]
fn a_server_role_that_bypasses_policies_does_not_start() {
    run(async {
        let test = TestDb::new().await;
        let refused = program(&test).env("DATABASE_URL", test.owner_url()).output().unwrap();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && said.contains("postgres is a superuser, so row-level security would not keep tenants apart"),
            "{said}"
        );
    });
}

/// Largest memory of a run, in KiB.
fn peak(mut command: Command) -> u64 {
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let now = text.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(now.unwrap_or(0));
        if let Some(done) = child.try_wait().unwrap() {
            assert!(done.success());
            return most;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_hundred_thousand_rows_take_bounded_memory() {
    run(async {
        let app = App::new().await;
        assert_eq!(app.stranger().submit("/api/auth/sign-up", &NEW).await.status, StatusCode::OK);
        let rows = |n: u32| {
            let mut text = String::from("company_id,company,website,employees,sector,owner\n");
            for i in 0..n {
                text.push_str(&format!(
                    "c{i},Company Nº {i},https://company-{i}.example,{},retail and wholesale of things,Owner {}\n",
                    i % 5000,
                    i % 40
                ));
            }
            text
        };
        let import = |name: &str, n: u32| {
            let mut command = program(&app.test);
            command.args(["import", "--startup", "konex"]).arg(write(name, &rows(n)));
            peak(command)
        };
        let (small, large) = (import("small.csv", 1_000), import("large.csv", 100_000));
        println!("peak memory: {small} KiB for 1,000 rows, {large} KiB for 100,000");
        assert!(large < small + 48 * 1024, "{small} KiB for 1,000 rows, {large} KiB for 100,000");
        let there: i64 = sqlx::query_scalar("SELECT count(*) FROM crm_accounts").fetch_one(&mut app.test.admin().await).await.unwrap();
        assert_eq!(there, 100_000);

        // and a won deal for each of 20,000: their accounts become Active, batch by batch
        let mut deals = String::from("deal_id,company,stage,amount,close_date\n");
        (0..20_000).for_each(|i| deals.push_str(&format!("d{i},Company Nº {i},Won,{i},2025-03-31\n")));
        let mut command = program(&app.test);
        command.args(["import", "--startup", "konex"]).arg(write("deals.csv", &deals));
        assert!(peak(command) < small + 48 * 1024);
        let active: i64 = sqlx::query_scalar("SELECT count(*) FROM crm_accounts WHERE status = 'Active'")
            .fetch_one(&mut app.test.admin().await)
            .await
            .unwrap();
        assert_eq!(active, 20_000);
    });
}
