//! Rust: cargo, with rustup's target or with Debian's second toolchain.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::recipe::{Recipe, missing};
use crate::sdk::project::Project;

/// What plugins are compiled for: no operating system, so nothing to import but the contract.
const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's second toolchain, which brings std as source.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

const INSTALL: &str = "`rustup target add wasm32-unknown-unknown`; where rustup cannot download, on Debian as root: \
                       `apt-get install --no-install-recommends rustc-web cargo-web rust-web-src lld-22`";

/// Compiles the package in the project's folder, whatever workspace it is in: its own, or ours.
pub(super) fn recipe(project: &Project) -> anyhow::Result<Recipe> {
    let (package, target) = metadata(project.folder())?;
    // Apart from the host's: two toolchains would throw each other's work away.
    let target = target.join("wasm");
    let mut cargo = cargo(project.folder())?;
    cargo.args(["build", "--release", "--lib", "--target", TARGET]);
    // A first build takes a minute or two: then it should be seen that it goes on.
    if target.exists() {
        cargo.arg("--quiet");
    }
    cargo.arg("--target-dir").arg(&target).args(["--package", &package]);
    // Names and lines are a third of each file, and a trap in a plugin is told by its panic.
    for (key, value) in [("DEBUG", "false"), ("STRIP", "true"), ("LTO", "true"), ("PANIC", "abort")]
    {
        cargo.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
    }
    // Flags meant for the host's linker and processor.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(Recipe { commands: vec![cargo], output: target.join(TARGET).join("release").join(file) })
}

/// The package's name, and the folder that its workspace is built into.
fn metadata(folder: &Path) -> anyhow::Result<(String, PathBuf)> {
    let answer = Command::new(host_cargo())
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(folder)
        .output()
        .map_err(|_| {
            missing("Rust", "install it with rustup, or on Debian as root: `apt-get install cargo`")
        })?;
    if !answer.status.success() {
        bail!(
            "cargo does not understand this crate: {}",
            String::from_utf8_lossy(&answer.stderr).trim()
        );
    }
    let all: Value = serde_json::from_slice(&answer.stdout).context("reading what cargo says")?;
    let manifest = folder.canonicalize()?.join("Cargo.toml");
    let packages = all["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let own = packages
        .iter()
        .find(|package| package["manifest_path"].as_str().map(Path::new) == Some(&manifest));
    match (own.and_then(|own| own["name"].as_str()), all["target_directory"].as_str()) {
        (Some(name), Some(target)) => Ok((name.to_owned(), target.into())),
        _ => bail!("`{}` is not the manifest of a package", manifest.display()),
    }
}

fn host_cargo() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A cargo that compiles for [`TARGET`].
fn cargo(folder: &Path) -> anyhow::Result<Command> {
    if has_installed_target(folder) {
        return Ok(Command::new(host_cargo()));
    }
    let Some(linker) = find_linker().filter(|_| is_debian_complete()) else {
        return Err(missing(&format!("a Rust toolchain for {TARGET}"), INSTALL));
    };
    let mut cargo = Command::new(DEBIAN_CARGO);
    // Builds std first, about a minute once for each target folder.
    cargo.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
    cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    // rustup's, for its own compiler.
    for name in ["LD_LIBRARY_PATH", "RUSTUP_TOOLCHAIN", "CARGO", "RUSTC_WRAPPER", "RUSTDOC"] {
        cargo.env_remove(name);
    }
    Ok(cargo)
}

/// Asked in the project's folder, where rustup may have another toolchain for it.
fn has_installed_target(folder: &Path) -> bool {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).current_dir(folder).output();
    sysroot.is_ok_and(|output| {
        let sysroot = String::from_utf8_lossy(&output.stdout);
        Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").is_dir()
    })
}

/// Its rustc, and the source of the very same version: std is built from it.
fn is_debian_complete() -> bool {
    let sysroot = Command::new(DEBIAN_RUSTC)
        .env_remove("LD_LIBRARY_PATH")
        .args(["--print", "sysroot"])
        .output();
    Path::new(DEBIAN_CARGO).is_file()
        && sysroot.is_ok_and(|output| {
            let sysroot = String::from_utf8_lossy(&output.stdout);
            Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std").exists()
        })
}

/// The newest `wasm-ld` of Debian, or one without a version in its name.
fn find_linker() -> Option<String> {
    let names = (14..=30).rev().map(|version| format!("/usr/bin/wasm-ld-{version}"));
    names.chain(["/usr/bin/wasm-ld".to_owned()]).find(|name| Path::new(name).is_file())
}
