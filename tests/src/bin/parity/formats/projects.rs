//! What `plugin new` makes, in every language and for every role.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{Program, report::Report, texts::said};

const LANGUAGES: [&str; 7] = ["rust", "c", "zig", "go", "assemblyscript", "javascript", "python"];
const ROLES: [&str; 6] = [
    "filter",
    "router",
    "partitioner",
    "transcoder",
    "authenticator",
    "filter,router,partitioner,transcoder,authenticator",
];

pub(super) async fn compare(report: &mut Report, programs: [Program<'_>; 2]) {
    for language in LANGUAGES {
        let mut both = [String::new(), String::new()];
        for (nth, program) in programs.into_iter().enumerate() {
            let folder = TempDir::new().expect("a temporary folder can be made");
            for role in ROLES {
                let name = format!("p{}", role.len());
                let arguments = ["plugin", "new", &name, "--lang", language, "--role", role];
                both[nth].push_str(&said(program, folder.path(), &arguments).await);
            }
            list(folder.path(), folder.path(), &mut both[nth]);
        }
        report.compare(&format!("`plugin new --lang {language}`"), &both[0], &both[1]);
    }
}

/// Every file below `folder`, with its name and text, in order.
pub(super) fn list(root: &Path, folder: &Path, text: &mut String) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            list(root, &path, text);
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let bytes = fs::read(&path).unwrap_or_default();
        text.push_str(&format!(
            "=== {name}\n{}\n",
            bytes.escape_ascii().to_string().replace("\\n", "\n")
        ));
    }
}
