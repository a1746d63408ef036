//! JSON objects by position: a field can be read or replaced while every other byte stays as it was.
//!
//! Reading a payload into a `serde_json::Value` and writing it again changes it: spaces, the order
//! of fields, doubles, the digits of long numbers. What is only looked at here is handed on as it
//! came.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// How deep [`Object::read`] lets objects and arrays nest; the object itself is the first level.
pub const DEPTH_MAX: usize = 128;

/// A JSON object and where its own fields are; what lies deeper is only checked.
#[derive(Clone, Debug)]
pub struct Object<'j> {
    text: &'j str,
    fields: Vec<Field<'j>>,
}

/// A field of an [`Object`].
#[derive(Clone, Debug)]
pub struct Field<'j> {
    name: Option<Cow<'j, str>>,
    value: &'j str,
}

impl<'j> Object<'j> {
    /// Reads a payload. `None` if it is anything but one JSON object by RFC 8259 with white space
    /// around it, or nests deeper than [`DEPTH_MAX`].
    pub fn read(payload: &'j [u8]) -> Option<Self> {
        let text = str::from_utf8(payload).ok()?;
        if depth(text) > DEPTH_MAX { None } else { Self::of(text) }
    }

    /// Reads a text, however deep it nests. `None` if it is not one JSON object.
    pub fn of(text: &'j str) -> Option<Self> {
        let Fields(fields) = serde_json::from_str(text).ok()?;
        Some(Self { text, fields })
    }

    /// All fields in order. A name may be there twice: readers differ in which one they take.
    pub fn fields(&self) -> &[Field<'j>] {
        &self.fields
    }

    /// True if there is a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }

    /// Puts the JSON text `with` in place of the value of each field of this name, and leaves all
    /// other bytes. `None` if there is no such field.
    pub fn replace(&self, name: &str, with: &str) -> Option<Vec<u8>> {
        let mut replaced = Vec::with_capacity(self.text.len());
        let mut done = 0;
        for field in self.named(name) {
            let start = field.value.as_ptr().addr() - self.text.as_ptr().addr();
            replaced.extend_from_slice(&self.text.as_bytes()[done..start]);
            replaced.extend_from_slice(with.as_bytes());
            done = start + field.value.len();
        }
        // A value never begins at 0, where the brace is.
        if done == 0 {
            return None;
        }
        replaced.extend_from_slice(&self.text.as_bytes()[done..]);
        Some(replaced)
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Field<'j>> {
        self.fields.iter().filter(move |field| field.name() == Some(name))
    }
}

impl<'j> Field<'j> {
    /// The name with its escapes undone; `None` if it has half a surrogate pair and so is no text.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The value as it is written, without the white space around it.
    pub const fn value(&self) -> &'j str {
        self.value
    }
}

/// How deep brackets nest in a JSON text; of other texts it says nothing.
fn depth(json: &str) -> usize {
    let (mut deepest, mut depth) = (0, 0_usize);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    deepest
}

/// From behind the quote that begins it to behind the one that ends it.
fn skip_string(bytes: &mut impl Iterator<Item = u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}

/// What serde finds in an object.
struct Fields<'j>(Vec<Field<'j>>);

impl<'j> Deserialize<'j> for Fields<'j> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'j> Visitor<'j> for InOrder {
            type Value = Fields<'j>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'j>>(self, mut map: M) -> Result<Fields<'j>, M::Error> {
                let mut fields = Vec::new();
                // The name as it is written, too: half a surrogate pair is legal JSON.
                while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                    let name = serde_json::from_str(name.get()).ok().map(|Name(name)| name);
                    fields.push(Field { name, value: value.get() });
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// Borrowed unless it has escapes.
#[derive(Deserialize)]
struct Name<'j>(#[serde(borrow)] Cow<'j, str>);

#[cfg(test)]
mod tests;
