//! Folders that one user alone can enter.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown};
use std::path::Path;
use std::process::{Command, Stdio};

use super::programs::number_of;
use super::{PostgresError, at};

/// Whether that user can reach a folder.
pub fn can_enter(folder: &Path, (uid, gid): (u32, u32)) -> bool {
    use std::os::unix::process::CommandExt;
    let mut try_it = Command::new("sh");
    try_it.args(["-c", r#"cd "$1""#, "sh"]).arg(folder).current_dir("/").uid(uid).gid(gid).stderr(Stdio::null());
    try_it.status().is_ok_and(|s| s.success())
}

/// Makes a folder in one of this process's own, for `user` alone. One that is there already must be just that.
pub fn make_private(folder: &Path, user: Option<(u32, u32)>) -> Result<(), PostgresError> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => user.map_or(Ok(()), |(uid, gid)| lchown(folder, Some(uid), Some(gid)).map_err(at(folder))),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let meta = fs::symlink_metadata(folder).map_err(at(folder))?;
            let own = user.map(|(uid, _)| uid).or_else(|| number_of("-u", &[]));
            if !meta.is_dir() || Some(meta.uid()) != own || meta.permissions().mode() & 0o077 != 0 {
                return Err(at(folder)(io::Error::other("exists, and is not a folder of PostgreSQL's user alone (mode 0700)")));
            }
            Ok(())
        }
        Err(error) => Err(at(folder)(error)),
    }
}

/// A short name that is always the same for a path.
pub fn name_for(path: &Path) -> String {
    use sha2::Digest;
    let mut name = String::new();
    for byte in &sha2::Sha256::digest(path.as_os_str().as_encoded_bytes())[..6] {
        name.push_str(&format!("{byte:02x}"));
    }
    name
}
