//! The agency's diary: what it has taken over from the broker and not ended, in a file that is written before the
//! broker is told, so that an agency that is started again goes on where it was.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::desk::Memory;
use crate::domain::ids::{IncidentId, RegionCode};

/// Why a diary does not serve.
#[derive(Debug, thiserror::Error)]
#[error("the diary {path}: {reason}")]
pub struct DiaryError {
    path: PathBuf,
    reason: String,
}

/// What is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Diary {
    /// The desk's.
    pub desk: Memory,
    /// Which number of each incident's sequence comes next.
    pub sequences: Vec<(RegionCode, IncidentId, u64)>,
}

impl Diary {
    /// Reads a diary; an agency that never kept one has an empty one.
    ///
    /// # Errors
    /// [`DiaryError`] when it does not read: an agency that forgot what it took over must not pretend otherwise.
    pub fn read(path: &Path) -> Result<Self, DiaryError> {
        let wrong = |reason: String| DiaryError { path: path.to_owned(), reason };
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| wrong(e.to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(wrong(error.to_string())),
        }
    }

    /// Writes it whole beside the old one, then in its place.
    ///
    /// # Errors
    /// [`DiaryError`] when it cannot be written; the old one stays.
    pub async fn write(&self, path: &Path) -> Result<(), DiaryError> {
        let wrong = |reason: String| DiaryError { path: path.to_owned(), reason };
        let bytes = serde_json::to_vec(self).map_err(|e| wrong(e.to_string()))?;
        let fresh = path.with_extension("new");
        tokio::fs::write(&fresh, bytes).await.map_err(|e| wrong(e.to_string()))?;
        tokio::fs::rename(&fresh, path).await.map_err(|e| wrong(e.to_string()))
    }
}
