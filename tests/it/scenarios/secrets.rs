//! A secret that is used while a conversation is recorded stands nowhere afterwards, and the
//! conversation still logs in.

use std::{fs, path::Path};

use sluicegate_tests::{
    command::finish,
    gateway::sluicegate,
    stores::{PASSWORD, Row, Sidecar, Store},
    workspace,
};

use super::orders;

/// Looks like nothing else that the gateway could write.
const MARKER: &str = "Zq7MarkerSecret9xK";

/// Logins of every form, right and wrong, with the marker in all of them; and what tells of them.
const CONVERSATION: &str = "\
@secret SHOP_SECRET
AUTH a ${SHOP_SECRET}
AUTH a x${SHOP_SECRET}
AUTH nobody ${SHOP_SECRET}
bus> AUTH key-a:${SHOP_SECRET}@a/topic=orders&role=pub
bus> HELLO 3 AUTH default key-a:${SHOP_SECRET}@a/topic=orders&role=pub
bus> SET key value
bus> EXPLAIN AUTH a ${SHOP_SECRET}
";

#[tokio::test]
async fn what_redis_is_asked_is_recorded_without_secrets() {
    let Some(store) = Store::redis().await else { return };
    recorded_without_secrets(store, ("127.0.0.1:6379", "REDIS_PASSWORD")).await;
}

#[tokio::test]
async fn what_mysql_is_asked_is_recorded_without_secrets() {
    let Some(store) = Store::mysql().await else { return };
    recorded_without_secrets(store, ("127.0.0.1:3306", "MYSQL_PASSWORD")).await;
}

async fn recorded_without_secrets(mut store: Store, (example, variable): (&str, &str)) {
    store.insert(&Row::new("a").secret(MARKER)).await;
    let folder = tempfile::tempdir().expect("it can be made");
    let name = store.plugin();
    let settings = workspace::root().join("plugins").join(name).join("settings.example.toml");
    let settings = fs::read_to_string(settings).expect("it is shipped");
    let settings = settings.replace(example, store.address());
    fs::write(folder.path().join(format!("{name}.toml")), settings).expect("it can be written");
    let wasm = folder.path().join(format!("{name}.wasm"));
    fs::copy(workspace::component(name), wasm).expect("it was built");
    fs::write(folder.path().join("login.resp"), CONVERSATION).expect("it can be written");

    let mut record = test(folder.path(), &["--record", "--accept"]);
    record.env(variable, PASSWORD).env("SHOP_SECRET", MARKER);
    let recorded = finish(record, "").await;
    let told = format!("{}{}", recorded.output, recorded.errors);
    assert!(recorded.succeeded, "{told}");
    store.stop().await;
    // Nothing in the environment, and no store: what was recorded is enough.
    let played = finish(test(folder.path(), &["--check"]), "").await;
    assert!(played.succeeded, "{}{}", played.output, played.errors);

    let snapshot = fs::read_to_string(folder.path().join("login.snap")).expect("it was accepted");
    assert_eq!(snapshot.matches("granted").count(), 2, "{snapshot}");
    let mut places = vec![("what was printed".to_owned(), told.into_bytes())];
    for entry in fs::read_dir(folder.path()).expect("it is a folder").flatten() {
        let text = fs::read(entry.path()).expect("it is a file");
        places.push((entry.path().display().to_string(), text));
    }
    for (place, text) in places {
        for secret in [MARKER, PASSWORD] {
            let text = String::from_utf8_lossy(&text);
            assert!(!text.contains(secret), "{secret} is in {place}:\n{text}");
        }
    }
}

#[tokio::test]
async fn explained_logins_tell_no_secret() {
    let Some(mut store) = Store::mysql().await else { return };
    store.insert(&Row::new("a").secret(MARKER)).await;
    let gateway = store.gateway(Sidecar::default()).start().await;
    let mut operator = crate::login::operator(&gateway).await;
    for login in [
        "AUTH a Zq7MarkerSecret9xK",
        "AUTH a wrong",
        "AUTH key-a:Zq7MarkerSecret9xK@a/topic=orders&role=pub",
    ] {
        for form in ["EXPLAIN", "EXPLAIN JSON"] {
            let told = operator.send(&format!("{form} {login}")).await.to_string();
            assert!(told.contains("auth-mysql"), "{told}");
            assert!(!told.contains(MARKER), "{told}");
        }
    }
}

/// The cassettes of the repository are what a real database answers.
#[tokio::test]
async fn the_pipelines_cassettes_are_recorded_anew_as_they_are() {
    let Some(mut store) = Store::mysql().await else { return };
    for (group, operation) in [("shop", 3), ("readers", 1)] {
        let mut row = Row::new(group).secret(MARKER).operation(operation).cluster("main");
        (row.topic, row.key) = ("orders.new".to_owned(), "shop-key".to_owned());
        store.insert(&row).await;
    }
    let folder = tempfile::tempdir().expect("it can be made");
    for entry in fs::read_dir(orders()).expect("it is a folder").flatten() {
        if entry.path().is_file() {
            let to = folder.path().join(entry.file_name());
            fs::copy(entry.path(), to).expect("it can be copied");
        }
    }
    let plugins = folder.path().join("plugins");
    fs::create_dir(&plugins).expect("the folder is new");
    let built = workspace::target().join("scenarios/orders");
    for entry in fs::read_dir(built).expect("the pipeline was built").flatten() {
        fs::copy(entry.path(), plugins.join(entry.file_name())).expect("it can be copied");
    }
    let mut record = test(folder.path(), &["--record"]);
    record.arg("--plugins").arg(&plugins);
    record.env("MYSQL_PASSWORD", PASSWORD).env("MYSQL_ADDRESS", store.address());
    record.env("SHOP_SECRET", MARKER);
    finish(record, "").await.output_of_success();

    for entry in fs::read_dir(orders()).expect("it is a folder").flatten() {
        let name = entry.file_name().into_string().expect("it is text");
        let is_written = [".fixtures.toml", ".snap"].iter().any(|end| name.ends_with(end));
        if is_written {
            let read = |path: &Path| fs::read_to_string(path).expect("it is text");
            assert_eq!(read(&folder.path().join(&name)), read(&entry.path()), "{name}");
        }
    }
}

fn test(folder: &Path, arguments: &[&str]) -> tokio::process::Command {
    let mut command = sluicegate(&["test"]);
    command.arg(folder).args(arguments).env("XDG_CACHE_HOME", workspace::cache_home());
    if !folder.join("test.toml").exists() {
        command.arg("--plugins").arg(folder);
    }
    command
}
