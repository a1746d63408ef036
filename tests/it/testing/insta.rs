//! Pending snapshots are in insta's file format: cargo-insta shows, accepts and rejects them.

use sluicegate_tests::{
    command::{Finished, finish},
    missing, workspace,
};
use tokio::process::Command;

use super::{Conversations, terminal::Terminal};

/// What cargo-insta needs to take a folder for a package; the page about tests shows it.
const MANIFEST: &str = "\
[package]
name = \"conversations\"
version = \"0.0.0\"
[lib]
path = \"none.rs\"
";

async fn insta(folder: &Conversations, arguments: &[&str]) -> Finished {
    let mut command = Command::new("cargo");
    command.arg("insta").args(arguments).current_dir(folder.path());
    finish(command, "").await
}

#[tokio::test]
async fn cargo_insta_accepts_and_rejects_what_waits() {
    if missing::require("cargo-insta").is_none() {
        return;
    }
    let folder = Conversations::pending(&["a", "b"]).await;
    folder.write("Cargo.toml", MANIFEST);

    insta(&folder, &["accept", "--snapshot", "a.snap"]).await.output_of_success();
    insta(&folder, &["reject", "--snapshot", "b.snap"]).await.output_of_success();

    assert_eq!([folder.state("a"), folder.state("b")], ["new", "old"]);
    // What it wrote is what we would have written.
    let by_insta = folder.text("a.snap");
    folder.test(&["--accept", "a.resp"]).await.output_of_success();
    assert_eq!(folder.text("a.snap"), by_insta);
    folder.test(&["--check", "a.resp"]).await.output_of_success();
}

#[tokio::test]
async fn cargo_insta_review_works_in_a_terminal() {
    if missing::require("cargo-insta").is_none() {
        return;
    }
    let folder = Conversations::pending(&["a", "b"]).await;
    folder.write("Cargo.toml", MANIFEST);
    let Some(terminal) = Terminal::run("cargo insta review", folder.path()).await else { return };
    let screen = terminal.shows("[1/2]").await;
    assert!(screen.contains("a-2"), "{screen}");
    terminal.press("a").await;
    terminal.shows("[2/2]").await;
    terminal.press("s").await;
    terminal.shows("(ended with").await;
    assert_eq!([folder.state("a"), folder.state("b")], ["new", "old, one waits"]);
}

#[test]
fn the_manifest_on_the_page_is_the_one_that_works() {
    let page = workspace::root().join("plugin-sdk/test-your-pipeline.md");
    let page = std::fs::read_to_string(page).expect("it is there");
    assert!(page.contains(MANIFEST), "{MANIFEST}");
}
