//! Clients see JSON, the topic holds protobuf.

mod codec;
mod schema;

use std::collections::BTreeMap;

use schema::Schema;
use serde::Deserialize;
use sluicegate_plugin::{Current, Plugin, Rejection, Transcoder};

/// What the TOML file says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A serialized `FileDescriptorSet` in base64.
    descriptor_set: String,
    /// Message types by topic; `*` in a topic stands for any characters.
    topics: BTreeMap<String, String>,
    /// Names of the .proto file in JSON instead of lowerCamelCase.
    #[serde(default)]
    proto_field_names: bool,
    /// Fields at their default are in the JSON too.
    #[serde(default)]
    show_defaults: bool,
}

/// A transcoder with its message types.
#[derive(Debug)]
pub struct TranscodeProtobuf {
    schema: Schema,
    options: codec::Options,
}

impl Plugin for TranscodeProtobuf {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let schema = Schema::new(&settings.descriptor_set, &settings.topics)?;
        let options = codec::options(settings.proto_field_names, settings.show_defaults);
        Ok(Self { schema, options })
    }
}

/// A topic without a message type passes as it is, both ways.
impl Transcoder for TranscodeProtobuf {
    fn encode(&mut self, value: Vec<u8>, message: &Current) -> Result<Vec<u8>, Rejection> {
        match self.schema.of_topic(&message.topic()) {
            Some(message_type) => codec::encode(&value, message_type),
            None => Ok(value),
        }
    }

    fn decode(&mut self, value: Vec<u8>, message: &Current) -> Result<Vec<u8>, Rejection> {
        match self.schema.of_topic(&message.topic()) {
            Some(message_type) => codec::decode(&value, message_type, &self.options),
            None => Ok(value),
        }
    }
}

sluicegate_plugin::export!(TranscodeProtobuf: Transcoder);

#[cfg(test)]
mod tests;
