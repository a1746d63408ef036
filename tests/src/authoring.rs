//! Plugin projects as authors have them: made, built and changed by the program under test.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{process::Command, sync::OnceCell};

use crate::{
    command::{Finished, finish},
    gateway::sluicegate,
    missing, workspace,
};

/// A language with an SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Language {
    /// Its word on the command line, and its folder's name.
    pub name: &'static str,
    /// What its source files end in.
    pub extension: &'static str,
    /// What must be installed; a path is below the build folder.
    compiler: &'static str,
}

/// All of them, in the documentation's order.
pub const LANGUAGES: [Language; 7] = [
    Language { name: "rust", extension: "rs", compiler: "cargo" },
    Language { name: "c", extension: "c", compiler: "clang-19" },
    Language { name: "zig", extension: "zig", compiler: "toolchains/python/bin/python" },
    Language { name: "go", extension: "go", compiler: "go" },
    Language {
        name: "assemblyscript",
        extension: "ts",
        compiler: "toolchains/node/node_modules/.bin/asc",
    },
    Language {
        name: "javascript",
        extension: "js",
        compiler: "toolchains/node/node_modules/.bin/componentize-js",
    },
    Language { name: "python", extension: "py", compiler: "toolchains/python/bin/componentize-py" },
];

/// The language of this name.
pub fn language(name: &str) -> Language {
    LANGUAGES.into_iter().find(|language| language.name == name).expect("the name of a language")
}

/// What is built of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The template with all five roles.
    Every,
    /// The example filter of the SDK.
    Guard,
    /// A filter that breaks when it is told to.
    Breaks,
}

impl Kind {
    /// The plugin's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::Guard => "guard",
            Self::Breaks => "breaks",
        }
    }
}

/// A project below the build folder.
#[derive(Debug)]
pub struct Project {
    language: Language,
    name: String,
    folder: PathBuf,
}

impl Project {
    /// What `plugin new` makes, in an empty folder.
    pub async fn new(language: Language, name: &str, roles: &str) -> Self {
        let folder =
            workspace::target().join("authoring").join(format!("{}-{name}", language.name));
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("it is ours");
        }
        let mut command = sluicegate(&["plugin", "new", name, "--lang", language.name]);
        command.args(["--role", roles, "--folder"]).arg(&folder);
        finish(command, "").await.output_of_success();
        Self { language, name: name.to_owned(), folder }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The one source file that is the author's.
    pub fn source(&self) -> PathBuf {
        let mut found = Vec::new();
        sources(&self.folder, self.language.extension, &mut found);
        assert_eq!(found.len(), 1, "one source to edit: {found:?}");
        found.remove(0)
    }

    /// Puts another text in place of the source.
    pub fn replace_source(&self, from: &Path) {
        let text =
            fs::read_to_string(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
        fs::write(self.source(), text).expect("the source can be written");
    }

    /// Edits the source as an author does.
    pub fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.source()).expect("it is text");
        assert!(text.contains(from), "{} has no {from:?}", self.source().display());
        fs::write(self.source(), text.replace(from, to)).expect("the source can be written");
    }

    /// `plugin build`.
    pub async fn build(&self) -> Finished {
        finish(with_compilers(&["plugin", "build"], &self.folder), "").await
    }

    /// The component that was built.
    pub fn component(&self) -> PathBuf {
        self.folder.join("build").join(format!("{}.wasm", self.name))
    }

    /// The settings file that goes beside it.
    pub fn settings(&self) -> String {
        fs::read_to_string(self.folder.join(format!("{}.toml", self.name))).expect("it was made")
    }
}

/// `sluicegate` in a folder, with the compilers that the set-up installs in its `PATH`.
pub fn with_compilers(arguments: &[&str], folder: &Path) -> Command {
    let target = workspace::target();
    let own =
        ["toolchains/python/bin", "toolchains/node/node_modules/.bin"].map(|bin| target.join(bin));
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(own.into_iter().chain(env::split_paths(&path))).expect("no colons");
    let mut command = sluicegate(arguments);
    command.current_dir(folder).env("PATH", path);
    // One for all Rust projects: Debian's toolchain builds std for each.
    command.env("CARGO_TARGET_DIR", target.join("authoring/cargo"));
    command.env("XDG_CACHE_HOME", workspace::cache_home());
    command
}

/// True if the language's compiler is here; counted, and on CI a failure, where it is not.
pub fn is_installed(language: Language) -> bool {
    let compiler = language.compiler;
    let is_path = compiler.contains('/');
    let place = if is_path { workspace::target().join(compiler) } else { compiler.into() };
    missing::require(&place.display().to_string()).is_some()
}

/// Builds of this run, so that scenes that want the same one build it once.
static BUILT: Mutex<Builds> = Mutex::new(BTreeMap::new());

type Builds = BTreeMap<(Language, Kind), Arc<OnceCell<PathBuf>>>;

/// A component, built once in a run; none where the language's compiler is missing.
pub async fn built(language: Language, kind: Kind) -> Option<PathBuf> {
    if !is_installed(language) {
        return None;
    }
    let cell = {
        let mut all = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry((language, kind)).or_default())
    };
    Some(cell.get_or_init(|| build(language, kind)).await.clone())
}

async fn build(language: Language, kind: Kind) -> PathBuf {
    let roles = if kind == Kind::Every {
        "authenticator,filter,router,partitioner,transcoder"
    } else {
        "filter"
    };
    let project = Project::new(language, kind.name(), roles).await;
    let Language { name, extension, .. } = language;
    match kind {
        Kind::Every => {}
        Kind::Guard => {
            let source = format!("plugin-sdk/{name}/examples/guard.{extension}");
            project.replace_source(&workspace::root().join(source));
        }
        Kind::Breaks => {
            let source = format!("tests/authoring/{name}/breaks.{extension}");
            project.replace_source(&workspace::root().join(source));
        }
    }
    project.build().await.output_of_success();
    let component = project.component();
    // Compiles it into the shared cache: JavaScript takes longer than a gateway may take to start.
    let file = component.display().to_string();
    let call = ["plugin", "call", &file, "--role", "filter", "--json", r#"{"value": {}}"#];
    finish(with_compilers(&call, project.folder()), "").await.output_of_success();
    component
}

/// Source files that are not the SDK's or made.
fn sources(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    const NOT_THE_AUTHORS: [&str; 6] =
        ["sluicegate", "wit", "build", "target", "node_modules", ".venv"];
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if NOT_THE_AUTHORS.iter().all(|other| name != *other) {
                sources(&path, extension, found);
            }
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
}
