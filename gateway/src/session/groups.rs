//! Consumer groups of streams: XGROUP, XREADGROUP, XACK, XPENDING, XCLAIM, XAUTOCLAIM.

use super::{Ended, Session, Socket};
use crate::{
    message::{Rejection, TopicName},
    resp::Args,
};
use tokio::io::{AsyncRead, AsyncWrite};

impl Session {
    pub(super) async fn xgroup(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xreadgroup<S>(
        &mut self,
        args: &Args<'_>,
        socket: &mut Socket<S>,
    ) -> Result<Result<(), Rejection>, Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let _ = socket;
        let _ = args;
        Ok(Err(Rejection::err("not built yet")))
    }

    pub(super) async fn xack(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xpending(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xclaim(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xautoclaim(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xinfo_groups(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn xinfo_consumers(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let _ = args;
        Err(Rejection::err("not built yet"))
    }

    /// The last field of XINFO STREAM FULL: each group with at most `count` pending entries of each
    /// consumer.
    pub(super) async fn send_groups_in_full(
        &mut self,
        topic: &TopicName,
        count: usize,
    ) -> Result<(), Rejection> {
        let _ = (topic, count);
        self.replies.array(0);
        Ok(())
    }
}
