//! File events as one signal: something in the folder has changed.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::{sync::mpsc, time::timeout};

/// Watches folders until dropped.
#[derive(Debug)]
pub struct Watch {
    events: mpsc::Receiver<()>,
    /// Something has changed since the last silence.
    unsettled: bool,
    watcher: RecommendedWatcher,
}

impl Watch {
    /// Begins to watch `folder`, without the folders in it.
    ///
    /// # Errors
    /// The folder does not exist, or the system has no watches left.
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        let mut watch = Self::of_nothing()?;
        watch.add(folder)?;
        Ok(watch)
    }

    /// Watches nothing yet.
    ///
    /// # Errors
    /// The system lets nobody watch any more.
    pub fn of_nothing() -> anyhow::Result<Self> {
        // One place is enough: all that counts is that there was an event since the last look.
        let (sender, events) = mpsc::channel(1);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let reading = event.as_ref().is_ok_and(|event| event.kind.is_access());
            if !reading {
                let _ = sender.try_send(());
            }
        })
        .context("starting to watch files")?;
        Ok(Self { events, unsettled: false, watcher })
    }

    /// Watches `folder` too, without the folders in it; nothing changes if it is watched already.
    ///
    /// # Errors
    /// The folder does not exist, or the system has no watches left.
    pub fn add(&mut self, folder: &Path) -> anyhow::Result<()> {
        self.watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .with_context(|| format!("watching the folder `{}`", folder.display()))
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
