//! A card moves: one row is written. Ranks are fractions between neighbours; a column whose ranks have come too close is
//! spread out afterwards.

use sqlx::Row;
use uuid::Uuid;

use super::board::card;
use crate::deals::Stage;
use crate::error::AppError;
use crate::money::Money;
use crate::pipeline::Card;
use crate::pipeline::moving::{Move, Spot};
use crate::server::db::{Db, TenantTx};

/// Between two neighbours nearer than this a column is spread out. Ranks are seconds since 1970 with a resolution of some
/// 2.4e-7, so that a dozen cards still find a place before it is done.
const NARROW: f64 = 1e-3;
/// So many cards on both sides of a narrow place are spread out.
const AROUND: i64 = 50;

/// A card as it lies after its move, and whether its column should be spread out there.
pub struct Moved {
    pub card: Card,
    pub is_narrow: bool,
}

/// Moves a deal, if nobody else moved it since `version`. An edit of something else in the meantime stands in nobody's way.
///
/// # Errors
/// [`AppError::Invalid`] for the field that a closed deal lacks, [`AppError::Moved`] when somebody else moved it,
/// [`AppError::NotFound`] when it is missing or binned, [`AppError::Forbidden`] for a viewer.
pub async fn move_deal(tx: &mut TenantTx, id: Uuid, version: i32, step: &Move) -> Result<Moved, AppError> {
    let startup = tx.startup();
    // whoever comes second waits here, and then sees what the first one did
    let now = sqlx::query(
        "SELECT stage, rank, version, amount_cents FROM crm_deals WHERE startup_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE",
    )
    .bind(startup)
    .bind(id)
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)?;
    let stage: Stage = now.try_get::<String, _>("stage")?.parse().map_err(|()| AppError::NotFound)?;
    if now.try_get::<i32, _>("version")? != version {
        refuse_if_moved(tx, id, step, stage, now.try_get("rank")?).await?;
    }
    step.closes_well(stage, now.try_get::<Option<i64>, _>("amount_cents")?.and_then(Money::from_cents))?;
    let (rank, is_narrow) = rank(tx, id, step).await?;
    write(tx, id, step, rank).await?;
    Ok(Moved { card: card(tx, id).await?, is_narrow })
}

