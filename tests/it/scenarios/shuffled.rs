//! In any order, and with any number at once, conversations give the same bytes.

use std::{collections::BTreeMap, fs, path::Path};

use sluicegate_tests::workspace;

use super::test;

/// Conversations in the folder.
const CONVERSATIONS: usize = 24;
/// Runs, each in an order of its own.
const RUNS: usize = 100;

#[tokio::test]
async fn a_hundred_shuffled_runs_give_the_same_bytes() {
    let folder = tempfile::tempdir().expect("it can be made");
    (0..CONVERSATIONS).for_each(|number| write_conversation(folder.path(), number));
    let plugins = plugins(folder.path());
    let folder = folder.path().join("conversations");
    let path = folder.to_str().expect("it is text");
    let accepted = test(&[path, "--plugins", &plugins, "--accept", "--jobs", "1"]).await;
    assert!(accepted.succeeded, "{}\n{}", accepted.output, accepted.errors);
    let first = snapshots(&folder);
    assert_eq!(first.len(), CONVERSATIONS);

    for run in 0..RUNS {
        let (seed, jobs) = (run.to_string(), (1 + run % 8).to_string());
        let arguments = [path, "--plugins", &plugins, "--shuffle", &seed, "--jobs", &jobs];
        // Written anew each time: that they are as before is seen here, not by the program itself.
        let played = test(&[&arguments[..], &["--accept"]].concat()).await;
        assert!(played.succeeded, "{}\n{}", played.output, played.errors);
        assert_eq!(snapshots(&folder), first, "run {run}");
    }
}

/// Messages through two plugins, a group, a channel, waiting, and time that passes.
fn write_conversation(folder: &Path, number: usize) {
    let folder = folder.join("conversations");
    fs::create_dir_all(&folder).expect("it can be made");
    let text = format!(
        "XADD orders.{number} * value '{{\"id\":{number},\"card\":\"4111\"}}'\n\
         XADD orders.{number} * value 'no json'\n\
         listener> SUBSCRIBE orders.{number}\n\
         reader> XREAD BLOCK 0 STREAMS orders.{number} $\n\
         PUBLISH orders.{number} '{{\"id\":2}}'\n\
         XGROUP CREATE orders.{number} g 0\n\
         XREADGROUP GROUP g one COUNT 1 STREAMS orders.{number} >\n\
         @wait {number}m\n\
         XAUTOCLAIM orders.{number} g two 1000 0\n\
         XPENDING orders.{number} g - + 10\n\
         TIME\n\
         CLIENT LIST\n\
         XINFO STREAM orders.{number} FULL\n"
    );
    fs::write(folder.join(format!("c{number}.resp")), text).expect("it can be written");
}

fn plugins(folder: &Path) -> String {
    let plugins = folder.join("plugins");
    fs::create_dir_all(&plugins).expect("it can be made");
    let settings = [
        ("filter-json", "[settings]\nrequired = [\"id\"]\nredact = [\"card\"]\n"),
        ("partition-hash", "[settings]\nformula = \"crc16\"\n"),
    ];
    for (plugin, settings) in settings {
        let file = format!("{plugin}.wasm");
        fs::copy(workspace::component(plugin), plugins.join(file)).expect("it was built");
        fs::write(plugins.join(format!("{plugin}.toml")), settings).expect("it can be written");
    }
    plugins.display().to_string()
}

fn snapshots(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).expect("it is a folder").flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "snap"))
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("it is text")))
        .collect()
}
