//! What tools ask beyond the commands of a log: KEYS, OBJECT, MEMORY, SLOWLOG, MONITOR.

use super::Session;
use crate::{message::Rejection, resp::Args};

impl Session {
    pub(super) fn acl(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn memory(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn monitor(&mut self) -> Result<(), Rejection> {
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn slowlog(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn time(&mut self) -> Result<(), Rejection> {
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn keys(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn object(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn time_to_live(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }
}
