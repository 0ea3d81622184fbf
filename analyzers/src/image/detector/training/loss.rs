//! What training makes small: cross entropy and dice over pixels, and cross entropy over what is on the
//! picture at all.

use candle_core::{Device, Result, Tensor};
use candle_nn::ops::log_softmax;

use super::super::network::{CLASSES, Output};

/// The weight of a sound pixel, of which there are far more than others.
const SOUND: f32 = 0.4;
/// The weight of the head.
const HEAD: f64 = 0.5;
/// What keeps dice steady where a class has few pixels.
const STEADY: f64 = 20.0;

/// The loss of a batch: `classes` of its pixels in the network's order, and `present` (pictures, kinds).
pub(super) fn loss(output: &Output, classes: &[u8], present: &Tensor) -> Result<Tensor> {
    let count = classes.len();
    let mut wanted = vec![0f32; count * CLASSES];
    let mut weights = 0f32;
    for (row, class) in wanted.chunks_exact_mut(CLASSES).zip(classes) {
        weights += if *class == 0 { SOUND } else { 1.0 };
        if let Some(value) = row.get_mut(usize::from(*class)) {
            *value = 1.0;
        }
    }
    let wanted = Tensor::from_vec(wanted, (count, CLASSES), &Device::Cpu)?;
    let ones = Tensor::ones((1, count), wanted.dtype(), &Device::Cpu)?;
    let logs = log_softmax(&output.pixels, 1)?;
    // Sums over pixels as products with a row of ones: far quicker than a reduction of columns.
    let sums = |tensor: &Tensor| ones.matmul(tensor);

    let mut class_weights = [1f32; CLASSES];
    class_weights[0] = SOUND;
    let class_weights = Tensor::new(&class_weights, &Device::Cpu)?.unsqueeze(0)?;
    let hits = sums(&(&logs * &wanted)?)?;
    let entropy = ((hits * class_weights)?.sum_all()? * (-1.0 / f64::from(weights.max(1.0))))?;

    let found = logs.exp()?;
    let shared = sums(&(&found * &wanted)?)?.narrow(1, 1, CLASSES - 1)?;
    let sizes = sums(&wanted)?.narrow(1, 1, CLASSES - 1)?;
    let both = (sums(&found)?.narrow(1, 1, CLASSES - 1)? + &sizes)?;
    let dice = (((shared * 2.0)? + STEADY)? / (both + STEADY)?)?;
    let dice = (1.0 - dice.mean_all()?)?;

    // max(x, 0) − x·t + ln(1 + e^−|x|)
    let x = &output.presence;
    let tail = (x.abs()?.neg()?.exp()? + 1.0)?.log()?;
    let head = ((x.relu()? - (x * present)?)? + tail)?.mean_all()?;
    (entropy + dice)? + (head * HEAD)?
}
