//! EXPLAIN: what a command would do, step by step, without doing it.

use super::Session;
use crate::{message::Rejection, resp::Args};

impl Session {
    pub(super) async fn explain(&mut self, _args: &Args<'_>) -> Result<(), Rejection> {
        Err(Rejection::err("not yet"))
    }
}
