//! EXEC.

use crate::{
    commands::{
        dispatch::{add_to_burst, answer},
        monitored,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{
        Context, Disconnect, Next, Queue, REPLIES_FLUSH_BYTES, flush_burst, send_monitor_lines,
    },
    resp::Decoder,
};

pub(super) static SPEC: Spec = Spec {
    name: "EXEC",
    arity: 1,
    family: Family::Transaction,
    summary: "Runs the queued commands and answers them together.",
    flags: "noscript loading stale skip_slowlog",
    categories: "slow transaction",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::RunsAtOnce,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Transaction,
    monitored: Monitored::ShownBehind,
    explain: Explain::Refused,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let was_open = context.transaction.is_open();
    let taken = context.transaction.take(SPEC.name);
    if was_open {
        context.client.entry().note_queued(None);
    }
    let queue = taken?;
    context.replies.array(queue.len());
    context.transaction.set_running(true);
    // Boxed: the commands of a transaction are answered as EXEC itself is.
    let done = Box::pin(run_queue(context, &queue, request)).await;
    context.transaction.set_running(false);
    done?;
    Ok(Next::Go)
}

async fn run_queue(
    context: &mut Context,
    queue: &Queue,
    exec: &Request<'_>,
) -> Result<(), Disconnect> {
    let (mut decoder, mut at) = (Decoder::new(), 0);
    while let Some(next) = queue.request(at, &mut decoder) {
        let args = decoder.args(&queue.bytes()[at..]);
        at = next;
        let command = exec.registry.find(&args[0]);
        let command = command.expect("a queued command was found when it came");
        let request = Request { args, command, registry: exec.registry };
        monitored::note(context, &request);
        if add_to_burst(context, &request) {
            continue;
        }
        flush_burst(context).await;
        if add_to_burst(context, &request) {
            continue;
        }
        send_monitor_lines(context);
        // Whether the connection goes on is for EXEC to say.
        let _ = answer(context, &request).await?;
        if context.replies.len() > REPLIES_FLUSH_BYTES {
            context.write_replies().await?;
        }
    }
    flush_burst(context).await;
    Ok(())
}
