//! The sections of the gateway's file, one function each; `[broker]` and `[streams]` have files of
//! their own.

use std::{net::SocketAddr, time::Duration};

use super::{
    DatabusSettings, GroupSettings, HttpSettings, LimitSettings, ListenSettings, LogFormat,
    LogSettings, PluginFolder, TopicSettings,
    file::{Section, Source},
    values::{address, optional_secs, usize_of},
};
use crate::message::StartAt;

/// What may wait for one client, in bytes.
const BYTES: std::ops::RangeInclusive<u64> = (1 << 16)..=(1 << 31);

/// `[listen]`.
pub(super) fn listen(mut section: Section<'_, '_>, source: &Source<'_>) -> ListenSettings {
    let default = SocketAddr::from(([127, 0, 0, 1], 6380));
    let address = address(&mut section, "listen.address", Some(default), source);
    let unix_socket = section.string("unix_socket", "");
    let settings = ListenSettings {
        address,
        unix_socket: (!unix_socket.is_empty()).then(|| unix_socket.into()),
        connections_max: usize_of(section.integer("connections_max", 10_000, 1..=1_000_000)),
        idle_timeout: optional_secs(section.integer("idle_timeout_secs", 0, 0..=31_536_000)),
        login_timeout: Duration::from_secs(section.integer("login_timeout_secs", 60, 1..=3_600)),
        write_timeout: Duration::from_secs(section.integer("write_timeout_secs", 60, 1..=3_600)),
        output_bytes_max: usize_of(section.integer("output_bytes_max", 64 << 20, BYTES)),
        subscriber_bytes_max: usize_of(section.integer("subscriber_bytes_max", 32 << 20, BYTES)),
        drain: Duration::from_secs(section.integer("drain_secs", 10, 0..=3_600)),
    };
    section.finish();
    settings
}

/// Reads the section; `None` where no address is set.
pub(super) fn http(mut section: Section<'_, '_>, source: &Source<'_>) -> Option<HttpSettings> {
    let address = address(&mut section, "http.address", None, source);
    let mut seconds = |key, default| Duration::from_secs(section.integer(key, default, 1..=3_600));
    let (header_timeout, body_timeout) =
        (seconds("header_timeout_secs", 30), seconds("body_timeout_secs", 30));
    let connections_max = section.integer("connections_max", 1_000, 1..=1_000_000);
    let body_bytes_max = section.integer("body_bytes_max", 16 << 20, 1_024..=(1 << 29));
    section.finish();
    Some(HttpSettings {
        address: address?,
        connections_max: usize_of(connections_max),
        header_timeout,
        body_timeout,
        body_bytes_max: usize_of(body_bytes_max),
    })
}

/// `[limits]`.
pub(super) fn limits(mut section: Section<'_, '_>) -> LimitSettings {
    let limits = LimitSettings {
        value_bytes_max: usize_of(section.integer("value_bytes_max", 1_000_000, 1..=(1 << 28))),
        request_bytes_max: usize_of(section.integer(
            "request_bytes_max",
            64 << 20,
            (1 << 20)..=(1 << 29),
        )),
        publish_deadline: Duration::from_millis(section.integer(
            "publish_deadline_ms",
            2_500,
            10..=60_000,
        )),
        slow_after: Duration::from_millis(section.integer("slowlog_ms", 10, 0..=3_600_000)),
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
        max: usize_of(section.integer("max", 10_000, 1..=1_000_000)),
    };
    section.finish();
    settings
}

/// `[databus]`.
pub(super) fn databus(mut section: Section<'_, '_>) -> DatabusSettings {
    let starts = [("newest", StartAt::Newest), ("oldest", StartAt::Oldest)];
    let settings = DatabusSettings {
        block: Duration::from_millis(section.integer("block_ms", 30_000, 0..=3_600_000)),
        batch: u32::try_from(section.integer("batch", 100, 1..=10_000)).unwrap_or(100),
        start_at: section.choice("start_at", StartAt::Newest, &starts),
    };
    section.finish();
    settings
}

/// `[groups]`.
pub(super) fn groups(mut section: Section<'_, '_>) -> GroupSettings {
    let linger = section.integer("linger_secs", 10, 0..=3_600);
    section.finish();
    GroupSettings { linger: Duration::from_secs(linger) }
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
