//! Generated from the WIT contract, and nothing else.

wasmtime::component::bindgen!({
    path: "../../plugin-sdk/wit",
    inline: "
        package sluicegate:host;

        world host {
            import sluicegate:plugin/log@0.1.0;
            import sluicegate:plugin/metrics@0.1.0;
            import sluicegate:plugin/current@0.1.0;
            import sluicegate:plugin/burst@0.1.0;
            import sluicegate:plugin/redis@0.1.0;
            import sluicegate:plugin/sql@0.1.0;
            export sluicegate:plugin/lifecycle@0.1.0;
            export sluicegate:plugin/authenticator@0.1.0;
            export sluicegate:plugin/filter@0.1.0;
            export sluicegate:plugin/router@0.1.0;
            export sluicegate:plugin/partitioner@0.1.0;
            export sluicegate:plugin/transcoder@0.1.0;
        }
    ",
    world: "sluicegate:host/host",
    imports: { default: trappable },
});
