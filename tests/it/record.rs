//! `sluicegate record`: a session becomes a conversation, without its secrets.

use std::{fs, path::Path, time::Duration};

use rustix::process::Signal;
use sluicegate_tests::{
    Gateway,
    command::finish,
    gateway,
    gateway::sluicegate,
    process::{PATIENCE, Process},
};
use tempfile::TempDir;

/// Looks like nothing else that could be written down.
const MARKER: &str = "Zq7MarkerSecret9xK";

const USERS: &str = r#"
[[settings.users]]
name = "root"
secret = "root-Zq7MarkerSecret9xK"
publish = ["*"]
consume = ["*"]
admin = true

[[settings.users]]
name = "alice"
secret = "Zq7MarkerSecret9xK"
publish = ["*"]
consume = ["*"]
"#;

/// `record` with these arguments, as root.
fn record(gateway: &Gateway, arguments: &[&str]) -> tokio::process::Command {
    let mut command = sluicegate(&["record", "--from", &gateway.address]);
    command.args(["--user", "root", "--password-env", "PASSWORD"]).args(arguments);
    command.env("PASSWORD", format!("root-{MARKER}"));
    command
}

/// Waits until the file holds `words`.
async fn written(file: &Path, words: &str) -> String {
    let found = async {
        loop {
            match fs::read_to_string(file) {
                Ok(text) if text.contains(words) => return text,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    let text = tokio::time::timeout(PATIENCE, found).await;
    text.unwrap_or_else(|_| panic!("no {words:?} in {:?}", fs::read_to_string(file)))
}

#[tokio::test]
async fn a_session_becomes_a_conversation_without_its_secrets() {
    let gateway = gateway().plugin("auth-static", USERS).start().await;
    let folder = TempDir::new().expect("a temporary folder can be made");
    let file = folder.path().join("session.resp");
    let mut old = gateway.client().await;
    old.send_args(&["AUTH", "alice", MARKER]).await;
    let mut recorder = Process::start(record(&gateway, &["--out", &file.display().to_string()]));
    written(&file, "# Recorded from").await;

    let (mut one, mut two) = (gateway.client().await, gateway.client().await);
    one.send_args(&["AUTH", "alice", MARKER]).await;
    two.send_args(&["HELLO", "3", "AUTH", "alice", MARKER]).await;
    one.send("TOPIC CREATE orders PARTITIONS 1").await;
    let json = format!(r#"{{"id": 1, "user": {{"password": "{MARKER}"}}}}"#);
    one.send_args(&["XADD", "orders", "*", "value", &json, "X-Token", MARKER]).await;
    tokio::time::sleep(Duration::from_millis(1_600)).await;
    two.send_args(&["ECHO", &format!("key:{MARKER}@group/topic=orders&role=pub")]).await;
    two.send_args(&[&b"ECHO"[..], b"it's \xff\n"]).await;
    old.send("XLEN orders").await;

    let text = written(&file, "XLEN orders").await;
    recorder.signal(Signal::TERM);
    assert!(recorder.wait().await.expect("it ends").success());
    assert!(recorder.log().wait_for("recorded 7 commands of 3 clients").await.is_some());
    assert!(!text.contains(MARKER), "{text}");
    let (head, rest) = text.split_once('\n').expect("there are lines");
    assert_eq!(head, format!("# Recorded from {}.", gateway.address));
    assert_eq!(rest, RECORDED);
    plays(&file).await;
}

/// The recording is a conversation like any other.
async fn plays(file: &Path) {
    let file = file.display().to_string();
    for how in ["--accept", "--check"] {
        let mut command = sluicegate(&["test", how, &file]);
        command.current_dir(Path::new(&file).parent().expect("it lies in a folder"));
        finish(command, "").await.output_of_success();
    }
    let snapshot = fs::read_to_string(file.replace(".resp", ".snap")).expect("it was accepted");
    assert!(snapshot.contains("\nclient-3> XLEN orders\n  < (integer) 1"), "{snapshot}");
}

const RECORDED: &str = r#"# *** stands for the values of: password, passwd, pwd, secret, token, authorization, api_key, card.
# What clients log in with is not shown: give these secrets their values, or write
# what may be read.
@secret USER_1
@secret SECRET_1
client> AUTH ${USER_1} ${SECRET_1}
@secret USER_2
@secret SECRET_2
client-2> HELLO 3 AUTH ${USER_2} ${SECRET_2}
client> TOPIC CREATE orders PARTITIONS 1
client> XADD orders * value '{"id": 1, "user": {"password": "***"}}' X-Token ***
@wait 2s
client-2> ECHO key:***@group/topic=orders&role=pub
client-2> ECHO "it's \xff\n"
# client-3 had logged in as alice before the recording began: write its AUTH here.
client-3> XLEN orders
"#;

#[tokio::test]
async fn a_recording_ends_with_its_time_or_with_the_gateway() {
    let mut gateway = gateway().plugin("auth-static", USERS).start().await;
    let timed = finish(record(&gateway, &["--for", "100ms"]), "").await;
    assert!(timed.succeeded, "{}", timed.errors);
    assert!(timed.output.starts_with("# Recorded from"), "{}", timed.output);

    let folder = TempDir::new().expect("a temporary folder can be made");
    let file = folder.path().join("session.resp");
    let out = file.display().to_string();
    let mut recorder = Process::start(record(&gateway, &["--out", &out, "--client", "billing"]));
    written(&file, "# Recorded from").await;
    let (mut one, mut two) = (gateway.client().await, gateway.client().await);
    one.send_args(&["AUTH", "alice", MARKER]).await;
    two.send_args(&["AUTH", "alice", MARKER]).await;
    two.send("CLIENT SETNAME billing").await;
    one.send("ECHO one").await;
    two.send("ECHO two").await;
    written(&file, "ECHO two").await;
    gateway.kill().await;

    assert!(recorder.wait().await.expect("it ends").success());
    let text = fs::read_to_string(&file).expect("it was written");
    assert!(text.ends_with("\nclient> CLIENT SETNAME billing\nclient> ECHO two\n"), "{text}");
    assert!(recorder.log().wait_for("the gateway has closed the connection").await.is_some());
}

#[tokio::test]
async fn what_cannot_be_recorded_is_said_with_a_hint() {
    let gateway = gateway().plugin("auth-static", USERS).start().await;
    let said = async |command: tokio::process::Command| {
        let finished = finish(command, "").await;
        assert!(!finished.succeeded && finished.output.is_empty(), "{}", finished.output);
        assert!(!finished.errors.contains(MARKER), "{}", finished.errors);
        finished.errors
    };
    let from = |arguments: &[&str]| {
        let mut command = sluicegate(&["record", "--from", &gateway.address]);
        command.args(arguments).env("PASSWORD", MARKER);
        command
    };

    let alice = said(from(&["--user", "alice", "--password-env", "PASSWORD"])).await;
    assert!(alice.contains("refuses MONITOR: NOPERM") && alice.contains("hint:"), "{alice}");
    let nobody = said(from(&[])).await;
    assert!(nobody.contains("refuses CLIENT: NOAUTH") && nobody.contains("hint:"), "{nobody}");
    let unset = said(from(&["--password-env", "SLUICEGATE_NO_SUCH_NAME"])).await;
    assert!(unset.contains("`SLUICEGATE_NO_SUCH_NAME`") && unset.contains("hint:"), "{unset}");
    let nowhere = said(sluicegate(&["record", "--from", "127.0.0.1:1"])).await;
    assert!(nowhere.contains("connecting to `127.0.0.1:1`"), "{nowhere}");
    let folder = TempDir::new().expect("a temporary folder can be made");
    let there = folder.path().join("there.resp");
    fs::write(&there, "mine").expect("it can be written");
    let there = there.display().to_string();
    let exists = said(record(&gateway, &["--out", &there])).await;
    assert!(exists.contains(&format!("making `{there}`")), "{exists}");
    assert_eq!(fs::read_to_string(&there).expect("it is there"), "mine");
}
