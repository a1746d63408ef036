//! `plugin new` and `plugin build`: projects that cannot be made, or not be built.

use std::{fs, io::Write as _};

use sluicegate_tests::authoring::{LANGUAGES, Language, Project, is_installed};
use tempfile::TempDir;

use super::{Redactions, keep, told};

/// Manifests that cannot be meant, or whose command fails.
const MANIFESTS: &[(&str, &str)] = &[
    ("not-toml", "name = p\n"),
    ("unknown-key", "name = \"p\"\nlang = \"go\"\n"),
    ("unknown-language", "name = \"p\"\nlanguage = \"basic\"\n"),
    ("name", "name = \"My Plugin\"\nlanguage = \"go\"\n"),
    ("neither", "name = \"p\"\n"),
    ("empty-command", "name = \"p\"\ncommand = []\noutput = \"x.wasm\"\n"),
    ("no-output", "name = \"p\"\ncommand = [\"make\"]\n"),
    ("no-such-command", "name = \"p\"\ncommand = [\"no-such-compiler\"]\noutput = \"x.wasm\"\n"),
    (
        "failure",
        "name = \"p\"\ncommand = [\"sh\", \"-c\", \"echo p.c:3: no such type >&2; exit 2\"]\noutput = \"x.wasm\"\n",
    ),
    ("output-alone", "name = \"p\"\nlanguage = \"c\"\noutput = \"x.wasm\"\n"),
    (
        "no-world",
        "name = \"p\"\ncommand = [\"cp\", \"core.wasm\", \"x.wasm\"]\noutput = \"x.wasm\"\n",
    ),
    ("nothing-built", "name = \"p\"\ncommand = [\"true\"]\noutput = \"x.wasm\"\n"),
    (
        "not-wasm",
        "name = \"p\"\ncommand = [\"cp\", \"build.toml\", \"x.wasm\"]\noutput = \"x.wasm\"\n",
    ),
];

#[tokio::test]
async fn a_project_that_cannot_be_made_is_told_why() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    fs::create_dir(folder.path().join("taken")).expect("it is not there");
    fs::write(folder.path().join("taken/notes.txt"), "mine").expect("it can be written");
    for (name, arguments) in [
        ("bad-name", &["plugin", "new", "My_Plugin", "--lang", "c", "--role", "filter"][..]),
        ("dash-at-the-end", &["plugin", "new", "my-", "--lang", "c", "--role", "filter"]),
        ("taken-folder", &["plugin", "new", "taken", "--lang", "c", "--role", "filter"]),
        ("unknown-language", &["plugin", "new", "p", "--lang", "basic", "--role", "filter"]),
        ("unknown-role", &["plugin", "new", "p", "--lang", "c", "--role", "sorter"]),
        ("no-role", &["plugin", "new", "p", "--lang", "c"]),
    ] {
        let said = told(arguments, |command| {
            command.current_dir(folder.path());
        });
        keep(&format!("new-{name}"), &said.await);
    }
    let kept = fs::read_dir(folder.path()).expect("it is there").count();
    assert_eq!(kept, 1, "nothing was made");
}

#[tokio::test]
async fn a_project_that_cannot_be_built_is_told_why() {
    for (name, manifest) in MANIFESTS {
        let folder = TempDir::new().expect("a temporary folder can be made");
        fs::write(folder.path().join("build.toml"), manifest).expect("it can be written");
        let module = wat::parse_str("(module)").expect("it is WebAssembly text");
        fs::write(folder.path().join("core.wasm"), module).expect("it can be written");
        let said = build(&folder, ".").await;
        keep(&format!("build-{name}"), &said);
    }
    let folder = TempDir::new().expect("a temporary folder can be made");
    keep("build-no-manifest", &build(&folder, ".").await);
    keep("build-no-folder", &build(&folder, "elsewhere").await);
}

