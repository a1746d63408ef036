//! Types that one reader can hold in mind, and parameters that a call site explains.

use std::collections::{BTreeMap, BTreeSet};

use syn::{FnArg, ImplItem, Item, Signature, Type, visit::Visit};

use super::{report, source::Source};

/// Most methods of a type that has them in more than [`FILES_MAX`] files.
const METHODS_MAX: usize = 40;
/// Most files for more than [`METHODS_MAX`] methods.
const FILES_MAX: usize = 3;

/// Functions that still have a tuple as a parameter. The list may only become shorter.
const TUPLES: &[&str] = &[
    "channels.rs:add",
    "consumer/groups.rs:use_stream",
    "consumer/stream/view.rs:is_proper",
    "consumer/stream/view.rs:pending",
    "idempotence.rs:of",
    "idempotence/window.rs:find",
    "idempotence/window.rs:note",
    "pipeline/consume.rs:consume",
    "plugin/host/reaching.rs:reach_out",
    "plugin/host/reaching.rs:new",
];

fn items(source: &Source) -> Vec<Item> {
    let file = syn::parse_file(source.text_without_tests());
    file.unwrap_or_else(|error| panic!("{}: {error}", source.path)).items
}

#[test]
fn no_type_has_many_methods_in_many_files() {
    let sources = Source::of_code("gateway/");
    let mut defined: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut methods = Vec::new();
    for source in &sources {
        for item in items(source) {
            match &item {
                Item::Struct(item) => defined.entry(item.ident.to_string()).or_default(),
                Item::Enum(item) => defined.entry(item.ident.to_string()).or_default(),
                Item::Impl(item) if item.trait_.is_none() => {
                    let count =
                        item.items.iter().filter(|it| matches!(it, ImplItem::Fn(_))).count();
                    methods.extend(named(&item.self_ty).map(|name| (name, &*source.path, count)));
                    continue;
                }
                _ => continue,
            }
            .push(&source.path);
        }
    }
    let mut of_types: BTreeMap<(String, &str), (usize, BTreeSet<&str>)> = BTreeMap::new();
    for (name, path, count) in methods {
        // Of several types with this name the one that is defined nearest.
        let near = |other: &&&str| common(path, other);
        let Some(home) = defined.get(&name).and_then(|all| all.iter().max_by_key(near)) else {
            continue;
        };
        let of_type = of_types.entry((name, home)).or_default();
        of_type.0 += count;
        of_type.1.insert(path);
    }
    let large = of_types
        .iter()
        .filter(|(_, (count, files))| *count > METHODS_MAX && files.len() > FILES_MAX);
    let findings = large.map(|((name, home), (count, files))| {
        format!("{home}:1: `{name}` has {count} methods in {} files: part it", files.len())
    });
    report(&findings.collect::<Vec<_>>());
}

fn named(of: &Type) -> Option<String> {
    let Type::Path(path) = of else { return None };
    Some(path.path.segments.last()?.ident.to_string())
}

/// How far two paths are the same.
fn common(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count()
}

#[test]
fn no_parameter_is_a_tuple() {
    let mut findings = Vec::new();
    let mut left: BTreeSet<_> = TUPLES.iter().map(|name| (*name).to_owned()).collect();
    for source in Source::of_code("gateway/") {
        let mut found = Tuples(Vec::new());
        items(&source).iter().for_each(|item| found.visit_item(item));
        let path = source.path.split_once("/src/").map_or(&*source.path, |(_, path)| path);
        for function in found.0 {
            let name = format!("{path}:{function}");
            if !left.remove(&name) && !TUPLES.contains(&&*name) {
                let full = &source.path;
                findings
                    .push(format!("{full}:1: `{function}` takes a tuple: give its parts names"));
            }
        }
    }
    findings.extend(left.iter().map(|name| format!("{name}: takes none now: off the list")));
    report(&findings);
}

/// Functions with a tuple as a parameter.
struct Tuples(Vec<String>);

impl<'ast> Visit<'ast> for Tuples {
    fn visit_signature(&mut self, signature: &'ast Signature) {
        let is_tuple = |input: &FnArg| {
            let FnArg::Typed(input) = input else { return false };
            matches!(&*input.ty, Type::Tuple(tuple) if !tuple.elems.is_empty())
        };
        if signature.inputs.iter().any(is_tuple) {
            self.0.push(signature.ident.to_string());
        }
    }
}
