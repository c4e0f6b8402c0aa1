//! One private PostgreSQL for the run, a cloned database for each test, and clients that speak HTTP to the real router.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, Request, StatusCode, header};
use clap::Parser;
use prospector::server::config::{Addresses, Config};
use prospector::server::context::ResearchMeans;
use prospector::server::db::{Db, TenantTx};
use prospector::server::live::Live;
use prospector::server::postgres::{ADMIN, Durability, Home, Running};
use prospector::server::{http, migrate, session};
use prospector::team::Role;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tower::ServiceExt;
use uuid::Uuid;

/// All tests share one runtime: the database's keeper lives on it until the process ends.
static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap());
static CLUSTER: tokio::sync::OnceCell<Running> = tokio::sync::OnceCell::const_new();
static CLONING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
static COUNT: AtomicU32 = AtomicU32::new(0);

pub const PASSWORD: &str = "correct horse battery";

pub fn run<T>(test: impl Future<Output = T>) -> T {
    RUNTIME.block_on(test)
}

/// A folder of this run that the database's user can enter, too.
pub fn scratch_folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("prospector-test-{}", std::process::id())).join(name)
}

async fn cluster() -> &'static Running {
    CLUSTER
        .get_or_init(|| async {
            remove_old_folders();
            let running = Running::start(Home::under(&scratch_folder("cluster"), Durability::Scratch).unwrap()).await.unwrap();
            let mut admin = PgConnection::connect_with(&running.home().options().username(ADMIN)).await.unwrap();
            migrate::run(&mut admin).await.unwrap();
            admin.close().await.unwrap();
            running
        })
        .await
}

/// Folders of runs that are over.
fn remove_old_folders() {
    if !Path::new("/proc/self").exists() {
        return;
    }
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(pid) = name.strip_prefix("prospector-test-")
            && !Path::new("/proc").join(pid).exists()
        {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A database of a test's own.
pub struct TestDb {
    pub db: Db,
    pub options: PgConnectOptions,
    pub name: String,
}

impl TestDb {
    pub async fn new() -> Self {
        let options = clone_database("prospector").await;
        let db = Db::open(&Addresses::of(&options, ADMIN)).await.unwrap();
        Self { db, name: options.get_database().unwrap().to_string(), options }
    }

    pub async fn admin(&self) -> PgConnection {
        self.connect(ADMIN).await
    }

    pub async fn connect(&self, role: &str) -> PgConnection {
        PgConnection::connect_with(&self.options.clone().username(role)).await.unwrap()
    }

    /// The address that a person would put into `DATABASE_URL`.
    pub fn url(&self) -> String {
        format!("postgres:///{}?host={}&user=prospector_app", self.name, socket(&self.options))
    }

    pub fn owner_url(&self) -> String {
        format!("postgres:///{}?host={}&user={ADMIN}", self.name, socket(&self.options))
    }
}

fn socket(options: &PgConnectOptions) -> String {
    options.get_socket().unwrap().display().to_string()
}

/// A new database made from `template`, which nobody may be connected to.
pub async fn clone_database(template: &str) -> PgConnectOptions {
    let base = cluster().await.home().options();
    let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let _one_at_a_time = CLONING.lock().await;
    let mut admin = PgConnection::connect_with(&base.clone().username(ADMIN).database("postgres")).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}"))).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    base.database(&name)
}

/// A person with a session, known by its token.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: Uuid,
    pub token: String,
}

/// A startup with one person in each role.
pub struct Team {
    pub startup: Uuid,
    pub owner: Person,
    pub admin: Person,
    pub editor: Person,
    pub viewer: Person,
    /// Was an editor once.
    pub former: Person,
}

impl Team {
    pub async fn new(db: &Db, name: &str) -> Self {
        let startup = Uuid::now_v7();
        let owner = Person { id: Uuid::now_v7(), token: token() };
        sign_up(db, owner.id, &format!("owner@{name}.test"), Some((startup, name))).await;
        open_session(db, &owner).await;
        let mut people = Vec::new();
        for (who, role) in [("admin", Role::Admin), ("editor", Role::Editor), ("viewer", Role::Viewer), ("former", Role::Editor)] {
            people.push(join(db, &owner, &format!("{who}@{name}.test"), role).await);
        }
        let [admin, editor, viewer, former] = people.try_into().unwrap();
        let mut tx = db.tenant(&owner.token).await.unwrap();
        sqlx::query("SELECT app.set_member_role($1, NULL)").bind(former.id).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        Self { startup, owner, admin, editor, viewer, former }
    }
}

pub fn token() -> String {
    tower_sessions::session::Id::default().to_string()
}

