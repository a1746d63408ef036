//! What every client program does, and the restart in the middle of it.

use std::{process::Stdio, time::Duration};

use sluicegate_tests::{Gateway, console::tell, gateway};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::connection::ONE_USER;

/// What a program says that found everything as it should be.
const EVIDENCE: &str = "1000 published, 1000 read, 1000 shared by two, 10 claimed, 100 received, \
                        20 read after a restart, ok";
/// Longest run of one program; a healthy one takes a second or two.
const RUN_MAX: Duration = Duration::from_mins(2);

/// How the gateway ends in the middle.
#[derive(Clone, Copy, Debug)]
enum End {
    Sigterm,
    Sigkill,
}

/// Plays the scenario without credentials and with them. The program publishes, reads by cursor and
/// in a group, takes over from a dead consumer and listens to a channel. Then it asks for the
/// restart, and goes on with the same client and cursor.
pub(super) async fn play(program: impl Fn(&Gateway) -> Command) {
    let open = gateway().start().await;
    play_at(open, &program, None, End::Sigterm).await;
    let guarded = gateway().plugin("auth-static", ONE_USER).start().await;
    play_at(guarded, &program, Some("open-sesame"), End::Sigkill).await;
}

async fn play_at(
    mut gateway: Gateway,
    program: &impl Fn(&Gateway) -> Command,
    password: Option<&str>,
    end: End,
) {
    let mut command = program(&gateway);
    command.args(password).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("starting {command:?}: {error}"));
    let errors = collect_errors(&mut child);
    let run = follow(&mut child, &mut gateway, end);
    let told = timeout(RUN_MAX, run).await.unwrap_or_else(|_| "it did not end".to_owned());
    if !told.contains(EVIDENCE) {
        drop(child);
        let errors = errors.await.expect("reading does not panic");
        panic!("{command:?}, {end:?}:\n{told}\n{errors}\n{}", gateway.log());
    }
    tell(&format!("{} ({end:?})", told.trim_end()));
}

/// Reads what the program says, restarts the gateway when it asks for that, and waits for its end.
async fn follow(child: &mut Child, gateway: &mut Gateway, end: End) -> String {
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut told = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if line == "restart" {
            restart(gateway, end).await;
            stdin.write_all(b"restarted\n").await.expect("it waits for the line");
        } else {
            told += &format!("{line}\n");
        }
    }
    let status = child.wait().await.expect("a started program can be waited for");
    if status.success() { told } else { format!("it ended with {status}") }
}

async fn restart(gateway: &mut Gateway, end: End) {
    match end {
        End::Sigterm => {
            let status = gateway.terminate().await;
            assert!(status.success(), "{status}:\n{}", gateway.log());
        }
        End::Sigkill => gateway.kill().await,
    }
    gateway.start_again_in_place().await;
}

/// Collects what it says for people, which only matters when it fails.
fn collect_errors(child: &mut Child) -> tokio::task::JoinHandle<String> {
    let mut stderr = child.stderr.take().expect("it is piped");
    tokio::spawn(async move {
        let mut text = Vec::new();
        let _ = stderr.read_to_end(&mut text).await;
        String::from_utf8_lossy(&text).into_owned()
    })
}
