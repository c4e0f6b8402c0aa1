//! What is measured, by so many clients at once, for so long.

use std::net::SocketAddr;
use std::pin::Pin;
use std::time::{Duration, Instant};

use prospector::deals::Stage;
use prospector::pipeline::Card;
use prospector::pipeline::filter::DealFilter;
use prospector::pipeline::moving::MoveForm;
use prospector::pipeline::store::board::{cards_sql, medians_sql, sums_sql};
use prospector::pipeline::store::charts::charts_sql;
use prospector::pipeline::store::moving::{move_deal, spread_later};
use prospector::server::db::Db;
use prospector::team::Viewer;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use crate::client::Client;
use crate::moves::{Moves, Staying, Step};
use crate::report::{Bare, Measured, Samples};
use crate::seed::Seeded;

/// Stands in the page after the board, where the charts go.
const AFTER_BOARD: &str = "class=\"charts-fold\"";

/// Everything that measuring needs.
pub struct Bench<'a> {
    pub db: &'a Db,
    pub options: PgConnectOptions,
    pub address: SocketAddr,
    pub seeded: &'a Seeded,
    pub staying: Staying,
    pub seconds: u64,
    pub rounds: u32,
}

type Run = Pin<Box<dyn Future<Output = Vec<Duration>> + Send>>;

impl Bench<'_> {
    /// One round after the other, each with all measurements, so that what disturbs one disturbs its neighbours.
    pub async fn with_clients(&self, clients: usize) -> Measured {
        let mut measured = Measured::default();
        for _ in 0..self.rounds {
            self.bare(clients, "postgres", &mut measured.superuser).await;
            self.bare(clients, "prospector_app", &mut measured.policies).await;
            self.pages(clients, &mut measured).await;
            self.moves(clients, &mut measured).await;
            self.commits(clients, &mut measured.commit).await;
        }
        measured
    }

    /// The page's own statements on a plain connection of `role`: those of the board, and those of the whole page.
    async fn bare(&self, clients: usize, role: &str, into: &mut Bare) {
        let mut tasks: Vec<Run> = Vec::new();
        for client in 0..clients {
            let mut conn = PgConnection::connect_with(&self.options.clone().username(role)).await.unwrap();
            // as in a tenant transaction, for as long as the connection lives
            sqlx::query("SELECT set_config('app.session', $1, false), set_config('app.startup_id', $2, false)")
                .bind(&self.seeded.tokens[client])
                .bind(self.seeded.viewer.startup_id.to_string())
                .execute(&mut conn)
                .await
                .unwrap();
            let (viewer, length) = (self.seeded.viewer.clone(), self.length());
            tasks.push(Box::pin(async move {
                warm_up(&mut conn, &viewer).await;
                let mut taken = Vec::new();
                for part in [Part::Board, Part::Whole] {
                    let until = Instant::now() + length;
                    while Instant::now() < until {
                        taken.extend(statements(&mut conn, &viewer, part).await);
                    }
                }
                conn.close().await.unwrap();
                taken
            }));
        }
        for taken in together(tasks).await {
            for [sums, medians, cards, charts] in taken.as_chunks::<4>().0 {
                let board = *sums + *medians + *cards;
                if charts.is_zero() {
                    into.alone.add(board);
                    continue;
                }
                into.board.add(board);
                into.whole.add(board + *charts);
                for (samples, sample) in into.parts.iter_mut().zip([sums, medians, cards]) {
                    samples.add(*sample);
                }
            }
        }
        for samples in [&mut into.alone, &mut into.board, &mut into.whole] {
            samples.lasted(self.seconds);
        }
    }

    async fn pages(&self, clients: usize, into: &mut Measured) {
        let mut tasks: Vec<Run> = Vec::new();
        for client in 0..clients {
            let mut browser = Client::connect(self.address, &self.seeded.tokens[client]).await;
            let length = self.length();
            tasks.push(Box::pin(async move {
                for _ in 0..3 {
                    browser.page("/pipeline", AFTER_BOARD).await;
                }
                let (mut taken, until) = (Vec::new(), Instant::now() + length);
                while Instant::now() < until {
                    let answer = browser.page("/pipeline", AFTER_BOARD).await;
                    assert!(answer.status.is_success(), "{}", answer.status);
                    taken.extend([answer.marked, answer.whole]);
                }
                taken
            }));
        }
        for taken in together(tasks).await {
            for [board, whole] in taken.as_chunks::<2>().0 {
                into.page_board.add(*board);
                into.page_whole.add(*whole);
            }
        }
        let mut browser = Client::connect(self.address, &self.seeded.tokens[0]).await;
        into.page_bytes = browser.page("/pipeline", AFTER_BOARD).await.body.len();
        into.page_board.lasted(self.seconds);
        into.page_whole.lasted(self.seconds);
    }

    /// Moves over HTTP, and the same moves by the store alone.
    async fn moves(&self, clients: usize, into: &mut Measured) {
        let mut tx = self.db.tenant(&self.seeded.tokens[0]).await.unwrap();
        let moves = Moves::for_clients(&mut tx, &self.staying, clients).await;
        tx.commit().await.unwrap();
        let mut tasks: Vec<Run> = Vec::new();
        for (client, moves) in moves.into_iter().enumerate() {
            let browser = Client::connect(self.address, &self.seeded.tokens[client]).await;
            tasks.push(Box::pin(move_over_http(browser, moves, self.length())));
        }
        for taken in together(tasks).await {
            taken.into_iter().for_each(|sample| into.move_http.add(sample));
        }
        into.move_http.lasted(self.seconds);

        let mut tx = self.db.tenant(&self.seeded.tokens[0]).await.unwrap();
        let moves = Moves::for_clients(&mut tx, &self.staying, clients).await;
        tx.commit().await.unwrap();
        let mut tasks: Vec<Run> = Vec::new();
        for (client, moves) in moves.into_iter().enumerate() {
            let (db, token) = (self.db.clone(), self.seeded.tokens[client].clone());
            tasks.push(Box::pin(move_by_store(db, token, moves, self.length())));
        }
        for taken in together(tasks).await {
            for [whole, statements] in taken.as_chunks::<2>().0 {
                into.move_store.add(*whole);
                into.move_statements.add(*statements);
            }
        }
        into.move_store.lasted(self.seconds);
        into.move_statements.lasted(self.seconds);
    }

    /// One row written and committed, past all policies: what the disk asks for, and no move can do without.
    async fn commits(&self, clients: usize, into: &mut Samples) {
        let mut tasks: Vec<Run> = Vec::new();
        for client in 0..clients {
            let mut conn = PgConnection::connect_with(&self.options.clone().username("postgres")).await.unwrap();
            let length = self.length();
            tasks.push(Box::pin(async move {
                let (mut taken, until) = (Vec::new(), Instant::now() + length);
                while Instant::now() < until {
                    let began = Instant::now();
                    let one = "UPDATE auth.users SET name = name WHERE id = (SELECT id FROM auth.users ORDER BY id OFFSET $1 LIMIT 1)";
                    sqlx::query(one).bind(client as i64).execute(&mut conn).await.unwrap();
                    taken.push(began.elapsed());
                }
                taken
            }));
        }
        for taken in together(tasks).await {
            taken.into_iter().for_each(|sample| into.add(sample));
        }
        into.lasted(self.seconds);
    }

    fn length(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

async fn together(tasks: Vec<Run>) -> Vec<Vec<Duration>> {
    let tasks: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut taken = Vec::new();
    for task in tasks {
        taken.push(task.await.unwrap());
    }
    taken
}

/// How much of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Board,
    Whole,
}

