//! A shape of the contract as a table.

use std::fmt::Write as _;

use wit_parser::{Docs, Resolve, Type, TypeDef, TypeDefKind};

use super::types;

/// Writes the shape with its heading; nothing for a name that another interface's shape has here.
pub(super) fn write(resolve: &Resolve, interface: &str, def: &TypeDef, page: &mut String) {
    let Some(name) = def.name.as_deref().filter(|_| !types::is_alias(def)) else { return };
    let kind = def.kind.as_str();
    let _ = writeln!(page, "#### `{interface}.{name}`: {kind}\n");
    if let Some(docs) = def.docs.contents.as_deref() {
        let _ = writeln!(page, "{}\n", docs.trim_end());
    }
    match &def.kind {
        TypeDefKind::Record(record) => {
            let _ = writeln!(page, "| field | type | means |\n|---|---|---|");
            for field in &record.fields {
                row(page, &field.name, Some(&ty(resolve, &field.ty)), &field.docs);
            }
        }
        TypeDefKind::Variant(variant) => {
            let _ = writeln!(page, "| case | carries | means |\n|---|---|---|");
            for case in &variant.cases {
                let carried = case.ty.as_ref().map_or_else(String::new, |it| ty(resolve, it));
                row(page, &case.name, Some(&carried), &case.docs);
            }
        }
        TypeDefKind::Enum(words) => {
            let _ = writeln!(page, "| word | means |\n|---|---|");
            for case in &words.cases {
                row(page, &case.name, None, &case.docs);
            }
        }
        kind => {
            let _ = writeln!(page, "A {}.", kind.as_str());
        }
    }
    page.push('\n');
}

fn row(page: &mut String, name: &str, middle: Option<&str>, docs: &Docs) {
    let middle = middle.map_or_else(String::new, |text| format!(" {text} |"));
    let _ = writeln!(page, "| `{name}` |{middle} {} |", cell(docs.contents.as_deref()));
}

/// A type in a cell: linked where the page explains it.
fn ty(resolve: &Resolve, ty: &Type) -> String {
    let text = types::text(resolve, ty);
    match types::shapes(resolve, std::iter::once(ty)).as_slice() {
        [shape] => shape.link_as(&text),
        [] => format!("`{text}`"),
        several => {
            let links: Vec<_> = several.iter().map(types::Shape::link).collect();
            format!("`{text}`: {}", links.join(", "))
        }
    }
}

/// Text in one line, without what would end a cell.
pub(super) fn cell(text: Option<&str>) -> String {
    let words: Vec<_> = text.unwrap_or_default().split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}
