//! Commands that are not played, and what is to be said beside those that are.

use std::time::Duration;

use super::{changes, form::Explanation, stage::Stage};
use crate::{
    broker::Effect,
    command::{self, Command, Spec},
    context::Context,
    message::{Rejection, TopicName},
    pipeline::{AuthDecision, login_unavailable},
    resp::{Args, Replies},
};

const QUESTION: &str =
    "answers from what the gateway and its broker know: meets no plugin, changes nothing";

impl Context {
    /// A question: its answer now; `None` if that is a refusal, which stands among the replies.
    pub(crate) async fn explain_question(
        &mut self,
        spec: &'static Spec,
        args: &Args<'_>,
    ) -> Option<Explanation> {
        let begin = self.replies.len();
        self.answer_aside(spec, args).await;
        let reply = self.replies.as_bytes().get(begin..).unwrap_or_default().to_vec();
        if reply.first() == Some(&b'-') {
            return None;
        }
        self.replies.truncate(begin);
        Some(Explanation { reply: Some(reply), ..Explanation::of(spec).noting(QUESTION) })
    }

    /// DEL: which topics would go.
    pub(crate) async fn explain_deletion(
        &mut self,
        spec: &'static Spec,
        args: &Args<'_>,
    ) -> Result<Explanation, Rejection> {
        let topics = self.topics_to_delete(args).await?;
        let mut reply = self.no_replies();
        reply.integer(i64::try_from(topics.len()).unwrap_or(i64::MAX));
        let changes = topics.iter().map(|topic| changes::deletion(topic.as_str())).collect();
        let reply = Some(reply.as_bytes().to_vec());
        Ok(Explanation { changes, reply, ..Explanation::of(spec).noting("meets no plugin") })
    }

    /// AUTH: what the authenticators say. Their words may tell about logins.
    pub(crate) async fn explain_login(
        &mut self,
        spec: &'static Spec,
        args: &Args<'_>,
    ) -> Result<Explanation, Rejection> {
        self.check_admin()?;
        let credentials = self.auth_credentials(args)?;
        let mut reply = self.no_replies();
        let chain = self.services.pipeline.chain();
        if !chain.authenticates() {
            self.auth_in_the_open(args.len() == 3, &credentials)?;
            reply.ok();
            let reply = Some(reply.as_bytes().to_vec());
            let words = "no authenticator is loaded: meets no plugin";
            return Ok(Explanation { reply, ..Explanation::of(spec).noting(words) });
        }
        let twins = chain.fork();
        let rehearsed = self.services.pipeline.dry_run_login(&twins, credentials);
        let (decision, trace) = rehearsed.await;
        match decision {
            AuthDecision::Granted { grant, .. } => match self.services.cluster_of(&grant) {
                Ok(_) => reply.ok(),
                Err(rejection) => reply.error(rejection),
            },
            AuthDecision::Refused(rejection) => reply.error(rejection),
            AuthDecision::Unavailable { .. } => {
                reply.error(login_unavailable());
            }
        }
        let words = "credentials that the gateway knows already are answered from memory, as long \
                     as their grant holds";
        let reply = Some(reply.as_bytes().to_vec());
        let traces = vec![trace];
        Ok(Explanation { traces, reply, ..Explanation::of(spec).noting(words) })
    }

    /// SUBSCRIBE and its kin: what messages would meet from then on.
    pub(crate) fn explain_listening(
        &mut self,
        spec: &'static Spec,
        args: &Args<'_>,
    ) -> Result<Explanation, Rejection> {
        let names = if spec.command == Command::PSubscribe {
            self.check_patterns(args)?;
            Vec::new()
        } else {
            self.channels_named(args)?
        };
        let words = "nothing that is stored already would be sent; what is stored from then on \
                     would be, as far as plugins let it pass";
        let mut explanation = Explanation::of(spec).noting(words);
        if spec.command == Command::PSubscribe {
            let words = "of the topics that fit, those that this login may consume";
            explanation = explanation.noting(words);
        }
        explanation.notes.extend(names.iter().map(|name| self.met(name)));
        Ok(explanation)
    }

    fn met(&self, topic: &TopicName) -> String {
        let chain = self.services.pipeline.chain();
        let calls = chain.met_on_consume(topic);
        if calls.is_empty() {
            return format!("messages of `{topic}` would meet no plugin");
        }
        let calls: Vec<_> = calls.iter().map(|(plugin, call)| format!("{plugin} {call}")).collect();
        format!("messages of `{topic}` would meet {}", calls.join(", "))
    }

    fn no_replies(&self) -> Replies {
        let mut replies = Replies::new();
        replies.set_protocol(self.replies.protocol());
        replies
    }

    /// What is to be said beside a command that was played, besides its reply and, if there are
    /// any, its traces.
    pub(crate) fn notes(
        &self,
        spec: &Spec,
        args: &Args<'_>,
        stage: &Stage,
        (reply, is_told): (&[u8], bool),
    ) -> Vec<String> {
        let mut notes = Vec::new();
        if stage.session.services.counters.messages_repeated.get() > 0 {
            notes.push("this id is stored already: the answer is its place".to_owned());
        }
        for effect in stage.overlay.effects() {
            if let Effect::Join { group, topic } = effect {
                notes.push(format!(
                    "this gateway is not in group `{group}` of `{topic}`: told as if it were its \
                     only member, from the places that are committed"
                ));
            }
        }
        if matches!(reply, b"*-1\r\n" | b"_\r\n" | b"*0\r\n")
            && let Some(wait) = self.longest_wait(spec, args)
        {
            let long =
                if wait.is_zero() { "without end".to_owned() } else { format!("for {wait:?}") };
            notes.push(format!("there is nothing now: it would wait {long}"));
        }
        if spec.command == Command::XAdd && matches!(reply, b"$-1\r\n" | b"_\r\n") && !is_told {
            notes.push("there is no such topic, and NOMKSTREAM makes none".to_owned());
        }
        if !meets_plugins(spec.command) {
            notes.push("meets no plugin".to_owned());
        }
        notes
    }

    /// How long a command waits at most; zero for ever.
    fn longest_wait(&self, spec: &Spec, args: &Args<'_>) -> Option<Duration> {
        match spec.command {
            Command::XRead => command::read(args).ok()?.block,
            Command::XReadGroup => command::read_group(args).ok()?.block,
            Command::MGet => Some(self.block()).filter(|wait| !wait.is_zero()),
            _ => None,
        }
    }
}

/// Do messages and records meet plugins on its way?
fn meets_plugins(command: Command) -> bool {
    use Command as C;
    !matches!(command, C::XAck | C::XGroup | C::XTrim | C::Topic)
}
