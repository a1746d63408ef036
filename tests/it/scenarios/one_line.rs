//! One line of a plugin is changed, the plugin is built anew, and its conversations name it.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use sluicegate_tests::{
    authoring::{self, Kind, Project},
    command::finish,
    gateway::sluicegate,
    workspace,
};

use super::{orders, test};

/// Plugin, source file, a line of it, and what that becomes.
const CHANGES: [(&str, &str, &str, &str); 4] = [
    (
        "auth-mysql",
        "src/store.rs",
        "        operation: operation.ok_or(\"its operation is not an integer\")?,",
        "        operation: operation.map_or(1, |_| 1),",
    ),
    (
        "filter-json",
        "src/lib.rs",
        "                Verdict::reject(\"missing-field\", format!(\"the value has no field `{path}`\"))",
        "                Verdict::reject(\"incomplete\", format!(\"the value has no field `{path}`\"))",
    ),
    (
        "partition-hash",
        "src/hash.rs",
        "    !key.iter().fold(!0, |crc, &byte| {",
        "    key.iter().fold(!0, |crc, &byte| {",
    ),
    (
        "transcode-protobuf",
        "src/codec.rs",
        "    let strict = DeserializeOptions::new().deny_unknown_fields(true);",
        "    let strict = DeserializeOptions::new().deny_unknown_fields(false);",
    ),
];

#[tokio::test]
async fn a_changed_line_fails_at_its_plugin() {
    let workshop = Workshop::open();
    for (plugin, file, line, changed) in CHANGES {
        let folder = workshop.plugins_of_the_pipeline(plugin);
        workshop.edit(plugin, file, line, changed);
        workshop.build(plugin, &folder).await;
        workshop.edit(plugin, file, changed, line);
        fails_at(plugin, &folder).await;
    }
}

#[tokio::test]
async fn a_changed_line_of_go_fails_at_its_plugin() {
    let go = authoring::language("go");
    if !authoring::is_installed(go) {
        return;
    }
    let project = Project::new(go, "guard-changed", "filter").await;
    project.replace_source(&workspace::root().join("plugin-sdk/go/examples/guard.go"));
    project.edit("`\"***\"`", "`\"hidden\"`");
    project.build().await.output_of_success();

    let workshop = Workshop::open();
    let folder = workshop.plugins_of_the_pipeline("guard");
    fs::copy(project.component(), folder.join("guard.wasm")).expect("it was built");
    fails_at("guard", &folder).await;
}

#[tokio::test]
async fn unchanged_the_pipeline_is_as_it_was_accepted() {
    let Some(_) = authoring::built(authoring::language("go"), Kind::Guard).await else { return };
    let orders = orders();
    let played = test(&[orders.to_str().expect("it is text"), "--check"]).await;
    assert!(played.succeeded, "{}\n{}", played.output, played.errors);
}

/// The first difference that is told is at this plugin, and no other is named.
async fn fails_at(plugin: &str, plugins: &Path) {
    let (orders, plugins) = (orders(), plugins.display().to_string());
    let orders = orders.to_str().expect("it is text");
    let played = test(&[orders, "--check", "--plugins", &plugins]).await;
    assert!(!played.succeeded, "{plugin} was changed: {}", played.output);
    let told: Vec<_> = played.output.lines().filter(|line| line.contains(".resp:")).collect();
    assert!(!told.is_empty(), "no line of a conversation is told: {}", played.output);
    for line in told {
        assert!(line.contains(plugin), "`{line}` does not name {plugin}: {}", played.output);
    }
}

/// A copy of the plugins and their SDK, to be changed; what they depend on is compiled already.
struct Workshop(tempfile::TempDir);

impl Workshop {
    fn open() -> Self {
        let root = workspace::root();
        fs::create_dir_all(workspace::target()).expect("it can be made");
        let folder = tempfile::tempdir_in(workspace::target()).expect("it can be made");
        let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("it is there");
        let (before, rest) = manifest.split_once("members = [").expect("it is a workspace");
        let (_, after) = rest.split_once("# Shipped plugins").expect("the members end here");
        let (_, after) =
            after.split_once("default-members = [\"gateway/program\"]").expect("and these");
        let members = "members = [\"plugin-sdk/rust\", \"plugins/*\"]";
        fs::write(folder.path().join("Cargo.toml"), format!("{before}{members}\n{after}"))
            .expect("it can be written");
        fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("it is there");
        copy(&root.join("plugins"), &folder.path().join("plugins"));
        copy(&root.join("plugin-sdk/rust"), &folder.path().join("plugin-sdk/rust"));
        symlink(root.join("plugin-sdk/wit"), folder.path().join("plugin-sdk/wit"))
            .expect("it can be made");
        Self(folder)
    }

    /// The pipeline's plugins and their settings, but for the changed one's code.
    fn plugins_of_the_pipeline(&self, changed: &str) -> PathBuf {
        let folder = self.0.path().join(format!("pipeline-{changed}"));
        copy(&workspace::target().join("scenarios/orders"), &folder);
        fs::remove_file(folder.join(format!("{changed}.wasm"))).expect("it is of the pipeline");
        folder
    }

    fn edit(&self, plugin: &str, file: &str, from: &str, to: &str) {
        let path = self.0.path().join("plugins").join(plugin).join(file);
        let text = fs::read_to_string(&path).expect("it is a source file");
        assert_eq!(text.matches(from).count(), 1, "{} has not one `{from}`", path.display());
        fs::write(&path, text.replace(from, to)).expect("it can be written");
    }

    async fn build(&self, plugin: &str, out: &Path) {
        let mut command = sluicegate(&["plugin", "build"]);
        command.arg(self.0.path().join("plugins").join(plugin)).arg("--out").arg(out);
        // One for all changed plugins of all runs: Debian's toolchain builds std for each folder.
        command.env("CARGO_TARGET_DIR", workspace::target().join("authoring/cargo"));
        finish(command, "").await.output_of_success();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it can be made");
    for entry in fs::read_dir(from).expect("it is a folder").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("it can be copied");
        }
    }
}
