//! Which version of the contract a component speaks, which roles it has, and what it wants to
//! reach: read from its imports and exports before anything of it runs.

use wasmtime::component::Component;

use super::{
    host::wasi,
    load_error::LoadFault,
    load_report::{Import, LoadReport, Need},
    reach::ReachSettings,
};
use crate::message::Role;

/// The package of the contract.
const PACKAGE: &str = "sluicegate:plugin";

/// The version of the contract that this gateway speaks.
pub const CONTRACT_VERSION: &str = "0.1.0";

const LIFECYCLE: &str = "sluicegate:plugin/lifecycle@0.1.0";

/// Interfaces of the contract that every plugin may import.
const FREE_IMPORTS: [&str; 5] = ["types", "log", "metrics", "current", "burst"];

const GRANT_REDIS: &str = "grant it with a section `[redis.NAME]` in the plugin's TOML file: `url`, `commands` and `keys`";
const GRANT_SQL: &str = "grant it with a section `[sql.NAME]` in the plugin's TOML file: `url`, and `[sql.NAME.statements]` \
                         or `queries = \"read-only\"`";
const ONLY_LOGINS: &str = "build it without that import: only authenticators may wait for stores";
const NEVER_GRANTED: &str =
    "build it without that import; a plugin reaches only what its settings file grants";
const OTHER_VERSION: &str =
    "it is of another version of the contract: rebuild the plugin with the SDK of this gateway";

/// What a component offers and wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    /// Its roles, in the order in which a message meets them.
    pub(super) roles: Vec<Role>,
    /// It asks about the message in hand.
    pub(super) asks_current: bool,
    /// It asks about the burst in hand.
    pub(super) asks_burst: bool,
    /// How much it expects of the empty world of WASI.
    pub(super) wasi: WasiUse,
}

/// How much a component imports of WASI, the least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WasiUse {
    /// Nothing.
    #[default]
    None,
    /// Only what is answered at once.
    Prompt,
    /// Parts whose host functions may wait, so that its calls must not run on a worker thread as
    /// they are.
    MayBlock,
}

/// What was granted.
#[derive(Clone, Copy, Debug, Default)]
struct Granted {
    redis: bool,
    sql: bool,
}

/// Checks a component against the contract and against what its settings file grants; its names are
/// in `load_report` however that ends.
pub(super) fn check(
    component: &Component,
    reach: &ReachSettings,
    load_report: &mut LoadReport,
) -> Result<Outline, LoadFault> {
    let granted = Granted { redis: !reach.redis.is_empty(), sql: !reach.sql.is_empty() };
    let (ty, engine) = (component.component_type(), component.engine());
    let imports: Vec<&str> = ty.imports(engine).map(|(name, _)| name).collect();
    let exports: Vec<&str> = ty.exports(engine).map(|(name, _)| name).collect();
    load_report.roles = roles(&exports);
    load_report.exports = exports.iter().copied().map(String::from).collect();
    let import = |name: &&str| {
        let need = need(&Name::parse(name), granted, &load_report.roles);
        Import { name: (*name).into(), need }
    };
    load_report.imports = imports.iter().map(import).collect();
    outline(&imports, &exports, granted)
}

fn outline(imports: &[&str], exports: &[&str], granted: Granted) -> Result<Outline, LoadFault> {
    // The version first: what another version imports or lacks would only mislead.
    for name in imports.iter().chain(exports) {
        check_version(&Name::parse(name))?;
    }
    let mut outline = Outline { roles: roles(exports), ..Outline::default() };
    for name in imports {
        check_import(&Name::parse(name), granted, &mut outline)?;
    }
    if outline.roles.is_empty() {
        return Err(LoadFault::NoRole);
    }
    if !exports.contains(&LIFECYCLE) {
        return Err(LoadFault::NoLifecycle { wanted: LIFECYCLE });
    }
    Ok(outline)
}

fn check_version(name: &Name<'_>) -> Result<(), LoadFault> {
    if name.package == PACKAGE && name.version != CONTRACT_VERSION {
        return Err(LoadFault::OtherVersion { found: name.whole.into(), spoken: CONTRACT_VERSION });
    }
    Ok(())
}

fn check_import(name: &Name<'_>, granted: Granted, outline: &mut Outline) -> Result<(), LoadFault> {
    match need(name, granted, &outline.roles) {
        Need::Nothing => {
            outline.asks_current |= name.interface == "current";
            outline.asks_burst |= name.interface == "burst";
            Ok(())
        }
        Need::EmptyWorld => {
            let may_block = wasi::may_block(name.package, name.interface);
            let found = if may_block { WasiUse::MayBlock } else { WasiUse::Prompt };
            outline.wasi = outline.wasi.max(found);
            Ok(())
        }
        Need::Granted(_) => Ok(()),
        Need::Grant { hint, .. } | Need::Never { hint } => {
            let (import, capability) = (name.whole.into(), name.capability());
            Err(LoadFault::NotGranted { import, capability, hint })
        }
    }
}

/// What it takes for a plugin of these roles to have an import.
fn need(name: &Name<'_>, granted: Granted, roles: &[Role]) -> Need {
    if check_version(name).is_err() {
        return Need::Never { hint: OTHER_VERSION };
    }
    if name.package == PACKAGE && FREE_IMPORTS.contains(&name.interface) {
        return Need::Nothing;
    }
    if wasi::is_satisfied(name.package, name.version) {
        return Need::EmptyWorld;
    }
    let (section, is_granted, hint) = match name.reach() {
        Some(_) if !roles.contains(&Role::Authenticator) => {
            return Need::Never { hint: ONLY_LOGINS };
        }
        Some(Store::Redis) => ("redis", granted.redis, GRANT_REDIS),
        Some(Store::Sql) => ("sql", granted.sql, GRANT_SQL),
        None => return Need::Never { hint: NEVER_GRANTED },
    };
    if is_granted { Need::Granted(section) } else { Need::Grant { section, hint } }
}

