//! The contract as a page for people, made from the WIT: its sentences are the WIT's own.

mod table;
mod types;

use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use sluicegate::{message::Role, plugin::CONTRACT_VERSION};
use wit_parser::{Function, Interface, InterfaceId, Package, Resolve, World, WorldItem, WorldKey};

use super::world::CONTRACT_WIT;

/// What every plugin exports, beside its roles.
const LIFECYCLE: &str = "lifecycle";
/// Holds shapes that several interfaces use, and no function.
const TYPES: &str = "types";

const PREFACE: &str = "\
<!-- Written by `sluicegate plugin contract` from the WIT. Change the WIT, then write it again:
     sluicegate plugin contract > plugin-sdk/contract.md -->

The contract is written in WIT, a small language in which WebAssembly components say what they call
and what they can be called for. `sluicegate plugin contract --wit` prints that form; this page says the
same in another order: first what a plugin is called for, then what it may ask for, then the shapes.
How the gateway runs plugins is on the page [How plugins run](how-plugins-run.md).
";

const LEGEND: &str = "\
| written | means |
|---|---|
| `route: func(topic: string) -> T` | a function `route` with one argument; it answers a `T` |
| `bool` | true or false |
| `u32`, `u64` | a whole number from 0, of 32 or 64 bits |
| `s64` | a whole number that may be negative, of 64 bits |
| `string` | text, UTF-8 |
| `list<u8>` | any bytes |
| `list<T>` | any number of `T`, in order |
| `option<T>` | a `T`, or `none`: there is none, which is not the same as an empty one |
| `result<T, E>` | a `T` if it went well, an `E` if not; `_` stands for nothing |
| record | several named fields, all of them there |
| variant | exactly one of several cases, which may carry something |
| enum | exactly one of several words |

Names are written with `-` here; each language has them in its own way, such as `on_produce` or
`onProduce`.
";

/// Stands below the table of calls.
const MEMORY: &str = "\
Routers and authenticators say in their answers for how long these hold, so that they need not be asked
about each message: [`destination`](#routerdestination-record) has a `scope`,
[`grant`](#authenticatorgrant-record) has `holds-for-secs`.
";

/// The page, in Markdown.
///
/// # Errors
/// The WIT inside this program cannot be read, which a test rules out.
pub fn contract_page() -> anyhow::Result<String> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("sluicegate.wit", CONTRACT_WIT).context("reading the WIT")?;
    Page { resolve: &resolve, package: &resolve.packages[package], text: String::new() }.write()
}

/// The page while it is written.
struct Page<'a> {
    resolve: &'a Resolve,
    package: &'a Package,
    text: String,
}

/// Which way an interface goes through a plugin's border.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// The plugin calls it.
    Import,
    /// The gateway calls it.
    Export,
}

