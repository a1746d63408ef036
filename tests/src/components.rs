//! Builds the shipped plugins, the SDK's examples and the test guests: Rust crates in, components out.
//!
//! Every folder of `plugins/`, `plugin-sdk/examples/` and `tests/guests/` that has a `Cargo.toml` is one, its package named
//! like the folder. One cargo call compiles all of them, so that a toolchain which must build std
//! first does it once; then each core module becomes a component, without further tools.

mod toolchain;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use wit_component::ComponentEncoder;

use crate::workspace;

pub use toolchain::{TARGET, Toolchain};

/// One component, built or found up to date.
#[derive(Debug)]
pub struct Built {
    /// Name of its folder, its package and its file.
    pub name: String,
    /// Where the component is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// False if what was there already is still right.
    pub is_new: bool,
}

/// Where crates are, and the folder below `out` for what comes of them.
const SOURCES: [(&str, &str); 3] =
    [("plugins", "plugins"), ("plugin-sdk/examples", "examples"), ("tests/guests", "guests")];

/// Builds everything into `out/plugins`, `out/examples` and `out/guests`.
///
/// # Errors
/// A toolchain that cannot compile for WebAssembly, with what to install; a crate that does not
/// compile; a core module that is not a component, with the package's name. What was built before
/// the error stays.
pub fn build_all(out: &Path) -> Result<Vec<Built>, String> {
    let mut crates = Vec::new();
    for (source, folder) in SOURCES {
        let names = packages(&workspace::root().join(source))?;
        crates.extend(names.into_iter().map(|name| (name, out.join(folder))));
    }
    compile(&Toolchain::find()?, crates.iter().map(|(name, _)| name))?;

    let mut built = Vec::new();
    for (name, folder) in crates {
        fs::create_dir_all(&folder).map_err(|error| cannot("create", &folder, &error))?;
        built.push(componentise(name, &folder)?);
    }
    Ok(built)
}

/// Makes a component of a core module that carries its world in custom sections.
///
/// # Errors
/// In wit-component's words: no world inside, or exports that do not fit it.
pub fn encode(core: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = ComponentEncoder::default();
    let component = encoder.module(core).and_then(ComponentEncoder::encode);
    component.map_err(|error| format!("{error:#}"))
}

/// The crates of a folder, sorted, by the names of their folders.
fn packages(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| cannot("read", folder, &error))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

fn compile<'n>(
    toolchain: &Toolchain,
    names: impl Iterator<Item = &'n String>,
) -> Result<(), String> {
    let mut cargo = toolchain.cargo();
    cargo.current_dir(workspace::root()).arg("--target-dir").arg(target());
    for name in names {
        cargo.args(["--package", name]);
    }
    run(cargo)
}

fn run(mut command: Command) -> Result<(), String> {
    let status = command.status().map_err(|error| {
        format!("starting `{}`: {error}", command.get_program().to_string_lossy())
    })?;
    if status.success() { Ok(()) } else { Err("the plugins do not compile: see above".to_owned()) }
}

fn componentise(name: String, folder: &Path) -> Result<Built, String> {
    let file = format!("{}.wasm", name.replace('-', "_"));
    let core = target().join(TARGET).join("release").join(file);
    let path = folder.join(format!("{name}.wasm"));
    let is_new = !is_up_to_date(&path, &core);
    if is_new {
        let core = fs::read(&core).map_err(|error| cannot("read", &core, &error))?;
        let component =
            encode(&core).map_err(|error| format!("`{name}` is not a component: {error}"))?;
        replace(&path, &component).map_err(|error| cannot("write", &path, &error))?;
    }
    let bytes = fs::metadata(&path).map_err(|error| cannot("read", &path, &error))?.len();
    Ok(Built { name, path, bytes, is_new })
}

/// Puts the file there whole: a running gateway may be watching the folder.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let aside = path.with_extension("wasm.new");
    fs::write(&aside, bytes)?;
    fs::rename(&aside, path)
}

fn is_up_to_date(component: &Path, core: &Path) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    matches!((changed(component), changed(core)), (Some(made), Some(from)) if made > from)
}

/// Apart from the host's: the two toolchains would throw each other's work away.
fn target() -> PathBuf {
    workspace::target().join("wasm")
}

fn cannot(attempt: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {attempt} `{}`: {error}", path.display())
}
