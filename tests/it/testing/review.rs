//! `--review` in a real terminal: one key for each pending snapshot.

use sluicegate_tests::workspace;

use super::{Conversations, terminal::Terminal};

/// What a person types.
fn review() -> String {
    format!("'{}' test --review", workspace::program().display())
}

#[tokio::test]
async fn one_is_accepted_one_rejected_one_skipped() {
    let folder = Conversations::pending(&["a", "b", "c"]).await;
    let Some(terminal) = Terminal::run(&review(), folder.path()).await else { return };

    let first = terminal.shows("1/3").await;
    assert!(first.contains("a.snap") && first.contains("a accept  r reject"), "{first}");
    assert!(first.contains("-   < \"a\"") && first.contains("+   < \"a-2\""), "{first}");
    terminal.press("a").await;
    terminal.shows("2/3").await;
    terminal.press("r").await;
    terminal.shows("3/3").await;
    terminal.press("?").await;
    terminal.shows("Any key goes back").await;
    terminal.press("A").await; // which decides nothing here
    terminal.shows("c-2").await;
    terminal.press("s").await;
    terminal.shows("1 accepted, 1 rejected, 1 skipped").await;
    terminal.shows("(ended with 1)").await; // two are not as accepted

    assert_eq!(folder.state("a"), "new");
    assert_eq!(folder.state("b"), "old");
    assert_eq!(folder.state("c"), "old, one waits");
}

#[tokio::test]
async fn all_that_remain_are_accepted_with_one_key() {
    let folder = Conversations::pending(&["a", "b", "c"]).await;
    let Some(terminal) = Terminal::run(&review(), folder.path()).await else { return };
    terminal.shows("1/3").await;
    terminal.press("s").await;
    terminal.shows("2/3").await;
    terminal.press("A").await;
    terminal.shows("2 accepted, 0 rejected, 1 skipped").await;
    let states = ["a", "b", "c"].map(|name| folder.state(name));
    assert_eq!(states, ["old, one waits", "new", "new"]);
}

#[tokio::test]
async fn who_leaves_half_way_keeps_what_was_decided() {
    let folder = Conversations::pending(&["a", "b"]).await;
    let Some(terminal) = Terminal::run(&review(), folder.path()).await else { return };
    terminal.shows("1/2").await;
    terminal.press("a").await;
    terminal.shows("2/2").await;
    terminal.press("C-c").await;
    terminal.shows("1 accepted, 0 rejected, 1 skipped").await;
    assert_eq!([folder.state("a"), folder.state("b")], ["new", "old, one waits"]);
}

#[tokio::test]
async fn colours_are_shown_unless_nobody_wants_them() {
    let folder = Conversations::pending(&["a"]).await;
    let Some(terminal) = Terminal::run(&review(), folder.path()).await else { return };
    terminal.shows("1/1").await;
    let (red, green) = ("\u{1b}[31m", "\u{1b}[32m");
    let screen = terminal.colours().await;
    assert!(screen.contains(red) && screen.contains(green), "{screen}");

    let plain = Terminal::run(&format!("NO_COLOR=1 {}", review()), folder.path()).await;
    let plain = plain.expect("it was there a moment ago");
    plain.shows("1/1").await;
    let screen = plain.colours().await;
    assert!(!screen.contains(red) && !screen.contains(green), "{screen}");
}

#[tokio::test]
async fn without_a_terminal_the_other_ways_are_named() {
    let folder = Conversations::pending(&["a"]).await;
    let told = folder.test(&["--review"]).await;
    assert!(!told.succeeded);
    assert!(told.errors.contains("--accept") && told.errors.contains("--check"), "{told:?}");
    assert_eq!(folder.state("a"), "old, one waits");
}
