//! Files as they are stored → their bytes: gzip and zstandard are undone by their first bytes,
//! whatever the name says. Memory does not depend on how large the unpacked content is.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::AnalyticsError;

const BUFFER: usize = 1 << 17;
/// What a Parquet file begins with.
const PARQUET: &[u8] = b"PAR1";

/// The unpacked bytes of a file.
pub(super) struct Unpacked {
    bytes: Box<dyn Read>,
    consumed: Rc<Cell<u64>>,
}

impl Unpacked {
    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be read, or it is of a form that is known and not read.
    pub(super) fn open(path: &Path) -> Result<Self, AnalyticsError> {
        let unreadable = |source| AnalyticsError::Unreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Err(AnalyticsError::Form {
                path: path.to_owned(),
                what: "this is a folder; name the files in it, for example with a `*`",
            });
        }
        let consumed = Rc::new(Cell::new(0));
        let mut packed =
            BufReader::with_capacity(BUFFER, Counted { file, consumed: Rc::clone(&consumed) });
        let head = packed.fill_buf().map_err(unreadable)?;
        #[cfg(feature = "parquet")]
        if head.starts_with(PARQUET) {
            let file = File::open(path).map_err(unreadable)?;
            let rows = super::parquet::Rows::open(file, Rc::clone(&consumed));
            return Ok(Self { bytes: Box::new(rows.map_err(unreadable)?), consumed });
        }
        if let Some(what) = unread(head) {
            return Err(AnalyticsError::Form { path: path.to_owned(), what });
        }
        let bytes: Box<dyn Read> = if head.starts_with(&[0x1f, 0x8b]) {
            Box::new(MultiGzDecoder::new(packed))
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Box::new(Zstandard { packed, decoder: FrameDecoder::new(), within: false })
        } else {
            Box::new(packed)
        };
        Ok(Self { bytes, consumed })
    }

    /// Bytes of the stored file that were needed so far.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed.get()
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.bytes.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

/// What is known and not read.
fn unread(head: &[u8]) -> Option<&'static str> {
    let forms: [(&[u8], &str); 7] = [
        (
            PARQUET,
            "this is Parquet, which this build does not read; build desirepath with `cargo install \
             --features parquet`, or export JSON lines or CSV instead",
        ),
        (b"PK\x03\x04", "this is a zip archive; unzip it and name the files in it"),
        (b"BZh", "this is packed with bzip2; unpack it, or pack it with gzip or zstd"),
        (b"\xfd7zXZ", "this is packed with xz; unpack it, or pack it with gzip or zstd"),
        (b"Obj\x01", "Avro is not read; export JSON lines or CSV instead"),
        (b"\xff\xfe", "this is UTF-16; convert it: iconv -f UTF-16 -t UTF-8"),
        (b"\xfe\xff", "this is UTF-16; convert it: iconv -f UTF-16 -t UTF-8"),
    ];
    forms.into_iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| what)
}

struct Counted {
    file: File,
    consumed: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.consumed.set(self.consumed.get() + count as u64);
        Ok(count)
    }
}

/// All frames of a zstandard file, one after the other.
struct Zstandard<R> {
    packed: R,
    decoder: FrameDecoder,
    /// Whether a frame has begun and its end has not been seen.
    within: bool,
}

impl<R: BufRead> Zstandard<R> {
    /// Begins the next frame, if there is one.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => {
                    self.within = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.packed).take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error.to_string())),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Zstandard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.within && !self.begin()? {
                return Ok(0);
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            if self.decoder.is_finished() {
                self.within = false;
                continue;
            }
            self.decoder
                .decode_blocks(&mut self.packed, BlockDecodingStrategy::UptoBytes(BUFFER))
                .map_err(|error| io::Error::other(error.to_string()))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn stored(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("writes");
        file
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(bytes).expect("packs");
        encoder.finish().expect("packs")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn read(bytes: &[u8]) -> (Vec<u8>, io::Result<usize>) {
        let file = stored(bytes);
        let mut unpacked = Unpacked::open(file.path()).expect("opens");
        let mut all = vec![];
        let result = unpacked.read_to_end(&mut all);
        (all, result)
    }

    #[test]
    fn unpacks_what_its_first_bytes_say() {
        let text: Vec<u8> = (0..300_000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        let half = text.len() / 2;
        for packed in [
            text.clone(),
            gzip(&text),
            [gzip(&text[..half]), gzip(&text[half..])].concat(),
            zstd(&text),
            [zstd(&text[..half]), b"\x50\x2a\x4d\x18\x02\0\0\0xy".to_vec(), zstd(&text[half..])]
                .concat(),
        ] {
            let (all, result) = read(&packed);
            assert!(result.is_ok(), "{result:?}");
            assert!(all == text);
        }
    }

    #[test]
    fn what_came_before_the_damage_is_read() {
        let text = "0123456789\n".repeat(100_000).into_bytes();
        for packed in [gzip(&text), zstd(&text)] {
            let (all, result) = read(&packed[..packed.len() - 9]);
            assert!(result.is_err());
            assert!(text.starts_with(&all));
        }
    }

    #[test]
    fn what_is_not_read_says_what_to_do() {
        let file = stored(b"Obj\x01....");
        let error = Unpacked::open(file.path()).err().expect("no").to_string();
        assert!(error.contains("Avro is not read; export JSON lines"), "{error}");
    }
}
