//! Sales people: members without sign-in, so that what they own has an owner.

use std::collections::HashMap;

use uuid::Uuid;

use super::ImportError;
use super::columns::Field;
use super::file::Surveyed;
use super::report::{FileReport, Reason};
use super::work::Work;
use crate::server::db::TenantTx;

/// The startup's members by lower-cased name; of two with the same name the one who joined first.
pub async fn members(tx: &mut TenantTx) -> Result<HashMap<String, Uuid>, ImportError> {
    let found: Vec<(String, Uuid)> = sqlx::query_as("SELECT u.name, m.user_id FROM team_members m JOIN auth.users u ON u.id = m.user_id WHERE m.startup_id = $1 ORDER BY m.created_at DESC, m.id DESC")
        .bind(tx.startup())
        .fetch_all(tx.conn())
        .await?;
    Ok(found.into_iter().map(|(name, id)| (name.to_lowercase(), id)).collect())
}

/// Adds the people of a file of people.
pub async fn import(
    work: &mut Work<'_>,
    file: &Surveyed,
    batch: Vec<(u64, csv::StringRecord)>,
    report: &mut FileReport,
) -> Result<(), ImportError> {
    if !work.tx.viewer().role.manages() {
        batch.iter().for_each(|(line, _)| report.skip(*line, Reason::from("only owners and admins add people")));
        return Ok(());
    }
    let (mut names, mut infos) = (Vec::new(), Vec::new());
    for (line, row) in &batch {
        match file.columns.get(row, Field::Name) {
            Some(name) if name.chars().count() <= 200 => {
                names.push(name.to_string());
                infos.push(file.columns.others(row));
            }
            Some(name) => report.skip(*line, Reason::about("the name is longer than 200 characters:", name)),
            None => report.skip(*line, Reason::from("no name")),
        }
    }
    let names_given = names.len();
    let added = add(work, names, infos).await?;
    report.added += added.iter().filter(|added| **added).count() as u64;
    report.unchanged += (names_given - added.iter().filter(|added| **added).count()) as u64;
    Ok(())
}

/// Adds the owners that a file of accounts or deals names, where the importing member may add people.
pub async fn add_owners(work: &mut Work<'_>, file: &Surveyed, report: &mut FileReport) -> Result<(), ImportError> {
    let unknown: Vec<String> = file.owners.iter().filter(|name| !work.members.contains_key(&name.to_lowercase())).cloned().collect();
    if unknown.is_empty() {
        return Ok(());
    }
    if !work.tx.viewer().role.manages() {
        report
            .notes
            .push(format!("{} owners are no members, and only owners and admins add people: their rows have no owner", unknown.len()));
        return Ok(());
    }
    report.notes.push(format!("{} people added as owners, without sign-in", unknown.len()));
    let infos = vec![serde_json::json!({}); unknown.len()];
    add(work, unknown, infos).await?;
    Ok(())
}

async fn add(work: &mut Work<'_>, names: Vec<String>, infos: Vec<serde_json::Value>) -> Result<Vec<bool>, ImportError> {
    let people: Vec<(String, Uuid, bool)> = sqlx::query_as("SELECT name, user_id, added FROM app.add_people($1, $2)")
        .bind(&names)
        .bind(&infos)
        .fetch_all(work.tx.conn())
        .await?;
    work.members.extend(people.iter().map(|(name, id, _)| (name.to_lowercase(), *id)));
    Ok(people.into_iter().map(|(_, _, added)| added).collect())
}
