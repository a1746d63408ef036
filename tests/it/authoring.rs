//! What plugin authors do with the program.

mod call; //  one call, shown as a trace
mod check; // what a file is, and whether a gateway takes it
