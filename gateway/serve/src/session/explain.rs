//! EXPLAIN: what a command would do, step by step, without doing it.
//!
//! The command is played by the very code that answers it, in a session of its own: behind that
//! stand twins of the plugins, copies of the groups it names, and a broker that keeps all changes
//! to itself ([`stage`]). So the client's rights, the command's mistakes, its reply and its changes
//! are what they would be; nothing outside sees any of it. Questions change nothing and are asked
//! as they are.

use super::Context;
use crate::{
    command::{self, Spec, is_word},
    message::Rejection,
    resp::Args,
};

mod changes; // what would change, in words
mod form; //    the explanation as a reply
mod groups; //  what would change in consumer groups
mod kind; //    what EXPLAIN makes of each command
mod others; //  commands that are not played
mod reply; //   the command's own reply, for people and as JSON
mod stage; //   where a command is played

use form::{Explanation, Form};
use kind::Kind;

/// Most records whose way is shown.
const TRACES_MAX: usize = 100;

/// The word before a command that asks for JSON.
const JSON_WORD: &str = "JSON";

impl Context {
    /// `EXPLAIN [JSON] command …`
    pub(crate) async fn explain(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let is_json = is_word(&args[1], JSON_WORD);
        let form = if is_json { Form::Json } else { Form::of(self.replies.protocol()) };
        let args = args.skip(1 + usize::from(is_json));
        let args = args.ok_or_else(|| command::wrong_arity("explain"))?;
        let spec = command::find(&args[0]).ok_or_else(|| command::unknown_command(&args))?;
        if !spec.takes(args.len()) {
            return Err(command::wrong_arity(spec.name));
        }
        let explanation = match kind::of(spec, &args) {
            Kind::Played => match self.play(spec, &args).await? {
                Ok(explanation) => explanation,
                Err(refusal) => return self.pass_on(&refusal),
            },
            Kind::Asked => match self.explain_question(spec, &args).await {
                Some(explanation) => explanation,
                None => return Ok(()),
            },
            Kind::Deletes => self.explain_deletion(spec, &args).await?,
            Kind::LogsIn => self.explain_login(spec, &args).await?,
            Kind::Listens => self.explain_listening(spec, &args)?,
            Kind::Told { needs_admin, words } => {
                if needs_admin {
                    self.check_admin()?;
                }
                Explanation::of(spec).noting(words)
            }
            Kind::Not => return Err(not_explained(spec)),
        };
        explanation.send(form, &mut self.replies);
        Ok(())
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
