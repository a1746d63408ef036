//! `sluicegate test`: conversations, their snapshots, and the people and machines that judge them.

mod terminal; // a real one
mod review; //   decided key by key
mod insta; //    decided with cargo-insta instead
mod machines; // the examples for GitHub Actions and pre-commit

use std::{fs, path::Path};

use sluicegate_tests::{
    command::{Finished, finish},
    gateway::sluicegate,
};
use tempfile::TempDir;

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
