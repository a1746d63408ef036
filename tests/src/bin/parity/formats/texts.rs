//! What the programs print: helps, the contract, and what they say about configurations.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use sluicegate_tests::{command::finish, workspace};
use tempfile::TempDir;
use tokio::process::Command;

use super::{
    Program,
    report::{Report, told},
};

/// A program with arguments, in a folder, without what the environment says to it.
pub(super) fn command(program: Program<'_>, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program.path);
    command.args(arguments).current_dir(folder);
    for name in ["CONFIG", "LISTEN", "DATA", "PLUGINS", "LOG_FORMAT", "LOGIN"] {
        command.env_remove(format!("SLUICEGATE_{name}"));
    }
    // As wide for everybody.
    command.env("COLUMNS", "100").env("NO_COLOR", "1");
    command
}

/// All that a program says to these arguments.
pub(super) async fn said(program: Program<'_>, folder: &Path, arguments: &[&str]) -> String {
    told(&finish(command(program, folder, arguments), "").await)
}

pub(super) async fn compare(report: &mut Report, [old, new]: [Program<'_>; 2]) {
    let root = workspace::root();
    let (older, newer) = (helps(old, &root).await, helps(new, &root).await);
    let names = |helps: &BTreeMap<String, String>| helps.keys().cloned().collect::<Vec<_>>();
    report.compare("subcommands", &names(&older).join("\n"), &names(&newer).join("\n"));
    for (name, text) in &older {
        let other = newer.get(name).map(String::as_str).unwrap_or_default();
        report.compare(&format!("`{name} --help`"), text, other);
    }
    for arguments in [
        &["--version"][..],
        &["version"],
        &["plugin", "contract"],
        &["plugin", "contract", "--wit"],
        &["nothing"],
        &["serve", "--listen", "nowhere"],
    ] {
        let (one, other) = (said(old, &root, arguments).await, said(new, &root, arguments).await);
        report.compare(&format!("`{}`", arguments.join(" ")), &one, &other);
    }
}

/// The help of every subcommand, found in the help above it.
async fn helps(program: Program<'_>, root: &Path) -> BTreeMap<String, String> {
    let mut helps = BTreeMap::new();
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(path) = open.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let text = said(program, root, &arguments).await;
        open.extend(subcommands(&text).into_iter().map(|name| [path.clone(), vec![name]].concat()));
        helps.insert(format!("sluicegate {}", path.join(" ")).trim_end().to_owned(), text);
    }
    helps
}

/// The names below `Commands:`.
fn subcommands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| line.starts_with("  "));
    let names = lines.filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// Configurations as the repository has them, and with everything that can be wrong.
pub(super) async fn compare_configurations(report: &mut Report, [old, new]: [Program<'_>; 2]) {
    let root = workspace::root();
    for file in ["gateway.toml", "minimal.toml"] {
        let text = fs::read_to_string(root.join("config").join(file)).unwrap_or_default();
        let both = check(file, &text, [old, new]).await;
        report.compare(&format!("`check` of config/{file}"), &both[0], &both[1]);
    }
    for (what, text) in WRONG {
        let both = check("wrong.toml", text, [old, new]).await;
        report.compare(&format!("`check` of {what}"), &both[0], &both[1]);
    }
    let folder = TempDir::new().expect("a temporary folder can be made");
    let file = written(&folder, "databus.toml", DATABUS);
    let file = file.display().to_string();
    let mut both = Vec::new();
    for program in [old, new] {
        let arguments = ["check", "--databus", &file, "--write", program.name];
        let mut text = said(program, folder.path(), &["check", "--databus", &file]).await;
        text.push_str(&said(program, folder.path(), &arguments).await);
        for name in ["gateway.toml", "plugins.d/auth-redis.toml"] {
            let path = folder.path().join(program.name).join(name);
            text.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
        both.push(text.replace(&format!("{}/", program.name), "folder/"));
    }
    report.compare("`check --databus`, printed and written", &both[0], &both[1]);
}

/// What both say about a configuration, each in an empty folder of its own.
async fn check(file: &str, text: &str, programs: [Program<'_>; 2]) -> [String; 2] {
    let mut both = [String::new(), String::new()];
    for (nth, program) in programs.into_iter().enumerate() {
        let folder = TempDir::new().expect("a temporary folder can be made");
        written(&folder, file, text);
        let text = said(program, folder.path(), &["check", "--config", file]).await;
        both[nth] = text.replace(&folder.path().display().to_string(), "<folder>");
    }
    both
}

fn written(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a temporary folder can be written");
    path
}

const WRONG: [(&str, &str); 6] = [
    ("unknown keys", "[listen]\nadress = \"127.0.0.1:0\"\n[nothing]\nx = 1\n[brokr]\nkind = 1\n"),
    (
        "wrong types and numbers",
        "[listen]\naddress = 5\nconnections_max = \"many\"\ndrain_secs = -1\n\
         [limits]\nvalue_bytes_max = 0\npublish_deadline_ms = 1.5\nrequest_bytes_max = 1\n\
         [broker]\nsegment_bytes = 1\nretention_secs = -3\nqueue_bytes_max = 0\n",
    ),
    ("no TOML", "[listen\naddress = "),
    ("no address", "[listen]\naddress = \"nowhere\"\n[http]\naddress = \"1.2.3.4\"\n"),
    (
        "streams, topics and logs",
        "[streams.\"a*\"]\nlayout = \"xml\"\nvalue_field = \"v\"\ntrim = 1\nidmp_maxsize = 0\n\
         [topics]\npartitions = 0\nmax = -1\ncreate = \"yes\"\n[log]\nformat = \"xml\"\nlevel = \"loud\"\n\
         [databus]\nstart_at = \"middle\"\n[plugins]\nfolder = \"${NOT_SET_ANYWHERE}\"\n",
    ),
    (
        "clusters",
        "[broker]\nkind = \"kafka\"\ncluster = \"other\"\n[broker.clusters.main]\nbootstrap = []\n\
         compression = \"rar\"\nreplicas = -1\n[broker.clusters.main.sasl]\nmechanism = \"NONE\"\n\
         [broker.clusters.\"bad name\"]\nbootstrap = [\"a:b\"]\n",
    ),
];

const DATABUS: &str = r#"
version = "1.0.0"
addr = "0.0.0.0:6205"
authtype = "redis"
[clusters.main]
    cluster = "x"
    brokers = ["kafka-1:9092", "kafka-2:9092"]
    sync = true
[log]
    dir = "/data/log/databus/"
    stdout = true
    vmodule = "x"
[httpServer]
    addr = "0.0.0.0:6206"
    readTimeout = "1s"
    writeTimeout = "1m30s"
[redis]
    addr = "127.0.0.1:6379"
    password = "secret"
    dB = 2
    readTimeout = "300ms"
    poolSize = 10
    pooolSize = 10
"#;

#[cfg(test)]
mod tests {
    use super::subcommands;

    #[test]
    fn subcommands_are_found_in_a_help() {
        let help = "About\n\nCommands:\n  serve    Serve\n             more\n  check    Check\n  help     Print\n\nOptions:\n  -h\n";
        assert_eq!(subcommands(help), ["serve", "check"]);
    }
}
