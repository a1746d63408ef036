//! `plugin dev`: an author saves, and the running gateway has it.
//!
//! The projects here are built by copying a component, so that no guest toolchain is needed.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use sluicegate_tests::{
    Gateway, gateway,
    gateway::{read, sluicegate},
    process::{PATIENCE, Process},
    workspace,
};
use tempfile::TempDir;
use tokio::time::sleep;

use super::info;

/// A project with its author at work on it.
struct Author {
    folder: TempDir,
    dev: Process,
}

impl Author {
    /// A project that makes `plugin` of `source.wasm`.
    fn project(plugin: &str, toml: &str) -> TempDir {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let manifest = format!(
            "name = \"{plugin}\"\ncommand = [\"cp\", \"source.wasm\", \"build/made.wasm\"]\n\
             output = \"build/made.wasm\"\n"
        );
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes);
        write("build.toml", manifest.as_bytes()).expect("the folder can be written");
        write(&format!("{plugin}.toml"), toml.as_bytes()).expect("the folder can be written");
        write("source.wasm", &read(&workspace::component(plugin))).expect("the same");
        fs::create_dir(folder.path().join("build")).expect("the folder is new");
        folder
    }

    fn begins(folder: TempDir, gateway: &Gateway, more: &[&str]) -> Self {
        let plugins = gateway.plugins().display().to_string();
        let mut command = sluicegate(&["plugin", "dev"]);
        command.arg(folder.path()).args(["--plugins", &plugins, "--address", &gateway.address]);
        command.args(more);
        Self { folder, dev: Process::start(command) }
    }

    fn saves(&self, name: &str, bytes: &[u8]) {
        let path: PathBuf = self.folder.path().join(name);
        fs::write(path, bytes).expect("the project can be written");
    }

    /// Waits for a line of `plugin dev`.
    async fn reads(&self, words: &str) -> String {
        let line = self.dev.log().wait_for(words).await;
        line.unwrap_or_else(|| panic!("never said {words:?}:\n{}", self.dev.log().text()))
    }
}

#[tokio::test]
async fn a_save_is_in_force_by_itself_and_a_failed_build_leaves_the_version_before() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    let author = Author::begins(Author::project("upper", "order = 1\n"), &gateway, &[]);
    author.reads("in force: version 0.1.0, filter").await;
    assert_eq!(client.send("XADD voice * value loud").await, "$1-0");

    author.saves("source.wasm", b"not wasm");
    let told = author.reads("error: plugin `upper` was not built").await;
    author.reads("watching: the next change is built again").await;
    assert!(!told.is_empty());
    assert_eq!(client.send("XADD voice * value loud").await, "$2-0");

    // A good one, of another topic.
    author.saves("source.wasm", &read(&workspace::component("upper")));
    author.saves("upper.toml", b"topics = [\"else\"]\n");
    let began = Instant::now();
    while info(&mut client, "upper").await["topics"] != "else" {
        assert!(began.elapsed() < PATIENCE, "never in force:\n{}", author.dev.log().text());
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(client.send("XADD voice * value loud").await, "$3-0");
    let values = client.send("XRANGE voice - +").await.to_string();
    let wanted = "[[$1-0, [$value, $LOUD]], [$2-0, [$value, $LOUD]], [$3-0, [$value, $loud]]]";
    assert_eq!(values, wanted);
}

#[tokio::test]
async fn what_the_plugin_says_is_shown_and_so_is_why_it_is_refused() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;
    let mut author = Author::begins(Author::project("misbehaving", ""), &gateway, &[]);
    author.reads("in force: ").await;

    assert!(client.send("XADD hurt * value misbehave:trap").await.error().is_some());
    let line = author.reads("panicked, as it was told to").await;
    assert!(line.starts_with("  error  panicked at "), "{line}");
    author.reads("  error  gateway: plugin `misbehaving` trapped in filter.on-produce: ").await;

    author.saves("misbehaving.toml", b"[settings]\nmode = \"configure-error\"\n");
    let line = author.reads("refused").await;
    assert_eq!(
        line,
        "refused, and the version before it stays in force: it refused its settings: refused, as \
         the settings ask"
    );

    // Not SIGINT: what a shell runs in the background ignores that.
    author.dev.signal(Signal::TERM);
    author.dev.wait().await.expect("a signal ends it");
    let text = author.dev.log().text();
    assert!(!text.contains("gateway: loaded"), "said once, in its own words: {text}");
}

#[tokio::test]
async fn a_gateway_that_is_away_or_refuses_is_told_of_and_tried_again() {
    let users = "[[settings.users]]\nname = \"boss\"\nsecret = \"b\"\nadmin = true\n";
    let mut gateway = gateway().embedded().plugin("auth-static", users).start().await;
    gateway.kill().await;
    let nobody = Author::begins(Author::project("upper", ""), &gateway, &[]);
    let line = nobody.reads("no gateway answers at ").await;
    assert!(line.contains(&gateway.address), "{line}");

    gateway.start_again_in_place().await;
    nobody.reads(" refuses: NOAUTH").await;
    nobody.reads("--login USER:PASSWORD").await;
    drop(nobody);

    let login = ["--login", "boss:b"];
    let boss = Author::begins(Author::project("upper", ""), &gateway, &login);
    boss.reads("in force: version 0.1.0, filter").await;
    gateway.kill().await;
    boss.reads("no gateway answers at ").await;
    gateway.start_again_in_place().await;
    boss.reads(" answers").await;
}

#[tokio::test]
async fn a_gateway_of_another_folder_and_a_folder_without_a_project_are_told() {
    let (gateway, other) = (gateway().start().await, gateway().start().await);
    let mut command = sluicegate(&["plugin", "dev"]);
    let project = Author::project("upper", "");
    let plugins = other.plugins().display().to_string();
    command.arg(project.path()).args(["--plugins", &plugins, "--address", &gateway.address]);
    let dev = Process::start(command);
    let line = dev.log().wait_for("not in force: the gateway did not find this build").await;
    assert!(line.is_some(), "{}", dev.log().text());

    let mut command = sluicegate(&["plugin", "dev"]);
    command.arg(other.plugins()).arg("--plugins").arg(gateway.plugins());
    let mut nothing = Process::start(command);
    let status = nothing.wait().await.expect("it ends");
    assert_eq!(status.code(), Some(1));
    assert!(nothing.log().wait_for("is no plugin project").await.is_some());
}
