//! Choosing scenes among the frames that were described.

use super::Scene;

/// Frames nearer than this to a candidate add nothing.
const SAME: f32 = 0.97;
/// The most candidates held.
const MOST: usize = 64;

/// Frames that differ at least a little from each other.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    scenes: Vec<Scene>,
    /// For each candidate, its cosines with all of them; with itself it has
    /// none, so that the largest of a row tells of another.
    likeness: Vec<Vec<f32>>,
}

impl Candidates {
    /// Takes a frame if no candidate is nearly the same. With too many, the
    /// one that resembles another most goes; the first frame stays, since it
    /// is what a page shows before the animation runs.
    pub(super) fn offer(&mut self, scene: Scene) {
        let mut row: Vec<f32> = self
            .scenes
            .iter()
            .map(|known| cosine(&known.vector, &scene.vector))
            .collect();
        if row.iter().any(|cosine| *cosine >= SAME) {
            return;
        }
        for (known, cosine) in self.likeness.iter_mut().zip(&row) {
            known.push(*cosine);
        }
        row.push(f32::NEG_INFINITY);
        self.likeness.push(row);
        self.scenes.push(scene);
        if self.scenes.len() > MOST
            && let Some(position) = self.most_redundant()
        {
            self.scenes.remove(position);
            self.likeness.remove(position);
            for row in &mut self.likeness {
                row.remove(position);
            }
        }
    }

    fn most_redundant(&self) -> Option<usize> {
        let nearest = |row: &Vec<f32>| row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.likeness
            .iter()
            .map(nearest)
            .enumerate()
            .skip(1)
            .max_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(position, _)| position)
    }

    /// The first candidate, then always the one least like those chosen, until
    /// every candidate is within `near` of a chosen one or `most` are; in the
    /// order of the animation.
    pub(super) fn choose(mut self, most: usize, near: f32) -> Vec<Scene> {
        let mut chosen: Vec<Scene> = Vec::new();
        let mut likeness = vec![f32::NEG_INFINITY; self.scenes.len()];
        while chosen.len() < most {
            // Of equals the first wins.
            let next = likeness
                .iter()
                .enumerate()
                .min_by(|(_, a), (_, b)| a.total_cmp(b))
                .map(|(position, likeness)| (position, *likeness));
            let Some((position, nearest)) = next else {
                break;
            };
            if nearest >= near {
                break;
            }
            likeness.remove(position);
            let scene = self.scenes.remove(position);
            for (value, other) in likeness.iter_mut().zip(&self.scenes) {
                *value = value.max(cosine(&scene.vector, &other.vector));
            }
            chosen.push(scene);
        }
        chosen.sort_by_key(|scene| scene.frame);
        chosen
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(frame: u32, angle: f32) -> Scene {
        Scene {
            frame,
            time: f64::from(frame),
            vector: vec![angle.cos(), angle.sin()],
        }
    }

    fn chosen(angles: &[f32], most: usize, near: f32) -> Vec<u32> {
        let mut candidates = Candidates::default();
        for (frame, angle) in (0..).zip(angles) {
            candidates.offer(at(frame, *angle));
        }
        let chosen = candidates.choose(most, near);
        chosen.into_iter().map(|scene| scene.frame).collect()
    }

    #[test]
    fn the_least_alike_are_chosen_first() {
        assert_eq!(chosen(&[0.0, 0.5, 1.0, 1.5], 2, 0.9), [0, 3]);
        assert_eq!(chosen(&[0.0, 0.5, 1.0, 1.5], 8, 0.9), [0, 1, 2, 3]);
        assert_eq!(chosen(&[0.0, 0.5, 1.0, 1.5], 8, 0.5), [0, 3]);
        assert_eq!(chosen(&[0.0, 0.01, 0.02], 8, 0.9), [0]);
        assert_eq!(chosen(&[], 8, 0.9), [] as [u32; 0]);
    }

    #[test]
    fn candidates_are_bounded_and_the_first_stays() {
        let mut candidates = Candidates::default();
        for frame in 0..500u32 {
            let mut vector = vec![0.0; 500];
            vector[frame as usize] = 1.0;
            candidates.offer(Scene {
                frame,
                time: 0.0,
                vector,
            });
        }
        assert_eq!(candidates.scenes.len(), MOST);
        assert_eq!(candidates.scenes[0].frame, 0);
    }
}
