//! EXPLAIN: what a command would do, step by step, without doing it.
//!
//! A dry run executes the command's own code in a separate context: with forks of the plugins,
//! copies of the groups that it names, and a broker that keeps all changes to itself ([`fork`]). So
//! rights, errors, reply and changes are the real ones, and nobody else sees them. Commands that
//! change nothing are executed as they are.

use crate::{
    commands::{
        explanation::{Explanation, Format},
        rejections::{unknown_command, wrong_arity},
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next},
    message::Rejection,
    resp::is_word,
};

mod dry_run; // a command over forks, and what it changed
mod effects; // what changed at the broker, in words
mod fork; //    the session for it
mod groups; //  what changed in consumer groups, in words
mod notes; //   what else a reader should know

use dry_run::{Explained, dry_run};

/// The word before a command that asks for JSON.
const JSON_WORD: &str = "JSON";

/// The note to a command that changes nothing.
const ANSWERED: &str =
    "answers from what the gateway and its broker know: meets no plugin, changes nothing";

pub(super) static SPEC: Spec = Spec {
    name: "EXPLAIN",
    arity: -2,
    family: Family::Gateway,
    summary: "Shows what a command would do, step by step, without doing it.",
    flags: "noscript",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::OfCommand,
    secrets: Secrets::OfCommand,
    bound: Bound::OfCommand,
    monitored: Monitored::Shown,
    explain: Explain::Refused,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// `EXPLAIN [JSON] command …`
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let args = &request.args;
    let is_json = is_word(&args[1], JSON_WORD);
    let format = if is_json { Format::Json } else { Format::of(context.replies.protocol()) };
    let args = args.skip(1 + usize::from(is_json));
    let args = args.ok_or_else(|| wrong_arity("explain"))?;
    let found = request.registry.find(&args[0]);
    let command = found.ok_or_else(|| unknown_command(&args))?;
    if !command.spec.takes(args.len()) {
        return Err(wrong_arity(command.spec.name).into());
    }
    let request = Request { args, command, registry: request.registry };
    match explain(context, &request).await? {
        Explained::Explanation(explanation) => explanation.send(format, &mut context.replies),
        Explained::Refused(reply) => {
            context.services.counters.commands_refused.add(1);
            context.replies.encoded(&reply);
        }
        Explained::Answered => {}
    }
    Ok(Next::Go)
}

async fn explain(context: &mut Context, request: &Request<'_>) -> Result<Explained, Rejection> {
    let spec = request.spec();
    let explanation = match spec.explain.of(request.args.get(1)) {
        Explain::DryRun(facts) => return dry_run(context, request, facts).await,
        Explain::Answer => return Ok(explain_answer(context, request).await),
        Explain::With(explain) => explain(context, request).await?,
        Explain::Words(words) => Explanation::of(spec.name).noting(*words),
        Explain::AdminWords(words) => {
            context.check_admin()?;
            Explanation::of(spec.name).noting(*words)
        }
        Explain::Refused | Explain::Subcommands { .. } => return Err(not_explained(spec)),
    };
    Ok(Explained::Explanation(Box::new(explanation)))
}

/// Explains a command that changes nothing by its answer now; a refusal is its answer.
async fn explain_answer(context: &mut Context, request: &Request<'_>) -> Explained {
    let begin = context.replies.len();
    fork::answer_detached(context, request).await;
    let reply = context.replies.as_bytes().get(begin..).unwrap_or_default().to_vec();
    if reply.first() == Some(&b'-') {
        return Explained::Answered;
    }
    context.replies.truncate(begin);
    let explanation = Explanation::of(request.spec().name).noting(ANSWERED);
    Explained::Explanation(Box::new(Explanation { reply: Some(reply), ..explanation }))
}

fn not_explained(spec: &Spec) -> Rejection {
    Rejection::err(format!(
        "EXPLAIN shows what a command does with messages, topics and groups: {} is about the \
         connection alone",
        spec.name
    ))
}
