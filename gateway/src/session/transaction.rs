//! Transactions: MULTI, EXEC, DISCARD, WATCH.

use super::{Ended, Session, Socket};
use crate::message::Rejection;
use tokio::io::{AsyncRead, AsyncWrite};

impl Session {
    pub(super) fn multi(&mut self) -> Result<(), Rejection> {
        Err(Rejection::err("not built yet"))
    }

    pub(super) async fn exec<S>(
        &mut self,
        socket: &mut Socket<S>,
    ) -> Result<Result<(), Rejection>, Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let _ = socket;
        Ok(Err(Rejection::err("not built yet")))
    }

    pub(super) fn discard(&mut self) -> Result<(), Rejection> {
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn watch(&mut self) -> Result<(), Rejection> {
        Err(Rejection::err("not built yet"))
    }

    pub(super) fn unwatch(&mut self) -> Result<(), Rejection> {
        Err(Rejection::err("not built yet"))
    }
}
