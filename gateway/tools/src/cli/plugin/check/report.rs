//! What was found out about one file, as a page of text.

use std::{collections::BTreeSet, fmt};

use sluicegate::{
    config,
    plugin::{CONTRACT_VERSION, Code, Import, LoadError, LoadReport, Need, limits::WASM_BYTES_MAX},
};

use crate::cli::plugin::{
    file::PluginFile,
    units::{size, time},
};

/// How interfaces of the contract begin.
const PACKAGE: &str = "sluicegate:plugin/";

/// A file, what was seen of it, and why a gateway would refuse it.
pub(super) struct Report<'a> {
    pub(super) file: &'a PluginFile,
    pub(super) load: &'a LoadReport,
    pub(super) refused: Option<&'a LoadError>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.file.path.display())?;
        self.verdict(f)?;
        self.identity(f)?;
        self.resources(f)?;
        self.imports(f)
    }
}

impl Report<'_> {
    fn verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(error) = self.refused else {
            return row(f, "verdict", "good: a gateway takes it");
        };
        row(f, "verdict", &format!("REFUSED: {}", error.cause))?;
        row(f, "hint", error.hint())
    }

    fn identity(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(who) = &self.load.description {
            row(f, "says", &format!("{} {}: {}", who.name, who.version, who.summary))?;
        }
        if !self.load.roles.is_empty() {
            let roles: Vec<_> = self.load.roles.iter().map(|role| role.name()).collect();
            row(f, "roles", &roles.join(", "))?;
        }
        let versions = self.versions();
        if !versions.is_empty() {
            let versions: Vec<_> = versions.into_iter().collect();
            let text = format!("{}; this gateway speaks {CONTRACT_VERSION}", versions.join(", "));
            row(f, "contract", &text)?;
        }
        row(f, "hash", &self.load.hash)?;
        match &self.file.settings_path {
            Some(path) => row(f, "settings", &path.display().to_string()),
            None => row(f, "settings", "none beside it: no settings, all topics, default limits"),
        }
    }

    /// Versions of the contract that its names tell.
    fn versions(&self) -> BTreeSet<&str> {
        let imports = self.load.imports.iter().map(|import| import.name.as_str());
        let names = imports.chain(self.load.exports.iter().map(String::as_str));
        let ours = names.filter_map(|name| name.strip_prefix(PACKAGE));
        ours.filter_map(|name| name.split_once('@')).map(|(_, version)| version).collect()
    }

    fn resources(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (load, limits) = (self.load, &self.file.settings.limits);
        let text = format!("{} of {}", size(self.file.wasm.len()), size(WASM_BYTES_MAX));
        row(f, "size", &text)?;
        if let Some(Code::Compiled(took) | Code::Cached(took)) = load.code {
            row(f, "compiled", &format!("in {}; a gateway keeps the outcome", time(took)))?;
        }
        let start_deadline = time(limits.start_deadline);
        if let Some(took) = load.start {
            row(f, "started", &format!("in {} of {start_deadline}", time(took)))?;
        }
        if let Some(took) = load.configure {
            row(f, "configured", &format!("in {} of {start_deadline}", time(took)))?;
        }
        if let Some(bytes) = load.memory_at_start {
            let later = load.memory_configured;
            let later = later.map(|bytes| format!(", {} once configured", size(bytes)));
            let (later, limit) = (later.unwrap_or_default(), size(limits.memory_bytes_max));
            row(f, "memory", &format!("{} at start{later}, of {limit}", size(bytes)))?;
        }
        if let Some(elements) = load.table_elements {
            let limit = limits.table_elements_max;
            row(f, "tables", &format!("at most {elements} of {limit} elements"))?;
        }
        Ok(())
    }

    fn imports(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut label = "imports";
        for import in self.load.imports.iter().filter(|import| !is_of_wasi(import)) {
            row(f, label, &format!("{:<36} {}", import.name, need(&import.need)))?;
            label = "";
        }
        let wasi: Vec<_> = self.load.imports.iter().filter(|i| is_of_wasi(i)).collect();
        if let Some(first) = wasi.first() {
            let name = if wasi.len() == 1 {
                first.name.clone()
            } else {
                format!("{} of wasi", wasi.len())
            };
            row(f, label, &format!("{name:<36} {}", need(&first.need)))?;
        }
        self.grants(f)
    }

    /// The sections that its settings file lacks.
    fn grants(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for import in &self.load.imports {
            let Need::Grant { section, .. } = import.need else { continue };
            let toml = self.file.path.with_extension("toml");
            let text = config::store_example(section).unwrap_or_default();
            writeln!(f, "\n  write into `{}`, with your own names:\n", toml.display())?;
            text.lines().try_for_each(|line| writeln!(f, "      {line}"))?;
        }
        Ok(())
    }
}

