//! redis-cli's modes, and what GUIs ask.
