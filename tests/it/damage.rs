//! A log that was cut or damaged: what is whole is kept, and nothing is passed off as data.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sluicegate_tests::{Gateway, gateway, gateway::read};

#[tokio::test]
async fn a_log_cut_anywhere_in_its_tail_opens_with_what_is_whole() {
    let mut gateway = gateway_with_fifty_entries().await;
    gateway.kill().await;
    let saved = saved(&gateway.data());
    let journal = gateway.data().join("journal-0");
    let bytes = read(&journal);
    let length = used(&bytes);

    for cut in [1, 2, 7, 20, 60, 200] {
        restore(&gateway.data(), &saved);
        fs::write(&journal, &bytes[..length - cut]).expect("it can be written");
        gateway.start_again().await;
        let mut client = gateway.client().await;
        let kept = client.send("XRANGE t - +").await.items().len();
        assert!((40..50).contains(&kept), "cut {cut} bytes off: {kept} of 50 entries are left");
        let next = client.send("XADD t * n again").await;
        assert_eq!(next, format!("${}-0", kept + 1), "cut {cut}: writing goes on behind them");
        gateway.kill().await;
    }
}

#[tokio::test]
async fn damage_in_the_middle_of_the_journal_refuses_to_open_and_says_where() {
    let mut gateway = gateway_with_fifty_entries().await;
    gateway.kill().await;
    flip_the_middle(&gateway.data().join("journal-0"));

    let refused = gateway.try_start_again().await.expect_err("entries behind the damage are whole");

    assert!(refused.log.contains("journal-0"), "{}", refused.log);
}

#[tokio::test]
async fn damage_in_a_segment_is_never_passed_off_as_data() {
    let mut gateway = gateway_with_fifty_entries().await;
    assert!(gateway.terminate().await.success());
    flip_the_middle(&segment(&gateway.data()));

    let log = if let Err(refused) = gateway.try_start_again().await {
        refused.log
    } else {
        let reply = gateway.client().await.send("XRANGE t - +").await;
        assert!(reply.error().is_some(), "{reply}");
        gateway.logs("damaged").await;
        gateway.log()
    };

    assert!(log.contains("00000000000000000000.log"), "the log names the file:\n{log}");
}

async fn gateway_with_fifty_entries() -> Gateway {
    let gateway = gateway().embedded().start().await;
    let mut client = gateway.client().await;
    for n in 0..50 {
        assert_eq!(client.send(&format!("XADD t * n {n}")).await, format!("${}-0", n + 1));
    }
    gateway
}

/// Every file of a folder, with its path below it.
fn saved(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    files(folder).into_iter().map(|path| (path.clone(), read(&path))).collect()
}

fn restore(folder: &Path, saved: &[(PathBuf, Vec<u8>)]) {
    fs::remove_dir_all(folder).expect("the data folder can be removed");
    for (path, bytes) in saved {
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }
}

fn flip_the_middle(path: &Path) {
    let mut bytes = read(path);
    let middle = used(&bytes) / 2;
    bytes[middle] ^= 0xff;
    fs::write(path, bytes).expect("it can be written");
}

/// Bytes up to the last one that is not zero: journals are as long as they may ever get.
fn used(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

fn segment(folder: &Path) -> PathBuf {
    let is_segment = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "log");
    files(folder).into_iter().find(is_segment).expect("there is a segment")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the data folder can be read").flatten() {
            if entry.path().is_dir() { &mut folders } else { &mut files }.push(entry.path());
        }
    }
    files
}
