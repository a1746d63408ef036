//! The arguments of a request, as ranges of the bytes they came in.

use std::ops::{Index, Range};

/// The arguments of one request, in order; there is at least one.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a> {
    spans: &'a [Span],
    bytes: &'a [u8],
}

impl<'a> Args<'a> {
    #[inline]
    pub(super) fn new(spans: &'a [Span], bytes: &'a [u8]) -> Self {
        Self { spans, bytes }
    }

    /// How many there are, the command's name included.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "a request without arguments is not one")]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Argument `index`, from 0, if there is one.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&'a [u8]> {
        self.spans.get(index).map(|span| &self.bytes[span.range()])
    }

    /// The arguments behind the first `count`, if there are any: a request within the request.
    pub fn skip(&self, count: usize) -> Option<Self> {
        let spans = self.spans.get(count..).filter(|spans| !spans.is_empty())?;
        Some(Self { spans, bytes: self.bytes })
    }

    /// All arguments in order.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let bytes = self.bytes;
        self.spans.iter().map(move |span| &bytes[span.range()])
    }
}

impl Index<usize> for Args<'_> {
    type Output = [u8];

    #[inline]
    fn index(&self, index: usize) -> &[u8] {
        &self.bytes[self.spans[index].range()]
    }
}

/// A range of 32-bit places: half the size, and requests are bounded far below 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "every place in a request is within `request_bytes_max`, which is 32 bits"
    )]
    pub(super) fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end && u32::try_from(end).is_ok(), "a request is within its limits");
        Self { start: start as u32, end: end as u32 }
    }

    #[inline]
    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}
