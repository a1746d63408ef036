//! Commands that still are methods of the context, on their way into `commands`.

pub(crate) mod databus;
pub(crate) mod generic;
pub(crate) mod groups;
pub(crate) mod read;
pub(crate) mod streams;
pub(crate) mod topic;
pub(crate) mod trim;

pub(crate) use crate::context::{CommandError, Context};
