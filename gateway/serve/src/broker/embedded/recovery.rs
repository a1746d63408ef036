//! Opening a folder: the checkpoint, then what the journal adds to it.
//!
//! Costs what the journal holds, whatever the log holds. Nothing that was acknowledged is
//! dropped: the journal is replayed up to its torn end, and a hole in it refuses to open.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    hash::{BuildHasher, RandomState},
    io::{self, Read},
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

use anyhow::{Context, bail, ensure};

use super::{
    catalog::Catalog,
    checkpoint::{self, LoadedCheckpoint},
    journal::{self, FIRST, Journal, JournalFile, JournalFormat, JournalPosition},
    layout,
    log::Log,
    settings::{EmbeddedSettings, Storage},
    store::Store,
    writer::Writer,
};

mod replay; //   what the journal adds
mod segments; // segment files that lost bytes or belong to nobody

use replay::Replay;

const LOCK: &str = "lock";

/// Opens what `settings` name, up to the point where the writer can start.
pub(super) fn open(settings: EmbeddedSettings) -> anyhow::Result<Writer> {
    settings.check().context("settings of the embedded log")?;
    let Storage::Folder(root) = settings.storage.clone() else {
        let log = Arc::new(Log::new(settings, Catalog::default()));
        let store = Store::new(Arc::clone(&log));
        return Ok(Writer::new(log, store));
    };
    open_folder(settings, &root).with_context(|| format!("opening the log in `{}`", root.display()))
}

fn open_folder(mut settings: EmbeddedSettings, root: &Path) -> anyhow::Result<Writer> {
    fs::create_dir_all(root)?;
    let lock = lock(root)?;
    if !fs::exists(root.join(checkpoint::NAME))? {
        create(root, settings.journal_bytes)?;
    }
    let LoadedCheckpoint { catalog, journal: format, cursor } = load_checkpoint(root)?;
    settings.journal_bytes = format.file_bytes;
    let files = [open_journal(root, 0, format)?, open_journal(root, 1, format)?];

    let log = Arc::new(Log::new(settings, catalog));
    let truncated = segments::find_truncated(&log)?;
    let mut store = Store::new(Arc::clone(&log));
    let mut replay = Replay::new(&log, &mut store, &truncated);
    let end = replay.run(&files, format, cursor)?;
    let next_topic_id = replay.next_topic_id();
    // What was replayed may have been in the page cache only.
    files[usize::from(end.file)].sync_data().context("syncing the journal")?;
    let cut = segments::settle_truncated(&log, &truncated)?;
    segments::remove_orphans(&log)?;

    let files = files.map(|file| Box::new(file) as Box<dyn JournalFile>);
    let journal = Journal { files, format, cursor: end };
    if cut {
        // The old checkpoint promises what is gone: replace it before anything is added.
        store.checkpoint(format, end)?.run(&log.files)?;
    } else if end.file != cursor.file {
        // Both files are in use; the writer will need one of them soon.
        store.start_checkpoint(format, end)?;
    }
    Ok(Writer::new(log, store).with_journal(journal, next_topic_id, lock))
}

/// Takes the folder for this process; the lock goes with the file, also after kill -9.
fn lock(root: &Path) -> anyhow::Result<File> {
    let options = OpenOptions::new().create(true).truncate(false).write(true).clone();
    let file = options.open(root.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another process is using this folder: stop it, or give this one a folder of its own"
        ),
        Err(TryLockError::Error(error)) => Err(error).context("locking the folder"),
    }
}

/// Makes an empty log. The checkpoint comes last, so a crash half-way starts again.
fn create(root: &Path, journal_bytes: u64) -> anyhow::Result<()> {
    ensure!(
        !fs::exists(root.join("topics"))?,
        "file `checkpoint` is missing, but there are records in `topics`: restore the file, or \
         move the folder away to begin an empty log"
    );
    let format = JournalFormat { salt: random(), file_bytes: journal_bytes };
    journal::create(root, format).context("making the journal")?;
    let start = JournalPosition { file: 0, position: FIRST, sequence: 1 };
    let bytes = checkpoint::encode(&Catalog::default(), format, start);
    checkpoint::write(root, &bytes).context("writing the first checkpoint")?;
    // The folder itself may be new.
    match root.canonicalize()?.parent() {
        Some(parent) => layout::sync_folder(parent).context("syncing the parent folder"),
        None => Ok(()),
    }
}

/// The standard library seeds its hash maps from the system's random source.
fn random() -> u64 {
    RandomState::new().hash_one("sluicegate journal")
}

fn load_checkpoint(root: &Path) -> anyhow::Result<LoadedCheckpoint> {
    let mut bytes = Vec::new();
    let path = root.join(checkpoint::NAME);
    File::open(&path)?.read_to_end(&mut bytes)?;
    checkpoint::decode(&bytes, root).with_context(|| {
        format!(
            "`{}` is damaged or of another version (sum over bytes 4 to {} or its mark is wrong): \
             restore it from a copy of the folder, or use the version that wrote it",
            path.display(),
            bytes.len()
        )
    })
}

fn open_journal(root: &Path, number: usize, format: JournalFormat) -> anyhow::Result<File> {
    let path = root.join(journal::NAMES[number]);
    let file = OpenOptions::new().read(true).write(true).open(&path).with_context(|| {
        format!("`{}` is part of the log: restore it from a copy of the folder", path.display())
    })?;
    let expected = journal::file_header(format.salt);
    let mut found = [0; 16];
    match file.read_exact_at(&mut found, 0) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            // Cut off altogether: as good as empty. A hole in the sequence would still be found.
            file.write_all_at(&expected, 0)?;
        }
        read => {
            read?;
            ensure!(
                found == expected,
                "`{}` byte 0: not the journal of this log: restore it from a copy of the folder",
                path.display()
            );
        }
    }
    Ok(file)
}