async fn warm_up(conn: &mut PgConnection, viewer: &Viewer) {
    // six times: a statement's plan is made for its values at first, and for any from the sixth time on
    for _ in 0..6 {
        statements(conn, viewer, Part::Whole).await;
    }
}

/// Runs the page's statements, fetched completely: sums, medians, cards, charts. What is not run took no time.
async fn statements(conn: &mut PgConnection, viewer: &Viewer, part: Part) -> [Duration; 4] {
    let filter = DealFilter::default();
    let mut taken = [Duration::ZERO; 4];
    let mut all = vec![sums_sql(viewer, &filter), medians_sql(viewer), cards_sql(viewer, &filter, &[])];
    if part == Part::Whole {
        all.push(charts_sql(viewer, &filter));
    }
    for (mut sql, taken) in all.into_iter().zip(&mut taken) {
        let began = Instant::now();
        let rows = sql.build().persistent(true).fetch_all(&mut *conn).await.unwrap();
        *taken = began.elapsed();
        assert!(!rows.is_empty());
    }
    taken
}

fn form(step: &Step) -> MoveForm {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    MoveForm {
        stage: step.to.to_string(),
        from: step.from.to_string(),
        rank: step.rank.to_string(),
        above: id(step.above),
        below: id(step.below),
        place: step.place.into(),
        ..MoveForm::default()
    }
}

async fn move_over_http(mut browser: Client, mut moves: Moves, length: Duration) -> Vec<Duration> {
    let mut taken = Vec::new();
    let (mut n, until) = (0, Instant::now() + length);
    while Instant::now() < until {
        let step = moves.step();
        let form = form(&step);
        let (id, version) = (step.id.to_string(), step.version.to_string());
        let fields: [(&str, &str); 8] = [
            ("id", &id),
            ("version", &version),
            ("stage", &form.stage),
            ("from", &form.from),
            ("rank", &form.rank),
            ("above", &form.above),
            ("below", &form.below),
            ("place", &form.place),
        ];
        let answer = browser.submit("/api/pipeline/move", &fields).await;
        assert!(answer.status.is_success(), "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        let now: Card = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(now.stage, step.to);
        moves.moved(step.card, now);
        n += 1;
        // the first ones warm up
        if n > 10 {
            taken.push(answer.whole);
        }
    }
    taken
}

/// The whole of a move without HTTP, and of that the time between the transaction's beginning and its commit.
async fn move_by_store(db: Db, token: String, mut moves: Moves, length: Duration) -> Vec<Duration> {
    let mut taken = Vec::new();
    let (mut n, until) = (0, Instant::now() + length);
    while Instant::now() < until {
        let step = moves.step();
        let began = Instant::now();
        let mut tx = db.tenant(&token).await.unwrap();
        let within = Instant::now();
        let checked = form(&step).parse(tx.viewer().today).unwrap();
        let moved = move_deal(&mut tx, step.id, step.version, &checked).await.unwrap();
        let statements = within.elapsed();
        tx.commit().await.unwrap();
        let whole = began.elapsed();
        assert!(moved.card.stage == step.to && moved.card.stage != Stage::ClosedWon);
        if moved.is_narrow {
            spread_later(db.clone(), token.clone(), moved.card.id);
        }
        moves.moved(step.card, moved.card);
        n += 1;
        if n > 10 {
            taken.extend([whole, statements]);
        }
    }
    taken
}
