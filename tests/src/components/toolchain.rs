//! Which cargo can compile for WebAssembly on this machine.

use std::{env, path::Path, process::Command};

/// What plugins are compiled for: no operating system, so nothing to import but the contract.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's second toolchain, which brings std as source.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// A cargo that compiles for [`TARGET`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The cargo that runs this, with the target installed.
    Installed,
    /// Debian's `rustc-web` with this linker; it builds std first, which takes about a minute.
    Debian {
        /// Path of `wasm-ld`.
        linker: String,
    },
}

impl Toolchain {
    /// The installed target if there is one, else Debian's toolchain.
    ///
    /// # Errors
    /// Neither is there; the words say what to install.
    pub fn find() -> Result<Self, String> {
        if has_installed_target() {
            return Ok(Self::Installed);
        }
        let linker = find_linker().filter(|_| is_debian_complete());
        linker.map(|linker| Self::Debian { linker }).ok_or_else(|| {
            format!(
                "no Rust toolchain here compiles for {TARGET}\n\
                 install it:  rustup target add {TARGET}\n\
                 or, where rustup cannot download, on Debian:  \
                 apt-get install --no-install-recommends rustc-web cargo-web rust-web-src lld-22"
            )
        })
    }

    /// `cargo build --release` for [`TARGET`], to which packages are added.
    pub fn cargo(&self) -> Command {
        let mut cargo = match self {
            Self::Installed => Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
            Self::Debian { .. } => Command::new(DEBIAN_CARGO),
        };
        cargo.args(["build", "--release", "--lib", "--target", TARGET]);
        // Names and lines are a third of each file, and a trap in a plugin is told by its panic.
        cargo.env("CARGO_PROFILE_RELEASE_DEBUG", "false");
        cargo.env("CARGO_PROFILE_RELEASE_STRIP", "true");
        cargo.env("CARGO_PROFILE_RELEASE_LTO", "true");
        cargo.env("CARGO_PROFILE_RELEASE_PANIC", "abort");
        // Flags meant for the host's linker and processor.
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        if let Self::Debian { linker } = self {
            cargo.arg("-Zbuild-std=std,panic_abort");
            cargo.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            // rustup's, for its own compiler.
            cargo.env_remove("LD_LIBRARY_PATH").env_remove("RUSTUP_TOOLCHAIN");
            cargo.env_remove("CARGO").env_remove("RUSTC_WRAPPER").env_remove("RUSTDOC");
        }
        cargo
    }
}

fn has_installed_target() -> bool {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
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
