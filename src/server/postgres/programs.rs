//! PostgreSQL's programs on this machine, and the user to run them as.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Least major version that this program was built for.
pub const OLDEST: u32 = 15;

pub fn find_programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for usual in ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt", "/usr"] {
        let found = fs::read_dir(usual).into_iter().flatten().flatten().map(|e| e.path());
        let mut found: Vec<_> = found
            .filter(|p| usual == "/usr/lib/postgresql" || p.to_string_lossy().contains("postgres") || p.to_string_lossy().contains("pgsql"))
            .map(|p| p.join("bin"))
            .collect();
        found.sort();
        folders.extend(found.into_iter().rev());
    }
    folders.push("/usr/local/pgsql/bin".into());
    // PATH may hold links to some of the programs: their real folder has them all
    folders
        .into_iter()
        .filter_map(|f| fs::canonicalize(f.join("postgres")).ok()?.parent().map(Path::to_path_buf))
        .find(|f| f.join("initdb").exists() && f.join("pg_ctl").exists() && major_version(f) >= Some(OLDEST))
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
