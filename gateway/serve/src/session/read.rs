//! Names of what groups share with XREAD.

pub(crate) use crate::commands::stream::blocking::{
    BLOCK_MAX as FOR_EVER, Freshness as Reach, NOTIFIED_WAIT_MIN as LONG, READ_BYTES_MAX,
    READ_RECORDS_MAX, changed,
};
