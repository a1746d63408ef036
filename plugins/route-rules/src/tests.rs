//! Where messages go, and for how long the answer holds.

use sluicegate_plugin::{
    Destination,
    serde_json::{Value, json},
    testing::{Call, configure},
};

use crate::RouteRules;

fn route(rules: &Value, call: &Call) -> Destination {
    call.route(&mut configure::<RouteRules>(json!({ "rules": rules })).unwrap()).unwrap()
}

fn refusal(rule: &Value) -> String {
    configure::<RouteRules>(json!({ "rules": [rule] })).unwrap_err()
}

#[test]
fn a_pattern_rewrites_for_the_whole_topic() {
    let rules = json!([{ "topic": "*.orders.*", "to": "orders-{2}.{1}" }]);
    let routed = route(&rules, &Call::new("eu.orders.new"));
    assert_eq!(routed, Destination::for_topic("orders-new.eu"));
    assert_eq!(route(&rules, &Call::new("bills")), Destination::for_topic("bills"));
}

#[test]
fn a_header_decides_for_the_message() {
    let rules = json!([
        { "topic": "orders", "header": "region", "matches": "eu-*", "to": "{topic}.{value}" },
        { "topic": "o*", "to": "other" },
    ]);
    let in_region = |region| Call::new("orders").header("region", region);
    assert_eq!(route(&rules, &in_region("eu-1")), Destination::for_message("orders.eu-1"));
    assert_eq!(route(&rules, &in_region("us-1")), Destination::for_message("other"));
    assert_eq!(route(&rules, &Call::new("orders")), Destination::for_message("other"));
    assert_eq!(route(&rules, &Call::new("ox")), Destination::for_topic("other"));
}

#[test]
fn a_json_field_decides_for_the_message() {
    let rules = json!([{ "field": "kind.name", "to": "events.{value}" }]);
    let of = |json: &str| route(&rules, &Call::new("t").value(json)).topic;
    assert_eq!(of(r#"{"kind":{"name":"click"}}"#), "events.click");
    assert_eq!(of(r#"{"kind":{"name":7}}"#), "events.7");
    for other in [r#"{"kind":{"name":null}}"#, "{}", "no json"] {
        assert_eq!(of(other), "t", "{other}");
    }
    assert_eq!(route(&rules, &Call::new("t")), Destination::for_message("t"));
}

#[test]
fn a_name_kafka_does_not_take_is_rejected() {
    let rules = json!({ "rules": [{ "header": "to", "to": "{value}" }] });
    let mut router = configure::<RouteRules>(rules).unwrap();
    for name in ["", "a b", "..", "é", &"x".repeat(250)] {
        let rejection = Call::new("t").header("to", name).route(&mut router).unwrap_err();
        assert_eq!(rejection.code, "bad-topic", "{name}");
    }
}

#[test]
fn rules_that_cannot_be_meant_are_refused_by_number() {
    assert_eq!(
        refusal(&json!({ "to": "{2}" })),
        "rule 1: `to` asks for `{2}`, which this rule does not have"
    );
    assert!(refusal(&json!({ "to": "{value}" })).contains("`{value}`"));
    assert!(refusal(&json!({ "to": "{topic" })).contains("without `}`"));
    assert!(refusal(&json!({ "to": "x", "matches": "a" })).contains("needs either"));
    assert_eq!(refusal(&json!({ "topic": "x" })), "settings: missing field `to`");
}
