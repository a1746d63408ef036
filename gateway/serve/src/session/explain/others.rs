//! Commands that are not played, and what is to be said beside those that are.

use std::time::Duration;

use super::{changes, form::Explanation, stage::Stage};
use crate::{
    broker::Effect,
    commands::{Blocking, DryRun, MeetsPlugins, Request},
    context::Context,
    message::{Rejection, TopicName},
    pipeline::{AuthDecision, login_unavailable},
    resp::Replies,
};

const QUESTION: &str =
    "answers from what the gateway and its broker know: meets no plugin, changes nothing";

const LISTENING: &str = "nothing that is stored already would be sent; what is stored from then on \
     would be, as far as plugins let it pass";

impl Context {
    /// A question: its answer now; `None` if that is a refusal, which stands among the replies.
    pub(crate) async fn explain_question(&mut self, request: &Request<'_>) -> Option<Explanation> {
        let begin = self.replies.len();
        self.answer_aside(request).await;
        let reply = self.replies.as_bytes().get(begin..).unwrap_or_default().to_vec();
        if reply.first() == Some(&b'-') {
            return None;
        }
        self.replies.truncate(begin);
        Some(Explanation { reply: Some(reply), ..Explanation::of(request.spec()).noting(QUESTION) })
    }

    /// DEL: which topics would go.
    pub(crate) async fn explain_deletion(
        &mut self,
        request: &Request<'_>,
    ) -> Result<Explanation, Rejection> {
        let (spec, args) = (request.spec(), &request.args);
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
        request: &Request<'_>,
    ) -> Result<Explanation, Rejection> {
        let (spec, args) = (request.spec(), &request.args);
        self.check_admin()?;
        let credentials = crate::commands::login::auth_credentials(self, args)?;
        let mut reply = self.no_replies();
        let chain = self.services.pipeline.chain();
        if !chain.authenticates() {
            crate::commands::login::check_without_authenticator(
                self,
                crate::commands::login::named_user(args, &credentials),
            )?;
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

    /// SUBSCRIBE and SSUBSCRIBE: what messages would meet from then on.
    pub(crate) fn explain_subscribe(
        &mut self,
        request: &Request<'_>,
    ) -> Result<Explanation, Rejection> {
        let names = self.channels_named(&request.args)?;
        let mut explanation = Explanation::of(request.spec()).noting(LISTENING);
        explanation.notes.extend(names.iter().map(|name| self.met(name)));
        Ok(explanation)
    }

    /// PSUBSCRIBE: the same.
    pub(crate) fn explain_psubscribe(
        &mut self,
        request: &Request<'_>,
    ) -> Result<Explanation, Rejection> {
        self.check_patterns(&request.args)?;
        let words = "of the topics that fit, those that this login may consume";
        Ok(Explanation::of(request.spec()).noting(LISTENING).noting(words))
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
        request: &Request<'_>,
        dry_run: &DryRun,
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
            && let Some(wait) = self.longest_wait(request)
        {
            let long =
                if wait.is_zero() { "without end".to_owned() } else { format!("for {wait:?}") };
            notes.push(format!("there is nothing now: it would wait {long}"));
        }
        if let Some(words) = dry_run.null_means
            && matches!(reply, b"$-1\r\n" | b"_\r\n")
            && !is_told
        {
            notes.push(words.to_owned());
        }
        if dry_run.plugins == MeetsPlugins::No {
            notes.push("meets no plugin".to_owned());
        }
        notes
    }

    /// How long a command waits at most; zero for ever.
    fn longest_wait(&self, request: &Request<'_>) -> Option<Duration> {
        match request.spec().blocking {
            Blocking::Never => None,
            Blocking::ForEntries(longest_wait) => longest_wait(self, &request.args),
        }
    }
}