/// The empty world's interfaces are many, and all alike.
fn is_of_wasi(import: &Import) -> bool {
    import.need == Need::EmptyWorld
}

fn need(need: &Need) -> String {
    match need {
        Need::Nothing => "free".into(),
        Need::EmptyWorld => "free: an empty world answers".into(),
        Need::Granted(section) => format!("granted by a section `[{section}.NAME]`"),
        Need::Grant { section, .. } => {
            format!("NOT GRANTED: needs a section `[{section}.NAME]`, see below")
        }
        Need::Never { hint } => format!("REFUSED: {hint}"),
    }
}

fn row(f: &mut fmt::Formatter<'_>, label: &str, text: &str) -> fmt::Result {
    writeln!(f, "{}", format!("  {label:<10} {text}").trim_end())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use sluicegate::{
        message::Role,
        plugin::{Description, LoadFault, PluginSettings},
    };

    fn file() -> PluginFile {
        PluginFile {
            path: "plugins.d/guard.wasm".into(),
            wasm: vec![0; 14_438],
            settings: PluginSettings::new("guard"),
            settings_path: None,
            settings_shown: "{}".into(),
        }
    }

    fn import(name: &str, need: Need) -> Import {
        Import { name: name.into(), need }
    }

    #[test]
    fn a_good_file_is_told_in_full() {
        let load = LoadReport {
            hash: "0123456789ab".into(),
            imports: vec![
                import("sluicegate:plugin/log@0.1.0", Need::Nothing),
                import("wasi:io/poll@0.2.3", Need::EmptyWorld),
                import("wasi:io/streams@0.2.3", Need::EmptyWorld),
            ],
            exports: vec!["sluicegate:plugin/filter@0.1.0".into()],
            roles: vec![Role::Filter],
            description: Some(Description {
                name: "guard".into(),
                version: "0.1.0".into(),
                summary: "Guards.".into(),
            }),
            code: Some(Code::Compiled(Duration::from_millis(14))),
            start: Some(Duration::from_micros(31)),
            configure: Some(Duration::from_micros(9)),
            memory_at_start: Some(65_536),
            memory_configured: Some(131_072),
            table_elements: Some(12),
        };
        let report = Report { file: &file(), load: &load, refused: None };
        assert_eq!(
            report.to_string(),
            "plugins.d/guard.wasm
  verdict    good: a gateway takes it
  says       guard 0.1.0: Guards.
  roles      filter
  contract   0.1.0; this gateway speaks 0.1.0
  hash       0123456789ab
  settings   none beside it: no settings, all topics, default limits
  size       14.1 KiB of 128.0 MiB
  compiled   in 14.0 ms; a gateway keeps the outcome
  started    in 31.0 µs of 1.00 s
  configured in 9.00 µs of 1.00 s
  memory     64.0 KiB at start, 128.0 KiB once configured, of 64.0 MiB
  tables     at most 12 of 100000 elements
  imports    sluicegate:plugin/log@0.1.0          free
             2 of wasi                            free: an empty world answers
"
        );
    }

    #[test]
    fn what_is_not_granted_comes_with_the_section_to_write() {
        let need = Need::Grant { section: "redis", hint: "grant it" };
        let name = "sluicegate:plugin/redis@0.1.0";
        let load = LoadReport { imports: vec![import(name, need)], ..LoadReport::default() };
        let cause = LoadFault::NotGranted {
            import: name.into(),
            capability: "talking to Redis".into(),
            hint: "grant it",
        };
        let error = LoadError { plugin: "guard".into(), cause };
        let text = Report { file: &file(), load: &load, refused: Some(&error) }.to_string();
        assert!(text.contains("verdict    REFUSED: it imports `sluicegate:plugin/redis@0.1.0`"));
        assert!(text.contains("hint       grant it"));
        assert!(text.contains("write into `plugins.d/guard.toml`"), "{text}");
        assert!(text.contains("      [redis.NAME]\n"), "{text}");
    }
}
