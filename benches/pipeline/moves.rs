//! Moves as people make them: each client has cards of its own, and puts one after the other under a card that stays, on
//! top of a column, or at its end.

use prospector::deals::Stage;
use prospector::pipeline::Card;
use prospector::pipeline::filter::DealFilter;
use prospector::pipeline::store::board;
use prospector::server::db::TenantTx;
use uuid::Uuid;

/// The open stages.
const STAGES: [Stage; 3] = [Stage::Qualified, Stage::Proposal, Stage::Negotiation];
/// Cards of each column that are read.
const READ: usize = 2_000;

/// For each open stage, cards from top to bottom that nobody moves. They are chosen once: others lie between them as time
/// goes by, and a place between two of those is narrower each time.
pub struct Staying(Vec<Vec<Uuid>>);

impl Staying {
    /// The upper half of what is read.
    pub async fn choose(tx: &mut TenantTx) -> Self {
        let mut staying = Vec::new();
        for stage in STAGES {
            let column = column(tx, stage).await;
            staying.push(column.iter().take(column.len() / 2).map(|card| card.id).collect());
        }
        Self(staying)
    }
}

/// What one client moves, and where to.
pub struct Moves {
    cards: Vec<Card>,
    staying: Vec<Vec<Uuid>>,
    n: usize,
}

/// A move, ready to be sent.
pub struct Step {
    pub card: usize,
    pub id: Uuid,
    pub version: i32,
    pub from: Stage,
    pub rank: f64,
    pub to: Stage,
    pub above: Option<Uuid>,
    pub below: Option<Uuid>,
    pub place: &'static str,
}

impl Moves {
    /// For so many clients.
    pub async fn for_clients(tx: &mut TenantTx, Staying(staying): &Staying, clients: usize) -> Vec<Self> {
        let mut moving = Vec::new();
        for stage in STAGES {
            moving.extend(column(tx, stage).await.into_iter().filter(|card| !staying.iter().any(|stays| stays.contains(&card.id))));
        }
        (0..clients)
            .map(|client| Self {
                cards: moving.iter().skip(client).step_by(clients).cloned().collect(),
                staying: staying.clone(),
                n: client,
            })
            .collect()
    }

    /// The next one.
    pub fn step(&mut self) -> Step {
        self.n += 1;
        let n = self.n;
        let card = n % self.cards.len();
        let now = &self.cards[card];
        let to = (n / 3 + STAGES.iter().position(|stage| *stage == now.stage).unwrap_or(0)) % STAGES.len();
        let stays = &self.staying[to];
        let at = n.wrapping_mul(2_654_435_761) % (stays.len() - 1);
        let (above, below, place) = match n % 4 {
            0 => (None, None, "top"),
            1 => (None, None, "end"),
            _ => (Some(stays[at]), Some(stays[at + 1]), ""),
        };
        Step { card, id: now.id, version: now.version, from: now.stage, rank: now.rank, to: STAGES[to], above, below, place }
    }

    /// Notes where a card lies now.
    pub fn moved(&mut self, card: usize, now: Card) {
        self.cards[card] = now;
    }
}

/// The first cards of a column.
async fn column(tx: &mut TenantTx, stage: Stage) -> Vec<Card> {
    let mut cards: Vec<Card> = Vec::new();
    loop {
        let (rank, id) = cards.last().map_or((f64::INFINITY, Uuid::max()), |card| (card.rank, card.id));
        let more = board::more(tx, &DealFilter::default(), stage, rank, id).await.unwrap();
        cards.extend(more.cards);
        if more.end.is_none() || cards.len() >= READ {
            return cards;
        }
    }
}
