//! How a type of the contract is written in a sentence, and where the page explains it.

use wit_parser::{Resolve, Type, TypeDef, TypeDefKind, TypeOwner};

/// True if it only gives another interface's type a name here.
pub(super) fn is_alias(def: &TypeDef) -> bool {
    matches!(def.kind, TypeDefKind::Type(Type::Id(_)))
}

/// A type as WIT writes it, under the name that it has where it was made.
pub(super) fn text(resolve: &Resolve, ty: &Type) -> String {
    let Type::Id(id) = ty else { return primitive(ty).to_owned() };
    let def = &resolve.types[*id];
    let inner = |ty: &Option<Type>| ty.as_ref().map_or("_".to_owned(), |ty| text(resolve, ty));
    match &def.kind {
        TypeDefKind::Type(original) => text(resolve, original),
        TypeDefKind::Option(ty) => format!("option<{}>", text(resolve, ty)),
        TypeDefKind::List(ty) => format!("list<{}>", text(resolve, ty)),
        TypeDefKind::Result(result) => match (&result.ok, &result.err) {
            (None, None) => "result".to_owned(),
            (ok, None) => format!("result<{}>", inner(ok)),
            (ok, err) => format!("result<{}, {}>", inner(ok), inner(err)),
        },
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<_> = tuple.types.iter().map(|ty| text(resolve, ty)).collect();
            format!("tuple<{}>", types.join(", "))
        }
        kind => def.name.clone().unwrap_or_else(|| kind.as_str().to_owned()),
    }
}

fn primitive(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext | Type::Id(_) => "error-context",
    }
}

/// A shape that the page explains, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape {
    name: String,
    anchor: String,
}

impl Shape {
    /// A link to it, with its own name.
    pub(super) fn link(&self) -> String {
        self.link_as(&self.name)
    }

    /// A link to it with another text.
    pub(super) fn link_as(&self, text: &str) -> String {
        format!("[`{text}`](#{})", self.anchor)
    }
}

/// The shapes that some types are made of, each once.
pub(super) fn shapes<'a>(resolve: &Resolve, types: impl Iterator<Item = &'a Type>) -> Vec<Shape> {
    let mut found = Vec::new();
    types.for_each(|ty| collect(resolve, ty, &mut found));
    found
}

fn collect(resolve: &Resolve, ty: &Type, found: &mut Vec<Shape>) {
    let Type::Id(id) = ty else { return };
    let def = &resolve.types[*id];
    match &def.kind {
        TypeDefKind::Type(ty) | TypeDefKind::Option(ty) | TypeDefKind::List(ty) => {
            collect(resolve, ty, found);
        }
        TypeDefKind::Result(result) => {
            result.ok.iter().chain(&result.err).for_each(|ty| collect(resolve, ty, found));
        }
        TypeDefKind::Tuple(tuple) => {
            tuple.types.iter().for_each(|ty| collect(resolve, ty, found));
        }
        _ => found.extend(shape(resolve, def).filter(|shape| !found.contains(shape))),
    }
}

fn shape(resolve: &Resolve, def: &TypeDef) -> Option<Shape> {
    let (Some(name), TypeOwner::Interface(owner)) = (&def.name, def.owner) else { return None };
    let interface = resolve.interfaces[owner].name.as_deref()?;
    let anchor = anchor(interface, &format!("{name} {}", def.kind.as_str()));
    Some(Shape { name: name.clone(), anchor })
}

/// The anchor that Markdown gives the heading of an interface, or of something in it: lower case,
/// without dots and colons, a dash for a space.
pub(super) fn anchor(interface: &str, item: &str) -> String {
    format!("{interface}{}", item.replace(' ', "-"))
}
