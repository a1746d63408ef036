//! A real terminal, by tmux: a server of its own, whose screen is read and whose keys are pressed.

use std::{
    path::Path,
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use sluicegate_tests::{missing, process::PATIENCE};
use tokio::{process::Command, time::sleep};

/// How often the screen is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Numbers the servers of one run.
static SERVERS: AtomicU32 = AtomicU32::new(0);

/// How wide terminals are.
pub(super) const COLUMNS: u32 = 100;

/// A terminal of 100 columns and 30 rows; it ends, with what runs in it, when this is dropped.
pub(super) struct Terminal {
    socket: String,
}

impl Terminal {
    /// Runs a line of shell in a folder; none, counted, where tmux is missing.
    pub(super) async fn run(line: &str, folder: &Path) -> Option<Self> {
        missing::require("tmux")?;
        let number = SERVERS.fetch_add(1, Ordering::Relaxed);
        let terminal = Self { socket: format!("sluicegate-{}-{number}", process::id()) };
        // What was written stays on the screen when the line has ended.
        let line = format!("{line}; echo \"(ended with $?)\"; exec sleep 600");
        let place = folder.to_str().expect("temporary folders have plain names");
        terminal
            .tmux(&[
                "new-session",
                "-d",
                "-x",
                &COLUMNS.to_string(),
                "-y",
                "30",
                "-c",
                place,
                "sh",
                "-c",
                &line,
            ])
            .await;
        Some(terminal)
    }

    /// Presses a key, by tmux' name for it.
    pub(super) async fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]).await;
    }

    /// Waits until the screen shows these words, and returns all of it.
    pub(super) async fn shows(&self, words: &str) -> String {
        let began = Instant::now();
        loop {
            let screen = self.tmux(&["capture-pane", "-p"]).await;
            if screen.contains(words) {
                return screen;
            }
            assert!(began.elapsed() < PATIENCE, "never showed {words:?}:\n{screen}");
            sleep(LOOK).await;
        }
    }

    /// The screen with its colours, as escape codes.
    pub(super) async fn colours(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-e"]).await
    }

    async fn tmux(&self, arguments: &[&str]) -> String {
        // No settings of whoever runs the tests, and UTF-8 whatever the locale.
        let mut command = Command::new("tmux");
        command.args(["-u", "-f", "/dev/null", "-L", &self.socket]).args(arguments);
        let output = command.output().await.expect("tmux runs");
        assert!(output.status.success(), "tmux {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let kill = ["-L", &self.socket, "kill-server"];
        // One that never began cannot end.
        let _ = process::Command::new("tmux").args(kill).output();
    }
}
