//! A private cluster's place, and the process that runs it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::process::{Child, ChildStdin};

use super::folders::{can_enter, make_private, name_for};
use super::programs::{find_programs, find_user, is_root};
use super::{ADMIN, DATABASE, PostgresError, at};

/// A socket's path may have 107 bytes; PostgreSQL adds its own name.
const LONGEST_FOLDER: usize = 85;

/// How careful the cluster is with its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Survives a loss of power.
    Kept,
    /// For tests: fast, worthless after a crash.
    Scratch,
}

/// Where a private cluster lives and who runs it.
#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
    socket: PathBuf,
    programs: PathBuf,
    /// User and group that PostgreSQL runs as where the server is root, which it refuses.
    user: Option<(u32, u32)>,
    durability: Durability,
}

impl Home {
    /// The home under `data`, or, where the database's user cannot enter that, under the system's state folder.
    ///
    /// # Errors
    /// No programs, no user to run them, or a folder that cannot be made.
    pub fn under(data: &Path, durability: Durability) -> Result<Self, PostgresError> {
        let user = if is_root() { Some(find_user().ok_or(PostgresError::NoUser)?) } else { None };
        fs::create_dir_all(data).map_err(at(data))?;
        let data = fs::canonicalize(data).map_err(at(data))?;
        let folder = match user {
            Some(user) if !can_enter(&data, user) => PathBuf::from("/var/lib/prospector").join(name_for(&data)),
            _ => data.join("postgres"),
        };
        make_private(&folder, user)?;
        let made_by = fs::read_to_string(folder.join("cluster/PG_VERSION")).ok().and_then(|v| v.trim().parse().ok());
        let programs = find_programs(made_by).ok_or_else(|| made_by.map_or(PostgresError::Missing, PostgresError::Outdated))?;
        // nobody else can enter the folder, and so the socket in it
        let mut socket = folder.clone();
        if socket.as_os_str().len() > LONGEST_FOLDER {
            socket = std::env::temp_dir().join(format!("prospector-{}", name_for(&folder)));
            make_private(&socket, user)?;
        }
        Ok(Self { folder, socket, programs, user, durability })
    }

