//! Where imported functions lead: to the gateway, or on a developer's machine to the test double.

#[cfg(target_arch = "wasm32")]
pub(crate) use crate::bindings::imports::{burst, current, log, metrics, redis, sql};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use crate::testing::{
    double::{burst, current, log, metrics},
    stores::{redis_import as redis, sql_import as sql},
};
