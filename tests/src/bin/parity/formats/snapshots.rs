//! Conversations of `sluicegate test`: the repository's snapshots, and new ones.

use std::{fs, path::Path};

use sluicegate_tests::workspace;
use tempfile::TempDir;

use super::{Program, projects::list, report::Report, texts::said};

/// A conversation that needs no store.
const CONVERSATION: &str = "\
# One waits for what the other publishes.
reader> XREAD BLOCK 0 STREAMS orders $
XADD orders * value '{\"id\":1,\"card\":\"4111\"}'
XADD orders * value broken
XGROUP CREATE orders g 0
XREADGROUP GROUP g c COUNT 1 STREAMS orders >
@wait 5s
XPENDING orders g - + 10
XINFO CONSUMERS orders g
listener> SUBSCRIBE orders
PUBLISH orders '{\"id\":2}'
MULTI
XADD orders * value '{\"id\":3}'
XLEN orders
EXEC
EXPLAIN XADD orders * value broken
TIME
INFO server
";

pub(super) async fn compare(report: &mut Report, [old, new]: [Program<'_>; 2], plugins: &Path) {
    let root = workspace::root();
    let built = workspace::root().join("target/scenarios/orders/guard.wasm");
    if built.is_file() {
        for broker in ["memory", "embedded"] {
            let arguments =
                ["test", "--check", "--broker", broker, "--jobs", "2", "tests/scenarios"];
            let (one, other) =
                (said(old, &root, &arguments).await, said(new, &root, &arguments).await);
            let what = format!("`test --check tests/scenarios` on {broker}");
            report.compare(&what, &without_times(&one), &without_times(&other));
            report.check(
                &what,
                one.contains("[ended well]"),
                "the snapshots are not the old ones'",
            );
        }
    } else {
        println!("skipped: `test --check tests/scenarios`: {} is not built", built.display());
    }
    let mut both = Vec::new();
    for program in [old, new] {
        both.push(fresh(program, plugins).await);
    }
    report.compare("a new snapshot, its report and its JUnit file", &both[0], &both[1]);
}

/// Plays the conversation in a folder of its own; all that is written and said.
async fn fresh(program: Program<'_>, plugins: &Path) -> String {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let write = |name: &str, text: &[u8]| {
        fs::write(folder.path().join(name), text).expect("a temporary folder can be written");
    };
    write("orders.resp", CONVERSATION.as_bytes());
    fs::create_dir(folder.path().join("plugins")).expect("the folder is empty");
    let wasm = sluicegate_tests::gateway::read(&plugins.join("filter-json.wasm"));
    write("plugins/filter-json.wasm", &wasm);
    write("plugins/filter-json.toml", b"[settings]\nredact = [\"card\"]\n");
    let begin = ["test", "--plugins", "plugins"];
    let mut text = String::new();
    for more in [&["--accept"][..], &["--check", "--junit", "out.xml"], &["--check", "--json"]] {
        text.push_str(&said(program, folder.path(), &[&begin[..], more].concat()).await);
    }
    fs::remove_dir_all(folder.path().join("plugins")).expect("it was made");
    list(folder.path(), folder.path(), &mut text);
    without_times(&text.replace(&folder.path().display().to_string(), "<folder>"))
}

/// What is said about how long it took.
fn without_times(text: &str) -> String {
    let time = regex::Regex::new(concat!(
        r#"\b\d[\d.]* ?(?:ns|µs|ms|s)\b|(?:time|timestamp|uuid)=\\?"[^"]*""#,
        r#"|"(?:took|seconds|took_ms|ms)":[\d.]+"#
    ));
    time.expect("it is a pattern").replace_all(text, "<time>").into_owned()
}
