//! What EXPLAIN has to copy to run a command without effects.

use super::group_name::GroupName;
use crate::resp::Args;

/// What a dry run of a command has to look after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DryRun {
    /// Do messages or records meet plugins on its way?
    pub(crate) plugins: MeetsPlugins,
    /// The groups that a request names.
    pub(crate) groups: GroupsNamed,
    /// Does the client's membership of a databus group take part?
    pub(crate) membership: CopiesMembership,
    /// What a null reply says that no trace explains.
    pub(crate) null_means: Option<&'static str>,
}

/// The groups that a request names; none if its arguments are wrong, which it says itself.
pub(crate) type GroupsNamed = fn(&Args<'_>) -> Vec<GroupName>;

impl DryRun {
    /// For commands that name no groups.
    pub(crate) fn no_groups(_: &Args<'_>) -> Vec<GroupName> {
        Vec::new()
    }

    /// The group whose key and name begin at `at`.
    pub(crate) fn group_at(args: &Args<'_>, at: usize) -> Vec<GroupName> {
        let name = args.get(at).zip(args.get(at + 1));
        name.and_then(|(key, group)| GroupName::parse(key, group).ok()).into_iter().collect()
    }
}

/// Does the client's membership of a databus group take part in a dry run?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopiesMembership {
    Yes,
    No,
}

/// Do messages or records meet plugins?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MeetsPlugins {
    Yes,
    No,
}
