//! Writing plugins: what their authors do and see, with the program alone.

mod contract; //    the page about it
mod frozen; //      versions of it that were released
mod languages; //   the same plugins in seven languages
mod wrong_turns; // what is said when something is wrong
