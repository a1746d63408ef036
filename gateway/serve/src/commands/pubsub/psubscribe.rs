//! PSUBSCRIBE.

use std::{future::ready, sync::Arc};

use super::channels::{EXPLAINED, check_room};
use crate::{
    channels::SubscriptionKind,
    commands::{
        arguments::rest,
        explanation::Explanation,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next, confirm, subscribe_to_pattern},
    message::Rejection,
    resp::Args,
};

/// Most patterns of one connection: each is compared with every topic.
const PATTERNS_MAX: usize = 1_000;
/// Longest pattern, in bytes: topics have names of at most 249.
const PATTERN_BYTES_MAX: usize = 1_024;

pub(super) static SPEC: Spec = Spec {
    name: "PSUBSCRIBE",
    arity: -2,
    family: Family::PubSub,
    summary: "Listens to the topics that fit patterns.",
    flags: "pubsub noscript loading stale",
    categories: "pubsub slow",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Refused,
    while_subscribed: WhileSubscribed::Subscribes,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Subscriptions,
    monitored: Monitored::Shown,
    explain: Explain::With(|context, request| Box::pin(ready(explain(context, request)))),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let subscribed = subscribe(context, &request.args).await;
    context.note_subscriptions();
    subscribed?;
    Ok(Next::Go)
}

async fn subscribe(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    check(context, args)?;
    for pattern in rest(args, 1) {
        let pattern: Arc<[u8]> = Arc::from(pattern);
        if !context.subscriptions.patterns().contains(&pattern) {
            subscribe_to_pattern(context, &pattern).await?;
        }
        let kind = SubscriptionKind::Pattern(Arc::clone(&pattern));
        let count = context.subscriptions.count(&kind);
        confirm(&mut context.replies, "psubscribe", Some(&pattern), count);
    }
    Ok(())
}

/// May the connection listen to so many patterns, of such length?
fn check(context: &Context, args: &Args<'_>) -> Result<(), Rejection> {
    if rest(args, 1).any(|pattern| pattern.len() > PATTERN_BYTES_MAX) {
        let words = format!("a pattern is over the limit of {PATTERN_BYTES_MAX} bytes");
        return Err(Rejection::err(words));
    }
    check_room(context, args.len() - 1)?;
    if context.subscriptions.patterns().len() + args.len() - 1 > PATTERNS_MAX {
        let words = format!("too many patterns: a connection may have {PATTERNS_MAX}");
        return Err(Rejection::err(words));
    }
    context.identity()?;
    Ok(())
}

fn explain(context: &mut Context, request: &Request<'_>) -> Result<Explanation, Rejection> {
    check(context, &request.args)?;
    let words = "of the topics that fit, those that this login may consume";
    Ok(Explanation::of(request.spec().name).noting(EXPLAINED).noting(words))
}
