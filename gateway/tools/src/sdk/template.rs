//! A new project: the files of `plugin-sdk/template` and of the language's own template, with the
//! parts for other roles cut out.
//!
//! In a template `my-plugin` and `my_plugin` stand for the plugin's name, and what stands between a
//! line with `@role NAME…` and a line with `@end` is kept only for one of these roles. A file of
//! which nothing is kept is left out.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use include_dir::Dir;
use sluicegate::message::Role;

use super::{
    SDK,
    language::Language,
    manifest::check_name,
    world::{CONTRACT_WIT, Roles},
};

/// Stands for the plugin's name in templates.
const NAME: &str = "my-plugin";
/// The same where a dash is not legal.
const NAME_AS_WORD: &str = "my_plugin";
/// What a template of a language says in the README, and the line it stands in for.
const LANGUAGE_PAGE: (&str, &str) = ("LANGUAGE.md", "<!-- language -->");
/// Folders of an SDK that are not its library.
const NOT_LIBRARY: [&str; 2] = ["template", "examples"];

/// What a new project is made from.
#[derive(Clone, Debug)]
pub struct Template {
    /// The plugin's name.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// Its roles, at least one.
    pub roles: Roles,
}

impl Template {
    /// Writes the project into `folder`, which must not exist or be empty.
    ///
    /// # Errors
    /// A name that is not one, or a folder that cannot be written; then some files may be there.
    pub fn write(&self, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
        check_name(&self.name)?;
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            bail!("`{}` is not empty\n  hint:  choose another folder", folder.display());
        }
        let files = self.files()?;
        for (path, bytes) in &files {
            let path = folder.join(path);
            let attempt = || format!("writing `{}`", path.display());
            fs::create_dir_all(path.parent().unwrap_or(folder)).with_context(attempt)?;
            fs::write(&path, bytes).with_context(attempt)?;
        }
        Ok(files.into_iter().map(|(path, _)| path).collect())
    }

    /// All files with their paths in the project.
    fn files(&self) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
        let language = dir(self.language.name())?;
        let own = dir(&format!("{}/template", self.language))?;
        let page = own.get_file(own.path().join(LANGUAGE_PAGE.0));
        let page = page.and_then(|file| file.contents_utf8()).unwrap_or_default();
        let mut files = Vec::new();
        for template in [dir("template")?, own] {
            for (path, bytes) in all_files(template, template.path()) {
                let text = self.text(bytes, page);
                if path != Path::new(LANGUAGE_PAGE.0) && !text.is_empty() {
                    files.push((self.path(&path), text));
                }
            }
        }
        let library = all_files(language, language.path());
        let is_library = |path: &Path| !NOT_LIBRARY.iter().any(|folder| path.starts_with(folder));
        let library = library.into_iter().filter(|(path, _)| is_library(path));
        files.extend(
            library.map(|(path, bytes)| (Path::new("sluicegate").join(path), bytes.to_vec())),
        );
        files.push(("wit/world.wit".into(), self.roles.world().into_bytes()));
        files.push(("wit/deps/sluicegate/sluicegate.wit".into(), CONTRACT_WIT.into()));
        Ok(files)
    }

    /// Where a template's file goes. `gitignore` has its dot taken off, or it would rule the
    /// template's own folder.
    fn path(&self, template: &Path) -> PathBuf {
        let path = template.to_string_lossy().replace(NAME, &self.name);
        let path = path.replace(NAME_AS_WORD, &self.name.replace('-', "_"));
        if path == "gitignore" { ".gitignore".into() } else { path.into() }
    }

    /// A template's file for this name and these roles; what is not text is kept as it is.
    fn text(&self, bytes: &[u8], page: &str) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(bytes) else { return bytes.to_vec() };
        let text = text.replace(LANGUAGE_PAGE.1, page.trim_end());
        let mut kept = String::with_capacity(text.len());
        let mut is_kept = true;
        for line in text.lines() {
            if let Some((_, names)) = line.split_once("@role ") {
                is_kept = names
                    .split_whitespace()
                    .filter_map(Role::parse)
                    .any(|role| self.roles.has(role));
            } else if line.trim_end().ends_with("@end") || line.contains("@end ") {
                is_kept = true;
            } else if is_kept {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        let kept = kept
            .replace("@language@", self.language.name())
            .replace("@roles@", &self.roles.names());
        let kept =
            kept.replace(NAME, &self.name).replace(NAME_AS_WORD, &self.name.replace('-', "_"));
        kept.into_bytes()
    }
}

fn dir(path: &str) -> anyhow::Result<&'static Dir<'static>> {
    SDK.get_dir(path).with_context(|| format!("this program was built without `plugin-sdk/{path}`"))
}

/// The files below a folder with their paths from `root`.
fn all_files(dir: &'static Dir<'static>, root: &Path) -> Vec<(PathBuf, &'static [u8])> {
    let mut files = Vec::new();
    for file in dir.files() {
        let path = file.path().strip_prefix(root).unwrap_or(file.path());
        files.push((path.to_owned(), file.contents()));
    }
    for inner in dir.dirs() {
        files.extend(all_files(inner, root));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(language: Language, roles: &[Role]) -> Vec<(PathBuf, String)> {
        let template = Template { name: "two-words".into(), language, roles: Roles::new(roles) };
        let files = template.files().unwrap();
        files.into_iter().map(|(path, text)| (path, String::from_utf8(text).unwrap())).collect()
    }

    fn text(files: &[(PathBuf, String)], path: &str) -> String {
        let found = files.iter().find(|(own, _)| own == Path::new(path));
        found.unwrap_or_else(|| panic!("no {path} in {files:#?}")).1.clone()
    }

    #[test]
    fn only_the_parts_of_its_roles_are_in_a_project() {
        let files = files(Language::Go, &[Role::Filter]);
        let resp = text(&files, "two-words.resp");
        assert!(resp.contains("ping") && !resp.contains("demo-old"), "{resp}");
        assert!(files.iter().all(|(path, _)| path != "gateway.toml"), "it is for partitioners");
        let world = text(&files, "wit/world.wit");
        assert!(world.contains("/filter@") && !world.contains("/router@"), "{world}");
        assert!(!world.contains("burst") && world.contains("current"), "{world}");
    }

    #[test]
    fn every_language_leaves_nothing_of_the_template() {
        for language in Language::ALL {
            for (path, text) in files(language, &Role::ALL) {
                // The library is vendored as it is.
                if path.starts_with("sluicegate") || path.starts_with("wit/deps") {
                    continue;
                }
                let marks = [
                    "my-plugin",
                    "my_plugin",
                    "@role ",
                    "@end",
                    "@language@",
                    "@roles@",
                    "<!-- language",
                ];
                for mark in marks {
                    assert!(
                        !text.contains(mark),
                        "{language}: {mark:?} in {}:\n{text}",
                        path.display()
                    );
                }
            }
        }
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine"), "x").unwrap();
        let roles = Roles::new(&[Role::Filter]);
        let template = Template { name: "p".into(), language: Language::C, roles };
        let error = template.write(folder.path()).unwrap_err().to_string();
        assert!(error.contains("is not empty"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
