//! What errors of stores have in common.

use crate::{Denial, redis, sql};

macro_rules! store_error {
    ($($error:ty),+) => {$(
        impl $error {
            /// What the gateway says about it.
            pub fn message(&self) -> &str {
                let (Self::Denied(text) | Self::Refused(text) | Self::Unavailable(text)) = self;
                text
            }
        }

        /// A store that does not answer as it should cannot decide about a login.
        impl From<$error> for Denial {
            fn from(error: $error) -> Self {
                Self::Unavailable(error.message().to_owned())
            }
        }
    )+};
}

store_error!(redis::Error, sql::Error);
