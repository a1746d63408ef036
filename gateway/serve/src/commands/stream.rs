//! Topics as Redis streams.

use super::spec::Spec;

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
