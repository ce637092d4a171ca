//! Bytes → whole records: where one ends and the next begins. Lines stay as they are; the elements
//! of a JSON array are laid out as lines, so that every source sees one record on one line.

use memchr::{memchr, memchr_iter, memchr2, memchr2_iter, memrchr};

/// Whole records and the beginning of the next one.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// The records, each with a line break at its end.
    pub(super) bytes: Vec<u8>,
    /// Where the last whole record ends.
    pub(super) complete: usize,
    /// How many whole records there are.
    pub(super) records: u64,
}

/// How a JSON file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One value on each line.
    Lines,
    /// Values one after the other, each over several lines.
    Values,
    /// The elements of the array with this key at this depth of objects; at depth 0 the array is
    /// the file itself.
    Array(&'static str, usize),
}

/// Finds the ends of records. It keeps no bytes itself.
#[derive(Debug)]
pub(super) enum Framer {
    /// Ends at line breaks.
    Lines,
    /// Ends at line breaks outside quotes.
    Csv { quoted: bool },
    /// Ends where a JSON value ends.
    Json(Elements),
}

impl Framer {
    /// Adds bytes to what is pending.
    pub(super) fn feed(&mut self, bytes: &[u8], pending: &mut Pending) {
        let from = pending.bytes.len();
        match self {
            Framer::Lines => {
                pending.bytes.extend_from_slice(bytes);
                if let Some(last) = memrchr(b'\n', bytes) {
                    pending.complete = from + last + 1;
                    pending.records += memchr_iter(b'\n', bytes).count() as u64;
                }
            }
            Framer::Csv { quoted } => {
                pending.bytes.extend_from_slice(bytes);
                for at in memchr2_iter(b'"', b'\n', bytes) {
                    if bytes[at] == b'"' {
                        *quoted = !*quoted;
                    } else if !*quoted {
                        pending.complete = from + at + 1;
                        pending.records += 1;
                    }
                }
            }
            Framer::Json(elements) => elements.feed(bytes, pending),
        }
    }

    /// The end of the file: what is still pending is a record, if it is anything.
    pub(super) fn finish(&mut self, pending: &mut Pending) {
        if pending.bytes.len() > pending.complete {
            pending.bytes.push(b'\n');
            pending.complete = pending.bytes.len();
            pending.records += 1;
        }
    }

    /// The record that is pending is too long: its beginning was thrown away. Returns what follows
    /// it in these bytes; `None` if it goes on.
    pub(super) fn skip<'b>(&mut self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        match self {
            // A quote that was never closed runs on to the limit: the next line begins anew.
            Framer::Csv { quoted } => {
                *quoted = false;
                memchr(b'\n', bytes).map(|at| &bytes[at + 1..])
            }
            Framer::Lines => memchr(b'\n', bytes).map(|at| &bytes[at + 1..]),
            Framer::Json(elements) => elements.skip(bytes),
        }
    }
}

/// The rows of a block of CSV, without their line breaks.
pub(super) fn rows(block: &str) -> impl Iterator<Item = &str> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut quoted = false;
        let end = memchr2_iter(b'"', b'\n', rest.as_bytes()).find(|&at| {
            quoted ^= rest.as_bytes()[at] == b'"';
            !quoted && rest.as_bytes()[at] == b'\n'
        });
        let (row, after) = end.map_or((rest, ""), |at| (&rest[..at], &rest[at + 1..]));
        rest = after;
        Some(row)
    })
}

/// Walks through JSON without reading it: it only knows strings and depth.
#[derive(Debug)]
pub(super) struct Elements {
    layout: Layout,
    /// Open objects and arrays outside the array that is looked for.
    above: usize,
    /// Whether we are among the elements.
    inside: bool,
    /// Open objects and arrays of the element.
    depth: usize,
    string: bool,
    escaped: bool,
    /// The last string outside, as far as it may be a key.
    word: Vec<u8>,
}

/// No key that we look for is longer.
const LONGEST_KEY: usize = 16;

