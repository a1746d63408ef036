//! The README's five minutes, run as they are written there.

use std::{os::unix::fs::symlink, path::Path};

use sluicegate_tests::{Gateway, gateway, missing, workspace};
use tokio::process::Command;

#[tokio::test]
async fn the_five_minutes_of_the_readme_work_as_written() {
    if missing::require("redis-cli").is_none() {
        return;
    }
    let gateway = gateway().start().await;
    let place = tempfile::tempdir().expect("a folder can be made");
    symlink(gateway.plugins(), place.path().join("plugins.d")).expect("a link can be made");
    symlink(workspace::target(), place.path().join("target")).expect("a link can be made");
    let steps = steps();
    assert_eq!(steps.len(), 3, "publish and read back, drop in, break");

    let first = run(&gateway, place.path(), &steps[0]).await;
    assert!(first.starts_with("1-0\n1-0\nvalue\nhello\n"), "{first}");

    let second = run(&gateway, place.path(), &steps[1]).await;
    assert!(second.starts_with("REJECTED filter-json not-json: "), "{second}");
    assert!(second.contains("\n2-0\n") && second.contains("[redacted]"), "{second}");
    assert!(!second.contains("4111"), "{second}");

    let third = run(&gateway, place.path(), &steps[2]).await;
    assert!(third.contains("is not WebAssembly"), "the list says what is wrong: {third}");
    assert!(third.contains("REJECTED filter-json not-json: "), "the old one stays: {third}");
}

/// The shell blocks under the README's "Five minutes".
fn steps() -> Vec<String> {
    let readme = std::fs::read_to_string(workspace::root().join("README.md")).expect("it is there");
    let (_, tour) = readme.split_once("## Five minutes").expect("the README has a tour");
    let (tour, _) = tour.split_once("\n## ").expect("the tour ends");
    let blocks = tour.split("```sh\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// What a shell prints that is given these lines, with the gateway's own port.
async fn run(gateway: &Gateway, place: &Path, lines: &str) -> String {
    let lines = lines.replace("-p 6380", &format!("-p {}", gateway.port()));
    let output = Command::new("bash").arg("-c").arg(lines).current_dir(place).output().await;
    let output = output.expect("bash runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
