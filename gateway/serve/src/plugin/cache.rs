//! Compiled code kept between starts: a JavaScript guest takes 17 s to compile and 0.4 ms to load.
//!
//! What lies in the folder is executed without being compiled again, so whoever can write there
//! can run code in the gateway. The folder is therefore made private (mode 0700), must belong to
//! the process's user, and an entry that others could write is not read. The checksum guards
//! against torn and rotten files, not against an attacker.

use std::{
    fs,
    hash::{Hash, Hasher},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use sha2::{Digest, Sha256};
use thiserror::Error;
use tracing::warn;
use wasmtime::component::Component;

/// First bytes of an entry; the number goes up when the layout changes.
const MAGIC: &[u8; 8] = b"SLUICEC1";
const DIGEST_BYTES: usize = 32;
const HEADER_BYTES: usize = MAGIC.len() + DIGEST_BYTES;
const EXTENSION: &str = "compiled";
const UNFINISHED: &str = "unfinished";

/// Bits of a file mode that let others write.
const OTHERS_WRITE: u32 = 0o022;

/// Why the cache folder cannot be used.
#[derive(Debug, Error)]
pub enum CacheError {
    /// It cannot be made, or not be made private.
    #[error("making the plugin cache folder `{}` private", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It belongs to someone else, who could put code there.
    #[error("the plugin cache folder `{}` belongs to another user, who could put code there", folder.display())]
    Foreign {
        /// The folder.
        folder: PathBuf,
    },
}

/// The folder, and what this engine's entries are named by.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    owner: u32,
    bytes_max: u64,
    /// Stands for wasmtime's version, its settings and this machine's processor.
    engine: String,
}

impl Cache {
    /// Makes the folder if there is none, and private in any case.
    pub(super) fn open(
        folder: &Path,
        bytes_max: u64,
        engine: &wasmtime::Engine,
    ) -> Result<Self, CacheError> {
        let owner = own_folder(folder)
            .map_err(|source| CacheError::Folder { folder: folder.into(), source })?
            .ok_or_else(|| CacheError::Foreign { folder: folder.into() })?;
        let mut hasher = Sha256Hasher(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let engine = hex(&hasher.0.finalize()[..8]);
        Ok(Self { folder: folder.into(), owner, bytes_max, engine })
    }

    /// The compiled form of the file with this hash, if it is here and sound.
    pub(super) fn get(&self, engine: &wasmtime::Engine, hash: &[u8]) -> Option<Component> {
        let path = self.path(hash);
        let file = fs::File::open(&path).ok()?;
        let about = file.metadata().ok()?;
        if about.uid() != self.owner || about.mode() & OTHERS_WRITE != 0 {
            warn!(file = %path.display(), "plugin cache entry of another user ignored");
            return None;
        }
        let bytes = fs::read(&path).ok()?;
        let (header, code) = bytes.split_at_checked(HEADER_BYTES)?;
        if header != self.header(hash, code) {
            warn!(file = %path.display(), "damaged plugin cache entry ignored");
            return None;
        }
        // The time of last use decides what is dropped first; failing to note it does no harm.
        file.set_modified(SystemTime::now()).ok();
        deserialize(engine, code)
            .inspect_err(|error| {
                let error = format!("{error:#}");
                warn!(file = %path.display(), error, "plugin cache entry of no use");
            })
            .ok()
    }

    /// Keeps a compiled component. What goes wrong costs the next start some time and is logged.
    pub(super) fn put(&self, hash: &[u8], component: &Component) {
        let kept = match component.serialize() {
            Ok(code) => self.write(hash, &code).and_then(|()| self.trim()),
            Err(error) => Err(io::Error::other(format!("{error:#}"))),
        };
        if let Err(error) = kept {
            warn!(folder = %self.folder.display(), %error, "compiled plugin not cached");
        }
    }

    fn write(&self, hash: &[u8], code: &[u8]) -> io::Result<()> {
        use std::io::Write;

        let path = self.path(hash);
        let unfinished = path.with_extension(unfinished());
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&unfinished)?;
        file.write_all(&self.header(hash, code))?;
        file.write_all(code)?;
        // Not synchronised: the checksum finds an entry that a power cut tore.
        fs::rename(&unfinished, &path)
    }

