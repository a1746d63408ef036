//! From the file as typed to checked settings.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::{
    Problem, Problems, Settings,
    broker::broker,
    file::{Section, Source},
    sections::{databus, groups, http, limits, listen, log, plugins, topics},
    streams::streams,
};
use crate::telemetry::LogFormat;

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
    let mut root = Section::root(&source);
    let limits = limits(root.section("limits"));
    let mut settings = Settings {
        listen: listen(root.section("listen")),
        broker: broker(root.section("broker"), limits.publish_deadline),
        http: http(root.section("http")),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::StartAt;

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
