//! The blobs of a file, each with its place in it: what is damaged is named by blob and byte.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use osmpbf::{Blob, BlobReader, BlobType, HeaderBlock, PrimitiveBlock};

/// Why a file cannot be used. Nothing of it is taken then.
#[derive(Debug, thiserror::Error)]
pub enum OsmError {
    /// It cannot be opened or read.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// A part of it is damaged or cut off.
    #[error("blob {blob} at byte {offset} of {size}: {what}; get the file again and compare its checksum")]
    Damaged {
        /// The blob's number, from 0.
        blob: usize,
        /// Where it begins, bytes from the file's beginning.
        offset: u64,
        /// The file's length, bytes.
        size: u64,
        /// What is wrong.
        what: String,
    },
    /// It needs what the reader does not know.
    #[error("the file demands the feature {0}, which is not read here: use an extract of the present state")]
    Feature(String),
    /// Elements stand twice in it: two objects at one place, four roads in place of two.
    #[error(
        "{0} in the file: join extracts so that each element is there once (osmium merge), or import them as sources of their own"
    )]
    Twice(String),
    /// It is sound and holds nothing for the hub.
    #[error("the file holds no {0}: it is not an extract of a map")]
    Nothing(&'static str),
    /// Whoever takes what is found wants no more.
    #[error("stopped")]
    Stopped,
}

/// The features of a file that the reader knows.
const KNOWN_FEATURES: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// No header of a blob is longer, bytes.
const LONGEST_HEADER: u64 = 65_536;

/// Where a blob lies.
#[derive(Debug, Clone, Copy)]
pub struct BlobPlace {
    /// Its number, from 0.
    pub number: usize,
    /// Where it begins, bytes.
    pub offset: u64,
}

/// A file that tells how far it was read.
struct Counted {
    file: BufReader<File>,
    at: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.at.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.file.seek(to)?;
        self.at.store(at, Ordering::Relaxed);
        Ok(at)
    }
}

/// A file of blobs.
pub struct Blobs {
    reader: BlobReader<Counted>,
    path: PathBuf,
    at: Arc<AtomicU64>,
    size: u64,
    next: usize,
}

impl Blobs {
    /// Opens a file.
    ///
    /// # Errors
    /// [`OsmError::File`].
    pub fn open(path: &Path) -> Result<Self, OsmError> {
        let bad = |e| OsmError::File(path.display().to_string(), e);
        let file = File::open(path).map_err(bad)?;
        let size = file.metadata().map_err(bad)?.len();
        let at = Arc::new(AtomicU64::new(0));
        let counted = Counted { file: BufReader::with_capacity(1 << 18, file), at: Arc::clone(&at) };
        Ok(Self { reader: BlobReader::new(counted), path: path.to_owned(), at, size, next: 0 })
    }

    /// The file's length, bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The next blob of the file with its place, or none at the end.
    ///
    /// # Errors
    /// [`OsmError::Damaged`].
    pub fn next(&mut self) -> Result<Option<(BlobPlace, Blob)>, OsmError> {
        let place = BlobPlace { number: self.next, offset: self.at.load(Ordering::Relaxed) };
        let blob = catch_unwind(AssertUnwindSafe(|| self.reader.next()));
        match blob.map_err(|_| self.damaged(place, "it cannot be decoded"))? {
            Some(Ok(blob)) => {
                self.next += 1;
                Ok(Some((place, blob)))
            }
            Some(Err(e)) => Err(self.damaged(place, &self.cut_or(place, e.to_string()))),
            None if self.at.load(Ordering::Relaxed) == place.offset => Ok(None),
            None => Err(self.damaged(place, "the file is cut off in the length of a header")),
        }
    }

    /// One blob again.
    ///
    /// # Errors
    /// [`OsmError::Damaged`]: the file was changed meanwhile.
    pub fn again(&mut self, place: BlobPlace) -> Result<Blob, OsmError> {
        let blob = self.reader.blob_from_offset(osmpbf::ByteOffset(place.offset));
        blob.map_err(|e| self.damaged(place, &e.to_string()))
    }

