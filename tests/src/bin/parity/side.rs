//! One gateway, and conversations played on it.
//!
//! The harness keeps a connection of its own, through which it asks what no client can see from
//! outside: whether a connection waits, and whether those of the conversation before are gone.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use sluicegate_tests::{
    Gateway,
    client::encode,
    gateway::{Refused, gateway_in},
};
use tokio::time::sleep;

use super::{
    arguments::Programs,
    conversation::{Command, Conversation, Expect, Form, Step},
    frame::{Frame, find},
    profile::Profile,
    wire::{Came, Speech, Wire, unless},
};

mod control;
mod render;

use control::Control;
pub(crate) use control::Traffic;
use render::Places;

/// Pause between the parts of a request that is cut.
const CUT_PAUSE: Duration = Duration::from_millis(1);

/// One gateway.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) gateway: Gateway,
    http: String,
    control: Control,
    patience: Duration,
}

/// All that came during one conversation.
#[derive(Clone, Debug)]
pub(crate) struct Transcript {
    pub(crate) heard: Vec<Heard>,
    /// The gateway's and the clients' addresses, and what stands for them.
    pub(crate) places: Vec<(String, String)>,
}

/// What came at one step; those behind the last one are the ends of connections.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) step: usize,
    pub(crate) came: Vec<Came>,
    /// What the harness itself had asked the gateway until then.
    pub(crate) traffic: Traffic,
}

impl Side {
    /// Starts a gateway of this program.
    ///
    /// # Errors
    /// How it ended instead.
    pub(crate) async fn start(
        program: &Path,
        programs: &Programs,
        profile: Profile,
        patience: Duration,
    ) -> Result<Self, Refused> {
        let gateway = profile.describe(gateway_in(&scratch()).program(program), programs);
        let gateway = gateway.try_start().await?;
        let http = gateway.http_address().await;
        let control = Control::new(&gateway.address, profile, patience).await;
        Ok(Self { gateway, http, control, patience })
    }

    /// Plays a conversation, once the connections of the one before are gone.
    pub(crate) async fn play(&mut self, conversation: &Conversation) -> Transcript {
        self.control.forget_addresses();
        let mut stage = Stage {
            wires: BTreeMap::new(),
            places: Places::new(&self.gateway.address, &self.http),
            side: self,
        };
        let mut heard = Vec::new();
        let mut is_late = !stage.side.control.is_alone().await;
        for (at, step) in conversation.steps.iter().enumerate() {
            if is_late {
                break;
            }
            let came = stage.take(at, step).await;
            is_late = came.contains(&Came::Nothing);
            heard.push(Heard { step: at, came, traffic: stage.side.control.traffic });
        }
        let wires = std::mem::take(&mut stage.wires);
        for (nth, wire) in wires.into_values().enumerate() {
            let came = wire.close().await;
            let step = conversation.steps.len() + nth;
            heard.push(Heard { step, came, traffic: stage.side.control.traffic });
        }
        let mut places = stage.places.named();
        let own = self.control.addresses.iter();
        places.extend(own.map(|own| (own.clone(), "<harness>".to_owned())));
        Transcript { heard, places }
    }
}

/// Where gateways lie: in memory where the system has a place for that, since it is the gateways
/// that are compared and not the disk.
pub(crate) fn scratch() -> std::path::PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

/// A conversation under way.
struct Stage<'a> {
    side: &'a mut Side,
    wires: BTreeMap<usize, Wire>,
    places: Places,
}

