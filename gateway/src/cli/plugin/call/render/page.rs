//! Text in two columns.

/// Lines of a label and what it is about.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// One line; an empty label continues the one before.
    pub(super) fn row(&mut self, label: &str, text: &str) {
        self.0.push_str(format!("{label:<9} {text}").trim_end());
        self.0.push('\n');
    }

    /// Lines under one label.
    pub(super) fn rows(&mut self, label: &str, texts: impl IntoIterator<Item = String>) {
        let mut label = label;
        for text in texts {
            self.row(label, &text);
            label = "";
        }
    }

    /// One line of a name and its value.
    pub(super) fn field(&mut self, label: &str, name: &str, text: &str) {
        self.row(label, &format!("{name:<10} {text}"));
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.0.push('\n');
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}
