//! What a conversation costs beside the start of a gateway, which is what it would need otherwise.

use std::{fs, path::Path, time::Instant};

use sluicegate_tests::{command::finish, gateway, gateway::sluicegate, workspace};

/// Conversations that are played.
const CONVERSATIONS: u32 = 500;
/// Gateways that are started; each is then multiplied.
const STARTS: u32 = 50;
/// The share of the start-ups' time that conversations may take.
const TARGET: f64 = 0.1;

/// The plugins of both.
const PLUGINS: [&str; 2] = ["filter-json", "partition-hash"];

/// Plays conversations of five commands through two plugins, and starts gateways with the same.
pub(crate) async fn beside_start_ups() {
    println!(
        "\n{CONVERSATIONS} conversations of 5 commands through 2 plugins, beside as many starts"
    );
    let folder = tempfile::tempdir().expect("it can be made");
    prepare(folder.path());
    play(folder.path(), "--accept").await;

    let began = Instant::now();
    play(folder.path(), "--check").await;
    let played = began.elapsed();
    let began = Instant::now();
    for _ in 0..STARTS {
        let builder = gateway().set("broker.kind", "memory");
        drop(PLUGINS.into_iter().fold(builder, |b, plugin| b.plugin(plugin, "")).start().await);
    }
    let started = began.elapsed() * (CONVERSATIONS / STARTS);

    let share = played.as_secs_f64() / started.as_secs_f64();
    let verdict = if share <= TARGET { "reached" } else { "missed" };
    println!(
        "  played in {:.2} s, started in {:.1} s: {:.3} of it (target {TARGET}: {verdict})",
        played.as_secs_f64(),
        started.as_secs_f64(),
        share
    );
}

fn prepare(folder: &Path) {
    let plugins = folder.join("plugins");
    fs::create_dir(&plugins).expect("the folder is empty");
    for plugin in PLUGINS {
        let to = plugins.join(format!("{plugin}.wasm"));
        fs::copy(workspace::component(plugin), to).expect("it was built");
    }
    for number in 0..CONVERSATIONS {
        let text = format!(
            "XADD orders * value '{{\"id\":{number}}}'\nXLEN orders\nXRANGE orders - +\n\
             XADD orders * value 'no json'\nXREAD COUNT 1 STREAMS orders 0\n"
        );
        fs::write(folder.join(format!("c{number}.resp")), text).expect("it can be written");
    }
}

async fn play(folder: &Path, how: &str) {
    let mut command = sluicegate(&["test", how]);
    command.arg(folder).arg("--plugins").arg(folder.join("plugins"));
    command.env("XDG_CACHE_HOME", workspace::cache_home());
    finish(command, "").await.output_of_success();
}
