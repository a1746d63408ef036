//! File events as one signal: something in the folder has changed.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::{sync::mpsc, time::timeout};

/// Watches a folder until dropped.
#[derive(Debug)]
pub struct Watch {
    events: mpsc::Receiver<()>,
    /// Something has changed since the last silence.
    unsettled: bool,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Begins to watch `folder`, without the folders in it.
    ///
    /// # Errors
    /// The folder does not exist, or the system has no watches left.
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        // One place is enough: all that counts is that there was an event since the last look.
        let (sender, events) = mpsc::channel(1);
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let reading = event.as_ref().is_ok_and(|event| event.kind.is_access());
                if !reading {
                    let _ = sender.try_send(());
                }
            })
            .context("starting to watch files")?;
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .with_context(|| format!("watching the plugin folder `{}`", folder.display()))?;
        Ok(Self { events, unsettled: false, _watcher: watcher })
    }

    /// Ends when something has changed, and then nothing for `silence`. Can be dropped and called
    /// again without losing a change.
    pub async fn settled(&mut self, silence: Duration) {
        if !self.unsettled {
            if self.events.recv().await.is_none() {
                std::future::pending::<()>().await;
            }
            self.unsettled = true;
        }
        while let Ok(Some(())) = timeout(silence, self.events.recv()).await {}
        self.unsettled = false;
    }
}
