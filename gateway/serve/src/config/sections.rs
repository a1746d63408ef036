//! The sections of the gateway's file, one function each; `[broker]` and `[streams]` have files of
//! their own.

use std::{net::SocketAddr, time::Duration};

use super::{
    DatabusSettings, GroupSettings, HttpSettings, LimitSettings, ListenSettings, PluginFolder,
    TopicSettings, file::Section,
};
use crate::{
    message::StartAt,
    telemetry::{LogFormat, LogSettings},
};

/// What may wait for one client, in bytes.
const BYTES: std::ops::RangeInclusive<u64> = (1 << 16)..=(1 << 31);

/// `[listen]`.
pub(super) fn listen(mut section: Section<'_, '_>) -> ListenSettings {
    let default = SocketAddr::from(([127, 0, 0, 1], 6380));
    let settings = ListenSettings {
        address: section.address(Some(default)),
        unix_socket: section.optional("unix_socket").map(Into::into),
        connections_max: section.size("connections_max", 10_000, 1..=1_000_000),
        idle_timeout: unless_zero(section.seconds("idle_timeout_secs", 0, 0..=31_536_000)),
        login_timeout: section.seconds("login_timeout_secs", 60, 1..=3_600),
        write_timeout: section.seconds("write_timeout_secs", 60, 1..=3_600),
        output_bytes_max: section.size("output_bytes_max", 64 << 20, BYTES),
        subscriber_bytes_max: section.size("subscriber_bytes_max", 32 << 20, BYTES),
        drain: section.seconds("drain_secs", 10, 0..=3_600),
    };
    section.finish();
    settings
}

/// `[http]`; `None` without an address.
pub(super) fn http(mut section: Section<'_, '_>) -> Option<HttpSettings> {
    let address = section.address(None);
    let header_timeout = section.seconds("header_timeout_secs", 30, 1..=3_600);
    let body_timeout = section.seconds("body_timeout_secs", 30, 1..=3_600);
    let connections_max = section.size("connections_max", 1_000, 1..=1_000_000);
    let body_bytes_max = section.size("body_bytes_max", 16 << 20, 1_024..=(1 << 29));
    section.finish();
    Some(HttpSettings {
        address: address?,
        connections_max,
        header_timeout,
        body_timeout,
        body_bytes_max,
    })
}

/// `[limits]`.
pub(super) fn limits(mut section: Section<'_, '_>) -> LimitSettings {
    let limits = LimitSettings {
        value_bytes_max: section.size("value_bytes_max", 1_000_000, 1..=(1 << 28)),
        request_bytes_max: section.size("request_bytes_max", 64 << 20, (1 << 20)..=(1 << 29)),
        publish_deadline: section.milliseconds("publish_deadline_ms", 2_500, 10..=60_000),
        slow_after: section.milliseconds("slowlog_ms", 10, 0..=3_600_000),
    };
    section.finish();
    limits
}

/// `[topics]`.
pub(super) fn topics(mut section: Section<'_, '_>) -> TopicSettings {
    let partitions = section.integer("partitions", 1, 1..=10_000);
    let settings = TopicSettings {
        create: section.boolean("create", true),
        partitions: u32::try_from(partitions).unwrap_or(1),
        delete: section.boolean("delete", false),
        max: section.size("max", 10_000, 1..=1_000_000),
    };
    section.finish();
    settings
}

/// `[databus]`.
pub(super) fn databus(mut section: Section<'_, '_>) -> DatabusSettings {
    let starts = [("newest", StartAt::Newest), ("oldest", StartAt::Oldest)];
    let settings = DatabusSettings {
        block: section.milliseconds("block_ms", 30_000, 0..=3_600_000),
        batch: u32::try_from(section.integer("batch", 100, 1..=10_000)).unwrap_or(100),
        start_at: section.choice("start_at", StartAt::Newest, &starts),
    };
    section.finish();
    settings
}

/// `[groups]`.
pub(super) fn groups(mut section: Section<'_, '_>) -> GroupSettings {
    let settings = GroupSettings { linger: section.seconds("linger_secs", 10, 0..=3_600) };
    section.finish();
    settings
}

/// `[plugins]`.
pub(super) fn plugins(mut section: Section<'_, '_>) -> PluginFolder {
    let cache_folder = section.string("cache_folder", "./data/plugin-cache");
    let settings = PluginFolder {
        folder: section.string("folder", "./plugins.d").into(),
        cache_folder: (!cache_folder.is_empty()).then(|| cache_folder.into()),
    };
    section.finish();
    settings
}

/// `[log]`.
pub(super) fn log(mut section: Section<'_, '_>) -> LogSettings {
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let settings = LogSettings {
        format: section.choice("format", LogFormat::Text, &formats),
        filter: section.string("level", "info"),
    };
    section.finish();
    settings
}

/// In some keys 0 stands for "never".
pub(super) fn unless_zero(time: Duration) -> Option<Duration> {
    (!time.is_zero()).then_some(time)
}
