//! Goes wrong in the way its settings say, `{ "mode": "trap" }`, or a message does by its header
//! `misbehave` or a value `misbehave:MODE`. Without either it forwards.

mod deeds;

use deeds::Mode;
use sluicegate_plugin::{
    Filter, Message, Plugin, Verdict,
    serde_json::{Value, from_value},
};

/// How to go wrong where a message does not say.
#[derive(Debug)]
pub struct Misbehaving {
    mode: Option<Mode>,
}

#[derive(serde::Deserialize)]
struct Settings {
    mode: Option<Mode>,
}

impl Plugin for Misbehaving {
    type Settings = Value;

    fn configure(settings: Value) -> Result<Self, String> {
        let settings: Settings = from_value(settings).map_err(|error| error.to_string())?;
        if let Some(mode) = settings.mode {
            mode.during_configure()?;
        }
        Ok(Self { mode: settings.mode })
    }
}

impl Filter for Misbehaving {
    fn on_produce(&mut self, message: &mut Message) -> Verdict {
        self.misbehave(message)
    }

    fn on_consume(&mut self, message: &mut Message) -> Verdict {
        self.misbehave(message)
    }
}

impl Misbehaving {
    fn misbehave(&self, message: &mut Message) -> Verdict {
        let wanted = message.value().and_then(|value| value.strip_prefix(b"misbehave:"));
        let wanted = wanted.map(<[u8]>::to_vec).or_else(|| message.header("misbehave"));
        let mode = wanted.and_then(|word| Mode::named(&word)).or(self.mode);
        mode.map_or(Verdict::Forward, |mode| mode.during_call(message))
    }
}

sluicegate_plugin::export!(Misbehaving: Filter);
