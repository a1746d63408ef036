//! From the file as typed to checked settings.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    BrokerKind, BrokerSettings, DatabusSettings, LimitSettings, ListenSettings, LogFormat,
    LogSettings, PluginFolder, Problem, Problems, Settings, TopicSettings,
    cluster::cluster,
    file::{Section, Source},
    groups::groups,
    http::http,
    streams::streams,
};
use crate::{broker::kafka::settings::ClusterSettings, message::StartAt};

/// What the command line and the environment say over the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// TCP address, in place of `listen.address`.
    pub listen: Option<SocketAddr>,
    /// Data folder, in place of `broker.folder`.
    pub data: Option<PathBuf>,
    /// Plugin folder, in place of `plugins.folder`.
    pub plugins: Option<PathBuf>,
    /// In place of `log.format`.
    pub log_format: Option<LogFormat>,
}

/// Reads and checks a configuration file; without a file the defaults.
///
/// # Errors
/// All problems of the file at once.
pub fn read(path: Option<&Path>, overrides: &Overrides) -> Result<Settings, Problems> {
    let Some(path) = path else { return check(Path::new("defaults"), "", overrides) };
    let text = fs::read_to_string(path).map_err(|error| {
        Problems(vec![Problem {
            place: path.display().to_string(),
            key: String::new(),
            cause: format!("cannot be read: {error}"),
            hint: "give the path of a configuration file, or leave --config out".into(),
        }])
    })?;
    check(path, &text, overrides)
}

/// Checks the text of a configuration file.
///
/// # Errors
/// All problems of the text at once.
pub fn check(path: &Path, text: &str, overrides: &Overrides) -> Result<Settings, Problems> {
    let lookup = |name: &str| std::env::var(name).ok();
    let source = Source::new(path, text, &lookup);
    let mut root = Section::new(&source, "", source.parse());
    let limits = limits(root.section("limits"));
    let mut settings = Settings {
        listen: listen(root.section("listen"), &source),
        broker: broker(root.section("broker"), limits.publish_deadline),
        http: http(root.section("http"), &source),
        limits,
        topics: topics(root.section("topics")),
        streams: streams(root.sections("streams")),
        databus: databus(root.section("databus")),
        groups: groups(root.section("groups")),
        plugins: plugins(root.section("plugins")),
        log: log(root.section("log")),
    };
    root.finish();
    apply(&mut settings, overrides);
    if settings.listen.address.is_none() && settings.listen.unix_socket.is_none() {
        let hint = "set `listen.address` or `listen.unix_socket`";
        source.report(None, "listen", "there is nothing to listen on", hint);
    }
    let problems = source.problems.into_inner();
    if problems.is_empty() { Ok(settings) } else { Err(Problems(problems)) }
}

fn apply(settings: &mut Settings, overrides: &Overrides) {
    if let Some(address) = overrides.listen {
        settings.listen.address = Some(address);
    }
    if let Some(folder) = &overrides.data {
        settings.broker.folder.clone_from(folder);
    }
    if let Some(folder) = &overrides.plugins {
        settings.plugins.folder.clone_from(folder);
    }
    if let Some(format) = overrides.log_format {
        settings.log.format = format;
    }
}

/// What may wait for one client, in bytes.
const BYTES: std::ops::RangeInclusive<u64> = (1 << 16)..=(1 << 31);