    /// Drops the entries used least recently until the folder is within its bound, and the
    /// remains of a process that ended while it wrote.
    fn trim(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let (path, about) = entry.and_then(|e| Ok((e.path(), e.metadata()?)))?;
            let age = about.modified()?.elapsed().unwrap_or_default();
            match path.extension().and_then(|e| e.to_str()) {
                Some(EXTENSION) => entries.push((age, about.len(), path)),
                Some(UNFINISHED) if age.as_secs() > 3600 => fs::remove_file(path)?,
                _ => {}
            }
        }
        entries.sort();
        let mut kept = 0;
        for (_, bytes, path) in entries {
            kept += bytes;
            if kept > self.bytes_max {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn path(&self, hash: &[u8]) -> PathBuf {
        self.folder.join(format!("{}-{}.{EXTENSION}", hex(hash), self.engine))
    }

    /// The header binds the code to the file it was made from and to the engine.
    fn header(&self, hash: &[u8], code: &[u8]) -> [u8; HEADER_BYTES] {
        let digest = Sha256::new().chain_update(hash).chain_update(&self.engine).chain_update(code);
        let mut header = [0; HEADER_BYTES];
        header[..MAGIC.len()].copy_from_slice(MAGIC);
        header[MAGIC.len()..].copy_from_slice(&digest.finalize());
        header
    }
}

/// What a file ends in that nobody else writes: another engine of this process may have the folder
/// too.
fn unfinished() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}.{UNFINISHED}", std::process::id())
}

/// Makes the folder private; its owner if that is the process's user, `None` if not.
fn own_folder(folder: &Path) -> io::Result<Option<u32>> {
    fs::create_dir_all(folder)?;
    let owner = fs::metadata(folder)?.uid();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    // A new file belongs to the process's user: root may change the mode of any folder.
    let probe = folder.join(unfinished());
    let ours = fs::File::create(&probe)?.metadata()?.uid();
    fs::remove_file(probe)?;
    Ok((owner == ours).then_some(owner))
}

#[allow(
    unsafe_code,
    reason = "wasmtime trusts compiled code; it is our own, from a private folder, checksummed. \
              Measured need: 17.5 s to compile a JavaScript guest against 0.4 ms to load it"
)]
fn deserialize(engine: &wasmtime::Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `code` was written by `Cache::put` of a process of this user with an equal engine:
    // `get` checked the owner, the mode and the checksum that covers hash, engine and code.
    unsafe { Component::deserialize(engine, code) }
}

/// Lower-case hexadecimal digits of `bytes`.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;

    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Collects what a `Hash` says, so that it can name a file: std's hashers may change.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the digest is taken from the hasher itself")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(bytes_max: u64) -> (tempfile::TempDir, wasmtime::Engine, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let engine = wasmtime::Engine::default();
        let cache = Cache::open(folder.path(), bytes_max, &engine).unwrap();
        (folder, engine, cache)
    }

    fn component(engine: &wasmtime::Engine) -> Component {
        Component::from_binary(engine, &wat::parse_str("(component)").unwrap()).unwrap()
    }

    fn entries(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn what_is_put_can_be_had_again_and_only_under_its_hash() {
        let (_folder, engine, cache) = cache(1 << 30);
        cache.put(&[1; 32], &component(&engine));
        assert!(cache.get(&engine, &[1; 32]).is_some());
        assert!(cache.get(&engine, &[2; 32]).is_none());
    }

    #[test]
    fn a_damaged_or_moved_entry_is_ignored() {
        let (folder, engine, cache) = cache(1 << 30);
        cache.put(&[1; 32], &component(&engine));
        fs::rename(cache.path(&[1; 32]), cache.path(&[2; 32])).unwrap();
        assert!(cache.get(&engine, &[2; 32]).is_none(), "made from another file");

        cache.put(&[1; 32], &component(&engine));
        let path = cache.path(&[1; 32]);
        let sound = fs::read(&path).unwrap();
        for at in [0, HEADER_BYTES - 1, HEADER_BYTES, sound.len() - 1] {
            let mut damaged = sound.clone();
            damaged[at] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert!(cache.get(&engine, &[1; 32]).is_none(), "byte {at}");
        }
        fs::write(&path, &sound[..10]).unwrap();
        assert!(cache.get(&engine, &[1; 32]).is_none(), "cut");
        drop(folder);
    }

    #[test]
    fn the_folder_is_private_and_an_entry_others_may_write_is_ignored() {
        let (folder, engine, cache) = cache(1 << 30);
        assert_eq!(fs::metadata(folder.path()).unwrap().mode() & 0o777, 0o700);
        cache.put(&[1; 32], &component(&engine));
        fs::set_permissions(cache.path(&[1; 32]), fs::Permissions::from_mode(0o622)).unwrap();
        assert!(cache.get(&engine, &[1; 32]).is_none());
    }

    #[test]
    fn the_folder_stays_within_its_bound() {
        let (folder, engine, cache) = cache(1);
        cache.put(&[1; 32], &component(&engine));
        assert!(entries(folder.path()).is_empty());
    }
}
