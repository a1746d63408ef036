//! Words that reach whoever runs the tests, also from tests that pass.

use std::io::Write as _;

/// Writes one line past the test harness, which hides what passing tests print.
pub fn tell(line: &str) {
    // Nobody may be listening.
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
