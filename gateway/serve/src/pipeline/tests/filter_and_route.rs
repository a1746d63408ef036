//! Filters and the router.

use std::time::Duration;

use super::{
    broker_double::BrokerDouble,
    component::{
        DROP, FORWARD, LOOP, TRAP, error, if_first_is, plugin, plugin_with, reject, replace_with,
        route_elsewhere,
    },
    scene::{Scene, message, settings},
};
use crate::{
    message::Role,
    pipeline::PipelineSettings,
    plugin::{OnFailure, PluginSettings},
};

#[tokio::test]
async fn filters_run_in_their_order_on_produce() {
    let second = plugin("b", Role::Filter, [&replace_with('2'), FORWARD]);
    let first = plugin("a", Role::Filter, [&replace_with('1'), FORWARD]);
    let third = plugin_with(
        PluginSettings { order: 1, ..PluginSettings::new("0") },
        Role::Filter,
        [&replace_with('3'), FORWARD],
    );
    let scene = Scene::new([third, second, first]);

    assert_eq!(scene.publish(&["x"]).await, ["stored orders/0"]);

    assert_eq!(scene.stored("orders").await, ["x123"]);
}

#[tokio::test]
async fn a_filter_sees_only_the_topics_of_its_settings() {
    let topics = vec![crate::message::TopicPattern::new("pay*")];
    let settings = PluginSettings { topics, ..PluginSettings::new("gate") };
    let scene = Scene::new([plugin_with(settings, Role::Filter, [DROP, FORWARD])]);

    let outcomes = scene.produce(vec![message("orders", "x"), message("payments", "x")]).await;

    assert_eq!(outcomes, ["stored orders/0", "dropped"]);
}

#[tokio::test]
async fn a_dropped_message_is_acknowledged_and_never_reaches_the_broker() {
    let gate = plugin("gate", Role::Filter, [DROP, FORWARD]);
    let scene = Scene::over(BrokerDouble::untouchable(), settings(), [gate]);

    assert_eq!(scene.publish(&["x", "y"]).await, ["dropped", "dropped"]);

    assert_eq!(scene.counters.messages_dropped.get(), 2);
}

#[tokio::test]
async fn a_rejected_message_never_reaches_the_broker_or_the_next_filter() {
    let gate = plugin("a-gate", Role::Filter, [&reject(), FORWARD]);
    let next = plugin("next", Role::Filter, [TRAP, FORWARD]);
    let scene = Scene::over(BrokerDouble::untouchable(), settings(), [gate, next]);

    assert_eq!(scene.publish(&["x"]).await, ["REJECTED a-gate bad: not today"]);

    let counters = &scene.counters;
    assert_eq!((counters.messages_rejected.get(), counters.plugin_failures.get()), (1, 0));
}

#[tokio::test]
async fn a_trap_half_way_through_a_burst_refuses_only_its_message() {
    let gate = plugin("gate", Role::Filter, [&if_first_is('x', TRAP), FORWARD]);
    let scene = Scene::new([gate]);

    let outcomes = scene.publish(&["a", "x", "b"]).await;

    assert_eq!(outcomes, ["stored orders/0", "REJECTED gate plugin failed", "stored orders/0"]);
    assert_eq!(scene.stored("orders").await, ["a", "b"]);
}

#[tokio::test]
async fn a_failing_filter_with_bypass_is_passed_over() {
    let on_failure = OnFailure::Bypass;
    let bypass = PluginSettings { on_failure, ..PluginSettings::new("a") };
    let gate = plugin_with(bypass, Role::Filter, [TRAP, FORWARD]);
    let next = plugin("b", Role::Filter, [&replace_with('2'), FORWARD]);
    let scene = Scene::new([gate, next]);

    assert_eq!(scene.publish(&["x"]).await, ["stored orders/0"]);

    assert_eq!(scene.stored("orders").await, ["x2"]);
    let counters = &scene.counters;
    assert_eq!((counters.plugin_failures.get(), counters.plugin_bypasses.get()), (1, 1));
}

#[tokio::test]
async fn after_the_publish_deadline_the_rest_of_a_burst_is_busy() {
    let mut slow = PluginSettings::new("slow");
    slow.limits.call_deadline = Duration::from_millis(1_500);
    let slow = plugin_with(slow, Role::Filter, [LOOP, FORWARD]);
    let settings = PipelineSettings { publish_deadline: Duration::from_secs(1), ..settings() };
    let scene = Scene::over(BrokerDouble::untouchable(), settings, [slow]);

    let busy = "BUSY the plugins took longer than the publish deadline, nothing was stored";
    assert_eq!(
        scene.publish(&["a", "b", "c"]).await,
        ["REJECTED slow plugin took too long", busy, busy]
    );
}

#[tokio::test]
async fn a_router_moves_a_message_whose_partition_is_chosen_anew() {
    let scene = Scene::new([plugin("route", Role::Router, [&route_elsewhere("message"), ""])]);
    let mut to_last = message("orders", "x");
    to_last.partition = Some(9);

    assert_eq!(scene.produce(vec![to_last]).await, ["stored elsewhere/0"]);
}

#[tokio::test]
async fn a_route_for_the_whole_topic_is_asked_for_once() {
    for (scope, calls) in [("message", 3), ("topic", 1)] {
        let router = plugin("route", Role::Router, [&route_elsewhere(scope), ""]);
        let scene = Scene::new([std::sync::Arc::clone(&router)]);

        assert_eq!(scene.publish(&["a", "b", "c"]).await, ["stored elsewhere/0"; 3]);

        assert_eq!(router.stats().calls, calls, "{scope}");
    }
}

#[tokio::test]
async fn a_router_may_refuse_a_message() {
    let router = plugin("route", Role::Router, [&error(), ""]);
    let scene = Scene::over(BrokerDouble::untouchable(), settings(), [router]);

    assert_eq!(scene.publish(&["x"]).await, ["REJECTED route bad: not today"]);
}

#[tokio::test]
async fn a_router_to_a_topic_that_may_not_be_created_stores_nothing() {
    let router = plugin("route", Role::Router, [&route_elsewhere("topic"), ""]);
    let memory = crate::broker::embedded::EmbeddedBroker::memory().unwrap();
    let settings = PipelineSettings { create_topics: false, ..settings() };
    let scene = Scene::over(memory, settings, [router]);

    assert_eq!(scene.publish(&["x"]).await, ["ERR no such topic"]);
}
