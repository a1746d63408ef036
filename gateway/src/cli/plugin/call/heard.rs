//! The plugin's log lines, as the gateway would write them into its log.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt as _},
    registry,
};

/// The field that a plugin's words are in.
const WORDS: &str = "line";

/// One line of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) level: Level,
    pub(super) words: String,
}

/// What was heard since the last [`Heard::take`].
#[derive(Clone, Debug, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<Line>>>);

impl Heard {
    /// Begins to listen, in the whole process: logins are made on another thread.
    pub(super) fn start() -> Self {
        let heard = Self::default();
        let subscriber = registry().with(heard.clone());
        // Somebody who listens already would be a second start, which only tests do.
        let _ = tracing::subscriber::set_global_default(subscriber);
        heard
    }

    /// What was heard so far; it is not told again.
    pub(super) fn take(&self) -> Vec<Line> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Subscriber> Layer<S> for Heard {
    // Asked once a place in the code: the compiler's own events cost nothing then.
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_event() && metadata.fields().field(WORDS).is_some()
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut words = Words(None);
        event.record(&mut words);
        if let Words(Some(words)) = words {
            let line = Line { level: *event.metadata().level(), words };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }
}

struct Words(Option<String>);

impl Visit for Words {
    fn record_str(&mut self, field: &Field, text: &str) {
        if field.name() == WORDS {
            self.0 = Some(text.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_plugin_says_is_heard_and_only_once() {
        let heard = Heard::default();
        tracing::subscriber::with_default(registry().with(heard.clone()), || {
            tracing::warn!(plugin = "p", line = "beware", "plugin says");
            tracing::warn!(plugin = "p", "plugin quarantined");
        });
        assert_eq!(heard.take(), [Line { level: Level::WARN, words: "beware".into() }]);
        assert_eq!(heard.take(), []);
    }
}