/// The roles among a component's exports.
fn roles(exports: &[&str]) -> Vec<Role> {
    let exported = |role: &Role| {
        let of_role = |name: &&str| {
            let name = Name::parse(name);
            name.package == PACKAGE && name.interface == role.name()
        };
        exports.iter().any(of_role)
    };
    Role::ALL.into_iter().filter(exported).collect()
}

/// What can be reached where it is granted.
enum Store {
    Redis,
    Sql,
}

/// `package/interface@version`, taken apart; missing parts are empty.
struct Name<'a> {
    whole: &'a str,
    package: &'a str,
    interface: &'a str,
    version: &'a str,
}

impl<'a> Name<'a> {
    fn parse(whole: &'a str) -> Self {
        let (path, version) = whole.split_once('@').unwrap_or((whole, ""));
        let (package, interface) = path.split_once('/').unwrap_or(("", path));
        Self { whole, package, interface, version }
    }

    fn reach(&self) -> Option<Store> {
        match (self.package, self.interface) {
            (PACKAGE, "redis") => Some(Store::Redis),
            (PACKAGE, "sql") => Some(Store::Sql),
            _ => None,
        }
    }

    fn capability(&self) -> String {
        match (self.package, self.interface) {
            (PACKAGE, "redis") => "talking to Redis".into(),
            (PACKAGE, "sql") => "talking to a database".into(),
            (PACKAGE, "files") => "reading files".into(),
            ("wasi:http", _) => "HTTP".into(),
            (PACKAGE, interface) => format!("`{interface}`"),
            ("", name) => format!("`{name}`"),
            (package, _) => format!("`{package}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTER: &str = "sluicegate:plugin/filter@0.1.0";

    #[test]
    fn roles_and_wants_are_read_from_the_names() {
        let imports = ["sluicegate:plugin/current@0.1.0", "wasi:io/poll@0.2.3"];
        let exports = [FILTER, LIFECYCLE, "sluicegate:plugin/router@0.1.0", "wasi:cli/run@0.2.3"];
        let outline = outline(&imports, &exports, Granted::default()).unwrap();
        assert_eq!(outline.roles, [Role::Filter, Role::Router]);
        assert!(outline.asks_current && !outline.asks_burst);
        assert_eq!(outline.wasi, WasiUse::MayBlock);
    }

    #[test]
    fn only_streams_files_and_sockets_may_block() {
        for (import, wasi) in [
            ("wasi:random/random@0.2.0", WasiUse::Prompt),
            ("wasi:clocks/monotonic-clock@0.2.0", WasiUse::Prompt),
            ("wasi:cli/environment@0.2.0", WasiUse::Prompt),
            ("wasi:cli/stdout@0.2.0", WasiUse::MayBlock),
            ("wasi:io/streams@0.2.0", WasiUse::MayBlock),
            ("wasi:filesystem/types@0.2.0", WasiUse::MayBlock),
            ("wasi:sockets/tcp@0.2.0", WasiUse::MayBlock),
        ] {
            let imports = ["wasi:random/random@0.2.0", import];
            let outline = outline(&imports, &[FILTER, LIFECYCLE], Granted::default()).unwrap();
            assert_eq!(outline.wasi, wasi, "{import}");
        }
    }

    #[test]
    fn stores_are_for_authenticators_that_were_granted_them() {
        const AUTHENTICATOR: &str = "sluicegate:plugin/authenticator@0.1.0";
        let imports = ["sluicegate:plugin/redis@0.1.0"];
        let hint = |role, redis| {
            let granted = Granted { redis, sql: true };
            match outline(&imports, &[role, LIFECYCLE], granted) {
                Err(LoadFault::NotGranted { hint, .. }) => hint,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(hint(AUTHENTICATOR, false), GRANT_REDIS);
        assert_eq!(hint(FILTER, true), ONLY_LOGINS);
        let granted = Granted { redis: true, sql: false };
        assert!(outline(&imports, &[AUTHENTICATOR, LIFECYCLE], granted).is_ok());
    }

    #[test]
    fn each_fault_has_words_of_its_own() {
        for (imports, exports, words) in [
            (
                &["sluicegate:plugin/redis@0.1.0"][..],
                &[FILTER, LIFECYCLE][..],
                "it imports `sluicegate:plugin/redis@0.1.0`, and talking to Redis is not granted to it",
            ),
            (
                &["wasi:http/outgoing-handler@0.2.0"],
                &[FILTER, LIFECYCLE],
                "it imports `wasi:http/outgoing-handler@0.2.0`, and HTTP is not granted to it",
            ),
            (
                &["wasi:io/poll@0.3.0"],
                &[FILTER, LIFECYCLE],
                "it imports `wasi:io/poll@0.3.0`, and `wasi:io` is not granted to it",
            ),
            (&["env"], &[FILTER, LIFECYCLE], "it imports `env`, and `env` is not granted to it"),
            (
                &["sluicegate:plugin/redis@0.1.0"],
                &["sluicegate:plugin/filter@0.2.0"],
                "found `sluicegate:plugin/filter@0.2.0`, and this gateway speaks 0.1.0",
            ),
            (
                &[],
                &[LIFECYCLE],
                "it exports no role: none of authenticator, filter, router, partitioner and transcoder",
            ),
            (&[], &[FILTER], "it does not export `sluicegate:plugin/lifecycle@0.1.0`"),
        ] {
            let fault = outline(imports, exports, Granted::default()).unwrap_err();
            assert_eq!(fault.to_string(), words);
        }
    }
}
