//! Commands that still are methods of the context, on their way into `commands`.

pub(crate) mod groups;
pub(crate) mod read;
pub(crate) mod streams;

pub(crate) use crate::context::{CommandError, Context};
