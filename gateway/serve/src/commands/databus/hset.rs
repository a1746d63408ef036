//! HSET.

use super::{
    member::no_publishing,
    publish::{copy, publish, wrong_arguments},
};
use crate::{
    commands::spec::{
        Added, BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
        InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
        Rights, Secrets, Spec, Subcommands, WhileSubscribed,
    },
    context::Context,
    databus::{DatabusRecord, is_metadata},
    message::Rejection,
    resp::Args,
};

pub(super) static SPEC: Spec = Spec {
    name: "HSET",
    arity: -1,
    family: Family::Databus,
    summary: "Publishes to the bound topic with metadata.",
    flags: "write denyoom fast",
    categories: "write fast databus",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::IfBound(add_to_burst),
    rights: Rights::Bound,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Sync(run),
};

/// A client that may publish never gets here.
fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    Err(no_publishing(context).into())
}

fn add_to_burst(context: &mut Context, args: &Args<'_>) -> Result<Added, Rejection> {
    publish(context, args, record).map(Added::Joined)
}

/// Reads `HSET key header value`.
///
/// # Errors
/// `pub params error` with the reason; nothing was stored.
fn record(args: &Args<'_>, color: &str) -> Result<DatabusRecord, Rejection> {
    if args.len() != 4 {
        return Err(wrong_arguments());
    }
    if !is_metadata(&args[2]) {
        let text = "pub params error: the header is not a serialized infra.databus.Header";
        return Err(Rejection::err(text));
    }
    let mut record = DatabusRecord::new(copy(args, 1), copy(args, 3), color);
    record.add_metadata(&args[2]);
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn it_takes_a_key_a_header_and_a_value() {
        for line in ["HSET", "HSET key header", "HSET key header value more", "HSET key x value"] {
            let refusal = with_args(line, |args| record(args, "")).unwrap_err().to_string();
            assert!(refusal.contains("pub params error"), "{line}: {refusal}");
        }
        // An empty header is one without metadata.
        assert!(with_args("HSET key \"\" value", |args| record(args, "")).is_ok());
    }
}
