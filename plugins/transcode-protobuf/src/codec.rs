//! Between JSON text and protobuf bytes.

use prost_reflect::{
    DeserializeOptions, DynamicMessage, MessageDescriptor, ReflectMessage as _, SerializeOptions,
    Value, prost::Message as _,
};
use serde_json::{Deserializer, Serializer};
use sluicegate_plugin::Rejection;

pub(crate) use prost_reflect::SerializeOptions as Options;

pub(crate) fn options(proto_field_names: bool, show_defaults: bool) -> Options {
    SerializeOptions::new()
        .use_proto_field_name(proto_field_names)
        .skip_default_fields(!show_defaults)
}

/// JSON in, protobuf out. Rejections name the field.
pub(crate) fn encode(json: &[u8], message_type: &MessageDescriptor) -> Result<Vec<u8>, Rejection> {
    let mut input = Deserializer::from_slice(json);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut input, &mut track);
    let strict = DeserializeOptions::new().deny_unknown_fields(true);
    let read = DynamicMessage::deserialize_with_options(message_type.clone(), tracked, &strict);
    let message = read.map_err(|error| wrong_field(&error, &track.path().to_string()))?;
    input.end().map_err(|_| Rejection::new("not-json", "there is more behind the JSON object"))?;
    match missing_field(&message) {
        Some(field) => {
            Err(Rejection::new("missing-field", format!("required field `{field}` is missing")))
        }
        None => Ok(message.encode_to_vec()),
    }
}

/// Protobuf in, JSON out.
pub(crate) fn decode(
    bytes: &[u8],
    message_type: &MessageDescriptor,
    options: &Options,
) -> Result<Vec<u8>, Rejection> {
    let message = DynamicMessage::decode(message_type.clone(), bytes).map_err(|error| {
        let name = message_type.full_name();
        Rejection::new("not-protobuf", format!("the stored value is not a `{name}`: {error}"))
    })?;
    let mut json = Vec::with_capacity(2 * bytes.len());
    let written = message.serialize_with_options(&mut Serializer::new(&mut json), options);
    written.map_err(|error| Rejection::new("not-json-able", error.to_string()))?;
    Ok(json)
}

fn wrong_field(error: &serde_json::Error, path: &str) -> Rejection {
    if !error.is_data() {
        return Rejection::new("not-json", format!("the value is not JSON: {error}"));
    }
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    if words.starts_with("unrecognized field") {
        return Rejection::new("unknown-field", format!("{words}, at `{path}`"));
    }
    Rejection::new("wrong-type", format!("field `{path}`: {words}"))
}

/// The first required field (proto2, or editions) that is not there, here or further in.
fn missing_field(message: &DynamicMessage) -> Option<String> {
    let required = message
        .descriptor()
        .fields()
        .find(|field| field.is_required() && !message.has_field(field));
    if let Some(field) = required {
        return Some(field.name().to_owned());
    }
    message.fields().find_map(|(field, value)| {
        missing_within(value).map(|inner| format!("{}.{inner}", field.name()))
    })
}

fn missing_within(value: &Value) -> Option<String> {
    match value {
        Value::Message(message) => missing_field(message),
        Value::List(items) => items.iter().find_map(missing_within),
        Value::Map(entries) => entries.values().find_map(missing_within),
        _ => None,
    }
}
