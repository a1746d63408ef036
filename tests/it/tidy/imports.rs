//! Which file of a crate takes what from which other one.
//!
//! A name counts as taken from the file that defines it: what a module merely passes on
//! (`pub use child::Name`) is followed to its source. Unit tests do not count.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    Attribute, Item, UseTree, Visibility,
    visit::{self, Visit},
};

/// The files of one crate by module path, and who takes from whom.
pub(super) struct Imports {
    modules: BTreeMap<Vec<String>, Module>,
}

/// One file.
#[derive(Default)]
struct Module {
    path: String,
    /// What other modules can reach through it: a name, and the path it stands for.
    aliases: BTreeMap<String, Vec<String>>,
    /// Modules whose names it passes on as a whole.
    globs: Vec<Vec<String>>,
    /// Names that it defines.
    defined: BTreeSet<String>,
    /// All paths that its code names, from the crate's root.
    paths: BTreeSet<Vec<String>>,
}

impl Imports {
    /// Reads the files of a crate: their paths below its `src`, and their texts.
    pub(super) fn read(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut modules = BTreeMap::new();
        for (path, text) in files {
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let name = module_of(&path);
            let mut reader = Reader { here: name.clone(), module: Module::default() };
            file.items.iter().for_each(|item| reader.visit_item(item));
            modules.insert(name, Module { path, ..reader.module });
        }
        Self { modules }
    }

    /// The arrows: a file, the file it takes from, and the names it takes.
    pub(super) fn arrows(&self) -> BTreeMap<(&str, &str), BTreeSet<String>> {
        let mut arrows: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for module in self.modules.values() {
            for path in &module.paths {
                let Some((target, name)) = self.resolve(path, 0) else { continue };
                if target.path != module.path {
                    let arrow = (module.path.as_str(), target.path.as_str());
                    arrows.entry(arrow).or_default().insert(name);
                }
            }
        }
        arrows
    }

    /// The file that defines what a path names.
    fn resolve(&self, path: &[String], depth: usize) -> Option<(&Module, String)> {
        /// More than any chain of names that are passed on.
        const DEPTH_MAX: usize = 16;
        let at = (0..=path.len()).rev().find(|at| self.modules.contains_key(&path[..*at]))?;
        let module = &self.modules[&path[..at]];
        let Some(name) = path.get(at) else { return Some((module, "self".to_owned())) };
        if depth > DEPTH_MAX || module.defined.contains(name) {
            return Some((module, name.clone()));
        }
        if let Some(alias) = module.aliases.get(name) {
            let rest = path.get(at + 1..).unwrap_or_default();
            let path: Vec<_> = alias.iter().chain(rest).cloned().collect();
            return self.resolve(&path, depth + 1);
        }
        module.globs.iter().find_map(|glob| {
            let path: Vec<_> = glob.iter().chain(&path[at..]).cloned().collect();
            self.resolve(&path, depth + 1)
        })
    }
}

/// `a/b.rs` is the module `a::b`, `lib.rs` and `main.rs` are the root.
fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs");
    if path == "lib" || path == "main" {
        return Vec::new();
    }
    path.split('/').map(str::to_owned).collect()
}

/// Reads one file.
struct Reader {
    here: Vec<String>,
    module: Module,
}

impl Reader {
    /// A path as the code writes it, from the crate's root; `None` for other crates and locals.
    fn rooted(&self, path: &[String]) -> Option<Vec<String>> {
        let mut base = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.here.clone(),
            // Relative to this file, as far as it is known to it.
            _ => return Some(self.here.iter().chain(path).cloned().collect()),
        };
        let mut rest = path.iter().peekable();
        while let Some(word) = rest.next_if(|w| ["crate", "self", "super"].contains(&w.as_str())) {
            if word == "super" {
                base.pop();
            }
        }
        base.extend(rest.cloned());
        Some(base)
    }

    fn take(&mut self, path: &[String]) {
        self.module.paths.extend(self.rooted(path));
    }

    fn read_use(&mut self, tree: &UseTree, prefix: &[String], is_passed_on: bool) {
        let with = |name: &syn::Ident| {
            prefix.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>()
        };
        match tree {
            UseTree::Path(path) => self.read_use(&path.tree, &with(&path.ident), is_passed_on),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.read_use(tree, prefix, is_passed_on));
            }
            UseTree::Glob(_) => {
                let Some(path) = self.rooted(prefix) else { return };
                if is_passed_on {
                    self.module.globs.push(path);
                } else {
                    self.module.paths.insert(path);
                }
            }
            // `{self}` repeats the module.
            UseTree::Name(name) if name.ident == "self" => {
                self.name(prefix.last().cloned().unwrap_or_default(), prefix, is_passed_on);
            }
            UseTree::Name(name) => {
                self.name(name.ident.to_string(), &with(&name.ident), is_passed_on);
            }
            UseTree::Rename(rename) => {
                let path = with(&rename.ident);
                self.name(rename.rename.to_string(), &path, is_passed_on);
            }
        }
    }

    fn name(&mut self, name: String, path: &[String], is_passed_on: bool) {
        let Some(path) = self.rooted(path) else { return };
        // Below this module a private import can be reached too, through `super`.
        self.module.aliases.insert(name, path.clone());
        if !is_passed_on {
            self.module.paths.insert(path);
        }
    }

    fn define(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Mod(item) if item.content.is_some() => &item.ident,
            _ => return,
        };
        self.module.defined.insert(name.to_string());
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes(item).iter().any(is_for_tests) {
            return;
        }
        self.define(item);
        match item {
            Item::Use(item) => {
                let is_passed_on = !matches!(item.vis, Visibility::Inherited);
                self.read_use(&item.tree, &[], is_passed_on);
            }
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {
        // `pub(in path)` takes nothing from there.
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if words.len() > 1 && path.leading_colon.is_none() {
            self.take(&words);
        }
        visit::visit_path(self, path);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let Ok(list) = attribute.meta.require_list() else { return false };
    list.path.is_ident("cfg") && list.tokens.to_string() == "test"
}
