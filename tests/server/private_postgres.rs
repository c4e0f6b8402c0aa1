//! The private PostgreSQL: it starts by itself, stops with the server however that ends, and comes back.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::scratch_folder;

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        Self::run(command(data))
    }

    fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = Vec::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("the server ended: {said:?}")).unwrap();
            said.push(line.clone());
            if let Some(address) = line.strip_prefix("Prospector is at http://") {
                break address.to_string();
            }
        };
        // keep reading, or the server's later lines would meet a closed pipe
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Whether a wrong sign-in is refused by the database's word.
    fn answers(&self) -> bool {
        self.post("email=a%40b.test&password=wrong").starts_with("HTTP/1.1 422")
    }

    fn signs_in(&self) -> bool {
        self.post("email=ada%40northwind.example&password=prospector-demo").starts_with("HTTP/1.1 200")
    }

    fn post(&self, body: &str) -> String {
        let request = format!(
            "POST /api/auth/sign-in HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_prospector"));
    for name in ["DATABASE_URL", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL", "DATABASE_OWNER_URL", "PUBLIC_URL"] {
        command.env_remove(name);
    }
    command.env("DATA_DIR", data).env("LISTEN_ADDR", "127.0.0.1:0");
    command
}

fn signal(pid: u32, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
}

fn postmaster(data: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(data.join("postgres/cluster/postmaster.pid")).ok()?;
    let pid: u32 = text.lines().next()?.parse().ok()?;
    Path::new("/proc").join(pid.to_string()).exists().then_some(pid)
}

fn wait_for(what: &str, mut check: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !check() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn data(name: &str) -> PathBuf {
    let folder = scratch_folder(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn it_survives_the_death_of_either() {
    let data = data("survives");
    let mut server = Server::start(&data);
    assert!(server.answers());

    // the database is killed: the server starts it again
    let first = postmaster(&data).unwrap();
    signal(first, "KILL");
    wait_for("a new postmaster", || postmaster(&data).is_some_and(|pid| pid != first));
    wait_for("an answer from it", || server.answers());

    // the server is killed: the database goes, too
    server.signal("KILL");
    server.child.wait().unwrap();
    wait_for("the postmaster's end", || postmaster(&data).is_none());

    // and both come back, with what was there
    let server = Server::start(&data);
    assert!(server.answers());
    assert!(server.signs_in(), "the demo's owner is still there");
}

#[test]
fn it_starts_at_once_after_a_kill() {
    let data = data("at-once");
    let mut server = Server::start(&data);
    server.signal("KILL");
    server.child.wait().unwrap();
    // the old postmaster may still be on its way out
    assert!(Server::start(&data).answers());
}

#[test]
fn it_stops_with_the_server_and_serves_one_at_a_time() {
    let data = data("stops");
    let mut server = Server::start(&data);
    let second = command(&data).output().unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("another Prospector is running on"), "{said}");
    server.signal("INT");
    assert!(server.child.wait().unwrap().success());
    assert_eq!(postmaster(&data), None);
}

#[test]
fn a_stale_pid_of_another_program_does_no_harm() {
    let data = data("stale");
    let mut server = Server::start(&data);
    server.signal("INT");
    assert!(server.child.wait().unwrap().success());
    // as after a loss of power: the file names a process that is none of ours by now
    let cluster = data.join("postgres/cluster");
    let mut other = Command::new("sleep").arg("600").spawn().unwrap();
    let text = format!("{}\n{}\n1700000000\n5432\n\n\n", other.id(), cluster.display());
    std::fs::write(cluster.join("postmaster.pid"), text).unwrap();
    assert!(Server::start(&data).answers());
    assert_eq!(other.try_wait().unwrap(), None, "it still runs");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_server_that_others_can_reach_has_no_demo() {
    let mut command = command(&data("reachable"));
    command.env("LISTEN_ADDR", "0.0.0.0:0");
    let server = Server::run(command);
    assert!(server.answers());
    assert!(!server.signs_in(), "the demo's password is everybody's");
}
