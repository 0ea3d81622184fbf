//! Plain operations, with their gradients.
//!
//! The library's own spread what is large over threads that wait for each other in loops, one caller after
//! the other: that would take the cores that searches need, and make detections wait for each other.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Error, Layout, Result, Shape, Tensor};

use super::ops::values;

/// Rows with a 1 after their values, which a bias is the weight of.
#[derive(Debug, Clone, Copy)]
pub(super) struct WithOne;

impl CustomOp1 for WithOne {
    fn name(&self) -> &'static str {
        "with-one"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let values = values(storage, layout)?;
        let (rows, width) = layout.shape().dims2()?;
        let mut out = Vec::with_capacity(rows * (width + 1));
        for row in values.chunks_exact(width.max(1)) {
            out.extend_from_slice(row);
            out.push(1.0);
        }
        Ok((CpuStorage::F32(out), (rows, width + 1).into()))
    }

    fn bwd(&self, arg: &Tensor, _res: &Tensor, grad_res: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(grad_res.narrow(1, 0, arg.dim(1)?)?.contiguous()?))
    }
}

/// What is above 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rectified;

impl CustomOp1 for Rectified {
    fn name(&self) -> &'static str {
        "rectified"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let values = values(storage, layout)?;
        let out = values.iter().map(|value| value.max(0.0)).collect();
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, _arg: &Tensor, res: &Tensor, grad_res: &Tensor) -> Result<Option<Tensor>> {
        let grad = grad_res.contiguous()?;
        Ok(Some(res.apply_op2_no_bwd(&grad, &WherePositive)?))
    }
}

/// The second operand where the first is above 0.
struct WherePositive;

impl CustomOp2 for WherePositive {
    fn name(&self) -> &'static str {
        "where-positive"
    }

    fn cpu_fwd(
        &self,
        one: &CpuStorage,
        one_layout: &Layout,
        other: &CpuStorage,
        other_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let pairs = values(one, one_layout)?
            .iter()
            .zip(values(other, other_layout)?);
        let out = pairs.map(|(one, other)| if *one > 0.0 { *other } else { 0.0 });
        Ok((CpuStorage::F32(out.collect()), one_layout.shape().clone()))
    }
}

/// A sum of features of one size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum;

impl CustomOp2 for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn cpu_fwd(
        &self,
        one: &CpuStorage,
        one_layout: &Layout,
        other: &CpuStorage,
        other_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        if one_layout.shape() != other_layout.shape() {
            return Err(Error::Msg("features of two sizes".to_owned()));
        }
        let pairs = values(one, one_layout)?
            .iter()
            .zip(values(other, other_layout)?);
        let out = pairs.map(|(one, other)| one + other).collect();
        Ok((CpuStorage::F32(out), one_layout.shape().clone()))
    }

    fn bwd(
        &self,
        _one: &Tensor,
        _other: &Tensor,
        _res: &Tensor,
        grad_res: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((Some(grad_res.clone()), Some(grad_res.clone())))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::super::ops::tests::{flat, wave};
    use super::*;

    #[test]
    fn plain_ones_are_those_of_candle() {
        let (one, other) = (wave((1, 2, 3, 2)), wave((1, 2, 3, 2)));
        let ours = one
            .apply_op2(&other, Sum)
            .unwrap()
            .apply_op1(Rectified)
            .unwrap();
        let theirs = (one.as_tensor() + other.as_tensor())
            .unwrap()
            .relu()
            .unwrap();
        assert_eq!(flat(&ours), flat(&theirs));
        let rows = |tensor: &Tensor| tensor.reshape((6, 2)).unwrap();
        let ours = rows(&ours).apply_op1(WithOne).unwrap();
        let ones = Tensor::ones((6, 1), candle_core::DType::F32, &Device::Cpu).unwrap();
        let theirs = Tensor::cat(&[&rows(&theirs), &ones], 1).unwrap();
        assert_eq!(flat(&ours), flat(&theirs));
        let [ours, theirs] = [ours, theirs].map(|out| {
            let grads = out.sqr().unwrap().sum_all().unwrap().backward().unwrap();
            [&one, &other].map(|var| flat(grads.get(var).unwrap()))
        });
        assert_eq!(ours, theirs);
    }
}