    /// The folder that holds everything.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Connection options without a role.
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.socket).port(5432).database(DATABASE)
    }

    /// Whether a server has this cluster in use.
    pub fn is_taken(&self) -> bool {
        File::open(self.lock_path()).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Beside the folder, not in it: this process may be root, and the folder's owner must not choose what it opens.
    fn lock_path(&self) -> PathBuf {
        self.folder.with_extension("lock")
    }

    /// Held by a server as long as it lives. A command that looks whether it is held may be in the way for a moment.
    pub(super) fn lock(&self) -> Result<File, PostgresError> {
        let path = self.lock_path();
        let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(at(&path))?;
        for _ in 0..10 {
            if file.try_lock().is_ok() {
                return Ok(file);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(PostgresError::Taken(self.folder.clone()))
    }

    fn cluster(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        self.as_user(&mut command);
        command
    }

    fn as_user(&self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        // of this process's environment, which may hold secrets, only what programs need to run
        command.env_clear().envs(["PATH", "HOME", "TMPDIR"].iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
        command.current_dir(&self.folder);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
    }

    pub(super) fn initialise(&self) -> Result<(), PostgresError> {
        if self.cluster().join("PG_VERSION").exists() {
            return Ok(());
        }
        // not every system has C.UTF-8; names sort by the schema's own collation in any case
        let tries = [&["--locale=C.UTF-8"][..], &["--no-locale"]];
        let mut failure = String::new();
        for locale in tries {
            let _ = fs::remove_dir_all(self.cluster());
            let mut command = self.command("initdb");
            command.arg("-D").arg(self.cluster()).args(["-U", ADMIN, "-A", "trust", "-E", "UTF8"]).args(locale);
            if self.durability == Durability::Scratch {
                command.arg("--no-sync");
            }
            let done = command.output().map_err(at(&self.programs))?;
            if done.status.success() {
                return Ok(());
            }
            failure = String::from_utf8_lossy(&done.stderr).into_owned();
        }
        Err(PostgresError::Step { step: "initdb", output: failure })
    }

    /// Ends a postmaster that an earlier server left behind, which the lock proves dead. After a reboot its pid may be some
    /// other program's by now, which is left alone.
    fn stop_leftover(&self) -> Result<(), PostgresError> {
        const STOP: &str = r#"pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) || exit 0
case "$(ps -o comm= -p "$pid")" in
  *postgres*) "$0" -D "$1" stop -m fast -w -t 30 ;;
  *) rm -f "$1/postmaster.pid" ;;
esac"#;
        let mut command = Command::new("sh");
        self.as_user(&mut command);
        command.args(["-c", STOP]).arg(self.programs.join("pg_ctl")).arg(self.cluster());
        command.output().map(|_| ()).map_err(at(Path::new("sh")))
    }

    /// Starts the postmaster under a shell that ends it as soon as this process is gone, even by `kill -9`: the shell
    /// reads a pipe that only this process holds open.
    fn spawn(&self) -> Result<Postmaster, PostgresError> {
        const KEEPER: &str = r#"exec 3<&0 >>"$0" 2>&1
"$@" </dev/null & pid=$!
( read -r _ <&3; kill -INT $pid ) 2>/dev/null & guard=$!
wait $pid; status=$?
kill $guard 2>/dev/null; exit $status"#;
        let mut command = Command::new("sh");
        self.as_user(&mut command);
        command.args(["-c", KEEPER]).arg(self.log()).arg(self.programs.join("postgres")).arg("-D").arg(self.cluster());
        for setting in
            ["listen_addresses=", "max_connections=60", "shared_buffers=256MB", "random_page_cost=1.1", "jit=off", "max_wal_size=2GB"]
        {
            command.args(["-c", setting]);
        }
        command.arg("-c").arg(format!("unix_socket_directories={}", self.socket.display()));
        if self.durability == Durability::Scratch {
            command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200"]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C goes to this process alone, which then stops the database last
        let mut child = tokio::process::Command::from(command).process_group(0).spawn().map_err(at(Path::new("sh")))?;
        let pipe = child.stdin.take().ok_or(PostgresError::Step { step: "starting postgres", output: "no pipe".into() })?;
        Ok(Postmaster { child, pipe })
    }

    async fn wait_until_ready(&self, child: &mut Child) -> Result<(), PostgresError> {
        // recovery after a loss of power may take a while
        let deadline = Instant::now() + Duration::from_secs(600);
        loop {
            let answer = PgConnection::connect_with(&self.options().username(ADMIN).database("postgres")).await;
            match answer {
                Ok(conn) => return Ok(conn.close().await?),
                Err(error) if Instant::now() > deadline => return Err(error.into()),
                Err(_) => {}
            }
            if let Ok(Some(_)) = child.try_wait() {
                return Err(PostgresError::Step { step: "starting postgres", output: self.last_words() });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn last_words(&self) -> String {
        let mut tail = Command::new("tail");
        self.as_user(&mut tail);
        tail.args(["-n", "6"]).arg(self.log()).output().map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default()
    }

    /// A crashed postmaster's children may hold its memory for a moment, and one on its way out its lock file: a few tries.
    pub(super) async fn start_process(&self) -> Result<Postmaster, PostgresError> {
        let mut tries = 0;
        loop {
            self.stop_leftover()?;
            let mut postmaster = self.spawn()?;
            match self.wait_until_ready(&mut postmaster.child).await {
                Ok(()) => return Ok(postmaster),
                Err(error) if tries == 20 || !error.passes() => return Err(error),
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// The shell that runs the postmaster, and the pipe whose end makes it stop.
pub struct Postmaster {
    pub child: Child,
    pub pipe: ChildStdin,
}