impl Stage<'_> {
    async fn take(&mut self, at: usize, step: &Step) -> Vec<Came> {
        match step {
            Step::Open { who } => self.open(*who).await,
            Step::OpenHttp { who } => self.open_http(*who).await,
            Step::Say { who, commands, form, cuts, expect } => {
                let fence = (*expect == Expect::Fence).then(|| format!("fence-{at}"));
                let bytes = self.written(commands, *form, fence.as_deref());
                self.send(*who, &bytes, cuts).await;
                match fence {
                    Some(fence) => self.up_to_fence(*who, &fence, commands.len()).await,
                    None => self.hear(*who, expect).await,
                }
            }
            Step::Raw { who, bytes, cuts, expect } => {
                let bytes = self.places.render(bytes);
                self.send(*who, &bytes, cuts).await;
                self.hear(*who, expect).await
            }
            Step::Hear { who, expect } => self.hear(*who, expect).await,
            Step::Blocked { who } => self.blocked(*who).await,
            Step::Close { who } => self.close(*who).await,
            Step::Settle { topics } => {
                self.side.control.settle(topics).await;
                Vec::new()
            }
            Step::Renew => {
                self.side.control.renew().await;
                Vec::new()
            }
        }
    }

    /// Connects, and sends a PING: the gateway numbers connections when it has begun to serve them.
    async fn open(&mut self, who: usize) -> Vec<Came> {
        let patience = self.side.patience;
        let wire = Wire::connect(&self.side.gateway.address, Speech::Resp, patience).await;
        let Ok(mut wire) = wire else { return vec![Came::End] };
        wire.write(b"PING\r\n").await;
        let came = wire.next().await;
        let is_refused = matches!(&came, Came::Reply(text) if text.starts_with(b"-ERR max"));
        let id = if is_refused { 0 } else { self.side.control.number_next() };
        self.places.add(who, id, &wire.address);
        self.wires.insert(who, wire);
        vec![came]
    }

    async fn open_http(&mut self, who: usize) -> Vec<Came> {
        let wire = Wire::connect(&self.side.http, Speech::Http, self.side.patience).await;
        let Ok(wire) = wire else { return vec![Came::End] };
        self.places.add(who, 0, &wire.address);
        self.wires.insert(who, wire);
        Vec::new()
    }

    async fn close(&mut self, who: usize) -> Vec<Came> {
        match self.wires.remove(&who) {
            Some(wire) => wire.close().await,
            None => vec![Came::End],
        }
    }

    /// Commands as they are sent, with a PING of this word behind them.
    fn written(&self, commands: &[Command], form: Form, fence: Option<&str>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for command in commands {
            let words: Vec<_> = command.iter().map(|word| self.places.render(word)).collect();
            match form {
                Form::Array => bytes.extend(encode(&words)),
                Form::Inline => {
                    bytes.extend(words.join(&b' '));
                    bytes.extend_from_slice(b"\r\n");
                }
            }
        }
        bytes.extend(fence.map(|fence| encode(&["PING", fence])).unwrap_or_default());
        bytes
    }

    async fn send(&mut self, who: usize, bytes: &[u8], cuts: &[usize]) {
        let Some(wire) = self.wires.get_mut(&who) else { return };
        let mut from = 0;
        for cut in cuts.iter().map(|cut| *cut.min(&bytes.len())) {
            if cut > from {
                wire.write(&bytes[from..cut]).await;
                sleep(CUT_PAUSE).await;
                from = cut;
            }
        }
        wire.write(&bytes[from..]).await;
    }

    async fn hear(&mut self, who: usize, expect: &Expect) -> Vec<Came> {
        let mut all = Vec::new();
        let Some(wire) = self.wires.get_mut(&who) else { return vec![Came::End] };
        let mut found = 0;
        loop {
            let is_done = match expect {
                Expect::Nothing => true,
                Expect::Frames(count) => all.len() >= *count,
                Expect::Until(_, times) => found >= *times,
                Expect::End | Expect::Fence => false,
            };
            if is_done {
                return all;
            }
            let came = wire.next().await;
            let is_last = matches!(came, Came::End | Came::Nothing);
            if let (Expect::Until(bytes, _), Came::Reply(reply)) = (expect, &came) {
                found += usize::from(holds(reply, bytes));
            }
            all.push(came);
            if is_last {
                return all;
            }
        }
    }

    /// Up to the reply to the PING behind so many commands. In a transaction, and before login,
    /// every command has one reply, and that to the PING tells nothing.
    async fn up_to_fence(&mut self, who: usize, fence: &str, commands: usize) -> Vec<Came> {
        let mut all = Vec::new();
        let Some(wire) = self.wires.get_mut(&who) else { return vec![Came::End] };
        loop {
            let came = wire.next().await;
            let is_last = match &came {
                Came::End | Came::Nothing => true,
                Came::Reply(reply) => {
                    let is_dumb = reply == b"+QUEUED\r\n" || reply.starts_with(b"-NOAUTH");
                    (is_dumb && all.len() >= commands) || holds(reply, fence.as_bytes())
                }
            };
            all.push(came);
            if is_last {
                return all;
            }
        }
    }

    async fn blocked(&mut self, who: usize) -> Vec<Came> {
        let id = self.places.id(who);
        let end = Instant::now() + self.side.patience;
        let Some(wire) = self.wires.get_mut(&who) else { return vec![Came::End] };
        while !wire.has_come() {
            if self.side.control.is_blocked(id).await {
                return Vec::new();
            }
            if Instant::now() > end {
                return vec![Came::Nothing];
            }
            unless(wire.fill(), sleep(CUT_PAUSE)).await;
        }
        Vec::new()
    }
}

/// Does a reply hold these bytes, apart from the lengths in it?
fn holds(reply: &[u8], wanted: &[u8]) -> bool {
    find(reply, wanted).is_some()
        && matches!(Frame::read(reply), Ok(Some((frame, _))) if frame.holds(wanted))
}
