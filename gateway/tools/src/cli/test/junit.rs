//! A report that build servers read, in the form of `JUnit`.

use std::path::Path;

use anyhow::Context as _;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::conversation::suite::{TestOutcome, TestResult};

/// Writes what became of conversations.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write(path: &Path, results: &[TestResult]) -> anyhow::Result<()> {
    let report = report(results).to_string().context("making the report")?;
    std::fs::write(path, report).with_context(|| format!("writing `{}`", path.display()))
}

fn report(results: &[TestResult]) -> Report {
    let mut suite = TestSuite::new("conversations");
    suite.add_test_cases(results.iter().map(case));
    let mut report = Report::new("sluicegate test");
    report.add_test_suite(suite);
    report
}

fn case(result: &TestResult) -> TestCase {
    let bad = |kind, message: String, more: String| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(message).set_description(more);
        status
    };
    let status = match &result.outcome {
        TestOutcome::AsAccepted => TestCaseStatus::success(),
        TestOutcome::New => {
            bad(NonSuccessKind::Failure, "it has no snapshot".into(), result.text.clone())
        }
        TestOutcome::Failed(error) => {
            bad(NonSuccessKind::Error, "could not be played".into(), format!("{error:#}"))
        }
        TestOutcome::Differs(it) => {
            let lines = it.lines.iter().map(|line| format!("{} {}", line.tag, line.text));
            let lines: Vec<_> = std::iter::once(it.said.clone()).chain(lines).collect();
            let message = format!("line {}: {}", it.line, it.kind.describe());
            bad(NonSuccessKind::Failure, message, lines.join("\n"))
        }
    };
    let mut case = TestCase::new(result.file.display().to_string(), status);
    case.set_time(result.took);
    if let Some(folder) = result.file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        case.set_classname(folder.display().to_string());
    }
    case
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_conversation_is_a_case() {
        let result = |file: &str, outcome| TestResult {
            file: file.into(),
            outcome,
            accepted: None,
            text: "client> PING".into(),
            notes: Vec::new(),
            took: Duration::from_millis(12),
        };
        let results = [
            result("a/a.resp", TestOutcome::AsAccepted),
            result("b.resp", TestOutcome::New),
            result("c.resp", TestOutcome::Failed(anyhow::anyhow!("<no>"))),
        ];
        let report = report(&results).to_string().unwrap();
        for part in [
            r#"tests="3" skipped="0" failures="1" errors="1""#,
            r#"<testcase name="a/a.resp" classname="a" time="0.012""#,
            r#"<failure message="it has no snapshot">client&gt; PING</failure>"#,
            r#"<error message="could not be played">&lt;no&gt;</error>"#,
        ] {
            assert!(report.contains(part), "{part} in {report}");
        }
    }
}
