//! EXPLAIN: what a command would do, step by step, without doing it.
//!
//! The command is played by the very code that answers it, in a session of its own: behind that
//! stand twins of the plugins, copies of the groups it names, and a broker that keeps all changes
//! to itself ([`stage`]). So the client's rights, the command's mistakes, its reply and its changes
//! are what they would be; nothing outside sees any of it. Questions change nothing and are asked
//! as they are.

use super::Context;
use crate::{
    command::{self, is_word},
    commands::{Explain, Request, Spec},
    message::Rejection,
};

mod changes; // what would change, in words
mod form; //    the explanation as a reply
mod groups; //  what would change in consumer groups
mod others; //  commands that are not played
mod reply; //   the command's own reply, for people and as JSON
mod stage; //   where a command is played

pub(crate) use form::Explanation;

use form::Form;

/// Most records whose way is shown.
const TRACES_MAX: usize = 100;

/// The word before a command that asks for JSON.
const JSON_WORD: &str = "JSON";

impl Context {
    /// `EXPLAIN [JSON] command …`
    pub(crate) async fn explain(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let args = &request.args;
        let is_json = is_word(&args[1], JSON_WORD);
        let form = if is_json { Form::Json } else { Form::of(self.replies.protocol()) };
        let args = args.skip(1 + usize::from(is_json));
        let args = args.ok_or_else(|| command::wrong_arity("explain"))?;
        let found = request.registry.find(&args[0]);
        let command = found.ok_or_else(|| command::unknown_command(&args))?;
        if !command.spec.takes(args.len()) {
            return Err(command::wrong_arity(command.spec.name));
        }
        let request = Request { args, command, registry: request.registry };
        let Some(explanation) = self.explanation(&request, &command.spec.explain).await? else {
            return Ok(());
        };
        explanation.send(form, &mut self.replies);
        Ok(())
    }

    /// Explains the request; `None` if it was answered as the command itself would be.
    async fn explanation(
        &mut self,
        request: &Request<'_>,
        how: &Explain,
    ) -> Result<Option<Explanation>, Rejection> {
        let spec = request.spec();
        let explanation = match how.of(request.args.get(1)) {
            Explain::DryRun(dry_run) => match self.play(request, dry_run).await? {
                Ok(explanation) => explanation,
                Err(refusal) => return self.pass_on(&refusal).map(|()| None),
            },
            Explain::Answer => match self.explain_question(request).await {
                Some(explanation) => explanation,
                None => return Ok(None),
            },
            Explain::With(explain) => explain(self, request).await?,
            Explain::Words(words) => Explanation::of(spec).noting(*words),
            Explain::AdminWords(words) => {
                self.check_admin()?;
                Explanation::of(spec).noting(*words)
            }
            Explain::Refused | Explain::Subcommands { .. } => return Err(not_explained(spec)),
        };
        Ok(Some(explanation))
    }

    /// Answers as the command itself would: it is refused before it comes to anything.
    #[expect(clippy::unnecessary_wraps, reason = "all answers have one shape")]
    fn pass_on(&mut self, refusal: &[u8]) -> Result<(), Rejection> {
        self.services.counters.commands_refused.add(1);
        self.replies.encoded(refusal);
        Ok(())
    }
}

fn not_explained(spec: &Spec) -> Rejection {
    Rejection::err(format!(
        "EXPLAIN shows what a command does with messages, topics and groups: {} is about the \
         connection alone",
        spec.name
    ))
}
