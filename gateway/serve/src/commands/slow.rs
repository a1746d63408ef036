//! Noting slow commands for SLOWLOG.

use tokio::time::Instant;

use super::{keys::keys_of, spec::Request};
use crate::{
    context::{Context, note_slow},
    entry::stream_key,
};

/// Most keys an entry shows.
const KEYS_MAX: usize = 4;

/// Notes a command that took long since `began`, without the time it was blocked: its name, its
/// keys and the number of its arguments, never values or credentials.
pub(crate) fn note_if_slow(context: &Context, request: &Request<'_>, began: Instant) {
    let (spec, args) = (request.spec(), &request.args);
    let took = began.elapsed().saturating_sub(context.waited);
    if took < context.services.settings.slow_after {
        return;
    }
    let mut words = vec![spec.name.to_ascii_lowercase()];
    let keys = keys_of(spec, args, 0);
    words.extend(keys.iter().take(KEYS_MAX).map(|key| topic_text(key)));
    let more = args.len() - words.len().min(args.len());
    note_slow(context, words, more, took);
}

/// A key as the log may show it: if it names no topic, it may be a secret.
fn topic_text(key: &[u8]) -> String {
    match stream_key(key) {
        Ok(_) => String::from_utf8_lossy(key).into_owned(),
        Err(_) => "?".to_owned(),
    }
}
