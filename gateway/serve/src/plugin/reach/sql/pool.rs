//! A few connections, made when they are needed and used again while they answer.
//!
//! Not the pool of the driver: that one takes a connection back whose answer was given up half-way,
//! and then waits for the rest without a limit.

use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use mysql_async::{
    ClientIdentity, Conn, Error, Opts, OptsBuilder, SslOpts, prelude::Queryable as _,
};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::plugin::reach::{SqlSettings, tls::TlsBytes};

/// The driver's smallest: a packet holds at least the greeting and one row of a few columns.
const PACKET_BYTES_MIN: usize = 64 * 1024;

/// What the sessions of a pool may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Whatever the database lets the user do.
    ReadWrite,
    /// Transactions of the session are read-only, and a single statement is one.
    ReadOnly,
}

pub(super) struct Pool {
    opts: Opts,
    /// One permit a connection that exists or may be made.
    places: Semaphore,
    /// The one used last is taken first.
    idle: Mutex<Vec<Conn>>,
}

/// A connection for one statement. Unless it is given back it is closed at once: what is on its way
/// to it, nobody will read.
pub(super) struct Lent<'p> {
    pool: &'p Pool,
    conn: Option<Conn>,
    is_clean: bool,
    _place: SemaphorePermit<'p>,
}

impl Pool {
    /// Reads the files of the `tls` section; connects to nothing.
    pub(super) fn open(
        settings: &SqlSettings,
        mode: Mode,
        bytes_max: usize,
    ) -> Result<Self, String> {
        let setup = match mode {
            Mode::ReadWrite => Vec::new(),
            Mode::ReadOnly => vec!["SET SESSION TRANSACTION READ ONLY"],
        };
        let tls = settings.tls.as_ref().map(TlsBytes::read).transpose()?.map(encryption);
        let opts = OptsBuilder::from_opts(settings.address.opts().clone())
            // A socket that the server names may not be the gateway's to use.
            .prefer_socket(false)
            .tcp_nodelay(true)
            .max_allowed_packet(Some(bytes_max.max(PACKET_BYTES_MIN)))
            .setup(setup)
            .ssl_opts(tls);
        let places = Semaphore::new(settings.connections.max(1));
        Ok(Self { opts: opts.into(), places, idle: Mutex::default() })
    }

    /// A connection that has just answered, or a new one; waits while all are in use.
    pub(super) async fn lend(&self) -> Result<Lent<'_>, Error> {
        let place = self.places.acquire().await.expect("the places of a pool are never closed");
        let mut lent = Lent { pool: self, conn: None, is_clean: false, _place: place };
        // At most as many as there were, and each of the dead ones fails at once.
        while let Some(conn) = self.take_idle() {
            let conn = lent.conn.insert(conn);
            if conn.ping().await.is_ok() {
                return Ok(lent);
            }
            lent.conn = None;
        }
        lent.conn = Some(Conn::new(self.opts.clone()).await?);
        Ok(lent)
    }

    fn take_idle(&self) -> Option<Conn> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Lent<'_> {
    pub(super) fn connection(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("a lent connection is there until it is given back")
    }

    /// Its answer was read to the end: the next statement may have it.
    pub(super) fn give_back(mut self) {
        self.is_clean = true;
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        if self.is_clean {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
            return;
        }
        // A dropped connection reads what is left of its answer, however long that takes, unless it
        // counts as broken; and it does after a command that was given up.
        let _ = conn.ping().now_or_never();
    }
}

fn encryption(files: TlsBytes) -> SslOpts {
    let TlsBytes { ca, identity } = files;
    let identity = identity.map(|(chain, key)| ClientIdentity::new(chain.into(), key.into()));
    let opts = SslOpts::default().with_client_identity(identity);
    match ca {
        Some(ca) => opts.with_root_certs(vec![ca.into()]).with_disable_built_in_roots(true),
        None => opts,
    }
}
