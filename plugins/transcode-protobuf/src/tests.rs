//! JSON there and back, and what does not fit.

use base64::{Engine, prelude::BASE64_STANDARD};
use prost::Message as _;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    field_descriptor_proto::{Label, Type},
};
use sluicegate_plugin::{
    serde_json::{Value, json},
    testing::{Call, configure},
};

use crate::TranscodeProtobuf;

fn field(
    name: &str,
    number: i32,
    label: Label,
    kind: Type,
    of: Option<&str>,
) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.into()),
        number: Some(number),
        label: Some(label.into()),
        r#type: Some(kind.into()),
        type_name: of.map(Into::into),
        ..FieldDescriptorProto::default()
    }
}

fn message(name: &str, field: Vec<FieldDescriptorProto>) -> DescriptorProto {
    DescriptorProto { name: Some(name.into()), field, ..DescriptorProto::default() }
}

/// `shop.Order { required int64 id = 1; optional string note = 2; repeated Line line_items = 3; }`
/// `shop.Line { required string sku = 1; optional int32 count = 2; }`
fn descriptor_set() -> String {
    let order = message(
        "Order",
        vec![
            field("id", 1, Label::Required, Type::Int64, None),
            field("note", 2, Label::Optional, Type::String, None),
            field("line_items", 3, Label::Repeated, Type::Message, Some(".shop.Line")),
        ],
    );
    let line = message(
        "Line",
        vec![
            field("sku", 1, Label::Required, Type::String, None),
            field("count", 2, Label::Optional, Type::Int32, None),
        ],
    );
    let file = FileDescriptorProto {
        name: Some("shop.proto".into()),
        package: Some("shop".into()),
        message_type: vec![order, line],
        ..FileDescriptorProto::default()
    };
    BASE64_STANDARD.encode(FileDescriptorSet { file: vec![file] }.encode_to_vec())
}

fn settings() -> Value {
    json!({ "descriptor_set": descriptor_set(), "topics": { "orders.*": "shop.Order", "lines": "shop.Line" } })
}

fn plugin() -> TranscodeProtobuf {
    configure(settings()).unwrap()
}

fn encoded(json: &str) -> Result<Vec<u8>, String> {
    let rejected = Call::new("orders.eu").value(json).encode(&mut plugin());
    rejected.map_err(|rejection| format!("{}: {}", rejection.code, rejection.message))
}

#[test]
fn json_becomes_protobuf_and_json_again() {
    let stored = encoded(r#"{"id": "150", "note": "hi", "lineItems": [{"sku": "a", "count": 2}]}"#);
    let stored = stored.unwrap();
    assert_eq!(stored, b"\x08\x96\x01\x12\x02hi\x1a\x05\x0a\x01a\x10\x02");
    let seen = Call::new("orders.eu").value(&stored).decode(&mut plugin()).unwrap();
    let json = r#"{"id":"150","note":"hi","lineItems":[{"sku":"a","count":2}]}"#;
    assert_eq!(String::from_utf8(seen).unwrap(), json);
}

#[test]
fn the_example_settings_work() {
    let example = include_str!("../settings.example.toml");
    assert!(example.contains(&descriptor_set()), "descriptor_set = \"{}\"", descriptor_set());
}

#[test]
fn names_of_the_proto_file_are_taken_and_shown_on_request() {
    let mut settings = settings();
    settings["proto_field_names"] = true.into();
    let mut plugin: TranscodeProtobuf = configure(settings).unwrap();
    let call = Call::new("orders.eu").value(r#"{"id":1,"line_items":[{"sku":"a"}]}"#);
    let stored = call.encode(&mut plugin).unwrap();
    let seen = Call::new("orders.eu").value(stored).decode(&mut plugin).unwrap();
    assert_eq!(seen, br#"{"id":"1","line_items":[{"sku":"a"}]}"#);
}

#[test]
fn rejections_name_the_field() {
    let rejected = |json: &str| encoded(json).unwrap_err();
    let unknown = rejected(r#"{"id":1,"colour":2}"#);
    assert!(unknown.starts_with("unknown-field: ") && unknown.contains("colour"), "{unknown}");
    let wrong = rejected(r#"{"id":1,"note":5}"#);
    assert!(wrong.starts_with("wrong-type: field `note`: invalid type"), "{wrong}");
    let inner = rejected(r#"{"id":1,"lineItems":[{"sku":"a"},{"sku":"b","count":"x"}]}"#);
    assert!(inner.starts_with("wrong-type: field `lineItems[1].count`: "), "{inner}");
    assert_eq!(rejected("{}"), "missing-field: required field `id` is missing");
    let missing = rejected(r#"{"id":1,"lineItems":[{"count":1}]}"#);
    assert_eq!(missing, "missing-field: required field `line_items.sku` is missing");
}

#[test]
fn what_is_not_json_or_not_protobuf_is_rejected() {
    for text in ["", "{", r#"{"id":1} x"#] {
        assert!(encoded(text).unwrap_err().starts_with("not-json: "), "{text}");
    }
    assert!(encoded("[1]").unwrap_err().starts_with("wrong-type: "));
    let decoded = Call::new("lines").value(b"\xff\xff").decode(&mut plugin());
    assert_eq!(decoded.unwrap_err().code, "not-protobuf");
}

#[test]
fn a_topic_without_a_type_passes_as_it_is() {
    let call = Call::new("other").value("\x01");
    assert_eq!(call.encode(&mut plugin()).unwrap(), b"\x01");
    assert_eq!(call.decode(&mut plugin()).unwrap(), b"\x01");
}

#[test]
fn settings_without_the_schema_they_name_are_refused() {
    let refusal = |settings: Value| configure::<TranscodeProtobuf>(settings).unwrap_err();
    let mut unknown = settings();
    unknown["topics"]["x"] = "shop.Cart".into();
    assert_eq!(refusal(unknown), "topic `x`: `descriptor_set` has no message `shop.Cart`");
    let mut broken = settings();
    broken["descriptor_set"] = "%".into();
    assert!(refusal(broken).starts_with("`descriptor_set` is not base64"));
    let mut broken = settings();
    broken["descriptor_set"] = "AAAA".into();
    assert!(refusal(broken).starts_with("`descriptor_set` is not a FileDescriptorSet"));
}
