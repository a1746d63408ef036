//! Topics as Redis streams.

use super::spec::Spec;

pub(crate) mod blocking; // blocking reads
pub(crate) mod entries; //  entries in replies
pub(crate) mod fetch; //    records through the plugin chain
pub(crate) mod range; //    ids to records
mod read_range; //          reading a range from either end
pub(crate) mod topic; //    the topic behind a key
mod trim_options; //        MAXLEN and MINID

mod xadd;
mod xcfgset;
mod xdel;
mod xinfo;
mod xlen;
mod xrange;
mod xread;
mod xtrim;

/// The commands of this family.
pub(super) static COMMANDS: &[&Spec] = &[
    &xadd::SPEC,
    &xcfgset::SPEC,
    &xdel::XDEL,
    &xdel::XDELEX,
    &xdel::XACKDEL,
    &xdel::XSETID,
    &xinfo::SPEC,
    &xlen::SPEC,
    &xrange::XRANGE,
    &xrange::XREVRANGE,
    &xread::SPEC,
    &xtrim::SPEC,
];
