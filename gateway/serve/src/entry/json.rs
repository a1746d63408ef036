//! An entry as a JSON object: members in order, each a text.

use std::{collections::HashSet, fmt};

use bytes::Bytes;
use serde::{
    Deserializer as _,
    de::{Error, MapAccess, Visitor},
};

use crate::message::Rejection;

/// The object of these fields.
///
/// # Errors
/// Bytes that are not UTF-8, or a field twice: an object cannot hold them.
pub(crate) fn encode<'a>(
    pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> Result<Bytes, Rejection> {
    let text = |bytes| {
        std::str::from_utf8(bytes).map_err(|_| {
            Rejection::err("the layout of this topic is JSON: fields and values are UTF-8 text")
        })
    };
    let (mut out, mut names) = (vec![b'{'], HashSet::new());
    for (name, value) in pairs {
        let (name, value) = (text(name)?, text(value)?);
        if !names.insert(name) {
            let words = format!("the layout of this topic is JSON: the field `{name}` comes twice");
            return Err(Rejection::err(words));
        }
        if names.len() > 1 {
            out.push(b',');
        }
        put(&mut out, name);
        out.push(b':');
        put(&mut out, value);
    }
    out.push(b'}');
    Ok(out.into())
}

fn put(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a text is written to memory");
}

/// Fields and values of an object whose members all are texts with different names; `None` for
/// anything else.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<Bytes>> {
    let mut input = serde_json::Deserializer::from_slice(bytes);
    let fields = input.deserialize_map(Fields).ok()?;
    input.end().ok()?;
    (!fields.is_empty()).then_some(fields)
}

/// Takes the members of an object in their order.
struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Vec<Bytes>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Bytes>, A::Error> {
        let (mut fields, mut names) = (Vec::new(), HashSet::new());
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom("a member comes twice"));
            }
            fields.extend([Bytes::from(name), Bytes::from(value)]);
        }
        Ok(fields)
    }
}