fn listen(mut section: Section<'_, '_>, source: &Source<'_>) -> ListenSettings {
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

/// The key `address` of a section; an empty one means that there is none.
pub(super) fn address(
    section: &mut Section<'_, '_>,
    key: &str,
    default: Option<SocketAddr>,
    source: &Source<'_>,
) -> Option<SocketAddr> {
    let Some((text, at)) = section.string_at("address") else { return default };
    if text.is_empty() {
        return None;
    }
    let address = text.parse().ok();
    if address.is_none() {
        let cause = format!("`{text}` is not an address and port");
        let hint = "write for example `127.0.0.1:6380` or `[::]:6380`";
        source.report(Some(at), key, &cause, hint);
    }
    address
}

fn limits(mut section: Section<'_, '_>) -> LimitSettings {
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

fn broker(mut section: Section<'_, '_>, publish_deadline: Duration) -> BrokerSettings {
    let kinds = [
        ("embedded", BrokerKind::Embedded),
        ("memory", BrokerKind::Memory),
        ("kafka", BrokerKind::Kafka),
    ];
    let retention_bytes = section.integer("retention_bytes", 0, 0..=u64::MAX);
    let queue_bytes_max = section.integer("queue_bytes_max", 64 << 20, (1 << 20)..=(1 << 32));
    let queue_bytes_max = usize_of(queue_bytes_max);
    let clusters = section.sections("clusters").into_iter();
    let clusters: Vec<_> = clusters
        .map(|(name, section)| cluster(name, section, publish_deadline, queue_bytes_max))
        .collect();
    let settings = BrokerSettings {
        kind: section.choice("kind", BrokerKind::Embedded, &kinds),
        folder: section.string("folder", "./data").into(),
        segment_bytes: section.integer("segment_bytes", 128 << 20, (1 << 16)..=(1 << 30)),
        retention_bytes: (retention_bytes > 0).then_some(retention_bytes),
        retention: optional_secs(section.integer("retention_secs", 604_800, 0..=u64::MAX >> 10)),
        queue_bytes_max,
        cluster: default_cluster(&mut section, &clusters),
        clusters,
    };
    if settings.kind == BrokerKind::Kafka && settings.clusters.is_empty() {
        let hint =
            "add a section such as `[broker.clusters.main]` with `bootstrap = [\"host:9092\"]`";
        section.incomplete("clusters", "the kind `kafka` needs a cluster", hint);
    }
    section.finish();
    settings
}

/// The cluster of clients whose login names none: it must be said where there are several.
fn default_cluster(section: &mut Section<'_, '_>, clusters: &[ClusterSettings]) -> String {
    let names: Vec<_> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let known = names.join(", ");
    match section.string_at("cluster") {
        Some((name, _)) if names.contains(&name.as_str()) => name,
        Some((name, _)) => {
            let hint = format!("the clusters are: {known}");
            section.incomplete("cluster", &format!("there is no cluster `{name}`"), &hint);
            name
        }
        None => {
            if names.len() > 1 {
                let hint = format!("set it to one of: {known}");
                section.incomplete("cluster", "it must name the default cluster", &hint);
            }
            names.first().map(|name| (*name).to_owned()).unwrap_or_default()
        }
    }
}

fn topics(mut section: Section<'_, '_>) -> TopicSettings {
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

fn databus(mut section: Section<'_, '_>) -> DatabusSettings {
    let starts = [("newest", StartAt::Newest), ("oldest", StartAt::Oldest)];
    let settings = DatabusSettings {
        block: Duration::from_millis(section.integer("block_ms", 30_000, 0..=3_600_000)),
        batch: u32::try_from(section.integer("batch", 100, 1..=10_000)).unwrap_or(100),
        start_at: section.choice("start_at", StartAt::Newest, &starts),
    };
    section.finish();
    settings
}

fn plugins(mut section: Section<'_, '_>) -> PluginFolder {
    let cache_folder = section.string("cache_folder", "./data/plugin-cache");
    let settings = PluginFolder {
        folder: section.string("folder", "./plugins.d").into(),
        cache_folder: (!cache_folder.is_empty()).then(|| cache_folder.into()),
    };
    section.finish();
    settings
}

fn log(mut section: Section<'_, '_>) -> LogSettings {
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let settings = LogSettings {
        format: section.choice("format", LogFormat::Text, &formats),
        filter: section.string("level", "info"),
    };
    section.finish();
    settings
}

pub(super) fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn optional_secs(secs: u64) -> Option<Duration> {
    (secs > 0).then(|| Duration::from_secs(secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<Problem> {
        check(Path::new("g.toml"), text, &Overrides::default()).unwrap_err().0
    }

    #[test]
    fn an_empty_file_is_the_documented_default() {
        let settings = check(Path::new("g.toml"), "", &Overrides::default()).unwrap();

        assert_eq!(settings.listen.address.unwrap().to_string(), "127.0.0.1:6380");
        assert_eq!(settings.limits.value_bytes_max, 1_000_000);
        assert_eq!(settings.databus.start_at, StartAt::Newest);
    }

    #[test]
    fn all_problems_of_a_file_are_reported_at_once_with_lines_and_hints() {
        let found = problems(
            "[listen]\nadress = 'x'\nconnections_max = 0\n[broker]\nkind = 'kafkaesque'\n\
             folder = '${NOT_SET_ANYWHERE}'\n[nonsense]\n",
        );

        let shown: Vec<_> = found.iter().map(|p| format!("{} {}", p.place, p.key)).collect();
        assert_eq!(
            shown,
            [
                "g.toml:3 listen.connections_max",
                "g.toml:2 listen.adress",
                "g.toml:5 broker.kind",
                "g.toml:6 broker.folder",
                "g.toml:7 nonsense"
            ]
        );
        assert_eq!(found[1].hint, "did you mean `address`?");
    }

    #[test]
    fn flags_win_over_the_file() {
        let overrides = Overrides { data: Some("/d".into()), ..Overrides::default() };
        let settings = check(Path::new("g.toml"), "[broker]\nfolder='x'", &overrides).unwrap();

        assert_eq!(settings.broker.folder, PathBuf::from("/d"));
    }
}
