//! Commands: one file each, joined by one registry.
