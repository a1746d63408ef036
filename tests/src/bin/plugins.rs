//! `cargo plugins`: builds every shipped plugin, example and test guest as a component.
//!
//! `--out DIR` puts them into `DIR/plugins`, `DIR/examples` and `DIR/guests` instead of `target/…`.

use std::{env, io::Write as _, path::PathBuf, process::ExitCode};

use sluicegate_tests::{components, workspace};

fn main() -> ExitCode {
    match out().and_then(|out| components::build_all(&out)) {
        Ok(built) => {
            let mut lines = std::io::stdout().lock();
            for component in built {
                let state = if component.is_new { "built" } else { "up to date" };
                let (path, bytes) = (component.path.display(), component.bytes);
                // A reader that went away wants no more lines.
                let _ = writeln!(lines, "{state:<11}{bytes:>9} bytes  {path}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn out() -> Result<PathBuf, String> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(workspace::root().join("target")),
        ["--out", folder] => Ok(PathBuf::from(folder)),
        _ => Err("usage: cargo plugins [--out DIR]".to_owned()),
    }
}