impl Page<'_> {
    fn write(mut self) -> anyhow::Result<String> {
        let _ = writeln!(self.text, "# The contract between gateway and plugins\n");
        self.text.push_str(PREFACE);
        let _ = writeln!(self.text, "\n## `sluicegate:plugin@{CONTRACT_VERSION}`\n");
        self.paragraph(self.package.docs.contents.as_deref());
        let _ = writeln!(self.text, "## How types are written\n\n{LEGEND}");
        self.calls()?;
        let _ = writeln!(self.text, "## What every plugin exports\n");
        self.interface(LIFECYCLE)?;
        let _ = writeln!(self.text, "## The roles\n");
        for role in Role::ALL {
            self.interface(role.name())?;
        }
        let _ = writeln!(self.text, "## What a plugin may call\n");
        for name in self.imported() {
            self.interface(&name)?;
        }
        let _ = writeln!(self.text, "## Shapes that several of them use\n");
        self.interface(TYPES)?;
        self.worlds();
        Ok(format!("{}\n", self.text.trim_end()))
    }

    /// One line for each function that the gateway calls.
    fn calls(&mut self) -> anyhow::Result<()> {
        let _ = writeln!(self.text, "## What the gateway calls, and when\n");
        let _ = writeln!(self.text, "| interface | function | when |\n|---|---|---|");
        for name in [LIFECYCLE].into_iter().chain(Role::ALL.map(Role::name)) {
            let interface = self.find(name)?.clone();
            for (function, found) in &interface.functions {
                let docs = [&interface.docs, &found.docs];
                let said = docs.iter().filter_map(|docs| when(docs.contents.as_deref()?));
                let when = said.collect::<Vec<_>>().join(". ");
                ensure!(!when.is_empty(), "`{name}.{function}` does not say when it is called");
                let (of, to) = (types::anchor(name, ""), types::anchor(name, function));
                let line = format!("| [`{name}`](#{of}) | [`{function}`](#{to}) | {when} |");
                let _ = writeln!(self.text, "{line}");
            }
        }
        let _ = writeln!(self.text, "\n{MEMORY}");
        Ok(())
    }

    /// One interface: what it is for, who uses it, its functions, its shapes.
    fn interface(&mut self, name: &str) -> anyhow::Result<()> {
        let interface = self.find(name)?.clone();
        let _ = writeln!(self.text, "### `{name}`\n");
        self.paragraph(interface.docs.contents.as_deref());
        if self.imported().iter().any(|imported| imported == name) {
            let users = self.users(name);
            let _ = writeln!(self.text, "Who may import it: {users}.\n");
        }
        for function in interface.functions.values() {
            self.function(name, function);
        }
        for id in interface.types.values() {
            table::write(self.resolve, name, &self.resolve.types[*id], &mut self.text);
        }
        Ok(())
    }

    fn function(&mut self, interface: &str, function: &Function) {
        let arguments: Vec<_> = function
            .params
            .iter()
            .map(|param| format!("{}: {}", param.name, types::text(self.resolve, &param.ty)))
            .collect();
        let result = function.result.as_ref().map(|ty| types::text(self.resolve, ty));
        let result = result.map_or_else(String::new, |ty| format!(" -> {ty}"));
        let (name, arguments) = (&function.name, arguments.join(", "));
        let _ = writeln!(self.text, "#### `{interface}.{name}`\n");
        let _ = writeln!(self.text, "```wit\n{name}: func({arguments}){result}\n```\n");
        self.paragraph(function.docs.contents.as_deref());
        let all = function.params.iter().map(|param| &param.ty).chain(&function.result);
        let shapes = types::shapes(self.resolve, all);
        if !shapes.is_empty() {
            let links: Vec<_> = shapes.iter().map(types::Shape::link).collect();
            let _ = writeln!(self.text, "Shapes: {}.\n", links.join(", "));
        }
    }

    fn worlds(&mut self) {
        let _ = writeln!(self.text, "## The worlds\n");
        self.text.push_str(
            "A world is what a plugin may import and what it exports. The package has one for each \
             role;\na plugin of several roles has a world of its own with the lines of each, as \
             `sluicegate plugin new`\nwrites it.\n\n",
        );
        let _ = writeln!(self.text, "| world | is | may import | exports |\n|---|---|---|---|");
        for (name, id) in &self.package.worlds {
            let world = &self.resolve.worlds[*id];
            let is = table::cell(world.docs.contents.as_deref());
            let imports = self.names(world, Direction::Import).join(", ");
            let exports = self.names(world, Direction::Export).join(", ");
            let _ = writeln!(self.text, "| `{name}` | {is} | {imports} | {exports} |");
        }
        self.text.push('\n');
    }

    fn find(&self, name: &str) -> anyhow::Result<&Interface> {
        let id = self.package.interfaces.get(name);
        let id = id.with_context(|| format!("the contract has no interface `{name}`"))?;
        Ok(&self.resolve.interfaces[*id])
    }

    /// Interfaces that plugins call, in the order in which the WIT has them.
    fn imported(&self) -> Vec<String> {
        let is_called = |id: &InterfaceId| {
            let mut worlds = self.package.worlds.values().map(|world| &self.resolve.worlds[*world]);
            worlds.any(|world| has(world, Direction::Import, *id))
        };
        let all = self.package.interfaces.iter().filter(|(name, _)| *name != TYPES);
        all.filter(|(_, id)| is_called(id)).map(|(name, _)| name.clone()).collect()
    }

    /// The roles whose world imports an interface.
    fn users(&self, interface: &str) -> String {
        let id = self.package.interfaces[interface];
        let imports = |role: &Role| {
            let world = self.package.worlds.get(&format!("{role}-plugin"));
            world.is_some_and(|world| has(&self.resolve.worlds[*world], Direction::Import, id))
        };
        let users: Vec<_> = Role::ALL.into_iter().filter(imports).collect();
        if users.len() == Role::ALL.len() {
            return "every plugin".to_owned();
        }
        let users: Vec<_> = users.iter().map(|role| format!("`{role}`")).collect();
        users.join(", ")
    }

    fn names(&self, world: &World, direction: Direction) -> Vec<String> {
        let all = self.package.interfaces.iter();
        // `types` has no function: it comes with whatever uses it.
        let all = all.filter(|(name, id)| *name != TYPES && has(world, direction, **id));
        all.map(|(name, _)| format!("[`{name}`](#{})", types::anchor(name, ""))).collect()
    }

    fn paragraph(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            let _ = writeln!(self.text, "{}\n", text.trim_end());
        }
    }
}

