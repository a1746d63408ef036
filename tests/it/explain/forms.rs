//! An explanation as lines in RESP2, as a map in RESP3, as JSON where it is asked for.

use sluicegate_tests::{Client, Reply, gateway};

const FILTER: &str = "[settings]\nrequired = [\"id\"]\nredact = [\"card\"]\n";

/// The lines, without what is another one each time: versions, hashes and times.
async fn lines(client: &mut Client, line: &str) -> String {
    let told = client.send(&format!("EXPLAIN {line}")).await;
    let lines = told.items().iter().map(|line| match line {
        Reply::Simple(line) => masked(line),
        other => panic!("a line, not {other}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn masked(line: &str) -> String {
    if let Some((before, _)) = line.split_once("time ") {
        return format!("{before}time [TIME]");
    }
    let Some((name, rest)) = line.split_once(" (hash ") else { return line.to_owned() };
    let (_, rest) = rest.split_once(") ").expect("the hash ends");
    let (name, _) = name.rsplit_once(' ').expect("the version is before it");
    let (rest, _) = rest.rsplit_once(" (").expect("a time is behind it");
    format!("{name} [VERSION] {rest} [TOOK]")
}

#[tokio::test]
async fn a_person_reads_lines() {
    let gateway = gateway().plugin("filter-json", FILTER).embedded().start().await;
    let mut client = gateway.client().await;
    let mut page = Vec::new();
    for line in [
        r#"XADD orders * value '{"id":1,"card":"4111"}'"#,
        "XADD orders * value none",
        "+XADD orders * value {\"id\":1,\"card\":\"4111\"}",
        "XRANGE orders - +",
        "+XGROUP CREATE orders g 0",
        "XREADGROUP GROUP g anna COUNT 1 STREAMS orders >",
        "XTRIM orders MAXLEN = 0",
        "XREAD BLOCK 5000 STREAMS orders $",
        "SUBSCRIBE orders",
        "XLEN orders",
    ] {
        match line.strip_prefix('+') {
            Some(line) => {
                let words: Vec<_> = line.split(' ').collect();
                client.send_args(&words).await;
                page.push(format!("> {line}"));
            }
            None => page.push(format!("> EXPLAIN {line}\n{}", lines(&mut client, line).await)),
        }
    }
    insta::assert_snapshot!(page.join("\n\n"));
}

#[tokio::test]
async fn a_program_gets_a_map_or_json() {
    let gateway = gateway().plugin("filter-json", FILTER).start().await;
    let mut client = gateway.client().await;
    client.send("HELLO 3").await;
    let line = r#"EXPLAIN XADD orders * value '{"id":1}'"#;

    let Reply::Map(told) = client.send(line).await else { panic!("RESP3 has maps") };
    let names: Vec<_> = told.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["$changes", "$command", "$more", "$notes", "$traces", "$reply"]);
    assert_eq!(told[5].1, "$1-0", "the reply as it would come");
    assert!(matches!(&told[4].1, Reply::Array(traces) if matches!(traces[0], Reply::Map(_))));

    let told = client.send(&line.replace("EXPLAIN", "EXPLAIN json")).await;
    let told: serde_json::Value = serde_json::from_slice(told.bytes()).expect("it is JSON");
    assert_eq!(told["reply"], "1-0");
}
