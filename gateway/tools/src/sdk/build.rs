//! Building what is in a project's folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, anyhow, bail};

use super::{
    component::componentise,
    language::Language,
    manifest::MANIFEST,
    project::Project,
    toolchain::{self, Recipe},
};

/// Where a project's component goes, below its folder.
const BUILD_FOLDER: &str = "build";
/// Where a project's world is, below its folder.
const WIT_FOLDER: &str = "wit";

/// A component that was built, or was found up to date.
#[derive(Debug)]
pub struct Built {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: usize,
    /// False if the same bytes were there already; then the file was not touched.
    pub is_new: bool,
}

impl Project {
    /// Compiles, and makes a component of it: `NAME.wasm` in `out`, or in `build` of its folder.
    ///
    /// # Errors
    /// A toolchain that is not installed, a failed build, or a module that does not fit the
    /// contract; what was in `out` stays.
    pub fn build(&self, out: Option<&Path>) -> anyhow::Result<Built> {
        self.build_inner(out).with_context(|| format!("plugin `{}` was not built", self.name()))
    }

    fn build_inner(&self, out: Option<&Path>) -> anyhow::Result<Built> {
        let build = self.folder().join(BUILD_FOLDER);
        let out = out.unwrap_or(&build);
        // Cargo has its own target folder, so a crate gets no build folder.
        let is_crate = self.manifest().language == Some(Language::Rust);
        for folder in [out].into_iter().chain((!is_crate).then_some(build.as_path())) {
            fs::create_dir_all(folder).with_context(|| format!("making `{}`", folder.display()))?;
        }
        let Recipe { commands, output } = self.recipe()?;
        for mut command in commands {
            run(command.current_dir(self.folder()))?;
        }
        let module = fs::read(&output).map_err(|error| {
            let output = output.display();
            anyhow!(
                "the build did not make `{output}`: {error}\n  hint:  see `output` in {MANIFEST}"
            )
        })?;
        let component = componentise(&module, &self.folder().join(WIT_FOLDER))
            .with_context(|| format!("making a component of `{}`", output.display()))?;
        let path = out.join(format!("{}.wasm", self.name()));
        let is_new = fs::read(&path).ok().as_ref() != Some(&component);
        if is_new {
            write_atomically(&path, &component)
                .with_context(|| format!("writing `{}`", path.display()))?;
        }
        Ok(Built { path, bytes: component.len(), is_new })
    }

    fn recipe(&self) -> anyhow::Result<Recipe> {
        match (&self.manifest().command, &self.manifest().output, self.manifest().language) {
            (Some(words), Some(output), _) => {
                let mut command = Command::new(&words[0]);
                command.args(&words[1..]);
                Ok(Recipe { commands: vec![command], output: self.folder().join(output) })
            }
            (_, _, Some(language)) => toolchain::recipe(language, self),
            _ => bail!("the manifest does not say how it is built"),
        }
    }
}

/// Its words go where ours go.
fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| {
        anyhow!("`{program}` cannot be started: {error}\n  hint:  install it, or mend {MANIFEST}")
    })?;
    if !status.success() {
        let arguments: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        bail!(
            "the build failed with {status}\n  where: `{program} {}`\n  hint:  its own words are above",
            arguments.join(" ")
        );
    }
    Ok(())
}

/// Puts a file there whole: a running gateway may be watching the folder.
///
/// # Errors
/// As the system says; what was there stays.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".new");
    fs::write(&aside, bytes)?;
    fs::rename(&aside, path)
}
