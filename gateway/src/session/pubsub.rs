//! Topics as channels: PUBLISH, SUBSCRIBE, PUBSUB.

use super::Session;
use crate::{command::Spec, message::Rejection, resp::Args};

impl Session {
    pub(super) async fn publish(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn subscribe(
        &mut self,
        spec: &Spec,
        args: &Args<'_>,
    ) -> Result<(), Rejection> {
        let _ = (spec, args);
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn pubsub(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }
}
