//! C: clang with wasi-libc, of the distribution or of the WASI SDK.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use super::recipe::{Recipe, find, missing};
use crate::sdk::project::Project;

/// What plugins are compiled for. Nothing of WASI is left in a plugin that does not ask for it.
const TARGET: &str = "--target=wasm32-wasi";

/// The folders with sources, below the project's: the author's, and the SDK's.
const SOURCES: [&str; 2] = ["src", "sluicegate"];

/// Names of clang, the newest first.
const COMPILERS: [&str; 11] = [
    "clang", "clang-23", "clang-22", "clang-21", "clang-20", "clang-19", "clang-18", "clang-17",
    "clang-16", "clang-15", "clang-14",
];

/// Debian's package of what the compiler leaves to functions.
const RUNTIME: &str = "libclang-rt-dev-wasm32";

/// What clang must find for [`TARGET`], and what Debian calls the package.
const PARTS: [(&str, &str); 3] = [
    ("-print-prog-name=wasm-ld", "lld"),
    ("-print-file-name=crt1-reactor.o", "wasi-libc"),
    ("-print-libgcc-file-name", RUNTIME),
];

const FLAGS: [&str; 16] = [
    "-std=c17",
    "-O2",
    // Copies in one instruction; every runtime of components has it.
    "-mbulk-memory",
    "-Wall",
    "-Wextra",
    // Instances live on between calls: no `main`.
    "-mexec-model=reactor",
    // A wild index and a null pointer are told with their place; the library has the handlers.
    "-fsanitize=bounds,null",
    "-fno-sanitize-recover=all",
    "-fsanitize-ignorelist=sluicegate/unchecked.txt",
    "-Isluicegate",
    "-fuse-ld=lld",
    // Names of functions stay: they are in the trace of a trap.
    "-Wl,--strip-debug",
    // A stack that overflows meets the end of memory, not the plugin's data.
    "-Wl,--stack-first",
    "-Wl,-z,stack-size=131072",
    "-o",
    OUTPUT,
];
const OUTPUT: &str = "build/core.wasm";

/// One call of clang over all sources.
pub(super) fn recipe(project: &Project) -> anyhow::Result<Recipe> {
    let mut clang = Command::new(compiler(project)?);
    clang.arg(TARGET).args(FLAGS).args(sources(project.folder())?);
    Ok(Recipe { commands: vec![clang], output: project.folder().join(OUTPUT) })
}

/// Sorted, so that equal projects give equal files.
fn sources(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for part in SOURCES {
        let attempt = || format!("looking for sources in `{}`", folder.join(part).display());
        for entry in fs::read_dir(folder.join(part)).with_context(attempt)? {
            let path = Path::new(part).join(entry.with_context(attempt)?.file_name());
            if path.extension().is_some_and(|extension| extension == "c") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The first clang that has all it needs; without one the words are about the first there is.
fn compiler(project: &Project) -> anyhow::Result<PathBuf> {
    if let Some(sdk) = env::var_os("WASI_SDK_PATH") {
        return Ok(Path::new(&sdk).join("bin/clang"));
    }
    let mut problem = None;
    for clang in COMPILERS.iter().filter_map(|name| find(project, &[name])) {
        let lacks = |(question, _): &&(&str, _)| !has_part(&clang, question);
        let packages: Vec<_> = PARTS.iter().filter(lacks).map(|(_, package)| *package).collect();
        if packages.is_empty() {
            return Ok(clang);
        }
        problem.get_or_insert((clang, packages));
    }
    Err(problem.map_or_else(
        || missing("clang", &install(None, &["clang", "lld", "wasi-libc", RUNTIME])),
        |(clang, packages)| {
            let what = format!("what `{}` needs to compile for WebAssembly", clang.display());
            missing(&what, &install(version(&clang), &packages))
        },
    ))
}

/// Clang answers with a path if it has found the file, and else with what it was asked for.
fn has_part(clang: &Path, question: &str) -> bool {
    let answer = Command::new(clang).args([TARGET, question]).output();
    answer.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_file())
}

/// `19` of `clang-19`: its parts have the same number in Debian.
fn version(clang: &Path) -> Option<&str> {
    clang.file_name()?.to_str()?.strip_prefix("clang-")
}

fn install(version: Option<&str>, packages: &[&str]) -> String {
    let name = |package: &&str| match (version, *package) {
        (Some(version), "lld") => format!("lld-{version}"),
        (Some(version), RUNTIME) => format!("libclang-rt-{version}-dev-wasm32"),
        _ => (*package).to_owned(),
    };
    let names: Vec<_> = packages.iter().map(name).collect();
    format!(
        "on Debian as root: `apt-get install {}`; elsewhere unpack the WASI SDK and let WASI_SDK_PATH name its \
         folder",
        names.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_compiled_in_one_order() {
        let folder = tempfile::tempdir().unwrap();
        for part in SOURCES {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        for file in ["src/b.c", "src/a.c", "src/a.h", "sluicegate/sluicegate.c"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let wanted = ["sluicegate/sluicegate.c", "src/a.c", "src/b.c"].map(PathBuf::from);
        assert_eq!(sources(folder.path()).unwrap(), wanted);
        assert!(sources(&folder.path().join("src")).is_err());
    }

    #[test]
    fn a_part_is_installed_for_the_compiler_that_is_there() {
        let clang = Path::new("/usr/bin/clang-19");
        let words = install(version(clang), &["lld", "wasi-libc", RUNTIME]);
        assert!(words.contains("install lld-19 wasi-libc libclang-rt-19-dev-wasm32`"), "{words}");
        let words = install(version(Path::new("clang")), &["lld"]);
        assert!(words.contains("install lld`"), "{words}");
    }
}
