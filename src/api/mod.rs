//! HTTP: a file per resource.
