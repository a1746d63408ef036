//! ROLE.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
    resp::Replies,
};

pub(super) static SPEC: Spec = Spec {
    name: "ROLE",
    arity: 1,
    family: Family::Server,
    summary: "Returns the replication role: a master without replicas.",
    flags: "noscript loading stale fast",
    categories: "admin fast dangerous",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, _request: &Request<'_>) -> Outcome {
    send_role(&mut context.replies);
    Ok(Next::Go)
}

/// The role, the replication offset and the replicas.
fn send_role(replies: &mut Replies) {
    replies.array(3);
    replies.bulk(b"master");
    replies.integer(0);
    replies.array(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateway_is_a_master_without_replicas() {
        let mut replies = Replies::new();

        send_role(&mut replies);

        assert_eq!(replies.as_bytes(), b"*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n");
    }
}