fn has(world: &World, direction: Direction, wanted: InterfaceId) -> bool {
    let items = if direction == Direction::Import { &world.imports } else { &world.exports };
    items.iter().any(|(key, item)| {
        matches!(item, WorldItem::Interface { .. }) && *key == WorldKey::Interface(wanted)
    })
}

/// The sentence that says when a function is called.
fn when(docs: &str) -> Option<String> {
    let docs = table::cell(Some(docs));
    let sentences = docs.split_inclusive(". ");
    let called = sentences.map(str::trim).find(|sentence| sentence.starts_with("Called "));
    called.map(|sentence| sentence.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_and_shape_of_the_contract_is_on_the_page_once() {
        let page = contract_page().unwrap();
        let mut resolve = Resolve::default();
        resolve.push_str("sluicegate.wit", CONTRACT_WIT).unwrap();
        for (_, interface) in &resolve.interfaces {
            let name = interface.name.as_deref().unwrap();
            for function in interface.functions.keys() {
                assert_eq!(page.matches(&format!("#### `{name}.{function}`\n")).count(), 1);
            }
            for (shape, id) in &interface.types {
                let wanted = usize::from(!types::is_alias(&resolve.types[*id]));
                assert_eq!(page.matches(&format!("#### `{name}.{shape}`: ")).count(), wanted);
            }
        }
    }

    #[test]
    fn the_legend_has_every_type_that_the_contract_is_written_in() {
        let page = contract_page().unwrap();
        let code = page.split("```wit\n").skip(1).filter_map(|rest| rest.split("```").next());
        let words = code.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let is_type = |word: &&str| {
            let number = word.trim_start_matches(['u', 's', 'f']);
            ["bool", "char", "string", "list", "option", "result", "tuple"].contains(word)
                || (number.len() < word.len() && number.parse::<u8>().is_ok())
        };
        for word in words.filter(is_type) {
            assert!(LEGEND.contains(word), "`{word}`");
        }
    }

    #[test]
    fn links_lead_to_headings() {
        let page = contract_page().unwrap();
        let anchor = |heading: &str| {
            let kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | ' ');
            heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
        };
        let headings = page.lines().filter_map(|line| line.split_once("# "));
        let anchors: Vec<_> = headings.map(|(_, heading)| anchor(heading.trim())).collect();
        for link in page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(anchors.iter().any(|anchor| anchor == link), "`{link}` of {anchors:?}");
        }
    }
}
