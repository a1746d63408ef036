//! Writing plugins: what their authors do and see, with the program alone.

mod languages; // the same plugins in seven languages
