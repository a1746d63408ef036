//! Text in two columns, and lines between.

/// Lines, some of a label and what it is about.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// One line of two columns; an empty label continues the one before.
    pub(super) fn row(&mut self, label: &str, text: &str) {
        self.line(&format!("{label:<9} {text}"));
    }

    /// Lines under one label.
    pub(super) fn rows(&mut self, label: &str, texts: impl IntoIterator<Item = String>) {
        let mut label = label;
        for text in texts {
            self.row(label, &text);
            label = "";
        }
    }

    /// One line as it is.
    pub(super) fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.0.push('\n');
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}
