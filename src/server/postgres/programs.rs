//! PostgreSQL's programs on this machine, and the user to run them as.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Least major version that this program was built for.
pub const OLDEST: u32 = 15;

/// The folder of the programs: those of the major version that made the cluster, else the first that is new enough.
pub fn find_programs(made_by: Option<u32>) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for usual in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr"] {
        let found = fs::read_dir(usual).into_iter().flatten().flatten().map(|e| e.path());
        let ours = |p: &PathBuf| {
            usual == "/usr/lib/postgresql"
                || p.file_name().is_some_and(|n| n.to_string_lossy().contains("postgresql") || n.to_string_lossy().contains("pgsql"))
        };
        let mut found: Vec<_> = found.filter(ours).map(|p| p.join("bin")).collect();
        found.sort();
        folders.extend(found.into_iter().rev());
    }
    folders.push("/usr/local/pgsql/bin".into());
    // PATH may hold links to some of the programs: their real folder has them all
    let real = folders.into_iter().filter_map(|f| Some(fs::canonicalize(f.join("postgres")).ok()?.parent()?.to_path_buf()));
    let mut complete = real.filter(|f| f.join("initdb").exists() && f.join("pg_ctl").exists());
    complete.find(|f| major_version(f).is_some_and(|major| made_by.map_or(major >= OLDEST, |made| major == made)))
}

fn major_version(programs: &Path) -> Option<u32> {
    let said = Command::new(programs.join("postgres")).arg("--version").output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let number = said.split_whitespace().find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

pub fn is_root() -> bool {
    number_of("-u", &[]) == Some(0)
}

pub fn find_user() -> Option<(u32, u32)> {
    ["postgres", "nobody"].iter().find_map(|name| Some((number_of("-u", &[name])?, number_of("-g", &[name])?)))
}

pub fn number_of(what: &str, name: &[&str]) -> Option<u32> {
    let said = Command::new("id").arg(what).args(name).output().ok()?;
    String::from_utf8(said.stdout).ok()?.trim().parse().ok()
}
