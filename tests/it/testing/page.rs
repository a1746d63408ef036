//! The page "test your pipeline", followed from an empty folder as it is written.

use std::{env, fs, path::Path};

use sluicegate_tests::{
    authoring::{is_installed, language},
    command::finish,
    workspace,
};
use tempfile::TempDir;

use super::{
    picture, shell,
    terminal::{COLUMNS, Terminal},
};

const REVIEW: &str = "sluicegate test --review\n";

#[tokio::test]
async fn the_page_works_as_written() {
    if !is_installed(language("rust")) {
        return;
    }
    let page = read("test-your-pipeline.md");
    let place = TempDir::new().expect("a temporary folder can be made");
    let project = place.path().join("guard");
    let mut folder = place.path();
    let mut steps = 0;
    for (typed, shown) in typed_and_shown(&page) {
        if typed == REVIEW {
            if !reviewed(&project).await {
                return;
            }
        } else {
            let told = finish(shell(&format!("exec 2>&1; {typed}"), folder), "").await.output;
            for text in shown {
                assert!(told.contains(&text), "{typed} does not show\n{text}\nbut\n{told}");
            }
        }
        folder = &project;
        steps += 1;
    }
    assert_eq!(steps, 6, "new, play, accept, change, review, check");
    assert!(project.join("conversations.xml").is_file());
    let (_, shown) = page.split_once("`guard.resp`:\n\n```text\n").expect("it is shown");
    let shown = shown.split("```").next().unwrap_or_default();
    let made = fs::read_to_string(project.join("guard.resp")).expect("it was made");
    assert_eq!(said(&made), said(shown));
}

#[tokio::test]
async fn the_login_on_the_page_is_answered_by_its_fixtures() {
    let page = read("test-your-pipeline.md");
    let block = |after: &str| {
        let (_, rest) = page.split_once(after).expect("the page has it");
        let (_, block) = rest.split_once('\n').expect("a block has lines");
        block.split("```").next().unwrap_or_default()
    };
    let folder = TempDir::new().expect("a temporary folder can be made");
    let plugins = folder.path().join("plugins.d");
    fs::create_dir(&plugins).expect("the folder is new");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text);
    write("login.resp", block("`login.resp`:\n\n```")).expect("the folder can be written");
    write("login.fixtures.toml", block("[auth-redis](../plugins/auth-redis):\n\n```"))
        .expect("the folder can be written");
    let settings = workspace::root().join("plugins/auth-redis/settings.example.toml");
    fs::copy(settings, plugins.join("auth-redis.toml")).expect("it is there");
    fs::copy(workspace::component("auth-redis"), plugins.join("auth-redis.wasm"))
        .expect("the same");

    let told = finish(shell("sluicegate test --accept", folder.path()), "").await;
    told.output_of_success();

    let snapshot = fs::read_to_string(folder.path().join("login.snap")).expect("it was accepted");
    for words in ["client> AUTH orders ${SECRET}\n", "granted orders\n", "denied: WRONGPASS"] {
        assert!(snapshot.contains(words), "no {words:?} in\n{snapshot}");
    }
}

/// Accepts in a terminal, whose screen is the page's picture; false where there is no tmux.
async fn reviewed(project: &Path) -> bool {
    let line = format!("'{}' test --review", workspace::program().display());
    let Some(terminal) = Terminal::run(&line, project).await else { return false };
    terminal.shows("guard.resp:7: guard did something else").await;
    terminal.shows("a accept").await;
    let screen = terminal.colours().await;
    terminal.press("a").await;
    terminal.shows("1 accepted, 0 rejected, 0 skipped").await;
    terminal.shows("(ended with 0)").await;

    let svg = picture::svg(&screen, COLUMNS);
    let path = workspace::root().join("plugin-sdk/review.svg");
    if env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        fs::write(&path, &svg).expect("the picture can be written");
    }
    let picture = fs::read_to_string(&path).unwrap_or_default();
    assert!(picture == svg, "{} is old: INSTA_UPDATE=always writes it anew", path.display());
    true
}

/// Each block of shell lines, with the blocks of text that follow it: what it prints.
fn typed_and_shown(page: &str) -> Vec<(String, Vec<String>)> {
    let mut steps: Vec<(String, Vec<String>)> = Vec::new();
    for section in page.split("\n## ") {
        let mut is_output = false;
        // Every other piece is a block.
        for (index, piece) in section.split("```").enumerate() {
            let (kind, text) = piece.split_once('\n').unwrap_or((piece, ""));
            match (index % 2, kind) {
                (1, "sh") => {
                    steps.push((text.to_owned(), Vec::new()));
                    is_output = true;
                }
                (1, "text") if is_output => {
                    steps.last_mut().expect("a block came before").1.push(text.to_owned());
                }
                (1, _) => is_output = false,
                // What follows words is no output.
                _ => is_output = is_output && piece.trim().is_empty(),
            }
        }
    }
    steps
}

/// The commands and comments of a conversation; not what it says about itself at its head.
fn said(conversation: &str) -> String {
    let start = conversation.find("# The filter").unwrap_or_default();
    conversation[start..].trim().to_owned()
}

fn read(name: &str) -> String {
    fs::read_to_string(workspace::root().join("plugin-sdk").join(name)).expect("it is there")
}