    fn cut_or(&self, place: BlobPlace, what: String) -> String {
        if self.is_cut(place) { format!("the file is cut off ({what})") } else { what }
    }

    /// Whether a blob is longer by its own words than the file goes on: it is cut off, and not damaged.
    fn is_cut(&self, place: BlobPlace) -> bool {
        let mut header = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(place.offset))?;
            let mut length = [0; 4];
            file.read_exact(&mut length)?;
            let length = u64::from(u32::from_be_bytes(length));
            if length > LONGEST_HEADER {
                return Err(io::ErrorKind::InvalidData.into());
            }
            file.take(length).read_to_end(&mut header)?;
            Ok(4 + length)
        });
        match read {
            Ok(length) if length == 4 + header.len() as u64 => {
                let content = content_length(&header).unwrap_or_default();
                place.offset.saturating_add(length).saturating_add(content) > self.size
            }
            Ok(_) => true,
            Err(e) => e.kind() == io::ErrorKind::UnexpectedEof,
        }
    }

    /// What is wrong at a place.
    pub fn damaged(&self, place: BlobPlace, what: &str) -> OsmError {
        OsmError::Damaged {
            blob: place.number,
            offset: place.offset,
            size: self.size,
            what: what.trim().to_owned(),
        }
    }

    /// The block of a blob; none when it is of a kind that nobody reads.
    ///
    /// # Errors
    /// [`OsmError::Damaged`], [`OsmError::Feature`].
    pub fn block(&self, place: BlobPlace, blob: &Blob) -> Result<Block, OsmError> {
        let decoded = catch_unwind(AssertUnwindSafe(|| match blob.get_type() {
            BlobType::OsmHeader => blob.to_headerblock().map(|h| Block::Header(Box::new(h))),
            BlobType::OsmData => blob.to_primitiveblock().map(Block::Data),
            BlobType::Unknown(_) => Ok(Block::Other),
        }));
        let block = decoded
            .map_err(|_| self.damaged(place, "it cannot be decoded"))?
            .map_err(|e| self.damaged(place, &self.cut_or(place, e.to_string())))?;
        if let Block::Header(header) = &block {
            let unknown = header.required_features().iter().find(|f| !KNOWN_FEATURES.contains(&f.as_str()));
            if let Some(feature) = unknown {
                return Err(OsmError::Feature(feature.clone()));
            }
        }
        Ok(block)
    }

    /// Does something with a block of data; what breaks inside it is the blob's fault.
    ///
    /// # Errors
    /// [`OsmError::Damaged`].
    pub fn within<T>(&self, place: BlobPlace, work: impl FnOnce() -> T) -> Result<T, OsmError> {
        catch_unwind(AssertUnwindSafe(work))
            .map_err(|_| self.damaged(place, "an element in it holds numbers that cannot be"))
    }
}

/// How long a blob is by its header, bytes: the number of its third field.
fn content_length(header: &[u8]) -> Option<u64> {
    let mut rest = header.iter();
    let mut number = || {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = *rest.next()?;
            value |= u64::from(byte & 127).checked_shl(shift)?;
            shift += 7;
            if byte < 128 {
                return Some((value, rest.clone().count()));
            }
        }
    };
    loop {
        let (key, _) = number()?;
        let (value, left) = number()?;
        match key {
            24 => return Some(value),
            // Other numbers say nothing of it.
            key if key & 7 == 0 => {}
            key if key & 7 == 2 => {
                let at = header.len().checked_sub(left)?.checked_add(usize::try_from(value).ok()?)?;
                return content_length(header.get(at..)?);
            }
            _ => return None,
        }
    }
}

/// What a blob holds.
pub enum Block {
    /// What the file says of itself.
    Header(Box<HeaderBlock>),
    /// Elements.
    Data(PrimitiveBlock),
    /// Something else.
    Other,
}
