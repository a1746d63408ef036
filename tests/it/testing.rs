//! `sluicegate test`: conversations, their snapshots, and the people and machines that judge them.

mod terminal; // a real one
mod picture; //  what it shows
mod review; //   decided key by key
mod insta; //    decided with cargo-insta instead
mod page; //     the page about all this, followed
mod machines; // the examples for GitHub Actions and pre-commit

use std::{env, fs, iter, path::Path};

use sluicegate_tests::{
    authoring::with_compilers,
    command::{Finished, finish},
    gateway::sluicegate,
    workspace,
};
use tempfile::TempDir;
use tokio::process::Command;

/// A folder of conversations.
struct Conversations(TempDir);

impl Conversations {
    /// Conversations of these names, accepted as they are played; no plugin takes part.
    async fn accepted(names: &[&str]) -> Self {
        let folder = Self(TempDir::new().expect("a temporary folder can be made"));
        for name in names {
            folder.write(&format!("{name}.resp"), &format!("PING {name}\n"));
        }
        folder.test(&["--accept"]).await.output_of_success();
        folder
    }

    /// The same, all of which say something else now and wait to be accepted.
    async fn pending(names: &[&str]) -> Self {
        let folder = Self::accepted(names).await;
        for name in names {
            folder.write(&format!("{name}.resp"), &format!("PING {name}-2\n"));
        }
        let told = folder.test(&[]).await;
        assert!(!told.succeeded, "something differs:\n{}\n{}", told.output, told.errors);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).expect("the folder can be written");
    }

    /// The text of a file; none where there is no such file.
    fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path().join(name)).ok()
    }

    /// What is true of a snapshot: `old` or `new`, and if something waits beside it.
    fn state(&self, name: &str) -> String {
        let text = self.text(&format!("{name}.snap")).expect("it was accepted once");
        let is_new = text.contains(&format!("{name}-2"));
        let waits = self.text(&format!("{name}.snap.new")).is_some();
        format!("{}{}", if is_new { "new" } else { "old" }, if waits { ", one waits" } else { "" })
    }

    /// `sluicegate test` in the folder.
    async fn test(&self, arguments: &[&str]) -> Finished {
        let mut command = sluicegate(&["test"]);
        command.args(arguments).current_dir(self.path());
        finish(command, "").await
    }
}

/// A line of shell as a plugin's author types it: compilers and the program are in the path.
fn shell(line: &str, folder: &Path) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", line]).current_dir(folder);
    let as_author = with_compilers(&[], folder);
    let program = workspace::program();
    let own = program.parent().expect("a program lies in a folder");
    for (name, value) in as_author.as_std().get_envs() {
        let value = value.expect("nothing is taken away");
        if name == "PATH" {
            let paths = iter::once(own.to_owned()).chain(env::split_paths(value));
            command.env(name, env::join_paths(paths).expect("no colons"));
        } else {
            command.env(name, value);
        }
    }
    command
}
