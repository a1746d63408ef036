//! What shortens a topic or describes it: XTRIM, XDEL, DEL, XINFO, and what a log refuses.

use super::Session;
use crate::{
    command::{self, Spec},
    message::{Rejection, TopicName},
    resp::Args,
};

impl Session {
    pub(super) async fn delete(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xinfo(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match args[1].to_ascii_uppercase().as_slice() {
            b"STREAM" => {
                let Some(topic) = args.get(2).and_then(|name| TopicName::new(name).ok()) else {
                    return Err(Rejection::err("not built yet"));
                };
                self.send_groups_in_full(&topic, 10).await
            }
            b"GROUPS" => self.xinfo_groups(args).await,
            b"CONSUMERS" => self.xinfo_consumers(args).await,
            _ => Err(command::unknown_subcommand("XINFO", &args[1])),
        }
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
