//! `sluicegate plugin dev`: build on each save, put it into the plugin folder of a running gateway,
//! say what came of it, and show what the plugin says.
//!
//! Nothing that goes wrong on the way ends it: not a build, not a gateway that is away.

use std::{
    convert::Infallible, fs, io::Write as _, net::SocketAddr, path::PathBuf, time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use sluicegate::{plugin::short_hash, reload::Watch};
use tokio::time::timeout;

use crate::sdk::{Project, write_atomically};

mod gateway;
mod sources;

use gateway::{Gateway, GatewayError, PluginRow};
use sources::{Scan, Sources};

/// What `plugin dev` takes.
#[derive(Args, Debug)]
pub(super) struct DevOptions {
    /// The project's folder.
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
    /// The plugin folder of the running gateway.
    #[arg(long, env = "SLUICEGATE_PLUGINS", default_value = "plugins.d", value_name = "DIR")]
    plugins: PathBuf,
    /// The running gateway.
    #[arg(long, env = "SLUICEGATE_LISTEN", default_value = "127.0.0.1:6380", value_name = "ADDR")]
    address: SocketAddr,
    /// Log in with this user and password, `user:password`, or with this password alone.
    #[arg(long, env = "SLUICEGATE_LOGIN", hide_env_values = true, value_name = "LOGIN")]
    login: Option<String>,
}

/// An editor saves in several steps, and may save several files.
const SILENCE: Duration = Duration::from_millis(150);
/// Between two looks at the plugin's log.
const LOG_PERIOD: Duration = Duration::from_millis(300);
/// Between two tries while the gateway does not do as it is asked.
const RETRY_PERIOD: Duration = Duration::from_secs(1);
/// How the gateway's lines about loads begin; what came of our own was said already.
const LOADS: [&str; 2] = ["gateway: loaded: ", "gateway: refused: "];

pub(super) fn run(options: &DevOptions) -> anyhow::Result<()> {
    let name = Project::open(&options.folder)?.name().to_owned();
    // As a gateway does at its start: one that comes later finds what was built.
    fs::create_dir_all(&options.plugins)
        .with_context(|| format!("making the plugin folder `{}`", options.plugins.display()))?;
    let dev = DevLoop {
        options,
        watch: Watch::of_nothing()?,
        sources: Sources::new(&options.folder, &options.plugins),
        fingerprint: None,
        gateway: Gateway::new(options.address, options.login.clone()),
        name,
        unreported: None,
        after: None,
        trouble: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(dev.run())? {}
}

struct DevLoop<'o> {
    options: &'o DevOptions,
    watch: Watch,
    sources: Sources,
    /// Of the sources that were built last, well or not.
    fingerprint: Option<u64>,
    gateway: Gateway,
    /// The plugin's name.
    name: String,
    /// The hash of a build in the plugin folder whose outcome was not reported yet.
    unreported: Option<String>,
    /// The number of the last line seen in the plugin's log; `None` before the first look.
    after: Option<u64>,
    /// The failure of the last request to the gateway; reported once.
    trouble: Option<GatewayError>,
}

impl DevLoop<'_> {
    /// Until the process is ended.
    async fn run(mut self) -> anyhow::Result<Infallible> {
        loop {
            self.build_if_changed()?;
            loop {
                let sync = self.sync();
                self.report_trouble(sync.err());
                let pause = if self.trouble.is_some() { RETRY_PERIOD } else { LOG_PERIOD };
                if timeout(pause, self.watch.settled(SILENCE)).await.is_ok() {
                    break;
                }
            }
        }
    }

    /// Looks at the sources, and builds them if they are not those built last.
    fn build_if_changed(&mut self) -> anyhow::Result<()> {
        let Scan { fingerprint, folders } = self.sources.scan();
        // Before they are read: what is saved during the build is seen after it.
        folders.iter().try_for_each(|folder| self.watch.add(folder))?;
        if self.fingerprint.replace(fingerprint) == Some(fingerprint) {
            return Ok(());
        }
        let text = self.build().unwrap_or_else(|error| {
            format!("error: {error:#}\nwatching: the next change is built again")
        });
        print(&text);
        Ok(())
    }

    /// Builds, and puts the component and its settings into the plugin folder.
    fn build(&mut self) -> anyhow::Result<String> {
        let project = Project::open(&self.options.folder)?;
        let built = project.build(None)?;
        let is_other = self.name != project.name();
        if is_other {
            project.name().clone_into(&mut self.name);
            self.after = None;
        }
        let wasm =
            fs::read(&built.path).with_context(|| format!("reading `{}`", built.path.display()))?;
        let mut changed = is_other || self.after.is_none();
        if let Ok(settings) = fs::read(project.settings_file()) {
            changed |= self.install("toml", &settings)?;
        }
        changed |= self.install("wasm", &wasm)?;
        if changed {
            self.unreported = Some(short_hash(&wasm));
        }
        let state = if changed { "built" } else { "built, and nothing changed" };
        Ok(format!("{state}: {} bytes, `{}`", wasm.len(), self.name))
    }

    /// Puts one file into the plugin folder, whole; false if it is there already.
    fn install(&self, extension: &str, bytes: &[u8]) -> anyhow::Result<bool> {
        let path = self.options.plugins.join(format!("{}.{extension}", self.name));
        if fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(false);
        }
        write_atomically(&path, bytes).with_context(|| format!("writing `{}`", path.display()))?;
        Ok(true)
    }

    /// Lets the gateway load what was built, and shows the plugin's new lines.
    fn sync(&mut self) -> Result<(), GatewayError> {
        let after = match self.after {
            Some(after) => after,
            // What was said before is about versions before.
            None => last(&self.gateway.lines(&self.name, 0)?).unwrap_or_default(),
        };
        self.after = Some(after);
        let reported = self.unreported.is_some();
        if let Some(hash) = self.unreported.clone() {
            let refused = self.gateway.reload()?;
            let row = self.gateway.row(&self.name)?;
            self.unreported = None;
            print(&self.outcome(&hash, row.as_ref(), refused.err()));
        }
        let lines = self.gateway.lines(&self.name, after)?;
        self.after = last(&lines).or(self.after);
        for line in lines {
            let (level, text) = (field(&line, "level"), field(&line, "text"));
            if !(reported && LOADS.iter().any(|load| text.starts_with(load))) {
                print(&format!("  {level:<5}  {text}"));
            }
        }
        Ok(())
    }

    /// What the gateway made of a build, in words.
    fn outcome(&self, hash: &str, row: Option<&PluginRow>, refused: Option<String>) -> String {
        let named = |name| row.map_or("", |row| field(row, name));
        let (error, there) = (named("error"), named("hash"));
        match (error, there) {
            ("", there) if there == hash => {
                format!("in force: version {}, {}", named("version"), named("roles"))
            }
            ("", _) => format!(
                "not in force: {}\n  hint:  does the gateway at {} serve `{}`?",
                refused.unwrap_or_else(|| "the gateway did not find this build".into()),
                self.options.address,
                self.options.plugins.display()
            ),
            (error, "") => format!("refused: {error}"),
            (error, _) => format!("refused, and the version before it stays in force: {error}"),
        }
    }

    /// Says what is wrong with the gateway when that changes.
    fn report_trouble(&mut self, trouble: Option<GatewayError>) {
        if self.trouble == trouble {
            return;
        }
        let address = self.options.address;
        match &trouble {
            None => print(&format!("the gateway at {address} answers")),
            Some(GatewayError::Away(why)) => print(&format!(
                "no gateway answers at {address}: {why}\n  hint:  start it with `sluicegate serve \
                 --plugins {}`, or name another with `--address`; trying again",
                self.options.plugins.display()
            )),
            Some(GatewayError::Refused(why)) => print(&format!(
                "the gateway at {address} refuses: {why}\n  hint:  log in as an administrator with \
                 `--login USER:PASSWORD`; trying again"
            )),
        }
        self.trouble = trouble;
    }
}

/// The number of the last line.
fn last(lines: &[PluginRow]) -> Option<u64> {
    field(lines.last()?, "number").parse().ok()
}

fn field<'r>(row: &'r PluginRow, name: &str) -> &'r str {
    row.get(name).map_or("", String::as_str)
}

/// A closed standard output is no error.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
