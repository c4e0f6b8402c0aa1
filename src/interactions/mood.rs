//! The mood of what was logged: Positive, Neutral or Negative, filled once by the worker. Gemini reads the texts where the
//! startup's owner lets it, else a lexicon (VADER, English) does; what it does not understand is neutral to it.

use std::sync::LazyLock;

use uuid::Uuid;
use vader_sentimental::SentimentIntensityAnalyzer;

use super::Sentiment;
use crate::enrichment::provider::Retry;
use crate::enrichment::store::spend;
use crate::error::AppError;
use crate::gemini::{Failed, Gemini};
use crate::jobs::worker::{Claim, Failure, Worker};
use crate::server::db::TenantTx;

/// Texts that are read at a time, newest first.
const BATCH: i64 = 100;
/// From this compound value on (-1 to 1) a text has a mood, as VADER's authors recommend.
const CLEAR: f64 = 0.05;

static LEXICON: LazyLock<SentimentIntensityAnalyzer<'static>> = LazyLock::new(SentimentIntensityAnalyzer::new);

/// The mood of a text by the lexicon.
pub fn by_lexicon(text: &str) -> Sentiment {
    match LEXICON.polarity_scores(text).compound {
        compound if compound >= CLEAR => Sentiment::Positive,
        compound if compound <= -CLEAR => Sentiment::Negative,
        _ => Sentiment::Neutral,
    }
}

/// Fills the moods of a startup's newest entries that have none.
///
/// # Errors
/// When Gemini or the database cannot be reached.
pub async fn run(worker: &Worker, claim: &Claim) -> Result<(), Failure> {
    let mut tx = claim.tenant(&worker.db).await?;
    let texts = moodless(&mut tx).await?;
    // a crowd, as an import brings, is the lexicon's: nobody agreed to its cost
    let is_crowd = i64::try_from(texts.len()).is_ok_and(|n| n == BATCH);
    let gemini = worker.providers.gemini.as_ref().filter(|_| !texts.is_empty() && !is_crowd);
    let moods = match gemini {
        Some(gemini) if may_read(&mut tx).await? => {
            // no transaction is open while somebody else thinks
            tx.commit().await?;
            let Some(answer) = claim.while_held(&worker.db, ask(gemini, &texts)).await? else { return Ok(()) };
            let mut spending = claim.tenant(&worker.db).await?;
            spend(&mut spending, answer.as_ref().map_or_else(|failed| failed.cost, |(_, cost)| *cost)).await?;
            spending.commit().await?;
            tx = claim.tenant(&worker.db).await?;
            match answer {
                Ok((moods, _)) => moods,
                // what Gemini will not read, the lexicon does
                Err(failed) if failed.error.retry() == Retry::Never => by_words(&texts),
                Err(failed) => return Err(failed.into()),
            }
        }
        _ => by_words(&texts),
    };
    fill(&mut tx, &moods).await?;
    if claim.finish(&mut tx).await? {
        if is_crowd {
            go_on(&mut tx).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// The newest entries without a mood: id and text. What is older than a year weighs in nothing.
async fn moodless(tx: &mut TenantTx) -> Result<Vec<(Uuid, String)>, AppError> {
    let sql = "SELECT id, summary FROM crm_interactions WHERE startup_id = $1 AND sentiment IS NULL AND summary IS NOT NULL AND occurred_at > now() - interval '1 year'
         ORDER BY occurred_at DESC LIMIT $2";
    Ok(sqlx::query_as(sql).bind(tx.startup()).bind(BATCH).fetch_all(tx.conn()).await?)
}

/// Whether the startup's owner lets Gemini read the log.
async fn may_read(tx: &mut TenantTx) -> Result<bool, AppError> {
    let sql = "SELECT coalesce(settings -> 'grounding' IS NOT NULL AND (settings ->> 'gemini_reads_log')::boolean, false) FROM startups WHERE id = $1";
    Ok(sqlx::query_scalar(sql).bind(tx.startup()).fetch_one(tx.conn()).await?)
}

/// What Gemini makes of the texts, and what that cost; where it says nothing, the lexicon does.
async fn ask(gemini: &Gemini, texts: &[(Uuid, String)]) -> Result<(Vec<(Uuid, Sentiment)>, i64), Failed> {
    let numbered: Vec<(i64, String)> = texts.iter().zip(0..).map(|((_, text), n)| (n, text.clone())).collect();
    let answered = gemini.sentiments(&numbered).await?;
    let said = |n: i64| answered.value.iter().find(|(number, _)| *number == n).and_then(|(_, mood)| mood.as_ref()?.as_str().parse().ok());
    let moods = texts.iter().zip(0..).map(|((id, text), n)| (*id, said(n).unwrap_or_else(|| by_lexicon(text)))).collect();
    Ok((moods, answered.cost))
}

fn by_words(texts: &[(Uuid, String)]) -> Vec<(Uuid, Sentiment)> {
    texts.iter().map(|(id, text)| (*id, by_lexicon(text))).collect()
}

/// Fills what is still empty.
async fn fill(tx: &mut TenantTx, moods: &[(Uuid, Sentiment)]) -> Result<(), AppError> {
    let (ids, moods): (Vec<Uuid>, Vec<&str>) = moods.iter().map(|(id, mood)| (id, mood.as_str())).unzip();
    let sql = "UPDATE crm_interactions i SET sentiment = m.mood FROM unnest($2::uuid[], $3::text[]) m(id, mood) WHERE i.startup_id = $1 AND i.id = m.id AND i.sentiment IS NULL";
    sqlx::query(sql).bind(tx.startup()).bind(ids).bind(moods).execute(tx.conn()).await?;
    Ok(())
}

/// There may be more.
async fn go_on(tx: &mut TenantTx) -> Result<(), AppError> {
    let sql = "INSERT INTO jobs (startup_id, kind, subject_id, requested_by) VALUES ($1, 'sentiment', $1, $2) ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(tx.startup()).bind(tx.viewer().user_id).execute(tx.conn()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lexicon_reads_english() {
        for (text, mood) in [
            ("They love the new reports and are very happy.", Sentiment::Positive),
            ("Angry about the outage, threatens to cancel. Terrible support.", Sentiment::Negative),
            ("Call moved to Tuesday at ten.", Sentiment::Neutral),
            ("", Sentiment::Neutral),
        ] {
            assert_eq!(by_lexicon(text), mood, "{text}");
        }
    }
}
