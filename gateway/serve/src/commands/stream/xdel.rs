//! XDEL, XDELEX, XACKDEL and XSETID.

use crate::{
    commands::{
        arguments::{integer, rest, syntax_error},
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommands, WhileSubscribed,
        },
    },
    context::Context,
    entry::{EntryId, stream_key},
    message::Rejection,
    resp::{Args, is_word},
};

pub(super) static XDEL: Spec = Spec {
    name: "XDEL",
    arity: -3,
    family: Family::Stream,
    summary: "Refused: single entries are not deleted.",
    flags: "write fast",
    categories: "write stream fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Sync(xdel),
};

pub(super) static XDELEX: Spec = Spec {
    name: "XDELEX",
    arity: -5,
    family: Family::Stream,
    summary: "Refused: single entries are not deleted.",
    flags: "write fast",
    categories: "write stream fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Sync(xdelex),
};

pub(super) static XACKDEL: Spec = Spec {
    name: "XACKDEL",
    arity: -6,
    family: Family::Stream,
    summary: "Refused: single entries are not deleted.",
    flags: "write fast",
    categories: "write stream fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Sync(xackdel),
};

pub(super) static XSETID: Spec = Spec {
    name: "XSETID",
    arity: -3,
    family: Family::Stream,
    summary: "Refused: ids are places in the log.",
    flags: "write denyoom fast",
    categories: "write stream fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Sync(xsetid),
};

/// Why the first three are refused.
const NO_DELETION: &str = "single entries cannot be deleted from a log: XTRIM deletes the oldest, \
     retention does so by itself";

/// Why XSETID is refused.
const NO_SETID: &str =
    "XSETID is not possible: ids are places in the log, and the next one is the end";

fn xdel(context: &mut Context, request: &Request<'_>) -> Outcome {
    refuse(context, &request.args, |args| check_ids(rest(args, 2)), NO_DELETION)
}

fn xdelex(context: &mut Context, request: &Request<'_>) -> Outcome {
    refuse(context, &request.args, |args| check_id_list(args, 2), NO_DELETION)
}

fn xackdel(context: &mut Context, request: &Request<'_>) -> Outcome {
    refuse(context, &request.args, |args| check_id_list(args, 3), NO_DELETION)
}

fn xsetid(context: &mut Context, request: &Request<'_>) -> Outcome {
    refuse(context, &request.args, |args| check_ids(args.get(2).into_iter()), NO_SETID)
}

/// Refuses a command: for the client's own mistakes first, then with `reason`.
fn refuse(
    context: &Context,
    args: &Args<'_>,
    check: fn(&Args<'_>) -> Result<(), Rejection>,
    reason: &'static str,
) -> Outcome {
    let key = stream_key(&args[1])?;
    context.check_publish(&key.topic)?;
    check(args)?;
    Err(Rejection::err(reason).into())
}

fn check_ids<'a>(ids: impl Iterator<Item = &'a [u8]>) -> Result<(), Rejection> {
    for id in ids {
        EntryId::parse(id, 0).map_err(|error| Rejection::err(error.to_string()))?;
    }
    Ok(())
}

/// `[KEEPREF|DELREF|ACKED] IDS count id …`, from `at` on.
fn check_id_list(args: &Args<'_>, at: usize) -> Result<(), Rejection> {
    let is_option = ["KEEPREF", "DELREF", "ACKED"].iter().any(|word| is_word(&args[at], word));
    let at = at + usize::from(is_option);
    let (Some(word), Some(count)) = (args.get(at), args.get(at + 1)) else {
        return Err(syntax_error());
    };
    if !is_word(word, "IDS") {
        return Err(syntax_error());
    }
    let count = usize::try_from(integer(count)?).ok().filter(|count| *count > 0);
    let Some(count) = count else {
        return Err(Rejection::err("Number of IDs must be a positive integer"));
    };
    if args.len() - (at + 2) != count {
        let words = "The `numids` parameter must match the number of arguments";
        return Err(Rejection::err(words));
    }
    check_ids(rest(args, at + 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn a_list_of_ids_is_checked_before_it_is_refused() {
        for words in ["IDS 1 7-3", "KEEPREF IDS 2 1 2", "acked ids 1 1"] {
            let line = format!("XDELEX orders {words}");
            with_args(&line, |args| check_id_list(args, 2)).expect(words);
        }
        for (words, error) in [
            ("IDS 2 1", "must match the number of arguments"),
            ("IDS 1 1 2", "must match the number of arguments"),
            ("IDS 0 1", "Number of IDs must be a positive integer"),
            ("IDS x 1", "not an integer"),
            ("IDS 1 x", "Invalid stream ID"),
            ("x 1 1", "syntax error"),
            ("KEEPREF IDS", "syntax error"),
        ] {
            let line = format!("XDELEX orders {words}");
            let refusal = with_args(&line, |args| check_id_list(args, 2)).unwrap_err().to_string();
            assert!(refusal.contains(error), "{words}: {refusal}");
        }
    }

    #[test]
    fn ids_are_checked_before_they_are_refused() {
        assert!(with_args("XDEL orders 1 7-3", |args| check_ids(rest(args, 2))).is_ok());
        assert!(with_args("XDEL orders 1 x", |args| check_ids(rest(args, 2))).is_err());
    }
}
