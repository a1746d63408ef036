//! All conversations, a few pairs of gateways at once, and the report.

use std::{
    ops::Range,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sluicegate_tests::{Reply, gateway::gateway_in};
use tokio::task::JoinSet;

use super::{
    arguments::{Plan, Programs, ROUND},
    compare::{Verdict, compare, last_words},
    conversation::Conversation,
    coverage::Coverage,
    families,
    pair::Pair,
    profile::Profile,
    shrink::shrink,
    side::scratch,
};

mod logs;

/// What no gateway answers within this is taken for unanswered, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(20);
/// Conversations between two lines about how far it is.
const PROGRESS: u64 = 2_000;
/// Each command must be said at least once in so many conversations.
const SAID_ONCE_IN: u64 = 1_000;

/// What all jobs share.
struct Work {
    programs: Programs,
    plan: Plan,
    commands: Vec<String>,
    began: Instant,
    /// The next round to be played.
    next: AtomicU64,
    done: AtomicU64,
    found: Mutex<Found>,
}

/// What has come of it so far.
#[derive(Default)]
struct Found {
    coverage: Coverage,
    findings: Vec<Finding>,
}

/// A conversation that went wrong, and how; without one it is the round that did.
struct Finding {
    conversation: Option<Conversation>,
    story: String,
}

/// Plays a plan; true if nothing differs.
pub(crate) async fn run(programs: &Programs, plan: &Plan) -> bool {
    let commands = commands_of(programs).await;
    if plan.is_shown {
        let number = plan.conversations.start;
        print!("{}", families::conversation(plan, number, &commands));
        return true;
    }
    println!("seed {}, {} commands, {:?}", plan.seed, commands.len(), plan.conversations);
    let work = Arc::new(Work {
        programs: programs.clone(),
        plan: plan.clone(),
        commands,
        began: Instant::now(),
        next: AtomicU64::new(plan.conversations.start / ROUND),
        done: AtomicU64::new(0),
        found: Mutex::default(),
    });
    let mut jobs = JoinSet::new();
    for _ in 0..plan.jobs {
        jobs.spawn(job(Arc::clone(&work)));
    }
    while let Some(done) = jobs.join_next().await {
        done.expect("no job panics");
    }
    report(&work).await
}

/// The names of all commands, as the older program tells them.
async fn commands_of(programs: &Programs) -> Vec<String> {
    let gateway = gateway_in(&scratch()).program(&programs.old).start().await;
    let reply = gateway.client().await.send("COMMAND LIST").await;
    let name = |item: &Reply| String::from_utf8_lossy(item.bytes()).to_uppercase();
    reply.items().iter().map(name).collect()
}

/// Plays rounds until there are no more, or enough was found.
async fn job(work: Arc<Work>) {
    loop {
        let round = work.next.fetch_add(1, Ordering::Relaxed);
        let all = &work.plan.conversations;
        let (from, to) = (round * ROUND, (round + 1) * ROUND);
        let numbers = from.max(all.start)..to.min(all.end);
        if numbers.is_empty() || work.is_enough() {
            return;
        }
        work.round(numbers).await;
    }
}

impl Work {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_enough(&self) -> bool {
        self.found().findings.len() >= self.plan.differences_max
    }

    /// Plays conversations on gateways that are new; after a difference on others.
    async fn round(&self, mut numbers: Range<u64>) {
        let profile = Profile::of(numbers.start);
        while !numbers.is_empty() && !self.is_enough() {
            let pair = Pair::start(&self.programs, profile, PATIENCE).await;
            let mut pair = match pair {
                Ok(pair) => pair,
                Err(error) => return self.note(None, error.to_string()),
            };
            let is_whole = self.play(&mut pair, &mut numbers).await;
            if let (true, Some(story)) = (is_whole, logs::differing(&pair)) {
                let round = numbers.start.saturating_sub(1) / ROUND;
                self.note(None, format!("round {round}: {story}"));
            }
        }
    }

    /// Plays conversations up to the first that goes wrong; true if none does.
    async fn play(&self, pair: &mut Pair, numbers: &mut Range<u64>) -> bool {
        for number in numbers {
            let conversation = families::conversation(&self.plan, number, &self.commands);
            let (old, new) = pair.play(&conversation).await;
            let verdict = compare(&conversation, &old, &new);
            self.found().coverage.add(&conversation, &old);
            self.progress();
            let story = match verdict {
                Verdict::Same => continue,
                Verdict::Differs(difference) => difference.story(&conversation),
                Verdict::Stuck(_) => {
                    let words = last_words(&conversation, &old);
                    format!("neither gateway answers the last of these:\n{words}")
                }
            };
            self.note(Some(conversation), story);
            return false;
        }
        true
    }

    fn note(&self, conversation: Option<Conversation>, story: String) {
        let number = conversation.as_ref().map(|conversation| conversation.number);
        println!("FOUND in {number:?}: {story}");
        self.found().findings.push(Finding { conversation, story });
    }

    fn progress(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(PROGRESS) {
            let seconds = self.began.elapsed().as_secs();
            println!("{done} conversations, {seconds} s, {} found", self.found().findings.len());
        }
    }
}

/// Says what was found and drawn; true if nothing differs and every command was said.
async fn report(work: &Work) -> bool {
    let findings = std::mem::take(&mut work.found().findings);
    for Finding { conversation, story } in &findings {
        println!("\n=== {story}");
        if let Some(conversation) = conversation {
            replay(work, conversation).await;
        }
    }
    let found = work.found();
    println!("\n{}", found.coverage.report(&work.commands));
    let conversations = &work.plan.conversations;
    let least = (conversations.end - conversations.start) / SAID_ONCE_IN;
    let rare = found.coverage.rare(&work.commands, least);
    if !rare.is_empty() {
        println!("said less than {least} times: {}", rare.join(", "));
    }
    let seconds = work.began.elapsed().as_secs();
    println!("seed {}: {} found in {seconds} s", work.plan.seed, findings.len());
    findings.is_empty() && rare.is_empty()
}

/// The shortest way to see the difference again.
async fn replay(work: &Work, conversation: &Conversation) {
    let (seed, number) = (work.plan.seed, conversation.number);
    let arguments = format!(
        "parity --old {} --new {} --seed {seed}",
        work.programs.old.display(),
        work.programs.new.display(),
    );
    if let Some(shrunk) = shrink(&work.programs, conversation).await {
        println!("\nshortest: {}", shrunk.conversation);
        println!("{}", shrunk.difference.story(&shrunk.conversation));
        println!("again: {arguments} --only {number}");
    } else {
        println!("\n{conversation}");
        println!("alone it does not differ; again: {arguments} --round {}", number / ROUND);
    }
}
