//! Consumer groups of streams: XGROUP, XREADGROUP, XACK, XPENDING, XCLAIM, XAUTOCLAIM.

use super::{Ended, Session, Socket};
use crate::{message::Rejection, resp::Args};
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
}
