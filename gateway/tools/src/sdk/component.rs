//! From what a compiler makes to a component: the world embedded, WASI answered, the result checked.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use sluicegate::message::Role;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::world::{CONTRACT_WIT, Roles};

#[cfg(test)]
mod tests;

/// How every WebAssembly file begins.
const MAGIC: &[u8] = b"\0asm";
/// How a component begins, where a core module has another word.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
/// How the encoder begins what it says of any module that does not fit.
const ENCODER_PREFACE: &str = "failed to decode world from module: module was not valid: ";
/// The custom sections that bindings generators leave begin so.
const WORLD_SECTION: &[u8] = b"component-type";
/// The old WASI, which compilers without components import.
const PREVIEW1: &str = "wasi_snapshot_preview1";
/// Answers its imports, so that a language runtime can start: see the file itself.
const PREVIEW1_WAT: &str = include_str!("preview1.wat");
/// Does nothing in every role: see the file itself.
const NOOP_WAT: &str = include_str!("noop.wat");
/// What `preview1.wat` imports.
const PREVIEW1_WORLD: &str = "
    package local:preview1;
    world adapter {
        import sluicegate:plugin/log@0.1.0;
        import wasi:random/random@0.2.0;
    }
";
/// As much of WASI as `preview1.wat` asks for, which the gateway answers.
const RANDOM: &str = "
    package wasi:random@0.2.0;
    interface random {
        get-random-u64: func() -> u64;
    }
";

/// Makes a component of `module`; a component is handed back as it is.
///
/// `wit` is the folder with the project's world. It is embedded unless the module carries its
/// world already, as modules of bindings generators do.
///
/// # Errors
/// In words: no world, exports that do not fit it, or not WebAssembly at all.
pub fn componentise(module: &[u8], wit: &Path) -> anyhow::Result<Vec<u8>> {
    if module.starts_with(COMPONENT) {
        return Ok(module.to_vec());
    }
    if !module.starts_with(MAGIC) {
        bail!("it is not WebAssembly\n  hint:  the compiler must make a module, for `wasm32`");
    }
    let mut module = module.to_vec();
    if !contains(&module, WORLD_SECTION) {
        let (resolve, world) = world(wit)?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
            .context("embedding the world")?;
    }
    let wants_preview1 = contains(&module, PREVIEW1.as_bytes());
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).context("reading the core module")?;
    if wants_preview1 {
        encoder.adapter(PREVIEW1, &preview1()?).context("answering WASI")?;
    }
    encoder.encode().map_err(|error| {
        let error = format!("{error:#}").replace(ENCODER_PREFACE, "");
        anyhow!(
            "it does not fit its world: {error}\n  hint:  it must export each function that \
             `wit/world.wit` exports, and import no other than that imports; `sluicegate plugin \
             contract` explains them"
        )
    })
}

/// The one world of a folder.
fn world(wit: &Path) -> anyhow::Result<(Resolve, wit_parser::WorldId)> {
    let mut resolve = Resolve::default();
    if !wit.is_dir() {
        let wit = wit.display();
        bail!(
            "there is no folder `{wit}` with its world\n  hint:  take `wit` of a project that \
             `sluicegate plugin new` makes for the same roles"
        );
    }
    let (package, _) =
        resolve.push_path(wit).with_context(|| format!("reading `{}`", wit.display()))?;
    let world = resolve
        .select_world(&[package], None)
        .with_context(|| format!("looking for a world in `{}`", wit.display()))?;
    Ok((resolve, world))
}

/// The adapter as a module that carries its world.
fn preview1() -> anyhow::Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    resolve.push_str("random.wit", RANDOM)?;
    by_hand(PREVIEW1_WAT, PREVIEW1_WORLD, resolve)
}

/// A module written by hand that carries its world; `resolve` has what the world names beside the
/// contract.
fn by_hand(module: &str, world: &str, mut resolve: Resolve) -> anyhow::Result<Vec<u8>> {
    resolve.push_str("sluicegate.wit", CONTRACT_WIT)?;
    let package = resolve.push_str("world.wit", world)?;
    let world = resolve.select_world(&[package], None)?;
    let mut module = wat::parse_str(module)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(module)
}

/// A plugin of all roles that does nothing in any of them: what a call of it takes is the gateway's.
///
/// # Errors
/// Never, as a test shows.
pub fn noop_component() -> anyhow::Result<Vec<u8>> {
    let world = Roles::new(&Role::ALL).world();
    let module = by_hand(NOOP_WAT, &world, Resolve::default())?;
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module)?;
    encoder.encode()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(bytes, wanted).is_some()
}
