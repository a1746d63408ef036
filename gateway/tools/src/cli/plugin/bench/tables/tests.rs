//! Reports made by hand, and their text.

use std::{sync::Arc, time::Duration};

use sluicegate::plugin::CallError;

use super::*;
use crate::cli::plugin::bench::{clock::Nanoseconds, memory::Memory};

fn nanoseconds(best: f64) -> Nanoseconds {
    Nanoseconds { best, median: best * 1.1 }
}

fn measured(name: &str, calls: Vec<Timed>) -> Measured {
    Measured {
        name: name.into(),
        bytes: 14_438,
        compile: Duration::from_millis(14),
        load: Duration::from_micros(20),
        ready: Duration::from_micros(6),
        first_call: Some(Duration::from_micros(9)),
        memory: Memory { start: 1 << 20, highest: 3 << 20, last: 2 << 20, calls: 100, replaced: 1 },
        checkout: nanoseconds(80.0),
        calls,
    }
}

fn call(kind: Kind, best: f64) -> Timed {
    let time = Ok(nanoseconds(best));
    Timed { kind, time, answer: "forward".into(), bytes_in: 200, bytes_out: 0 }
}

fn report() -> Report {
    let trapped = CallError::Trapped {
        plugin: Arc::from("guard"),
        call: "router.route",
        trap: "boom".into(),
    };
    let broken = Timed { time: Err(trapped), ..call(Kind::Route, 0.0) };
    Report {
        host: measured("nothing", vec![call(Kind::OnProduce, 150.0), call(Kind::Route, 200.0)]),
        plugins: vec![
            measured("guard", vec![call(Kind::OnProduce, 1_150.0), broken]),
            measured("quick", vec![call(Kind::OnProduce, 140.0)]),
        ],
        calls: 100,
    }
}

#[test]
fn a_terminal_gets_every_call_with_its_answer() {
    let text = report().text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[..7],
        [
            "plugin  size      compile  load     instance  first call  memory, then after 100 calls",
            "guard   14.1 KiB  14.0 ms  20.0 µs  6.00 µs   9.00 µs     1.0 MiB, 2.0 MiB (highest 3.0 MiB), 1 replaced",
            "quick   14.1 KiB  14.0 ms  20.0 µs  6.00 µs   9.00 µs     1.0 MiB, 2.0 MiB (highest 3.0 MiB), 1 replaced",
            "",
            "plugin  call        total    gateway  plugin's own  in     out  answer",
            "guard   on-produce  1.15 µs  150 ns   1.00 µs       200 B  0 B  forward",
            "guard   route       –        200 ns   –             200 B  0 B  \
             FAILED: plugin `guard` trapped in router.route: boom",
        ]
    );
    assert!(text.contains("giving it back: 80 ns once a burst"), "{text}");
    assert!(text.contains("took 10 % more, 10 % at worst"), "{text}");
}

#[test]
fn a_page_gets_a_line_a_plugin_and_the_gateways_part_apart() {
    let text = report().markdown();
    for line in [
        "| total (plugin's own) | on-produce | route |",
        "|---|---|---|",
        "| guard | 1.15 µs (1.00 µs) | failed |",
        "| quick | 140 ns (0 ns) | – |",
        "| the gateway alone | 150 ns | 200 ns |",
    ] {
        assert!(text.lines().any(|other| other == line), "no {line}\n{text}");
    }
}
