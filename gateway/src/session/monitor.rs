//! MONITOR: the commands of all clients, as they come.

use super::Session;
use crate::message::Rejection;

impl Session {
    pub(super) fn monitor(&mut self) -> Result<(), Rejection> {
        Err(Rejection::err("not yet"))
    }
}
