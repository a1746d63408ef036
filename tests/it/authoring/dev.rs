//! `plugin dev`.
