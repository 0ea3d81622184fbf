//! Operations on features that are laid out as (pictures, rows, columns, channels), with their
//! gradients.
//!
//! A convolution of 3 × 3 is a copy of each place's surroundings and one product of matrices. With the
//! channels last the copies are of whole runs, forwards as backwards.

use candle_core::{CpuStorage, CustomOp1, Error, Layout, Result, Shape, Tensor};

/// Places of a square of 3 × 3.
pub(super) const PLACES: usize = 9;

/// The values of an operand, which has to lie in one piece.
pub(super) fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let (start, end) = layout
        .contiguous_offsets()
        .ok_or_else(|| Error::Msg("features have to be contiguous".to_owned()))?;
    storage
        .as_slice::<f32>()?
        .get(start..end)
        .ok_or_else(|| Error::Msg("features are cut short".to_owned()))
}

/// The size of features.
#[derive(Debug, Clone, Copy)]
struct Size {
    pictures: usize,
    rows: usize,
    columns: usize,
    channels: usize,
}

impl Size {
    fn of(layout: &Layout) -> Result<Self> {
        let (pictures, rows, columns, channels) = layout.shape().dims4()?;
        Ok(Self {
            pictures,
            rows,
            columns,
            channels,
        })
    }

    fn shape(self) -> Shape {
        (self.pictures, self.rows, self.columns, self.channels).into()
    }

    fn count(self) -> usize {
        self.pictures * self.rows * self.columns * self.channels
    }
}

/// Where the surroundings of each place lie.
#[derive(Debug, Clone, Copy)]
struct Walk {
    size: Size,
    stride: usize,
}

impl Walk {
    /// The width of one place's copy: its surroundings and a 1, which the bias is the weight of.
    fn width(self) -> usize {
        PLACES * self.size.channels + 1
    }

    fn rows(self) -> usize {
        self.size.rows.saturating_sub(1) / self.stride + 1
    }

    fn columns(self) -> usize {
        self.size.columns.saturating_sub(1) / self.stride + 1
    }

    fn places(self) -> usize {
        self.size.pictures * self.rows() * self.columns()
    }

    /// Calls `run` with the runs of a place: where each begins in its copy, where in the features, and
    /// how long it is. What is beyond an edge is left out.
    fn runs(self, place: usize, mut run: impl FnMut(usize, usize, usize)) {
        let Size {
            rows,
            columns,
            channels,
            ..
        } = self.size;
        let column = place % self.columns() * self.stride;
        let row = place / self.columns() % self.rows() * self.stride;
        let picture = place / self.columns() / self.rows();
        let skipped = if column == 0 { channels } else { 0 };
        let from = column.saturating_sub(1);
        let len = ((column + 2).min(columns) - from) * channels;
        for above in 0..3 {
            // Rows count from the padding's.
            let at = row + above;
            if at == 0 || at > rows {
                continue;
            }
            let start = ((picture * rows + at - 1) * columns + from) * channels;
            run(above * 3 * channels + skipped, start, len);
        }
    }
}

/// The surroundings of every `stride`th place, as rows of a matrix that end with a 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings {
    pub(super) stride: usize,
}

impl CustomOp1 for Surroundings {
    fn name(&self) -> &'static str {
        "surroundings"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let features = values(storage, layout)?;
        let walk = Walk {
            size: Size::of(layout)?,
            stride: self.stride,
        };
        let (width, places) = (walk.width(), walk.places());
        let mut out = vec![0f32; places * width];
        for (place, copy) in out.chunks_exact_mut(width).enumerate() {
            walk.runs(place, |to, from, len| {
                let source = features.get(from..from + len);
                if let (Some(target), Some(source)) = (copy.get_mut(to..to + len), source) {
                    target.copy_from_slice(source);
                }
            });
            if let Some(one) = copy.last_mut() {
                *one = 1.0;
            }
        }
        Ok((CpuStorage::F32(out), (places, width).into()))
    }

    fn bwd(&self, arg: &Tensor, _res: &Tensor, grad_res: &Tensor) -> Result<Option<Tensor>> {
        let back = Gathered(Walk {
            size: Size::of(arg.layout())?,
            stride: self.stride,
        });
        Ok(Some(grad_res.contiguous()?.apply_op1_no_bwd(&back)?))
    }
}

/// The way back from surroundings: each value gets the sum of its copies.
struct Gathered(Walk);

impl CustomOp1 for Gathered {
    fn name(&self) -> &'static str {
        "gathered"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let copies = values(storage, layout)?;
        let mut out = vec![0f32; self.0.size.count()];
        for (place, copy) in copies.chunks_exact(self.0.width()).enumerate() {
            self.0.runs(place, |to, from, len| {
                let source = copy.get(to..to + len);
                if let (Some(target), Some(source)) = (out.get_mut(from..from + len), source) {
                    target.iter_mut().zip(source).for_each(|(a, b)| *a += b);
                }
            });
        }
        Ok((CpuStorage::F32(out), self.0.size.shape()))
    }
}

