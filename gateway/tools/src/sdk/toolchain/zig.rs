//! Zig: its compiler alone, by its own name or as the Python package.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::recipe::{Recipe, find, missing};
use crate::sdk::project::Project;

const INSTALL: &str = "in the project's folder `python3 -m venv .venv && .venv/bin/pip install \
                       ziglang` (on Debian after `apt-get install python3-venv` as root), or put a \
                       `zig` into the PATH";

/// The core module, below the project's folder.
const OUTPUT: &str = "build/core.wasm";

/// Compiles the SDK's `root.zig`, which takes in the author's file.
pub(super) fn recipe(project: &Project) -> anyhow::Result<Recipe> {
    let mut zig = compiler(project).ok_or_else(|| missing("zig", INSTALL))?;
    // Checks stay on: without them an index out of bounds reads on in silence.
    zig.args(["build-exe", "-target", "wasm32-freestanding", "-OReleaseSafe", "-fstrip"]);
    zig.args(["-fno-entry", "-rdynamic"]);
    zig.args(["--dep", "plugin", "--dep", "sluicegate", "-Mroot=sluicegate/root.zig"]);
    zig.args(["--dep", "sluicegate", "-Mplugin=src/plugin.zig"]);
    zig.arg("-Msluicegate=sluicegate/sluicegate.zig");
    zig.args(["--cache-dir", "build/zig-cache"]).arg(format!("-femit-bin={OUTPUT}"));
    Ok(Recipe { commands: vec![zig], output: project.folder().join(OUTPUT) })
}

/// `zig`, or the first Python that has it as a package.
fn compiler(project: &Project) -> Option<Command> {
    if let Some(zig) = find(project, &["zig"]) {
        return Some(Command::new(absolute(&zig)));
    }
    let python = absolute(&find(project, &["python3", "python"])?);
    let mut probe = Command::new(&python);
    probe.args(["-m", "ziglang", "version"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        return None;
    }
    let mut zig = Command::new(python);
    zig.args(["-m", "ziglang"]);
    Some(zig)
}

/// The same from wherever the command runs. Links are kept: a venv's python is known by its link.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
