//! Which arguments of a request are keys: for COMMAND GETKEYS, and for what the slow log shows.

use super::{
    arguments::rest,
    spec::{Keys, Spec},
};
use crate::resp::{Args, is_word};

/// The keys of a request whose name stands at `start` among the arguments; empty where the command
/// takes none, or its arguments make no sense.
pub(crate) fn keys_of<'a>(spec: &Spec, args: &Args<'a>, start: usize) -> Vec<&'a [u8]> {
    if spec.keys == Keys::AfterStreams {
        return streams(args, start);
    }
    let [first, last, step] = spec.keys.positions();
    let Ok(count) = i32::try_from(args.len() - start) else { return Vec::new() };
    let last = if last < 0 { count + last } else { last };
    let Ok(step) = usize::try_from(step) else { return Vec::new() };
    let places = (first..=last).step_by(step.max(1)).filter(|_| first > 0);
    places.filter_map(|at| args.get(start + usize::try_from(at).ok()?)).collect()
}

/// The first half of what stands behind STREAMS.
fn streams<'a>(args: &Args<'a>, start: usize) -> Vec<&'a [u8]> {
    let Some(word) = rest(args, start).position(|arg| is_word(arg, "STREAMS")) else {
        return Vec::new();
    };
    let behind: Vec<_> = rest(args, start + word + 1).collect();
    if behind.len().is_multiple_of(2) { behind[..behind.len() / 2].to_vec() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{commands::registry, resp::with_args};

    #[test]
    fn keys_are_found_where_the_command_has_them() {
        for (line, keys) in [
            ("XADD orders * f v", vec!["orders"]),
            ("DEL a b c", vec!["a", "b", "c"]),
            ("XREAD COUNT 1 STREAMS a b 0 0", vec!["a", "b"]),
            ("XREADGROUP GROUP g c STREAMS a >", vec!["a"]),
            ("XREAD STREAMS a b 0", vec![]),
            ("XREAD a 0", vec![]),
            ("PING x", vec![]),
            ("XGROUP CREATE orders g $", vec!["orders"]),
        ] {
            with_args(line, |args| {
                let spec = registry().find(&args[0]).expect("it is a command").spec;
                let found: Vec<_> = keys_of(spec, args, 0).into_iter().collect();
                let keys: Vec<_> = keys.iter().map(|key| key.as_bytes()).collect();
                assert_eq!(found, keys, "{line}");
            });
        }
    }
}
