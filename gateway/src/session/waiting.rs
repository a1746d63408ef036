//! Waiting in a blocking command.

use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::Instant,
};

use super::{Ended, Session, Socket};
use crate::message::Rejection;

impl Session {
    /// Waits for `change`, or for news about the login, which is taken up; false if there is nothing
    /// more to wait for: the time is up, or the gateway drains.
    ///
    /// # Errors
    /// The client has gone; or, to be told to it, its login has ended.
    pub(super) async fn wait_for<S>(
        &mut self,
        socket: &mut Socket<S>,
        change: impl Future<Output = ()>,
        until: Instant,
    ) -> Result<Result<bool, Rejection>, Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let began = Instant::now();
        let is_news = socket.wait_for(change, self.identity.as_mut(), until).await?;
        self.waited += began.elapsed();
        if !is_news {
            return Ok(Ok(false));
        }
        Ok(self.renew_if_changed().map(|()| true))
    }
}
