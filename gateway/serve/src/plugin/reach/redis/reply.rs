//! From a reply of either protocol version to the contract's form.

use redis::Value;

use crate::plugin::{
    bindings::sluicegate::plugin::redis::{Reply, Value as Item},
    reach::error::{ReachError, without_quotes},
};

/// The reply as a guest gets it, if it has at most `bytes_max` bytes.
pub(super) fn reply(value: Value, bytes_max: usize) -> Result<Reply, ReachError> {
    let reply = match value {
        Value::Attribute { data, .. } => return self::reply(*data, bytes_max),
        Value::Array(items) | Value::Set(items) => Reply::Many(all(items)?),
        Value::Map(pairs) => {
            Reply::Many(all(pairs.into_iter().flat_map(|(key, value)| [key, value]))?)
        }
        other => Reply::Single(item(other)?),
    };
    let bytes = match &reply {
        Reply::Single(item) => size(item),
        Reply::Many(items) => items.iter().map(size).sum(),
    };
    if bytes > bytes_max {
        let words = format!("the reply has {bytes} bytes; a call may have {bytes_max}");
        return Err(ReachError::Refused(words));
    }
    Ok(reply)
}

fn all(values: impl IntoIterator<Item = Value>) -> Result<Vec<Item>, ReachError> {
    values.into_iter().map(item).collect()
}

fn item(value: Value) -> Result<Item, ReachError> {
    Ok(match value {
        Value::Nil => Item::Nil,
        Value::Int(number) => Item::Integer(number),
        Value::Boolean(fact) => Item::Integer(i64::from(fact)),
        Value::BulkString(bytes) | Value::BigNumber(bytes) => Item::Bytes(bytes),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => {
            Item::Bytes(text.into_bytes())
        }
        Value::Okay => Item::Bytes(b"OK".to_vec()),
        Value::Double(number) => Item::Bytes(number.to_string().into_bytes()),
        Value::Attribute { data, .. } => return item(*data),
        Value::ServerError(error) => {
            let words = format!("{} {}", error.code(), error.details().unwrap_or_default());
            return Err(ReachError::Refused(without_quotes(words.trim_end())));
        }
        // Arrays in arrays, pushes, and what later versions of the protocol bring.
        _ => return Err(ReachError::Refused("the reply has no form here: it is nested".into())),
    })
}

/// Bytes on their way to the guest; the fixed part of an item counts too.
fn size(item: &Item) -> usize {
    let held = match item {
        Item::Bytes(bytes) => bytes.len(),
        Item::Nil | Item::Integer(_) => 0,
    };
    held + size_of::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: Value) -> String {
        match reply(value, 64) {
            Ok(reply) => format!("{reply:?}"),
            Err(error) => format!("{error:?}"),
        }
    }

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.into())
    }

    #[test]
    fn every_shape_has_its_form() {
        for (value, form) in [
            (Value::Nil, "Reply::Single(Value::Nil)"),
            (Value::Int(7), "Reply::Single(Value::Integer(7))"),
            (Value::Okay, "Reply::Single(Value::Bytes([79, 75]))"),
            (Value::Double(1.5), "Reply::Single(Value::Bytes([49, 46, 53]))"),
            (
                Value::Array(vec![bulk("a"), Value::Nil]),
                "Reply::Many([Value::Bytes([97]), Value::Nil])",
            ),
            (
                Value::Map(vec![(bulk("a"), Value::Int(1))]),
                "Reply::Many([Value::Bytes([97]), Value::Integer(1)])",
            ),
        ] {
            assert_eq!(shown(value), form);
        }
        assert!(shown(Value::Array(vec![Value::Array(vec![])])).contains("nested"));
        assert!(shown(bulk(&"x".repeat(57))).contains("65 bytes; a call may have 64"));
    }
}
