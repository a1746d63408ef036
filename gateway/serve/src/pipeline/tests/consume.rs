//! Records on their way to a client.

use super::{
    component::{
        DROP, FORWARD, TRAP, encode_with, error, if_first_is, plugin, plugin_with, reject,
        replace_with,
    },
    scene::{Scene, shown},
};
use crate::{
    message::Role,
    plugin::{OnFailure, PluginSettings},
};

#[test]
fn filters_run_in_reverse_order_on_consume_after_the_decoder() {
    let first = plugin("a", Role::Filter, [FORWARD, &replace_with('1')]);
    let second = plugin("b", Role::Filter, [FORWARD, &replace_with('2')]);
    let code = plugin("code", Role::Transcoder, [FORWARD, &encode_with('!')]);
    let scene = Scene::new([first, second, code]);

    assert_eq!(shown(&scene.consume(&["x"])), ["x!21"]);
}

#[test]
fn records_that_a_filter_drops_or_rejects_are_hidden() {
    let body = format!("{} {}", if_first_is('x', DROP), if_first_is('y', &reject()));
    let scene = Scene::new([plugin("gate", Role::Filter, [FORWARD, &body])]);

    let consumed = scene.consume(&["a", "x", "y"]);

    assert_eq!(shown(&consumed), ["a"]);
    assert_eq!(consumed.next, Some(3));
    assert_eq!(
        (scene.counters.records_consumed.get(), scene.counters.records_hidden.get()),
        (1, 2)
    );
}

#[test]
fn a_failing_filter_stops_the_reader_at_its_record() {
    let scene = Scene::new([plugin("gate", Role::Filter, [FORWARD, &if_first_is('x', TRAP)])]);

    let consumed = scene.consume(&["a", "x", "b"]);

    assert_eq!(shown(&consumed), ["a"]);
    assert_eq!(consumed.next, Some(1), "the record that failed comes again");
    assert_eq!(consumed.failure.unwrap().to_string(), "REJECTED gate plugin failed");
}

#[test]
fn a_failing_filter_with_bypass_hides_nothing() {
    let on_failure = OnFailure::Bypass;
    let bypass = PluginSettings { on_failure, ..PluginSettings::new("gate") };
    let scene = Scene::new([plugin_with(bypass, Role::Filter, [FORWARD, TRAP])]);

    let consumed = scene.consume(&["a", "b"]);

    assert_eq!(shown(&consumed), ["a", "b"]);
    assert!(consumed.failure.is_none());
}

#[test]
fn a_record_that_cannot_be_decoded_is_shown_as_stored_and_marked() {
    let scene = Scene::new([plugin("code", Role::Transcoder, [FORWARD, &error()])]);

    let consumed = scene.consume(&["a"]);

    assert_eq!(shown(&consumed), ["a"]);
    let (name, why) = &consumed.shown[0].record.headers[0];
    assert_eq!(&name[..], b"sluicegate-decode-error");
    assert_eq!(why.as_deref(), Some(&b"bad: not today"[..]));
    assert_eq!(scene.counters.records_undecoded.get(), 1);
}

#[test]
fn a_trap_while_decoding_stops_the_reader_at_its_record() {
    let body = format!("{} {}", encode_with('!'), if_first_is('x', TRAP));
    let scene = Scene::new([plugin("code", Role::Transcoder, [FORWARD, &body])]);

    let consumed = scene.consume(&["a", "x", "b"]);

    assert_eq!((shown(&consumed), consumed.next), (vec!["a!".to_owned()], Some(1)));
    assert_eq!(consumed.failure.unwrap().to_string(), "REJECTED code plugin failed");
}
