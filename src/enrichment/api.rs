//! Server functions of research: asking for it, correcting it, deciding about it.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::ResearchRoom;
use crate::error::AppError;

/// Queues research of an account ahead of everything else.
///
/// # Errors
/// [`AppError::NotFound`] alike for an id that is missing, malformed, or another startup's; [`AppError::Forbidden`] for viewers.
#[server(endpoint = "research/ask")]
pub async fn research_account(account: String, #[server(default)] back: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.edits()?;
    super::store::ask(&mut tx, account.parse().map_err(|_| AppError::NotFound)?).await?;
    tx.commit().await?;
    context::go_on(&back);
    Ok(())
}

/// Sets a fact by a person's word: `key` is one of [`super::word::Word`].
///
/// # Errors
/// [`AppError::Invalid`] for the field `text`; [`AppError::NotFound`], [`AppError::Forbidden`] as [`research_account`].
#[server(endpoint = "research/set")]
pub async fn set_fact(
    account: String,
    key: String,
    #[server(default)] text: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.edits()?;
    let word: super::word::Word = key.parse().map_err(|()| AppError::NotFound)?;
    let account = account.parse().map_err(|_| AppError::NotFound)?;
    let fact = word.read(&text).map_err(|e| e.with_typed(&[("key", &key), ("text", &text)]))?;
    super::store::set_fact(&mut tx, account, &fact).await?;
    tx.commit().await?;
    context::go_on(&back);
    Ok(())
}

/// Takes back what a person said: what research found stands again.
///
/// # Errors
/// [`AppError::NotFound`], [`AppError::Forbidden`] as [`research_account`].
#[server(endpoint = "research/take-back")]
pub async fn take_back_fact(account: String, key: String, #[server(default)] back: String) -> Result<(), AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.edits()?;
    super::store::take_back(&mut tx, account.parse().map_err(|_| AppError::NotFound)?, &key).await?;
    tx.commit().await?;
    context::go_on(&back);
    Ok(())
}

/// The page about research: what was decided, what waits, what failed.
///
/// # Errors
/// [`AppError::SignedOut`] without a session.
#[server(endpoint = "research/read", input = Json)]
pub async fn read_research() -> Result<ResearchRoom, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    let settings = super::store::settings(&mut tx).await?;
    let queue = crate::jobs::store::queue(&mut tx).await?;
    let cost_of_a_run = super::store::cost_of_a_run(&mut tx).await?;
    let startup = tx.startup();
    tx.commit().await?;
    let model = context::research().model;
    Ok(ResearchRoom { startup, settings, queue, model, cost_of_a_run, now: chrono::Utc::now() })
}

/// Keeps what the owner decides about Google, and the day's budget.
///
/// # Errors
/// [`AppError::Invalid`] with the field that has to change, [`AppError::Forbidden`] for all but owners.
#[server(endpoint = "research/choose")]
pub async fn choose_research(
    #[server(default)] startup: String,
    #[server(default)] choice: String,
    #[server(default)] reads_log: String,
    #[server(default)] budget: String,
) -> Result<(), AppError> {
    use crate::server::context;
    let typed = [("choice", choice.as_str()), ("reads_log", reads_log.as_str()), ("budget", budget.as_str())];
    let mut tx = context::tenant().await?;
    if tx.viewer().role != crate::team::Role::Owner {
        return Err(AppError::Forbidden);
    }
    tx.is_in(&startup).map_err(|e| e.with_typed(&typed))?;
    let budget = budget.trim().parse().ok().filter(|n| (0..=100_000).contains(n));
    let budget = budget.ok_or_else(|| AppError::invalid("budget", "Enter a whole number of runs, 0 to 100,000.").with_typed(&typed))?;
    let settings = super::Settings { choice: choice.parse().ok(), reads_log: !reads_log.is_empty(), budget };
    super::store::choose(&mut tx, &settings).await?;
    tx.commit().await?;
    leptos_axum::redirect("/settings/research");
    Ok(())
}

/// Queues research of so many accounts that have none or an old one, the most promising first; the person has seen what it
/// is estimated to cost.
///
/// # Errors
/// [`AppError::Invalid`] for the field `most`, [`AppError::Forbidden`] for viewers.
#[server(endpoint = "research/many")]
pub async fn research_many(#[server(default)] startup: String, #[server(default)] most: String) -> Result<i32, AppError> {
    use crate::server::context;
    let mut tx = context::tenant().await?;
    tx.edits()?;
    tx.is_in(&startup)?;
    let most = most.trim().parse().ok().filter(|n| (1..=50_000).contains(n));
    let most = most.ok_or_else(|| AppError::invalid("most", "Enter how many accounts, 1 to 50,000."))?;
    let queued = crate::jobs::store::research_many(&mut tx, most).await?;
    tx.commit().await?;
    leptos_axum::redirect("/settings/research");
    Ok(queued)
}
