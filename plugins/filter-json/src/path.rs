//! Names of fields, and where they are in a text.

use std::{fmt, ops::Range};

use serde::Deserialize;
use serde_json::value::RawValue;
use sluicegate_plugin::json::Object;

/// A field by its JSON pointer (`/customer/name`) or dotted name (`customer.name`). A part `*`
/// stands for every field of an object or item of an array.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Path {
    written: String,
    parts: Vec<String>,
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let parts: Vec<String> = match written.strip_prefix('/') {
            Some(pointer) => {
                pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
            }
            None => written.split('.').map(str::to_owned).collect(),
        };
        if parts.iter().any(String::is_empty) {
            return Err(format!("`{written}` is not the name of a field: a part of it is empty"));
        }
        Ok(Self { written, parts })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Path {
    /// The ranges of all values of this name in a JSON text. A key that is there twice is found
    /// twice: readers differ in which one they take.
    pub(crate) fn find_all(&self, json: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        find(json, json, &self.parts, &mut found);
        found
    }
}

/// Looks for `parts` in `value`, which is a piece of `whole`.
fn find(whole: &str, value: &str, parts: &[String], found: &mut Vec<Range<usize>>) {
    let Some((part, rest)) = parts.split_first() else {
        let start = value.as_ptr().addr() - whole.as_ptr().addr();
        found.push(start..start + value.len());
        return;
    };
    if let Some(object) = Object::of(value) {
        for field in object.fields() {
            if part == "*" || field.name() == Some(part) {
                find(whole, field.value(), rest, found);
            }
        }
    } else if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(value) {
        for (index, item) in items.into_iter().enumerate() {
            if part == "*" || index.to_string() == *part {
                find(whole, item.get(), rest, found);
            }
        }
    }
}