/// Twice the rows and columns: each place becomes a square of four.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doubled;

impl CustomOp1 for Doubled {
    fn name(&self) -> &'static str {
        "doubled"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let features = values(storage, layout)?;
        let size = Size::of(layout)?;
        let mut out = Vec::with_capacity(4 * size.count());
        for row in features.chunks_exact((size.columns * size.channels).max(1)) {
            let start = out.len();
            for place in row.chunks_exact(size.channels.max(1)) {
                out.extend_from_slice(place);
                out.extend_from_slice(place);
            }
            out.extend_from_within(start..);
        }
        let shape = Size {
            rows: 2 * size.rows,
            columns: 2 * size.columns,
            ..size
        };
        Ok((CpuStorage::F32(out), shape.shape()))
    }

    fn bwd(&self, _arg: &Tensor, _res: &Tensor, grad_res: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(grad_res.contiguous()?.apply_op1_no_bwd(&Halved)?))
    }
}

/// The way back: the sums of squares of four.
struct Halved;

impl CustomOp1 for Halved {
    fn name(&self) -> &'static str {
        "halved"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let features = values(storage, layout)?;
        let size = Size::of(layout)?;
        let half = Size {
            rows: size.rows / 2,
            columns: size.columns / 2,
            ..size
        };
        let (channels, wide) = (size.channels.max(1), (size.columns * size.channels).max(1));
        let mut out = vec![0f32; half.count()];
        let targets = out.chunks_exact_mut((wide / 2).max(1));
        for (target, rows) in targets.zip(features.chunks_exact(2 * wide)) {
            for row in rows.chunks_exact(wide) {
                let pairs = row.chunks_exact(2 * channels);
                for (place, pair) in target.chunks_exact_mut(channels).zip(pairs) {
                    for source in pair.chunks_exact(channels) {
                        place.iter_mut().zip(source).for_each(|(a, b)| *a += b);
                    }
                }
            }
        }
        Ok((CpuStorage::F32(out), half.shape()))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use candle_core::{Device, Var};

    use super::*;

    pub(in super::super) fn wave(shape: (usize, usize, usize, usize)) -> Var {
        let count = shape.0 * shape.1 * shape.2 * shape.3;
        let values: Vec<f32> = (0..count).map(|n| (n as f32 * 0.7).sin()).collect();
        Var::from_vec(values, shape, &Device::Cpu).unwrap()
    }

    pub(in super::super) fn flat(tensor: &Tensor) -> Vec<f32> {
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    /// Forwards and backwards as candle's own convolution has it.
    #[test]
    fn convolutions_are_those_of_candle() {
        for (stride, rows, columns) in [(1, 4, 6), (2, 4, 6), (1, 1, 2), (2, 5, 3)] {
            let input = wave((2, rows, columns, 3));
            let weight = wave((5, 3, 3, 3));
            let planes = input.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
            let theirs = planes.conv2d(&weight, 1, stride, 1, 1).unwrap();
            let theirs = theirs.permute((0, 2, 3, 1)).unwrap().contiguous().unwrap();

            let matrix = weight.permute((2, 3, 1, 0)).unwrap();
            let matrix = matrix.reshape((27, 5)).unwrap();
            let bias = Tensor::zeros((1, 5), candle_core::DType::F32, &Device::Cpu).unwrap();
            let matrix = Tensor::cat(&[&matrix, &bias], 0).unwrap();
            let copies = input.apply_op1(Surroundings { stride }).unwrap();
            let ours = copies.matmul(&matrix).unwrap();
            let ours = ours.reshape(theirs.shape()).unwrap();
            for (a, b) in flat(&ours).iter().zip(flat(&theirs)) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
            let [ours, theirs] = [ours, theirs].map(|out| {
                let grads = (out.sqr().unwrap().sum_all().unwrap()).backward().unwrap();
                let of = |var: &Var| flat(grads.get(var).unwrap());
                [of(&input), of(&weight)]
            });
            for (ours, theirs) in ours.iter().flatten().zip(theirs.iter().flatten()) {
                assert!((ours - theirs).abs() < 1e-4, "{stride} {ours} {theirs}");
            }
        }
    }

    #[test]
    fn doubling_and_its_gradient() {
        let input = wave((1, 2, 3, 2));
        let twice = input.apply_op1(Doubled).unwrap();
        assert_eq!(twice.dims(), [1, 4, 6, 2]);
        let (before, after) = (flat(&input), flat(&twice));
        for row in 0..4 {
            for column in 0..6 {
                for channel in 0..2 {
                    let from = (row / 2 * 3 + column / 2) * 2 + channel;
                    assert_eq!(after[(row * 6 + column) * 2 + channel], before[from]);
                }
            }
        }
        let grads = twice.sqr().unwrap().sum_all().unwrap().backward().unwrap();
        for (gradient, value) in flat(grads.get(&input).unwrap()).iter().zip(before) {
            assert!((gradient - 8.0 * value).abs() < 1e-5);
        }
    }
}
