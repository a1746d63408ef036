//! Requests as bytes: malformed ones, and good ones in pieces.

use std::sync::LazyLock;

use sluicegate_tests::{
    client::encode,
    corpus::{self, Case},
    workspace,
};

use crate::parity::{
    conversation::{Command, Expect, Form, Step, words},
    scene::Scene,
};

/// The cases that are known to be difficult.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let path = workspace::root().join("tests/corpus/malformed.txt");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    corpus::parse(&text).unwrap_or_default()
});

/// Bytes that are no request, or look as if they were none, before or after a login.
pub(super) fn malformed(scene: &mut Scene<'_>) {
    let who = if scene.draw.percent(70) { scene.open_plain() } else { scene.open_stranger() };
    if scene.draw.percent(30) && !CASES.is_empty() {
        let bytes = scene.draw.one(&CASES).bytes.clone();
        send(scene, who, bytes);
        return;
    }
    let mut bytes = Vec::new();
    for _ in 0..scene.draw.length(1, 5) {
        bytes.extend(request(scene));
    }
    for _ in 0..scene.draw.length(1, 3) {
        damage(scene, &mut bytes);
    }
    send(scene, who, bytes);
}

/// Sends bytes and closes, so that everything is answered that will ever be.
fn send(scene: &mut Scene<'_>, who: usize, bytes: Vec<u8>) {
    let cuts = if bytes.len() < 4_000 { cuts(scene, bytes.len()) } else { Vec::new() };
    scene.step(Step::Raw { who, bytes, cuts, expect: Expect::Nothing });
    scene.step(Step::Close { who });
}

/// A good request that waits for nothing, as an array or a line.
fn request(scene: &mut Scene<'_>) -> Vec<u8> {
    let topic = scene.names.topic("a");
    let line = match scene.draw.between(1, 6) {
        1 => format!("XADD {topic} * f v"),
        2 => format!("XRANGE {topic} - +"),
        3 => "ECHO hello".to_owned(),
        4 => "HELLO 3".to_owned(),
        5 => "CLIENT GETNAME".to_owned(),
        _ => "PING".to_owned(),
    };
    if scene.draw.percent(30) { format!("{line}\r\n").into_bytes() } else { encode(&words(&line)) }
}

/// Changes, adds or takes away a few bytes.
fn damage(scene: &mut Scene<'_>, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let at = scene.draw.length(0, bytes.len() - 1);
    match scene.draw.between(1, 5) {
        1 => bytes[at] = scene.draw.bytes(1)[0],
        2 => {
            bytes.remove(at);
        }
        3 => bytes[at] = *scene.draw.one(b"*$0123456789-+\r\n \"'_:%>"),
        4 => {
            let more =
                *scene.draw.one(&[&b"\r\n"[..], b"\n", b"*-1\r\n", b"$-1\r\n", b"\"", b"99"]);
            bytes.splice(at..at, more.iter().copied());
        }
        _ => bytes.truncate(at),
    }
}

/// Commands of one topic in several writes, cut anywhere.
pub(super) fn pieces(scene: &mut Scene<'_>) {
    let who = scene.open();
    let topic = scene.names.topic("a");
    scene.say(who, &format!("TOPIC CREATE {topic} PARTITIONS 1"));
    for _ in 0..scene.draw.length(1, 4) {
        let commands: Vec<Command> = (0..scene.draw.length(1, 8))
            .map(|nth| match scene.draw.between(1, 7) {
                1..=3 => words(&format!("XADD {topic} * f v{nth}")),
                4 => words(&format!("XREVRANGE {topic} + - COUNT 2")),
                5 => words(&format!("PUBLISH {topic} p{nth}")),
                6 => words("ECHO piece"),
                _ => words("NOSUCHCOMMAND x"),
            })
            .collect();
        let length = commands.iter().map(|command| encode(command).len()).sum();
        let (cuts, expect) = (cuts(scene, length), Expect::Fence);
        scene.step(Step::Say { who, commands, form: Form::Array, cuts, expect });
    }
}

/// None to four places, in order.
fn cuts(scene: &mut Scene<'_>, length: usize) -> Vec<usize> {
    let count = scene.draw.length(0, 4);
    let mut cuts: Vec<usize> = (0..count).map(|_| scene.draw.length(0, length)).collect();
    cuts.sort_unstable();
    cuts
}
