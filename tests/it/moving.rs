//! The README's way from databus to here, walked as it is written there.

use std::{fs, os::unix::fs::symlink, path::Path, time::Duration};

use sluicegate_tests::{
    command::{Finished, finish},
    gateway::sluicegate,
    ports::free_port,
    process::Process,
    stores::{PASSWORD, Row, Store},
    workspace,
};
use tempfile::TempDir;
use tokio::{net::TcpStream, process::Command, time::sleep};

#[tokio::test]
async fn an_installation_with_redis_moves_as_the_readme_says() {
    let Some(mut store) = Store::redis().await else { return };
    store.insert(&Row::example()).await;
    let Store::Redis(redis) = &store else { return };
    let address = &redis.server.address;
    let old =
        format!("authType = \"redis\"\n[redis]\naddr = \"{address}\"\npassword = \"{PASSWORD}\"");

    walk(&old, str::to_owned).await;
}

#[tokio::test]
async fn an_installation_with_mysql_moves_as_the_readme_says() {
    let Some(mut store) = Store::mysql().await else { return };
    store.insert(&Row::example()).await;
    let Store::MySql(mysql) = &store else { return };
    let address = &mysql.server.address;
    let old = format!(
        "authType = \"mysql\"\n[mysql]\ndsn = \"sluicegate:{PASSWORD}@tcp({address})/databus?timeout=1s\""
    );

    walk(&old, |steps| {
        steps.replace("auth-redis", "auth-mysql").replace("REDIS_PASSWORD", "MYSQL_PASSWORD")
    })
    .await;
}

/// Takes the steps of the README, changed by `change`, with this old configuration.
async fn walk(old: &str, change: impl Fn(&str) -> String) {
    let place = TempDir::new().expect("a folder can be made");
    let (port, http) = (free_port().to_string(), free_port().to_string());
    let addresses = format!("addr = \"127.0.0.1:{port}\"\n");
    let old = format!("{addresses}{old}\n[httpServer]\naddr = \"127.0.0.1:{http}\"\n");
    fs::write(place.path().join("databus.toml"), old).expect("it can be written");
    symlink(workspace::target(), place.path().join("target")).expect("a link can be made");
    let [install, try_it] = steps().map(|steps| {
        let steps = steps.replace("the password in databus.toml", PASSWORD);
        change(&steps).replace("6205", &port).replace("6206", &http)
    });

    // The last step serves until it is stopped: by the process id, as long as the scene goes on.
    let install =
        install.replace("sluicegate serve", "exec sluicegate serve").replace(" &\n", "\n");
    let mut gateway = Process::start(shell(place.path(), &install));
    while TcpStream::connect(format!("127.0.0.1:{port}")).await.is_err() {
        assert!(gateway.is_running(), "it serves:\n{}", gateway.log().text());
        sleep(Duration::from_millis(50)).await;
    }
    let told = gateway.log().text();
    assert!(told.contains("ok: the configuration and 1 plugins are good"), "{told}");
    assert!(told.contains(".users` of plugin `auth-"), "the store was asked: {told}");

    let told = finish(shell(place.path(), &try_it), "").await;
    assert_answers(&told);
}

fn assert_answers(told: &Finished) {
    let message = r#"{"key":"key","value":42,"topic":"test156","partition":0,"offset":0,"#;
    let lines: Vec<_> = told.output.lines().collect();
    assert_eq!(lines.len(), 5, "{}{}", told.output, told.errors);
    assert_eq!((lines[0], lines[1], lines[3]), ("OK", "OK", "OK"), "{}", told.output);
    assert!(lines[2].starts_with(message), "{}", told.output);
    assert_eq!(lines[4], r#"{"offsets":[{"partition":0,"offset":1,"error_code":0}]}"#);
}

/// The two shell blocks under the README's "Moving from databus".
fn steps() -> [String; 2] {
    let readme = fs::read_to_string(workspace::root().join("README.md")).expect("it is there");
    let (_, way) = readme.split_once("## Moving from databus").expect("the README has a way");
    let (way, _) = way.split_once("\n## ").expect("the way ends");
    let blocks = way.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned());
    let blocks: Vec<_> = blocks.collect();
    blocks.try_into().expect("two blocks: install, and try it")
}

/// A shell in `place` that knows the program by its name and stops at the first failure.
fn shell(place: &Path, lines: &str) -> Command {
    let program = sluicegate(&[]).as_std().get_program().to_owned();
    let folder = Path::new(&program).parent().expect("a program lies in a folder").to_owned();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("bash");
    command.args(["-euc", lines]).current_dir(place);
    command.env("PATH", format!("{}:{path}", folder.display()));
    command
}
