//! Publishing over HTTP, and everything that can be wrong with it.

use sluicegate_tests::http::request;

use crate::parity::{
    conversation::{Expect, Step},
    profile::Profile,
    scene::Scene,
};

pub(super) fn http(scene: &mut Scene<'_>) {
    let admin = scene.open();
    let topic = topic(scene);
    scene.say(admin, &format!("TOPIC CREATE {topic} PARTITIONS 2"));
    let who = scene.open_http();
    for _ in 0..scene.draw.length(2, 6) {
        let bytes = match scene.draw.between(1, 12) {
            1..=6 => publish(scene, &topic),
            7 => other_paths(scene),
            8 => bad_parameters(scene),
            9 => bad_login(scene, &topic),
            10 => chunked(scene, &topic),
            11 => addresses(scene),
            _ => bad_body(scene, &topic),
        };
        ask(scene, who, bytes);
    }
    if scene.draw.percent(15) {
        let broken = *scene.draw.one(&BROKEN);
        let bytes = broken.as_bytes().to_vec();
        scene.step(Step::Raw { who, bytes, cuts: Vec::new(), expect: Expect::End });
    }
    scene.say(admin, &format!("XRANGE {topic} - +"));
}

/// What no HTTP server takes.
const BROKEN: [&str; 5] = [
    "GARBAGE\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET /monitor/ping HTTP/1.1\r\nhost gateway\r\n\r\n",
    "POST /databus/pub HTTP/1.1\r\nhost: g\r\ncontent-length: x\r\n\r\n",
    "\0\0\0\0\r\n\r\n",
];

fn topic(scene: &Scene<'_>) -> String {
    match scene.profile {
        Profile::Plugins => scene.names.bound_topic(),
        Profile::Open | Profile::Memory | Profile::Limits => scene.names.topic("a"),
    }
}

fn ask(scene: &mut Scene<'_>, who: usize, bytes: Vec<u8>) {
    let cuts = if scene.draw.percent(20) { vec![bytes.len() / 3, bytes.len() / 2] } else { vec![] };
    scene.step(Step::Raw { who, bytes, cuts, expect: Expect::Frames(1) });
}

fn path(scene: &Scene<'_>, topic: &str) -> String {
    format!("POST /databus/pub?topic={topic}&group=g{}", scene.names.slot())
}

/// Records with keys, each of which has one place.
fn records(scene: &mut Scene<'_>) -> String {
    let count = scene.draw.length(0, 5);
    let records: Vec<String> = (0..count)
        .map(|nth| {
            let value = match scene.draw.between(1, 8) {
                1 => "tru".to_owned(),
                2 => format!("\"{}\"", "x".repeat(scene.draw.length(900, 1_100))),
                3 => "[1, {\"a\": null}]".to_owned(),
                _ => format!("{{\"id\":{nth},\"card\":\"4111\"}}"),
            };
            match scene.draw.between(1, 6) {
                1 => format!("{{\"key\":null,\"value\":{value}}}"),
                2 => format!("{{\"value\":{value},\"more\":1}}"),
                _ => format!("{{\"key\":\"k{nth}\",\"value\":{value}}}"),
            }
        })
        .collect();
    format!("{{\"records\":[{}]}}", records.join(","))
}

fn publish(scene: &mut Scene<'_>, topic: &str) -> Vec<u8> {
    let (mut path, body) = (path(scene, topic), records(scene));
    if scene.draw.percent(30) {
        path.push_str("&color=red");
    }
    request(&path, "k:s", &body).into_bytes()
}

fn other_paths(scene: &mut Scene<'_>) -> Vec<u8> {
    let what = *scene.draw.one(&[
        "GET /monitor/ping",
        "POST /monitor/ping",
        "GET /databus/pub",
        "DELETE /databus/pub",
        "GET /nothing",
        "POST /",
        "PUT /databus/consumer/addrs",
        "OPTIONS *",
    ]);
    request(what, "", "").into_bytes()
}

fn bad_parameters(scene: &mut Scene<'_>) -> Vec<u8> {
    let slot = scene.names.slot();
    let query = match scene.draw.between(1, 8) {
        1 => String::new(),
        2 => format!("?group=g{slot}"),
        3 => format!("?topic=bus{slot}"),
        4 => format!("?topic=bus{slot}&group=g{slot}%40x"),
        5 => format!("?topic=b%26us&group=g{slot}"),
        6 => format!("?TOPIC=bus{slot}&Group=g{slot}&color=a%26b"),
        7 => format!("?topic=bad%20name&group=g{slot}"),
        _ => format!("?topic=none&group=none{slot}"),
    };
    let body = "{\"records\":[{\"key\":\"k\",\"value\":1}]}";
    request(&format!("POST /databus/pub{query}"), "k:s", body).into_bytes()
}

fn bad_login(scene: &mut Scene<'_>, topic: &str) -> Vec<u8> {
    let login = format!("wrong{}:s", scene.names.slot());
    let login = *scene.draw.one(&["", &login, "k:", "k", "k:s:s", "k/:s", "writer:writer"]);
    let (path, body) = (path(scene, topic), records(scene));
    let text = request(&path, login, &body);
    let text = match scene.draw.between(1, 5) {
        1 => text.replace("Basic", "Bearer"),
        2 => text.replace("Basic ", "Basic %%%"),
        _ => text,
    };
    text.into_bytes()
}

fn bad_body(scene: &mut Scene<'_>, topic: &str) -> Vec<u8> {
    let body = match scene.draw.between(1, 8) {
        1 => String::new(),
        2 => "null".to_owned(),
        3 => "{\"records\":{}}".to_owned(),
        4 => "{\"records\":[{\"key\":\"k\"}]}".to_owned(),
        5 => "{\"records\":[{\"key\":1,\"value\":1}]}".to_owned(),
        6 => "{\"records\":[{\"value\":1}]} x".to_owned(),
        7 => format!("{{\"records\":[{{\"value\":\"{}\"}}]}}", "y".repeat(4_500)),
        _ => "[".repeat(2_000),
    };
    request(&path(scene, topic), "k:s", &body).into_bytes()
}

/// A body in chunks, whose length is not said before.
fn chunked(scene: &mut Scene<'_>, topic: &str) -> Vec<u8> {
    let (path, body) = (path(scene, topic), records(scene));
    let plain = request(&path, "k:s", "");
    let head = plain.replace("content-length: 0", "transfer-encoding: chunked");
    let (one, other) = body.split_at(body.len() / 2);
    let chunk = |part: &str| format!("{:x}\r\n{part}\r\n", part.len());
    format!("{head}{}{}0\r\n\r\n", chunk(one), chunk(other)).into_bytes()
}

fn addresses(scene: &mut Scene<'_>) -> Vec<u8> {
    let slot = scene.names.slot();
    let query = match scene.draw.between(1, 4) {
        1 => String::new(),
        _ => format!("?group=g{slot}"),
    };
    let login = *scene.draw.one(&["admin:admin", "admin:admin", "reader:reader", "", "k:s"]);
    request(&format!("GET /databus/consumer/addrs{query}"), login, "").into_bytes()
}
