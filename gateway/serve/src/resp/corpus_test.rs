//! The scanner against the corpus of malformed requests, whole and one byte at a time.

use super::{Decoder, Limits, Scan};
use corpus::{Case, Want, When};

#[allow(
    dead_code,
    unreachable_pub,
    clippy::duplicate_mod,
    reason = "a file of the tests package, included"
)]
#[path = "../../../../tests/src/corpus.rs"]
mod corpus;

const MALFORMED: &str = include_str!("../../../../tests/corpus/malformed.txt");

#[test]
fn every_malformed_request_gets_what_the_corpus_says() {
    let cases = corpus::parse(MALFORMED).unwrap_or_else(|e| panic!("malformed.txt: {e}"));
    assert!(cases.len() >= 60, "{} cases", cases.len());
    for case in &cases {
        if case.when != When::After {
            check(case, &Limits::UNAUTHENTICATED);
        }
        if case.when != When::Before {
            check(case, &Limits::AUTHENTICATED);
        }
    }
}

fn check(case: &Case, limits: &Limits) {
    for step in [case.bytes.len(), 1] {
        let found = outcomes(&case.bytes, step, limits);
        let fits = found.len() == case.want.len()
            && found.iter().zip(&case.want).all(|(found, want)| fits(found, want));
        assert!(fits, "line {}: {}, {step} at a time: {found:?}", case.line, case.name);
    }
}

fn fits(found: &Want, want: &Want) -> bool {
    match (found, want) {
        (Want::Refused(found), Want::Refused(want)) => found.starts_with(want),
        (Want::Request(found), Want::Arguments(want)) => found.len() == *want,
        _ => found == want,
    }
}

/// What the scanner makes of `bytes` that come in packets of `step`, as a session reads them.
fn outcomes(bytes: &[u8], step: usize, limits: &Limits) -> Vec<Want> {
    let mut decoder = Decoder::new();
    let mut found = Vec::new();
    let (mut start, mut end) = (0, 0);
    while end < bytes.len() {
        end = bytes.len().min(end + step);
        while start < end {
            let buffer = &bytes[start..end];
            match decoder.scan(buffer, limits) {
                Ok(Scan::Complete { consumed }) => {
                    let args = decoder.args(buffer).iter().map(<[u8]>::to_vec).collect();
                    found.push(Want::Request(args));
                    start += consumed;
                }
                Ok(Scan::Empty { consumed }) => {
                    if found.last() != Some(&Want::Ignored) {
                        found.push(Want::Ignored);
                    }
                    start += consumed;
                }
                Ok(Scan::Incomplete { needed }) => {
                    assert!(needed > buffer.len(), "more is needed than there is");
                    break;
                }
                Err(error) => {
                    found.push(Want::Refused(error.to_string()));
                    return found;
                }
            }
        }
    }
    if start < end {
        found.push(Want::Incomplete);
    }
    found
}
