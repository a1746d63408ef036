//! Go: the plain compiler, which makes a module for WASI preview 1.

use std::process::Command;

use super::recipe::{Recipe, find, missing};
use crate::sdk::project::Project;

/// The first version that has `//go:wasmexport`, on which the SDK stands.
const OLDEST: (u32, u32) = (1, 24);

const INSTALL: &str = "on Debian as root: `apt-get install golang-go` (trixie or later); \
                       elsewhere see https://go.dev/dl";

/// What the compiler makes, below the project's folder.
const OUTPUT: &str = "build/core.wasm";

/// Compiles the package in the project's folder.
pub(super) fn recipe(project: &Project) -> anyhow::Result<Recipe> {
    let go = find(project, &["go"]).ok_or_else(|| missing("Go", INSTALL))?;
    if let Some(found) = too_old(&version(&go)) {
        let what = format!("Go {}.{} or later (found: {found})", OLDEST.0, OLDEST.1);
        return Err(missing(&what, INSTALL));
    }
    let mut build = Command::new(go);
    build.env("GOOS", "wasip1").env("GOARCH", "wasm");
    // Flags meant for the host, and a workspace around the project that does not know it.
    build.env_remove("GOFLAGS").env("GOWORK", "off");
    // A library: functions to call, no `main` to run. What repository it is in does not matter.
    build.args(["build", "-buildmode=c-shared", "-buildvcs=false"]);
    // Names for debuggers are a third of the file; panics tell their place without them. Places
    // are told as they are in the project, not on this machine.
    build.args(["-trimpath", "-ldflags=-s -w", "-o", OUTPUT, "."]);
    Ok(Recipe { commands: vec![build], output: project.folder().join(OUTPUT) })
}

/// What `go version` says; nothing if it cannot be asked, then the build will tell.
fn version(go: &std::path::Path) -> String {
    let answer = Command::new(go).args(["env", "GOVERSION"]).output();
    answer
        .map(|answer| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
        .unwrap_or_default()
}

/// The version, if it is one that is known to be too old.
fn too_old(version: &str) -> Option<&str> {
    let mut numbers = version.strip_prefix("go")?.split(|c: char| !c.is_ascii_digit());
    let mut number = || numbers.next()?.parse().ok();
    let found = (number()?, number()?);
    (found < OLDEST).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_without_exports_are_told_apart() {
        for old in ["go1.19.8", "go1.23", "go1.23rc2"] {
            assert_eq!(too_old(old), Some(old));
        }
        for fine in ["go1.24", "go1.26.8", "go2.0", "devel go1.27-abc", ""] {
            assert_eq!(too_old(fine), None);
        }
    }
}
