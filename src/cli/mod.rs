//! The command line: what a person can do to an installation, and everything that pages can do as well.
//!
//! Each command prints for people, or JSON with `--json`. Nothing here decides anything: acts do.
