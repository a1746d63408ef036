//! Programs that are compiled before they run, once for all scenes.

use std::{fs, path::PathBuf};

use sluicegate_tests::{command::finish, missing, workspace};
use tokio::{process::Command, sync::OnceCell};

/// The folder of the built Go programs; `None`, and counted, where Go is not installed.
pub(super) async fn go() -> Option<PathBuf> {
    static BUILT: OnceCell<()> = OnceCell::const_new();
    let go = missing::require("go")?;
    let folder = workspace::target().join("clients");
    let build = async {
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let mut command = Command::new(go);
        command.current_dir(workspace::root().join("tests/clients/go"));
        command.args(["build", "-o"]).arg(format!("{}/", folder.display())).arg("./...");
        finish(command, "").await.output_of_success();
    };
    BUILT.get_or_init(|| build).await;
    Some(folder)
}

/// `java` with the class path of the built Java programs; `None`, and counted, where something is
/// not installed.
pub(super) async fn java() -> Option<(PathBuf, String)> {
    static BUILT: OnceCell<()> = OnceCell::const_new();
    let (java, javac) = (missing::require("java")?, missing::require("javac")?);
    let installed = workspace::root().join("target/clients/java");
    missing::require(&installed.join("pom.xml").display().to_string())?;
    let classes = installed.join("classes");
    let jars = format!("{}/*", installed.display());
    let build = async {
        let mut command = Command::new(javac);
        command.args(["-cp", &jars, "-d"]).arg(&classes);
        let sources = workspace::root().join("tests/clients/java");
        let sources = fs::read_dir(sources).expect("the sources are there").flatten();
        let is_java = |path: &PathBuf| path.extension().is_some_and(|end| end == "java");
        command.args(sources.map(|file| file.path()).filter(is_java));
        finish(command, "").await.output_of_success();
    };
    BUILT.get_or_init(|| build).await;
    Some((java, format!("{}:{jars}", classes.display())))
}
