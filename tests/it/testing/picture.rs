//! A screen of a terminal as a picture for a page: SVG, made of the text and its colours.

use std::fmt::Write as _;

/// Sizes in pixels. Runs of text are stretched to the grid, whatever font a reader has.
const COLUMN: f64 = 8.4;
const ROW: f64 = 19.0;
const MARGIN: f64 = 16.0;

const HEAD: &str = "\
  <style>
    rect { fill: #14181f } text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #d6dae0;
    white-space: pre } .bold { font-weight: bold } .dim { fill: #6d7684 } .red { fill: #f0808a }
    .green { fill: #8fd18f } .yellow { fill: #e3c878 } .cyan { fill: #7cc5d6 }
  </style>
";

/// How letters look.
#[derive(Clone, Default, PartialEq)]
struct Look {
    is_bold: bool,
    is_dim: bool,
    colour: &'static str,
}

impl Look {
    /// Follows an escape code: the numbers between `ESC [` and `m`.
    fn follow(&mut self, codes: &str) {
        for code in codes.split(';') {
            match code {
                "" | "0" => *self = Self::default(),
                "1" => self.is_bold = true,
                "2" => self.is_dim = true,
                "22" => (self.is_bold, self.is_dim) = (false, false),
                "31" => self.colour = "red",
                "32" => self.colour = "green",
                "33" => self.colour = "yellow",
                "36" => self.colour = "cyan",
                "39" => self.colour = "",
                _ => {}
            }
        }
    }

    fn class(&self) -> String {
        let bold = if self.is_bold { "bold" } else { "" };
        let dim = if self.is_dim { "dim" } else { "" };
        [bold, dim, self.colour]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The picture of a screen, as tmux captures it with `-e`.
pub(super) fn svg(screen: &str, columns: u32) -> String {
    let lines: Vec<_> = screen.trim_end().lines().collect();
    let height = f64::from(u32::try_from(lines.len()).expect("a screen is small"));
    let (width, height) = (f64::from(columns) * COLUMN + 2.0 * MARGIN, height * ROW + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n{HEAD}  \
         <rect width=\"100%\" height=\"100%\" rx=\"8\"/>\n"
    );
    let mut look = Look::default();
    let mut y = MARGIN + ROW - 5.0;
    for line in lines {
        let mut column = 0;
        for (look, text) in runs(line, &mut look) {
            run(&mut svg, (f64::from(column) * COLUMN + MARGIN, y), &look, &text);
            column += u32::try_from(text.chars().count()).expect("a line is short");
        }
        y += ROW;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Pieces of a line that look alike; tmux carries looks over line ends.
fn runs(line: &str, look: &mut Look) -> Vec<(Look, String)> {
    let mut pieces = line.split("\u{1b}[");
    let mut runs = vec![(look.clone(), pieces.next().unwrap_or_default().to_owned())];
    for piece in pieces {
        let (codes, text) = piece.split_once('m').expect("tmux captures looks only");
        look.follow(codes);
        runs.push((look.clone(), text.to_owned()));
    }
    runs.retain(|(_, text)| !text.is_empty());
    runs
}

fn run(svg: &mut String, (x, y): (f64, f64), look: &Look, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let length = f64::from(u32::try_from(text.chars().count()).expect("it is short")) * COLUMN;
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let class = match look.class() {
        class if class.is_empty() => class,
        class => format!(" class=\"{class}\""),
    };
    let _ = writeln!(
        svg,
        "  <text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\"{class}>{text}</text>"
    );
}

#[test]
fn looks_become_classes_and_places_follow_the_grid() {
    let svg = svg("a \u{1b}[1mb\u{1b}[0m\n\u{1b}[31m- <c>\n\u{1b}[39md", 4);
    assert!(
        svg.contains("<text x=\"32.8\" y=\"30.0\" textLength=\"8.4\" class=\"bold\">b</text>"),
        "{svg}"
    );
    assert!(svg.contains("class=\"red\">- &lt;c&gt;</text>"), "{svg}");
    assert!(svg.contains("<text x=\"16.0\" y=\"68.0\" textLength=\"8.4\">d</text>"), "{svg}");
}