async fn write(tx: &mut TenantTx, id: Uuid, step: &Move, rank: f64) -> Result<(), AppError> {
    let (startup, time_zone) = (tx.startup(), tx.viewer().time_zone.clone());
    // a day is as good as its noon; today is now. An amount that is known stays
    sqlx::query(
        "UPDATE crm_deals SET stage = $3, rank = $4, amount = coalesce(amount, $5::text::numeric), lost_reason = coalesce($6, lost_reason),
            closed_at = CASE WHEN $7::date IS NULL THEN closed_at
              WHEN $7 = (now() AT TIME ZONE $8)::date THEN now() ELSE ($7 + time '12:00') AT TIME ZONE $8 END
         WHERE startup_id = $1 AND id = $2",
    )
    .bind(startup)
    .bind(id)
    .bind(step.stage.as_str())
    .bind(rank)
    .bind(step.amount.filter(|_| step.stage == Stage::ClosedWon).map(Money::decimal))
    .bind(&step.lost_reason)
    .bind(step.closed_on.filter(|_| step.stage.is_closed()))
    .bind(time_zone)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Somebody else's move stands: whoever saw the card elsewhere is told who has it where.
async fn refuse_if_moved(tx: &mut TenantTx, id: Uuid, step: &Move, stage: Stage, rank: f64) -> Result<(), AppError> {
    let seen_there = step.from == Some(stage) && step.rank == Some(rank);
    if seen_there {
        return Ok(());
    }
    let who: Option<String> = sqlx::query_scalar(
        "SELECT u.name FROM crm_deal_stage_changes c JOIN auth.users u ON u.id = c.changed_by WHERE c.startup_id = $1 AND c.deal_id = $2 ORDER BY c.changed_at DESC, c.id DESC LIMIT 1",
    )
    .bind(tx.startup())
    .bind(id)
    .fetch_optional(tx.conn())
    .await?;
    let who = who.filter(|_| step.from != Some(stage)).unwrap_or_else(|| "Somebody".into());
    let now = if step.from == Some(stage) { format!("to another place in {stage}") } else { format!("to {stage}") };
    Err(AppError::Moved { message: format!("{who} moved it {now} meanwhile. It stays there; move it again if you still want to.") })
}

/// The rank that puts a card into its spot, and whether its neighbours there have come too close.
async fn rank(tx: &mut TenantTx, id: Uuid, step: &Move) -> Result<(f64, bool), AppError> {
    let found = room(tx, id, step).await?;
    let (above, below) = match (found, step.spot) {
        // no number lies between: the only time that others have to be written first
        ((Some(above), Some(below)), Spot::Between(a, b)) if !(below..above).contains(&f64::midpoint(above, below)) || above == below => {
            for neighbour in a.into_iter().chain(b) {
                spread(tx, neighbour).await?;
            }
            room(tx, id, step).await?
        }
        (found, _) => found,
    };
    Ok(match (above, below) {
        (Some(above), Some(below)) => (f64::midpoint(above, below), above - below < NARROW),
        (Some(above), None) => (above - 1.0, false),
        // on top: as if it had come in just now, and over what is there
        (None, below) => (below.map_or(f64::MIN, |below| below + 1.0).max(seconds_now()), false),
    })
}

/// The ranks between which a card goes; none where its column ends.
async fn room(tx: &mut TenantTx, id: Uuid, step: &Move) -> Result<(Option<f64>, Option<f64>), AppError> {
    let stage = step.stage;
    let anchor = match step.spot {
        Spot::Between(above, below) => match anchor(tx, stage, above.filter(|a| *a != id)).await? {
            Some(above) => Some((above, true)),
            None => anchor(tx, stage, below.filter(|b| *b != id)).await?.map(|below| (below, false)),
        },
        Spot::Top | Spot::End => None,
    };
    Ok(match (anchor, step.spot) {
        (Some((above, true)), _) => (Some(above.0), neighbour(tx, id, stage, above, Side::Below).await?),
        (Some((below, false)), _) => (neighbour(tx, id, stage, below, Side::Above).await?, Some(below.0)),
        (None, Spot::End) => (neighbour(tx, id, stage, (f64::NEG_INFINITY, Uuid::nil()), Side::Above).await?, None),
        (None, _) => (None, neighbour(tx, id, stage, (f64::INFINITY, Uuid::max()), Side::Below).await?),
    })
}

fn seconds_now() -> f64 {
    chrono::Utc::now().timestamp_micros() as f64 / 1e6
}

/// The place of a card that is (still) in the column.
async fn anchor(tx: &mut TenantTx, stage: Stage, id: Option<Uuid>) -> Result<Option<(f64, Uuid)>, AppError> {
    let Some(id) = id else { return Ok(None) };
    Ok(sqlx::query_as("SELECT rank, id FROM crm_deals WHERE startup_id = $1 AND id = $2 AND stage = $3 AND deleted_at IS NULL")
        .bind(tx.startup())
        .bind(id)
        .bind(stage.as_str())
        .fetch_optional(tx.conn())
        .await?)
}

#[derive(Clone, Copy)]
enum Side {
    Above,
    Below,
}

/// The rank of the next card on one side of a place, leaving out the one that moves.
async fn neighbour(tx: &mut TenantTx, id: Uuid, stage: Stage, place: (f64, Uuid), side: Side) -> Result<Option<f64>, AppError> {
    let sql = match side {
        Side::Above => {
            "SELECT rank FROM crm_deals WHERE startup_id = $1 AND stage = $2 AND (rank, id) > ($3, $4) AND id <> $5 AND deleted_at IS NULL ORDER BY rank, id LIMIT 1"
        }
        Side::Below => {
            "SELECT rank FROM crm_deals WHERE startup_id = $1 AND stage = $2 AND (rank, id) < ($3, $4) AND id <> $5 AND deleted_at IS NULL ORDER BY rank DESC, id DESC LIMIT 1"
        }
    };
    Ok(sqlx::query_scalar(sql)
        .bind(tx.startup())
        .bind(stage.as_str())
        .bind(place.0)
        .bind(place.1)
        .bind(id)
        .fetch_optional(tx.conn())
        .await?)
}

/// Spreads a narrow place after its move was answered, in the context of whoever moved. Fails without harm: the next move
/// there asks for it again.
pub fn spread_later(db: Db, token: String, id: Uuid) {
    tokio::spawn(async move {
        let done = async {
            let mut tx = db.tenant(&token).await?;
            spread(&mut tx, id).await?;
            tx.commit().await
        };
        if let Err(error) = done.await {
            tracing::warn!("ranks were not spread: {error}");
        }
    });
}

/// Spreads the cards around `id` evenly over the room between their outermost neighbours, at least a second apart; those of
/// one rank all together. Ranks alone are no edit: versions stay. The order stays, too: where somebody else has one of them in
/// hand, none is touched (waiting for it, while others wait for one's own, would end in a deadlock).
///
/// # Errors
/// [`AppError::Forbidden`] for a viewer.
pub async fn spread(tx: &mut TenantTx, id: Uuid) -> Result<(), AppError> {
    sqlx::query(
        "WITH here AS (SELECT stage, rank, id FROM crm_deals WHERE startup_id = $1 AND id = $2 AND deleted_at IS NULL),
           bounds AS (SELECT h.stage,
             (SELECT max(n.rank) FROM (SELECT d.rank FROM crm_deals d WHERE d.startup_id = $1 AND d.stage = h.stage AND (d.rank, d.id) >= (h.rank, h.id) AND d.deleted_at IS NULL ORDER BY d.rank, d.id LIMIT $3) n) AS high,
             (SELECT min(n.rank) FROM (SELECT d.rank FROM crm_deals d WHERE d.startup_id = $1 AND d.stage = h.stage AND (d.rank, d.id) <= (h.rank, h.id) AND d.deleted_at IS NULL ORDER BY d.rank DESC, d.id DESC LIMIT $3) n) AS low FROM here h),
           around AS (SELECT d.id, d.rank FROM crm_deals d, bounds b WHERE d.startup_id = $1 AND d.stage = b.stage AND d.rank BETWEEN b.low AND b.high AND d.deleted_at IS NULL),
           free AS MATERIALIZED (SELECT d.id, d.rank FROM crm_deals d JOIN around a ON a.id = d.id WHERE d.startup_id = $1 AND d.rank = a.rank ORDER BY d.id FOR UPDATE OF d SKIP LOCKED),
           placed AS (SELECT id, row_number() OVER (ORDER BY rank, id) - 1 AS n, count(*) OVER () - 1 AS last, min(rank) OVER () AS low, max(rank) OVER () AS high FROM free
             WHERE (SELECT count(*) FROM free) = (SELECT count(*) FROM around)),
           above AS (SELECT min(d.rank) AS rank FROM crm_deals d, bounds b WHERE d.startup_id = $1 AND d.stage = b.stage AND d.rank > b.high AND d.deleted_at IS NULL)
         UPDATE crm_deals d SET rank = p.low + p.n * (least(greatest(p.high, p.low + p.last), coalesce((SELECT rank FROM above), 'infinity') - 1e-6) - p.low) / greatest(p.last, 1)
         FROM placed p WHERE d.startup_id = $1 AND d.id = p.id",
    )
    .bind(tx.startup())
    .bind(id)
    .bind(AROUND)
    .execute(tx.conn())
    .await?;
    Ok(())
}
