//! `sluicegate check --databus FILE`: the original's configuration, said in this gateway's words.

use std::{fmt::Write as _, path::Path};

use anyhow::Context as _;

use crate::config::{Translation, translate_databus};

pub(super) fn run(file: &Path) -> anyhow::Result<()> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading `{}`", file.display()))?;
    let shown = show(file, &translate_databus(file, &text)?);
    #[expect(clippy::print_stdout, reason = "the answer to `check`")]
    {
        print!("{shown}");
    }
    Ok(())
}

/// The files one behind the other, each below a line with its name; all else are comments.
fn show(file: &Path, translation: &Translation) -> String {
    let mut out = format!("# file: gateway.toml\n{}", translation.gateway);
    match &translation.plugin {
        Some((name, text)) => {
            let _ = write!(out, "\n# file: plugins.d/{name}.toml\n{text}");
        }
        None => out.push_str("\n# There is no `authType`: choose an authenticator yourself.\n"),
    }
    let _ = writeln!(out, "\n# keys: what became of each");
    for fate in &translation.fates {
        let _ = writeln!(out, "# {}:{} `{}`: {}", file.display(), fate.line, fate.key, fate.fate);
    }
    out
}
