//! Server functions of the board.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use uuid::Uuid;

use super::filter::DealFilter;
use super::moving::MoveForm;
use super::{Board, Card, Changed, DealDetail, MoreCards};
use crate::deals::Stage;
use crate::deals::edit::DealForm;
use crate::error::AppError;

/// Deals that are asked for by id at once.
pub const ASKED: usize = 200;

/// The board. `shown` says of each column how many cards were read before.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "pipeline/board", input = Json)]
pub async fn read_board(filter: DealFilter, shown: Vec<usize>) -> Result<Board, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let board = super::store::board::board(&mut tx, &filter.normal(), &shown).await?;
    tx.commit().await?;
    Ok(board)
}

/// The next cards of a column, below the one of this rank and id.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "pipeline/more", input = Json)]
pub async fn read_more(filter: DealFilter, stage: Stage, rank: f64, id: Uuid) -> Result<MoreCards, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let more = super::store::board::more(&mut tx, &filter.normal(), stage, rank, id).await?;
    tx.commit().await?;
    Ok(more)
}

/// What became of some deals: at most [`ASKED`] of them.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "pipeline/changed", input = Json)]
pub async fn read_changed(filter: DealFilter, ids: Vec<Uuid>) -> Result<Changed, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let asked = &ids[..ids.len().min(ASKED)];
    let changed = super::store::board::changed(&mut tx, &filter.normal(), asked).await?;
    tx.commit().await?;
    Ok(changed)
}

/// A deal with all that hangs off it.
///
/// # Errors
/// [`AppError::NotFound`] for an id that is missing, in the bin, or another startup's.
#[server(endpoint = "pipeline/deal", input = Json)]
pub async fn read_deal(id: String) -> Result<DealDetail, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let detail = super::store::drawer::detail(&mut tx, id.parse().map_err(|_| AppError::NotFound)?).await?;
    tx.commit().await?;
    Ok(detail)
}

/// Names of accounts that are like what was typed, best first.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "pipeline/accounts", input = Json)]
pub async fn name_accounts(typed: String) -> Result<Vec<String>, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let names = super::store::drawer::name_accounts(&mut tx, &typed).await?;
    tx.commit().await?;
    Ok(names)
}

/// Adds a deal to the account of this name; returns its id.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Forbidden`] for viewers.
#[server(endpoint = "pipeline/add")]
pub async fn add_deal(
    account: String,
    #[server(default)] startup: String,
    #[server(default)] back: String,
    #[server(flatten)] form: DealForm,
) -> Result<Uuid, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let adding = async {
        tx.edits()?;
        tx.is_in(&startup)?;
        let owner = super::store::drawer::account_called(&mut tx, &account).await?;
        let new = form.parse(tx.viewer().today)?;
        let id = crate::deals::store::add(&mut tx, owner, &new).await?;
        tx.commit().await?;
        Ok(id)
    };
    let mut typed = form.texts();
    typed.push(("account".into(), account.clone()));
    let id = adding.await.map_err(|e: AppError| e.with_texts(typed))?;
    context::go_on(&back);
    Ok(id)
}

/// Moves a deal to a place on the board; returns its card as it lies there.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Moved`] when somebody else moved it since `version`,
/// [`AppError::Forbidden`] for viewers.
#[server(endpoint = "pipeline/move")]
pub async fn move_deal(
    id: String,
    version: i32,
    #[server(default)] back: String,
    #[server(flatten)] form: MoveForm,
) -> Result<Card, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let moving = async {
        tx.edits()?;
        let step = form.parse(tx.viewer().today)?;
        let moved = super::store::moving::move_deal(&mut tx, id.parse().map_err(|_| AppError::NotFound)?, version, &step).await?;
        tx.commit().await?;
        Ok(moved)
    };
    let moved = moving.await.map_err(|e: AppError| e.with_texts(form.texts()))?;
    if moved.is_narrow {
        super::store::moving::spread_later(context::db(), context::token().await?, moved.card.id);
    }
    context::go_on(&back);
    Ok(moved.card)
}