impl Elements {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            above: 0,
            inside: layout == Layout::Values,
            depth: 0,
            string: false,
            escaped: false,
            word: Vec::new(),
        }
    }

    fn feed(&mut self, bytes: &[u8], pending: &mut Pending) {
        let mut at = 0;
        while at < bytes.len() {
            if self.inside {
                at += self.element(&bytes[at..], Some(pending));
            } else {
                self.seek(bytes[at]);
                at += 1;
            }
        }
    }

    fn skip<'b>(&mut self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let mut at = 0;
        while at < bytes.len() {
            at += self.element(&bytes[at..], None);
            if self.depth == 0 && !self.string {
                return Some(&bytes[at..]);
            }
        }
        None
    }

    /// Looks for the array.
    fn seek(&mut self, byte: u8) {
        if self.string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.string = false,
                _ if self.word.len() < LONGEST_KEY => self.word.push(byte),
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => {
                self.string = true;
                self.word.clear();
            }
            b'[' if self.is_here() => self.inside = true,
            b'{' | b'[' => self.above += 1,
            b'}' | b']' => self.above = self.above.saturating_sub(1),
            _ => {}
        }
    }

    fn is_here(&self) -> bool {
        match self.layout {
            Layout::Array(key, depth) => {
                self.above == depth && (depth == 0 || self.word == key.as_bytes())
            }
            Layout::Lines | Layout::Values => false,
        }
    }

    /// Takes as many bytes as are of one kind; returns how many.
    fn element(&mut self, bytes: &[u8], pending: Option<&mut Pending>) -> usize {
        if self.string {
            let count = if self.escaped {
                self.escaped = false;
                1
            } else {
                match memchr2(b'"', b'\\', bytes) {
                    Some(at) if bytes[at] == b'"' => {
                        self.string = false;
                        at + 1
                    }
                    Some(at) => {
                        self.escaped = true;
                        at + 1
                    }
                    None => bytes.len(),
                }
            };
            if let Some(pending) = pending {
                let from = pending.bytes.len();
                pending.bytes.extend_from_slice(&bytes[..count]);
                // A line break in a string is no JSON; it must not become two records.
                if memchr(b'\n', &bytes[..count]).is_some() {
                    for byte in pending.bytes[from..].iter_mut().filter(|b| **b == b'\n') {
                        *byte = b' ';
                    }
                }
                self.end_scalar(Some(pending));
            }
            return count;
        }
        match bytes[0] {
            b'"' => self.string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > 0 => self.depth -= 1,
            b']' => {
                self.inside = self.layout == Layout::Values;
                self.end_record(pending);
                return 1;
            }
            b',' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => {
                self.end_record(pending);
                return 1;
            }
            _ => {}
        }
        let closed = self.depth == 0 && matches!(bytes[0], b'}' | b']');
        if let Some(pending) = pending {
            pending.bytes.push(if matches!(bytes[0], b'\n' | b'\r') { b' ' } else { bytes[0] });
            if closed {
                self.end_record(Some(pending));
            }
        }
        1
    }

    /// A string among the elements is an element, though of no use.
    fn end_scalar(&self, pending: Option<&mut Pending>) {
        if self.depth == 0 && !self.string {
            self.end_record(pending);
        }
    }

    fn end_record(&self, pending: Option<&mut Pending>) {
        if let Some(pending) = pending
            && pending.bytes.len() > pending.complete
        {
            pending.bytes.push(b'\n');
            pending.complete = pending.bytes.len();
            pending.records += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records, whatever the pieces in which the bytes come.
    fn records(framer: impl Fn() -> Framer, text: &str) -> Vec<String> {
        let mut results = [1, 2, 3, 7, 1000].map(|size| {
            let (mut framer, mut pending) = (framer(), Pending::default());
            for piece in text.as_bytes().chunks(size) {
                framer.feed(piece, &mut pending);
            }
            framer.finish(&mut pending);
            assert_eq!(pending.complete, pending.bytes.len());
            let text = String::from_utf8(pending.bytes).expect("whole");
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            if !matches!(framer, Framer::Csv { .. }) {
                assert_eq!(lines.len() as u64, pending.records);
            }
            lines
        });
        assert!(results.iter().all(|r| *r == results[0]));
        std::mem::take(&mut results[0])
    }

    fn json(layout: Layout, text: &str) -> Vec<String> {
        records(|| Framer::Json(Elements::new(layout)), text)
    }

    #[test]
    fn lines_end_at_line_breaks() {
        assert_eq!(records(|| Framer::Lines, "a\n\nb"), ["a", "", "b"]);
    }

    #[test]
    fn rows_end_outside_quotes() {
        let text = "a,\"b\nc\"\n\"d\"\"\",e\n";
        let (mut framer, mut pending) = (Framer::Csv { quoted: false }, Pending::default());
        framer.feed(text.as_bytes(), &mut pending);
        assert_eq!(pending.records, 2);
        assert_eq!(rows(text).collect::<Vec<_>>(), ["a,\"b\nc\"", "\"d\"\"\",e"]);
    }

    #[test]
    fn elements_become_lines() {
        let top = Layout::Array("", 0);
        assert_eq!(
            json(top, "[ {\"a\": [1, \"]}\\\"\"]},\n{\n\"b\":{}} , 7, \"x\"]\n[{}]"),
            ["{\"a\": [1, \"]}\\\"\"]}", "{ \"b\":{}}", "7", "\"x\"", "{}"]
        );
        assert_eq!(
            json(
                Layout::Array("results", 1),
                "{\"next\":\"results\",\"x\":[1],\"results\":[{\"a\":1},{}]}"
            ),
            ["{\"a\":1}", "{}"]
        );
        assert_eq!(
            json(
                Layout::Array("entries", 2),
                "{\"log\":{\"pages\":[{\"entries\":[1]}],\"entries\":[{\"r\":1}]}}"
            ),
            ["{\"r\":1}"]
        );
        assert_eq!(json(Layout::Values, "{\n\"a\":1\n}\n{\"b\":2}"), ["{ \"a\":1 }", "{\"b\":2}"]);
    }

    #[test]
    fn an_element_that_is_skipped_ends_where_it_ends() {
        let mut framer = Framer::Json(Elements::new(Layout::Array("", 0)));
        let mut pending = Pending::default();
        framer.feed(b"[{\"a\":\"", &mut pending);
        assert_eq!(framer.skip(b"xx\\\"}"), None);
        assert_eq!(framer.skip(b"\"},{\"b\":1}]"), Some(&b",{\"b\":1}]"[..]));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics_and_nothing_is_left(bytes: Vec<u8>, text in "[\\[\\]{}\",:\\\\a\n ]*") {
            for bytes in [&bytes[..], text.as_bytes()] {
                for layout in [Layout::Values, Layout::Array("", 0), Layout::Array("a", 1)] {
                    let mut framer = Framer::Json(Elements::new(layout));
                    let mut pending = Pending::default();
                    framer.feed(bytes, &mut pending);
                    framer.finish(&mut pending);
                    let breaks = memchr_iter(b'\n', &pending.bytes).count() as u64;
                    proptest::prop_assert_eq!(breaks, pending.records);
                }
            }
        }
    }
}
