//! Writing TOML that reads well.

/// A TOML text, written from top to bottom.
#[derive(Debug, Default)]
pub(super) struct TomlText(String);

impl TomlText {
    /// Begins a table.
    pub(super) fn table(&mut self, path: &[&str]) {
        let names: Vec<_> = path.iter().map(|name| bare_or_quoted(name)).collect();
        self.0.push_str(&format!("\n[{}]\n", names.join(".")));
    }

    pub(super) fn comment(&mut self, words: &str) {
        self.0.push_str(&format!("# {words}\n"));
    }

    /// A string of any characters: none of them is read as a variable.
    pub(super) fn string(&mut self, key: &str, text: &str) {
        self.with_variables(key, &text.replace("${", "$${"));
    }

    /// A string in which `${NAME}` stands for a variable of the environment.
    pub(super) fn with_variables(&mut self, key: &str, text: &str) {
        self.0.push_str(&format!("{key} = {}\n", quoted(text)));
    }

    pub(super) fn integer(&mut self, key: &str, number: u64) {
        self.0.push_str(&format!("{key} = {number}\n"));
    }

    pub(super) fn strings(&mut self, key: &str, all: &[String]) {
        let all: Vec<_> = all.iter().map(|text| quoted(&text.replace("${", "$${"))).collect();
        self.0.push_str(&format!("{key} = [{}]\n", all.join(", ")));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn bare_or_quoted(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}
