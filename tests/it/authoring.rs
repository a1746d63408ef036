//! Writing plugins: what their authors do and see, with the program alone.

mod bench; //     how fast they are
mod call; //      one call, shown as a trace
mod check; //     what a file is, and whether a gateway takes it
mod languages; // the same plugins in seven languages