pub async fn sign_up(db: &Db, user: Uuid, email: &str, startup: Option<(Uuid, &str)>) {
    let mut tx = db.auth().await.unwrap();
    sqlx::query("SELECT auth.sign_up($1, $2, $3, 'no password', $4, $5, NULL)")
        .bind(user)
        .bind(email)
        .bind(email.split('@').next())
        .bind(startup.map(|s| s.0))
        .bind(startup.map(|s| s.1))
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

pub async fn open_session(db: &Db, person: &Person) {
    let mut tx = db.auth().await.unwrap();
    sqlx::query("SELECT auth.open_session($1, $2, interval '1 hour', 'test')")
        .bind(person.id)
        .bind(session::token_hash(&person.token))
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Somebody new accepts the owner's invitation.
pub async fn join(db: &Db, owner: &Person, email: &str, role: Role) -> Person {
    let person = Person { id: Uuid::now_v7(), token: token() };
    let invitation = token();
    let mut tx = db.tenant(&owner.token).await.unwrap();
    let startup = tx.startup();
    sqlx::query("INSERT INTO invitations (startup_id, id, token_hash, role, invited_by) VALUES ($1, app.uuid7(), $2, $3, $4)")
        .bind(startup)
        .bind(session::token_hash(&invitation))
        .bind(role.as_str())
        .bind(owner.id)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    sign_up(db, person.id, email, None).await;
    open_session(db, &person).await;
    assert_eq!(db.accept_invitation(&person.token, &invitation).await.unwrap(), Some(startup));
    person
}

/// Adds an account; returns its id.
pub async fn add_account(tx: &mut TenantTx, name: &str) -> Uuid {
    let startup = tx.startup();
    sqlx::query_scalar("INSERT INTO crm_accounts (startup_id, name) VALUES ($1, $2) RETURNING id")
        .bind(startup)
        .bind(name)
        .fetch_one(tx.conn())
        .await
        .unwrap()
}

/// What a statement came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// So many rows seen or changed.
    Rows(u64),
    /// Refused with this SQLSTATE.
    Refused(String),
}

/// Refused with the SQLSTATE `code`.
pub fn refused(code: &str) -> Outcome {
    Outcome::Refused(code.into())
}

/// Runs one statement on `conn` (a role's own connection) in the context of `token` and `startup`, and rolls back.
pub async fn attempt(conn: &mut PgConnection, token: &str, startup: Uuid, sql: &str) -> Outcome {
    let mut tx = conn.begin().await.unwrap();
    sqlx::query("SELECT set_config('app.session', $1, true), set_config('app.startup_id', $2, true)")
        .bind(token)
        .bind(startup.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    let outcome = match sqlx::raw_sql(AssertSqlSafe(sql.to_string())).fetch_all(&mut *tx).await {
        // a counting statement tells its count, any other its rows
        Ok(rows) => Outcome::Rows(match rows.first().map(|r| r.try_get::<i64, _>("n")) {
            Some(Ok(n)) => n.unsigned_abs(),
            _ => rows.len() as u64,
        }),
        Err(sqlx::Error::Database(e)) => Outcome::Refused(e.code().unwrap_or_default().into_owned()),
        Err(other) => panic!("{sql}: {other}"),
    };
    tx.rollback().await.unwrap();
    outcome
}

/// The application on a database of its own.
pub struct App {
    pub test: TestDb,
    pub live: Live,
    router: Router,
}

impl App {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(arguments: &[&str]) -> Self {
        #[derive(Parser)]
        struct Options {
            #[command(flatten)]
            config: Config,
        }
        let test = TestDb::new().await;
        let config = Options::parse_from([&["test"], arguments].concat()).config;
        let live = Live::default();
        Self { router: http::router(test.db.clone(), live.clone(), ResearchMeans::default(), &config), live, test }
    }

    /// Somebody without a session.
    pub fn stranger(&self) -> Client {
        Client { router: self.router.clone(), cookie: None }
    }

    pub fn client(&self, person: &Person) -> Client {
        Client { router: self.router.clone(), cookie: Some(format!("sid={}", person.token)) }
    }
}

/// A browser, as far as HTTP goes.
pub struct Client {
    router: Router,
    pub cookie: Option<String>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

impl Client {
    pub async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Answer {
        let mut request = request.header(header::HOST, "crm.test");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let answer = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        if let Some(set) = parts.headers.get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let pair = set.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_string());
        }
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Opens a stream and leaves it open.
    pub async fn stream(&mut self, path: &str) -> (StatusCode, BodyDataStream) {
        let mut request = Request::get(path).header(header::HOST, "crm.test").header(header::ACCEPT, "text/event-stream");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let answer = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        (answer.status(), answer.into_body().into_data_stream())
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT, "text/html"), String::new()).await
    }

    /// Posts a form as a browser without JavaScript does, from the page `from`.
    pub async fn post(&mut self, path: &str, from: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, format!("http://crm.test{from}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form(fields)).await
    }

    /// Posts a form as the hydrated page does.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, form(fields)).await
    }

    /// Calls a server function that takes JSON.
    pub async fn call(&mut self, path: &str, arguments: serde_json::Value) -> Answer {
        let request = Request::post(path).header(header::ACCEPT, "application/json").header(header::CONTENT_TYPE, "application/json");
        self.send(request, arguments.to_string()).await
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect::<String>()
    };
    fields.iter().map(|(k, v)| format!("{k}={}", escape(v))).collect::<Vec<_>>().join("&")
}
