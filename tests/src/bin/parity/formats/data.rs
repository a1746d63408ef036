//! The folder of the embedded log: one program writes and is killed, the other reads and goes on.

use std::{fs, path::Path};

use sluicegate_tests::{Client, Gateway, gateway::gateway_in};

use super::{Program, report::Report};
use crate::parity::side::scratch;

/// Said to a new gateway.
const WRITE: &[&str] = &[
    "TOPIC CREATE plain",
    "TOPIC CREATE many PARTITIONS 4",
    "XADD plain * value one",
    "XADD plain * a 1 b 2 a 3",
    "PUBLISH plain three",
    "XADD plain IDMP producer first * value once",
    "XADD plain IDMP producer first * value twice",
    "XADD many:0 * n 1",
    "XADD many:2 * n 2",
    "XREAD STREAMS many 0",
    "XADD many:1 * n 3",
    "XADD many:3 * n 4",
    "XADD many:0 * n 5",
    "XRANGE many - +",
    "XADD laid-json * a 1 b 2",
    "XADD laid-value * body text id k other o",
    "XGROUP CREATE plain g 0",
    "XGROUP CREATE many g 0",
    "XGROUP CREATE plain late $",
    "XREADGROUP GROUP g c STREAMS plain >",
    // Gaps: what is acknowledged lies behind what is not.
    "XACK plain g 2-0 4-0",
    "XREADGROUP GROUP g c STREAMS many >",
    "XACK many g 1-2 2-0",
    "XACK many g 1-1",
    "TOPIC CREATE trimmed",
    "XADD trimmed * value 1",
    "XADD trimmed * value 2",
    "XADD trimmed * value 3",
    "XTRIM trimmed MAXLEN 1",
    "TOPIC CREATE gone",
    "XADD gone * value 1",
    "DEL gone",
];

/// Said to whoever comes next: everything that is left, and what is delivered from then on.
const READ: &[&str] = &[
    "TOPIC LIST",
    "TOPIC INFO many",
    "XLEN plain",
    "XRANGE plain - +",
    "XREVRANGE many + -",
    "XREAD STREAMS many 1-2",
    "XREAD STREAMS many 1-3",
    "XREAD COUNT 2 STREAMS many 0",
    "XREAD STREAMS many:0 0",
    "XRANGE laid-json - +",
    "XRANGE laid-value - +",
    "XRANGE trimmed - +",
    "XINFO STREAM trimmed",
    "XINFO STREAM many",
    "XINFO GROUPS plain",
    "XINFO GROUPS many",
    "XREADGROUP GROUP g d STREAMS plain >",
    "XREADGROUP GROUP g d STREAMS many >",
    "XREADGROUP GROUP late d STREAMS plain >",
    "XACK plain g 1-0",
    "XADD plain IDMP producer first * value thrice",
    "XADD plain IDMP producer second * value more",
    "XADD many:2 * n 6",
    "XREAD STREAMS many 2-0",
    "XLEN filled",
    "XRANGE filled - + COUNT 1",
    "XREVRANGE filled + - COUNT 1",
    "XINFO STREAM filled",
];

/// How the writer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Kill,
    Drain,
}

pub(super) async fn compare(report: &mut Report, [old, new]: [Program<'_>; 2]) {
    for end in [End::Kill, End::Drain] {
        let usual = passed_on(&[old, old], end).await;
        for [writer, reader] in [[old, new], [new, old], [new, new]] {
            let told = passed_on(&[writer, reader], end).await;
            let how = if end == End::Kill { "is killed" } else { "is drained" };
            let what = format!("data: {} writes and {how}, {} reads", writer.name, reader.name);
            report.compare(&what, &usual, &told);
        }
    }
    let usual = passed_on(&[old; 4], End::Kill).await;
    let told = passed_on(&[old, new, old, new], End::Kill).await;
    report.compare("data: old, new, old, new on one folder", &usual, &told);
}

/// One gateway after the other on the same folder; all that they answer, and the files at the end.
async fn passed_on(programs: &[Program<'_>], end: End) -> String {
    let mut text = String::new();
    let gateway = gateway_in(&scratch())
        .program(programs[0].path)
        .toml(STREAMS)
        .set("broker.segment_bytes", 65_536)
        .set("broker.retention_bytes", 300_000)
        .set("topics.delete", true);
    let mut gateway = gateway.start().await;
    say(&gateway, WRITE, &mut text).await;
    fill(&gateway).await;
    for program in &programs[1..] {
        match end {
            End::Kill => gateway.kill().await,
            End::Drain => {
                let status = gateway.terminate().await;
                text.push_str(&format!("drained: {status}\n"));
            }
        }
        gateway.start_again_as(program.path).await;
        say(&gateway, READ, &mut text).await;
    }
    list(&gateway.data(), &gateway.data(), &mut text);
    text
}

const STREAMS: &str = "
[streams.\"*-json\"]
layout = \"json\"
[streams.\"*-value\"]
layout = \"value\"
value_field = \"body\"
key_field = \"id\"
";

async fn say(gateway: &Gateway, lines: &[&str], text: &mut String) {
    let mut client = gateway.client().await;
    for line in lines {
        let reply = client.send(line).await;
        text.push_str(&format!("{line}\n{}\n", reply.to_string().replace(", ", ",\n")));
    }
}

/// Several segments, of which retention removes the oldest when it comes to it: what is kept is
/// asked for only by its end.
async fn fill(gateway: &Gateway) {
    let mut client: Client = gateway.client().await;
    let line = format!("XADD filled * value {}", "x".repeat(1_000));
    for _ in 0..40 {
        client.pipeline(&[line.as_str(); 5]).await;
    }
}

/// The names of the files below a folder, in order.
fn list(root: &Path, folder: &Path, text: &mut String) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(root).unwrap_or(&path).display();
        text.push_str(&format!("{name}\n"));
        if path.is_dir() {
            list(root, &path, text);
        }
    }
}
