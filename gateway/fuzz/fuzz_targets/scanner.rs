//! Any bytes, in any packets: no panic, and the same requests as from the bytes in one piece.
//!
//! The first byte chooses the limits, the second the size of the packets; the rest is sent. The
//! same promise is held by a bounded property test in `src/resp/decode/tests.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sluicegate::resp::{Decoder, Limits, ProtocolError, Scan};

fuzz_target!(|data: &[u8]| {
    let [choice, packet, bytes @ ..] = data else { return };
    let limits = match choice % 3 {
        0 => Limits::UNAUTHENTICATED,
        1 => Limits::AUTHENTICATED,
        _ => small_limits(),
    };
    let whole = requests(bytes, bytes.len(), &limits);
    assert_eq!(whole, requests(bytes, usize::from(*packet).max(1), &limits));
    assert_eq!(whole, requests(bytes, 1, &limits));
});

/// So small that short inputs reach them.
fn small_limits() -> Limits {
    Limits {
        arguments_max: 3,
        argument_bytes_max: 8,
        request_bytes_max: 40,
        inline_bytes_max: 12,
        is_authenticated: true,
    }
}

type Requests = (Vec<Vec<Vec<u8>>>, Option<ProtocolError>);

/// The arguments of each request, and the error that ended them if one did.
fn requests(bytes: &[u8], packet: usize, limits: &Limits) -> Requests {
    let mut decoder = Decoder::new();
    let mut found = Vec::new();
    let (mut start, mut end) = (0, 0);
    while end < bytes.len() {
        end = bytes.len().min(end + packet);
        while start < end {
            let buffer = &bytes[start..end];
            match decoder.scan(buffer, limits) {
                Err(error) => return (found, Some(error)),
                Ok(Scan::Incomplete { needed }) => {
                    assert!(needed > buffer.len());
                    let held_max = limits.request_bytes_max.max(limits.inline_bytes_max + 2);
                    assert!(buffer.len() <= held_max as usize + 33, "what is held is bounded");
                    break;
                }
                Ok(Scan::Empty { consumed }) => start += consumed,
                Ok(Scan::Complete { consumed }) => {
                    let args = decoder.args(buffer);
                    assert!(args.len() <= limits.arguments_max as usize);
                    found.push(args.iter().map(<[u8]>::to_vec).collect());
                    start += consumed;
                }
            }
        }
    }
    (found, None)
}
