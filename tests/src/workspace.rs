//! Where things lie: the repository, the program and the components that were built.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package has a parent").to_owned()
}

/// The folder cargo builds into.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The program under test: `SLUICEGATE_BIN`, or what was built with the same profile as this.
///
/// # Panics
/// If it was not built.
pub fn program() -> PathBuf {
    if let Some(named) = env::var_os("SLUICEGATE_BIN") {
        return PathBuf::from(named);
    }
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let candidates = [target(), root().join("target")].map(|t| t.join(profile).join("sluicegate"));
    candidates
        .iter()
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{} is missing: run `cargo build`", candidates[0].display()))
        .clone()
}

/// The built component of a shipped plugin, an example of the SDK or a test guest.
///
/// # Panics
/// If it was not built.
pub fn component(name: &str) -> PathBuf {
    let targets = [target(), root().join("target")];
    let kinds = ["plugins", "examples", "guests"];
    let places = targets.iter().flat_map(|target| kinds.map(|kind| target.join(kind)));
    places
        .map(|folder| folder.join(format!("{name}.wasm")))
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!("component `{name}` is not built: run `make test`, or `sluicegate plugin build`")
        })
}

/// The folder that `XDG_CACHE_HOME` names for programs under test: `sluicegate plugin call` keeps
/// compiled code below it, where all gateways of the tests look for it too.
pub fn cache_home() -> PathBuf {
    target().join("cache")
}

/// The compiled code that all tests share: it depends on the component alone.
pub fn plugin_cache() -> PathBuf {
    cache_home().join("sluicegate/plugins")
}
