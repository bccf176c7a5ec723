//! Records on their way to a file, and where each of them ends, because a write may stop anywhere.

/// Records that will be written together.
#[derive(Debug, Default)]
pub(super) struct Records {
    bytes: Vec<u8>,
    /// The length of the first record, of the first two, and so on.
    ends: Vec<usize>,
}

impl Records {
    pub(super) fn push(&mut self, record: &[&[u8]]) {
        for piece in record {
            self.bytes.extend_from_slice(piece);
        }
        self.ends.push(self.bytes.len());
    }

    /// Forgets all of them, and gives back memory beyond `capacity` bytes.
    pub(super) fn clear(&mut self, capacity: usize) {
        self.bytes.clear();
        self.bytes.shrink_to(capacity);
        self.ends.clear();
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns how many of the first `length` bytes are whole records.
    pub(super) fn whole_within(&self, length: u64) -> u64 {
        let mut lengths = self.ends.iter().rev().map(|&end| end as u64);
        lengths.find(|&end| end <= length).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_once_its_last_byte_does() {
        let mut records = Records::default();
        records.push(&[b"a", b"b"]);
        records.push(&[b"cde"]);
        let whole: Vec<u64> = (0..7).map(|length| records.whole_within(length)).collect();
        assert_eq!(whole, [0, 0, 2, 2, 2, 5, 5]);
    }
}
