//! The private PostgreSQL: the database programs of this machine, run as a child process on a socket that only this
//! user can reach. It stops with the server, however that ends, and is started again when it dies.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::process::{Child, ChildStdin};

/// Administrator of a private cluster.
pub const ADMIN: &str = "postgres";
/// Its database.
const DATABASE: &str = "prospector";
/// Least major version that this program was built for.
const OLDEST: u32 = 15;
/// A socket's path may have 107 bytes; PostgreSQL adds its own name.
const LONGEST_FOLDER: usize = 85;

/// Why there is no private PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    #[error(
        "PostgreSQL {OLDEST} or newer is not installed (looked in PATH and the usual folders). Install it (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql), or set DATABASE_URL"
    )]
    Missing,
    #[error("running as root, and there is no user postgres or nobody to run PostgreSQL as")]
    NoUser,
    #[error("another Prospector is running on {0}")]
    Taken(PathBuf),
    #[error("{step} failed: {output}")]
    Step { step: &'static str, output: String },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> PostgresError {
    move |source| PostgresError::File { path: path.to_path_buf(), source }
}

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
        let programs = find_programs().ok_or(PostgresError::Missing)?;
        let user = if is_root() { Some(find_user().ok_or(PostgresError::NoUser)?) } else { None };
        fs::create_dir_all(data).map_err(at(data))?;
        let data = fs::canonicalize(data).map_err(at(data))?;
        let folder = match user {
            Some(user) if !can_enter(&data, user) => PathBuf::from("/var/lib/prospector").join(name_for(&data)),
            _ => data.join("postgres"),
        };
        make_private(&folder, user)?;
        let mut socket = folder.join("socket");
        if socket.as_os_str().len() > LONGEST_FOLDER {
            socket = std::env::temp_dir().join(format!("prospector-{}", name_for(&folder)));
        }
        make_private(&socket, user)?;
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
        self.lock().is_err()
    }

    fn lock(&self) -> Result<File, PostgresError> {
        let path = self.folder.join("lock");
        let file = File::create(&path).map_err(at(&path))?;
        file.try_lock().map_err(|_| PostgresError::Taken(self.folder.clone()))?;
        Ok(file)
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
        command.current_dir(&self.folder);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
    }

    fn initialise(&self) -> Result<(), PostgresError> {
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

    /// Ends a postmaster that an earlier server left behind, which the lock proves dead.
    fn stop_leftover(&self) -> Result<(), PostgresError> {
        let running = self.command("pg_ctl").arg("-D").arg(self.cluster()).arg("status").output().map_err(at(&self.programs))?;
        if running.status.success() {
            self.command("pg_ctl")
                .arg("-D")
                .arg(self.cluster())
                .args(["stop", "-m", "fast", "-w", "-t", "30"])
                .output()
                .map_err(at(&self.programs))?;
        }
        Ok(())
    }

    /// Starts the postmaster under a shell that ends it as soon as this process is gone, even by `kill -9`: the shell
    /// reads a pipe that only this process holds open.
    fn spawn(&self) -> Result<Postmaster, PostgresError> {
        const KEEPER: &str = r#"exec 3<&0
"$@" </dev/null & pid=$!
( read -r _ <&3; kill -INT $pid ) 2>/dev/null & guard=$!
wait $pid; status=$?
kill $guard 2>/dev/null; exit $status"#;
        let log = File::options().append(true).create(true).open(self.log()).map_err(at(&self.log()))?;
        let mut command = Command::new("sh");
        self.as_user(&mut command);
        command.args(["-c", KEEPER, "prospector-postgres"]).arg(self.programs.join("postgres")).arg("-D").arg(self.cluster());
        for setting in
            ["listen_addresses=", "max_connections=60", "shared_buffers=256MB", "random_page_cost=1.1", "jit=off", "max_wal_size=2GB"]
        {
            command.args(["-c", setting]);
        }
        command.arg("-c").arg(format!("unix_socket_directories={}", self.socket.display()));
        if self.durability == Durability::Scratch {
            command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200"]);
        }
        command.stdin(Stdio::piped()).stdout(log.try_clone().map_err(at(&self.log()))?).stderr(log);
        // Ctrl-C goes to this process alone, which then stops the database last
        let mut child = tokio::process::Command::from(command).process_group(0).spawn().map_err(at(Path::new("sh")))?;
        let pipe = child.stdin.take().ok_or(PostgresError::Step { step: "starting postgres", output: "no pipe".into() })?;
        Ok(Postmaster { child, pipe })
    }

    async fn wait_until_ready(&self, child: &mut Child) -> Result<(), PostgresError> {
        let deadline = Instant::now() + Duration::from_secs(60);
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
        let text = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<_> = text.lines().rev().take(6).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// A crashed postmaster's children may hold its memory for a moment: a few tries.
    async fn start_process(&self) -> Result<Postmaster, PostgresError> {
        let mut tries = 0;
        loop {
            self.stop_leftover()?;
            let mut postmaster = self.spawn()?;
            match self.wait_until_ready(&mut postmaster.child).await {
                Ok(()) => return Ok(postmaster),
                Err(_) if tries < 20 => tries += 1,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// The shell that runs the postmaster, and the pipe whose end makes it stop.
struct Postmaster {
    child: Child,
    pipe: ChildStdin,
}

/// A running private PostgreSQL, watched over by a task until [`Running::stop`].
#[derive(Debug)]
pub struct Running {
    home: Home,
    stop: tokio::sync::oneshot::Sender<()>,
    keeper: tokio::task::JoinHandle<()>,
    _lock: File,
}

impl Running {
    /// Starts the cluster, making it first where there is none.
    ///
    /// # Errors
    /// [`PostgresError::Taken`] when another server has it, else what went wrong in starting it.
    pub async fn start(home: Home) -> Result<Self, PostgresError> {
        let lock = home.lock()?;
        home.initialise()?;
        let postmaster = home.start_process().await?;
        make_database(&home).await?;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let keeper = tokio::spawn(keep_running(home.clone(), postmaster, stopped));
        Ok(Self { home, stop, keeper, _lock: lock })
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Stops the database and waits for it.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.keeper.await;
    }
}

async fn keep_running(home: Home, mut postmaster: Postmaster, mut stopped: tokio::sync::oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            _ = &mut stopped => {
                drop(postmaster.pipe);
                let _ = postmaster.child.wait().await;
                return;
            }
            _ = postmaster.child.wait() => {
                tracing::warn!("the private PostgreSQL ended; starting it again");
                match home.start_process().await {
                    Ok(again) => postmaster = again,
                    Err(error) => { tracing::error!("the private PostgreSQL does not start: {error}"); return; }
                }
            }
        }
    }
}

async fn make_database(home: &Home) -> Result<(), PostgresError> {
    let mut conn = PgConnection::connect_with(&home.options().username(ADMIN).database("postgres")).await?;
    let there: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)").bind(DATABASE).fetch_one(&mut conn).await?;
    if !there {
        sqlx::raw_sql("CREATE DATABASE prospector").execute(&mut conn).await?;
    }
    Ok(conn.close().await?)
}

fn find_programs() -> Option<PathBuf> {
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

fn is_root() -> bool {
    number_of("-u", &[]) == Some(0)
}

fn find_user() -> Option<(u32, u32)> {
    ["postgres", "nobody"].iter().find_map(|name| Some((number_of("-u", &[name])?, number_of("-g", &[name])?)))
}

fn number_of(what: &str, name: &[&str]) -> Option<u32> {
    let said = Command::new("id").arg(what).args(name).output().ok()?;
    String::from_utf8(said.stdout).ok()?.trim().parse().ok()
}

fn can_enter(folder: &Path, (uid, gid): (u32, u32)) -> bool {
    use std::os::unix::process::CommandExt;
    let mut try_it = Command::new("sh");
    try_it.args(["-c", r#"cd "$1""#, "sh"]).arg(folder).current_dir("/").uid(uid).gid(gid).stderr(Stdio::null());
    try_it.status().is_ok_and(|s| s.success())
}

/// A folder that its user alone can enter. One that is there already must be just that.
fn make_private(folder: &Path, user: Option<(u32, u32)>) -> Result<(), PostgresError> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {
            if let Some((uid, gid)) = user {
                chown(folder, Some(uid), Some(gid)).map_err(at(folder))?;
            }
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let meta = fs::symlink_metadata(folder).map_err(at(folder))?;
            let own = user.map(|(uid, _)| uid).or_else(|| number_of("-u", &[]));
            if !meta.is_dir() || Some(meta.uid()) != own {
                return Err(at(folder)(io::Error::other("exists and belongs to somebody else")));
            }
            fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(at(folder))
        }
        Err(error) => Err(at(folder)(error)),
    }
}

/// A short name that is always the same for a path.
fn name_for(path: &Path) -> String {
    use sha2::Digest;
    let mut name = String::new();
    for byte in &sha2::Sha256::digest(path.as_os_str().as_encoded_bytes())[..6] {
        name.push_str(&format!("{byte:02x}"));
    }
    name
}
