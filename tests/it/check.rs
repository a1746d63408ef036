//! Configuration is checked before anything runs, all of it at once.

use std::fs;

use sluicegate_tests::{
    command::{Finished, finish},
    gateway::{drop_in, read, sluicegate},
    workspace,
};
use tempfile::TempDir;

#[tokio::test]
async fn check_reports_all_problems_of_a_file_at_once() {
    let faults = r#"
        [listen]
        adress = "127.0.0.1:6380"
        connections_max = 0
        [broker]
        kind = "kavka"
        [limits]
        value_bytes_max = "many"
        [nonsense]
    "#;

    let told = check(faults, &[]).await;

    assert!(!told.succeeded);
    let report = told.output + &told.errors;
    for words in ["adress", "address", "connections_max", "kavka", "value_bytes_max", "nonsense"] {
        assert!(report.contains(words), "no word about {words}:\n{report}");
    }
}

#[tokio::test]
async fn check_loads_the_plugins() {
    let good = check("", &[("filter-json", "")]).await;
    let bad = check("", &[("ungranted", "")]).await;

    assert!(good.succeeded, "{}{}", good.output, good.errors);
    assert!(!bad.succeeded);
    let report = bad.output + &bad.errors;
    assert!(report.contains("ungranted"), "{report}");
}

#[tokio::test]
async fn the_shipped_configuration_is_without_fault_and_holds_the_defaults() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    for name in ["gateway.toml", "minimal.toml"] {
        let path = workspace::root().join("config").join(name);
        fs::copy(path, folder.path().join(name)).expect("it is shipped");
        fs::create_dir_all(folder.path().join("plugins.d")).expect("it can be made");
        let mut command = sluicegate(&["check", "--config", name]);
        command.current_dir(folder.path());

        let told = finish(command, "").await;

        assert!(told.succeeded, "{name}: {}{}", told.output, told.errors);
    }
}

#[tokio::test]
async fn secrets_come_from_the_environment_and_a_missing_one_is_named() {
    let toml = "[settings]\nrequired = [\"${SLUICEGATE_TEST_FIELD}\"]";

    let told = check("", &[("filter-json", toml)]).await;

    assert!(!told.succeeded);
    let report = told.output + &told.errors;
    assert!(report.contains("SLUICEGATE_TEST_FIELD"), "{report}");
}

#[tokio::test]
async fn version_tells_the_version() {
    let told = finish(sluicegate(&["version"]), "").await;

    assert!(told.output_of_success().contains(env!("CARGO_PKG_VERSION")));
}

async fn check(config: &str, plugins: &[(&str, &str)]) -> Finished {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let plugin_folder = folder.path().join("plugins.d");
    fs::create_dir(&plugin_folder).expect("the folder is empty");
    for (name, toml) in plugins {
        drop_in(&plugin_folder, name, &read(&workspace::component(name)), toml);
    }
    fs::write(folder.path().join("gateway.toml"), config).expect("it can be written");
    let mut command = sluicegate(&["check", "--config", "gateway.toml"]);
    command.current_dir(folder.path());
    finish(command, "").await
}
