//! A command's own reply as JSON: text where the bytes are text, an error as an object.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::resp::Reply;

/// The reply as JSON. Maps become objects, as their keys are texts.
pub(super) fn value(reply: &Reply) -> Value {
    match reply {
        Reply::Status(text) | Reply::BigNumber(text) | Reply::Verbatim(text) => json!(text),
        Reply::Error(text) => json!({ "error": text }),
        Reply::Integer(number) => json!(number),
        Reply::Bulk(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => json!(text),
            Err(_) => json!({ "base64": STANDARD.encode(bytes) }),
        },
        Reply::Null | Reply::Closed => Value::Null,
        Reply::Boolean(truth) => json!(truth),
        Reply::Double(text) => text.parse::<f64>().map_or_else(|_| json!(text), |it| json!(it)),
        Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => {
            items.iter().map(value).collect()
        }
        Reply::Map(pairs) => {
            let entry = |(key, item): &(Reply, Reply)| (name(key), value(item));
            Value::Object(pairs.iter().map(entry).collect::<Map<_, _>>())
        }
    }
}

fn name(key: &Reply) -> String {
    match key {
        Reply::Bulk(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => other.to_string(),
    }
}
