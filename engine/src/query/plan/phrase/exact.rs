//! Phrases without slop.

use super::watch::{Late, Watch};

/// From this ratio of lengths on, the longer list is searched instead of walked.
const LOPSIDED: usize = 16;

/// How often every place stands at its offset. Each place comes as its offset and its positions,
/// ascending and not empty.
pub(super) fn frequency(places: &[(i64, &[u32])], watch: &mut Watch) -> Result<f32, Late> {
    let Some(((offset, first), others)) = places.split_first() else {
        return Ok(0.0);
    };
    let mut starts = Vec::with_capacity(first.len());
    for position in *first {
        watch.step()?;
        starts.push(i64::from(*position) - offset);
    }
    for (offset, positions) in others {
        keep(&mut starts, *offset, positions, watch)?;
        if starts.is_empty() {
            break;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "scores are single floats")]
    Ok(starts.len() as f32)
}

/// Keeps the starts at which a place stands at its offset.
fn keep(
    starts: &mut Vec<i64>,
    offset: i64,
    positions: &[u32],
    watch: &mut Watch,
) -> Result<(), Late> {
    let searched = starts.len().saturating_mul(LOPSIDED) < positions.len();
    let mut kept = 0;
    let mut rest = positions;
    for at in 0..starts.len() {
        watch.step()?;
        let Some(start) = starts.get(at).copied() else {
            break;
        };
        let wanted = start + offset;
        let skip = if searched {
            rest.partition_point(|position| i64::from(*position) < wanted)
        } else {
            let mut skip = 0;
            while rest
                .get(skip)
                .is_some_and(|position| i64::from(*position) < wanted)
            {
                watch.step()?;
                skip += 1;
            }
            skip
        };
        rest = rest.get(skip..).unwrap_or_default();
        if rest
            .first()
            .is_some_and(|found| i64::from(*found) == wanted)
        {
            if let Some(place) = starts.get_mut(kept) {
                *place = start;
            }
            kept += 1;
        }
    }
    starts.truncate(kept);
    Ok(())
}
