//! A method for EXPLAIN, on its way into `commands`.

use super::Context;
use crate::{
    commands::generic,
    message::{Rejection, TopicName},
    resp::Args,
};

impl Context {
    pub(crate) async fn topics_to_delete(
        &self,
        args: &Args<'_>,
    ) -> Result<Vec<TopicName>, Rejection> {
        generic::del::topics_to_delete(self, args).await
    }
}
