//! What plugin authors meet: the contract, old versions of it, and words for each wrong turn.

mod contract; //    the page about it
mod frozen; //      versions that were released
mod wrong_turns; // what is said when something is wrong