/// A module that does not do what the project's world says.
#[tokio::test]
async fn a_module_that_does_not_fit_the_contract_is_told_why() {
    for (name, module) in [
        ("no-exports", "(module)"),
        (
            "other-signature",
            "(module (memory (export \"memory\") 1) \
             (func (export \"sluicegate:plugin/lifecycle@0.1.0#describe\") (param i32)))",
        ),
    ] {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let made = told(&["plugin", "new", "p", "--lang", "c", "--role", "filter"], |command| {
            command.current_dir(folder.path());
        });
        made.await;
        let module = wat::parse_str(module).expect("it is WebAssembly text");
        fs::write(folder.path().join("p/x.wasm"), module).expect("it can be written");
        let manifest = "name = \"p\"\ncommand = [\"true\"]\noutput = \"x.wasm\"\n";
        fs::write(folder.path().join("p/build.toml"), manifest).expect("it can be written");

        keep(&format!("build-{name}"), &build(&folder, "p").await);
    }
}

#[tokio::test]
async fn a_toolchain_that_is_not_installed_is_named_with_what_installs_it() {
    for Language { name: language, .. } in LANGUAGES {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let new = ["plugin", "new", "p", "--lang", language, "--role", "filter"];
        let made = told(&new, |command| {
            command.current_dir(folder.path());
        });
        assert!(made.await.contains("next: read p/README.md"), "{language}");

        let arguments = ["plugin", "build", "p"];
        let said = told(&arguments, |command| {
            // Nothing of this machine: no compiler, and no variable that names one.
            command.env_clear().env("PATH", folder.path()).current_dir(folder.path());
        });

        let redactions = Redactions::new().folder(folder.path(), "[FOLDER]");
        keep(&format!("toolchain-{language}"), &redactions.text(&said.await));
    }
}

/// Plays the scene below once for each language.
macro_rules! in_every_language {
    ($($name:ident)+) => {
        mod a_source_that_does_not_compile_is_told_by_its_compiler_and_by_us {
            $(#[tokio::test]
            async fn $name() {
                super::does_not_compile(sluicegate_tests::authoring::language(stringify!($name))).await;
            })+
        }
    };
}
in_every_language!(rust c zig go assemblyscript javascript python);

/// A compiler's words are its own and change with its version: they come first, and only ours are
/// kept.
async fn does_not_compile(language: Language) {
    if is_installed(language) {
        let project = Project::new(language, "broken", "filter").await;
        let mut source = fs::OpenOptions::new().append(true).open(project.source());
        let written = source.as_mut().map(|file| file.write_all(b"\n}}} is no program\n"));
        written.expect("the source can be written").expect("it is written");

        let told = project.build().await;

        let name = language.name;
        assert!(!told.succeeded, "{name}");
        let all = format!("{}{}", told.output, told.errors);
        let file = project.source();
        let file = file.file_name().expect("it is a file").to_string_lossy();
        let begin = all.find("error: plugin `broken`");
        let begin = begin.unwrap_or_else(|| panic!("{name}: no word of ours in {all}"));
        assert!(all[..begin].contains(&*file), "{name}: no place in {all}");
        let redactions = Redactions::new().folder(project.folder(), "[FOLDER]");
        keep(&format!("source-{name}"), &without_paths(&redactions.text(&all[begin..])));
    }
}

/// The program by its name alone: where it lies differs from machine to machine.
fn without_paths(text: &str) -> String {
    let Some((before, rest)) = text.split_once("where: `") else { return text.to_owned() };
    let end = rest.find([' ', '`']).unwrap_or(rest.len());
    let program = rest[..end].rsplit('/').next().unwrap_or_default();
    format!("{before}where: `{program}{}", &rest[end..])
}

async fn build(folder: &TempDir, project: &str) -> String {
    let arguments = ["plugin", "build", project];
    let said = told(&arguments, |command| {
        command.current_dir(folder.path());
    });
    Redactions::new().folder(folder.path(), "[FOLDER]").text(&said.await)
}
