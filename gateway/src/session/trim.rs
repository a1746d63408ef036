//! What shortens a topic or describes it: XTRIM, XDEL, DEL, XINFO, and what a log refuses.

use super::Session;
use crate::{command::Spec, message::Rejection, resp::Args};

impl Session {
    pub(super) async fn delete(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xinfo(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xtrim(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xcfgset(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn not_in_a_log(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = (spec, args);
        Err(Rejection::err("not built yet"))
    }
}
