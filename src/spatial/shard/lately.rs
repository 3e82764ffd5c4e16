//! Who was seen of late, in the order in which they were: a ring that the next report writes to, so that whoever asks
//! what has moved since a moment ago looks at those that were seen since, not at all units, and so that a report leaves
//! its mark where the last one did.

/// Reports that are kept at least. Otherwise as many as there are seats: who wants to know of more looks at all of them.
const LEAST: usize = 16;

/// The seats of the latest reports, by mark. A unit stands there as often as it was seen: what is true of it is the entry
/// that its own mark names.
#[derive(Debug, Default)]
pub(super) struct Lately {
    /// As many as a power of two; the place of a mark is its lowest bits.
    seats: Vec<u32>,
    /// The mark of the oldest entry that is still true.
    from: u64,
}

impl Lately {
    /// Makes room for so many seats.
    pub(super) fn fits(&mut self, seats: usize) {
        let wanted = seats.max(LEAST).next_power_of_two();
        if self.seats.len() < wanted {
            // What was kept is forgotten: places in the ring change with its size.
            self.seats = vec![0; wanted];
            self.from = u64::MAX;
        }
    }

    /// A seat was given this mark.
    pub(super) fn note(&mut self, mark: u64, seat: u32) {
        self.from = self.from.min(mark);
        let place = self.place(mark);
        if let Some(entry) = self.seats.get_mut(place) {
            *entry = seat;
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn place(&self, mark: u64) -> usize {
        mark as usize & self.seats.len().wrapping_sub(1)
    }

    /// Every seat that was seen after a mark, with the mark by which it stands there, as often as it was; all of so many
    /// seats, without a mark, where the ring does not go back as far.
    pub(super) fn since(
        &self,
        mark: u64,
        latest: u64,
        seats: usize,
    ) -> impl Iterator<Item = (u32, Option<u64>)> + '_ {
        let kept =
            latest.saturating_sub(mark) <= self.seats.len() as u64 && mark >= self.from.saturating_sub(1);
        let of_late = if kept { mark..latest } else { 0..0 };
        let all = if kept { 0 } else { u32::try_from(seats).unwrap_or(u32::MAX) };
        let entry = |before: u64| (self.seats[self.place(before + 1)], Some(before + 1));
        (0..all).map(|seat| (seat, None)).chain(of_late.map(entry))
    }
}
