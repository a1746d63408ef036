//! Every step of the chain, with real plugins, over a log in memory or a broker that must not be
//! touched. `scene` is what all of them share.

mod authenticate;
mod broker_double;
mod component;
mod consume;
mod filter_and_route;
mod partition_and_encode;
mod produce;
mod scene;
