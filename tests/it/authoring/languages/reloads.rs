//! Many versions of a plugin, one after the other: memory stays where it was.

use std::{env, time::Instant};

use sluicegate_tests::{
    authoring::{Kind, Language, built},
    console::tell,
    gateway,
    gateway::read,
};

super::in_every_language!(reloads_keep_no_memory);

/// Reloads of a compiled language. `SLUICEGATE_GUEST_RELOADS` sets another number for all.
const RELOADS: usize = 1000;
/// Reloads of a language whose plugins carry an interpreter of 10 MB, which takes fifty times as
/// long. `make soak` does a thousand.
const RELOADS_OF_INTERPRETERS: usize = 150;
/// How far the memory of the last tenth may lie above that of the second one, in KiB and as a part.
const GROWTH_KIB_MAX: f64 = 4096.0;
const GROWTH_MAX: f64 = 1.05;

async fn reloads_keep_no_memory(language: Language) {
    let Some(guard) = built(language, Kind::Guard).await else { return };
    let Some(breaks) = built(language, Kind::Breaks).await else { return };
    let usual = match language.name {
        "javascript" | "python" => RELOADS_OF_INTERPRETERS,
        _ => RELOADS,
    };
    let asked = env::var("SLUICEGATE_GUEST_RELOADS").ok();
    let reloads = asked.map_or(usual, |number| number.parse().expect("a number"));
    let versions = [read(&guard), read(&breaks)];
    // As in the scene about ten thousand reloads: what is measured is what is in use.
    let gateway = gateway()
        .variable("MIMALLOC_PURGE_DELAY", "0")
        .variable("MIMALLOC_ALLOW_THP", "0")
        .plugin_file("guest", &versions[0], "")
        .start()
        .await;
    let mut client = gateway.client().await;
    let (mut memory, began) = (Vec::new(), Instant::now());

    for n in 1..=reloads {
        gateway.drop_in("guest", &versions[n % 2], "");
        assert_eq!(client.send("PLUGIN RELOAD").await.error(), None, "reload {n}");
        // The guard takes nothing but objects, the other one takes all.
        let reply = client.send("XADD t * value text").await;
        assert_eq!(reply.error().is_some(), n % 2 == 0, "after reload {n}: {reply}");
        memory.push(gateway.process().anonymous_kib());
    }

    let tenths: Vec<f64> = memory.chunks(reloads.div_ceil(10)).map(least).collect();
    let (name, took) = (language.name, began.elapsed());
    tell(&format!("{name}: {reloads} reloads in {took:?}; KiB by tenths {tenths:?}"));
    let (second, last) = (tenths[1], tenths[tenths.len() - 1]);
    let is_flat = last - second < GROWTH_KIB_MAX || last / second < GROWTH_MAX;
    assert!(is_flat, "{second} KiB in the second tenth, {last} KiB in the last one");
}

/// The least of some: what is in use between two loads.
#[expect(clippy::cast_precision_loss, reason = "KiB of one process")]
fn least(kib: &[u64]) -> f64 {
    kib.iter().copied().min().unwrap_or_default() as f64
}
