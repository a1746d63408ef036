//! What a rule asks about the message.

use serde_json::Value;
use sluicegate_plugin::Current;

use crate::pattern::Pattern;

/// Where a rule looks besides the topic.
#[derive(Debug)]
pub(crate) enum Source {
    /// The first header of this name.
    Header(String),
    /// The field of a JSON value, by JSON pointer.
    Field(String),
}

/// A header or field whose text must match.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) source: Source,
    pub(crate) matches: Pattern,
}

impl Condition {
    /// The text that matched.
    pub(crate) fn matched(&self, message: &Current) -> Option<String> {
        let text = match &self.source {
            Source::Header(name) => String::from_utf8(message.header(name)?).ok()?,
            Source::Field(pointer) => {
                let json: Value = serde_json::from_slice(&message.value()?).ok()?;
                as_text(json.pointer(pointer)?)?
            }
        };
        self.matches.captures(&text).is_some().then_some(text)
    }
}

/// Texts, numbers and booleans; nothing else can be part of a topic's name.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A field by JSON pointer or dotted name, as a pointer.
pub(crate) fn pointer(field: &str) -> String {
    if field.starts_with('/') { field.to_owned() } else { format!("/{}", field.replace('.', "/")) }
}
