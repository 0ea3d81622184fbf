//! `pictor train-detector` and `pictor eval-detector`: weights for the detector of defects.

mod folder;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use analyzers::embed::ModelError;
use analyzers::image::detector::{
    Defect, Detector, Measured, Plate, Purpose, TrainingOptions, measure, train,
};
use clap::Args;

use super::CliError;
use super::progress::{Progress, Unit};
use folder::Folder;

/// Of so many pictures of a folder, one is kept from training, to measure with.
const KEPT: u64 = 5;

/// How a detector is trained.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// File to write (safetensors); a file that is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where the weights begin, and which plates are made
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Batches
    #[arg(long, value_name = "N", default_value_t = TrainingOptions::default().steps)]
    steps: u64,
    /// Plates of a batch, a multiple of 4
    #[arg(long, value_name = "N", default_value_t = TrainingOptions::default().batch,
        value_parser = clap::value_parser!(u64).range(1..=1024))]
    batch: u64,
    #[command(flatten)]
    on: MeasuredOn,
}

/// Which detector is measured.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Weights [default: those that come with the program]
    #[arg(long, value_name = "FILE", env = "PICTOR_DETECTOR_MODEL")]
    model: Option<PathBuf>,
    /// Which plates are made
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    on: MeasuredOn,
}

/// What a detector is measured on.
#[derive(Debug, Args)]
struct MeasuredOn {
    /// Plates to measure on, which no training sees
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    plates: u64,
    /// Folder of own pictures, instead of made plates: beside each NAME.png (or .jpg, .gif, .webp) a
    /// NAME.mask.png whose grey values are 0 sound, 1 inclusion, 2 patch, 3 scratch, 4 other. Every
    /// fifth is kept from training, to measure with
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
}

/// Where plates come from.
enum Source {
    Made(u64),
    Folder(Folder),
}

impl Source {
    fn new(seed: u64, pictures: Option<&Path>) -> Result<Self, CliError> {
        Ok(match pictures {
            None => Self::Made(seed),
            Some(path) => Self::Folder(Folder::open(path)?),
        })
    }

    fn training(&self, number: u64) -> Result<Plate, ModelError> {
        match self {
            Self::Made(seed) => Ok(Plate::made(*seed, Purpose::Training, number)),
            Self::Folder(folder) => {
                // Each round skips what is kept: 1, 2, 3, 4, 6, 7, …
                let used = folder.len() - folder.len().div_ceil(KEPT);
                let number = number % used.max(1);
                folder.read(number / (KEPT - 1) * KEPT + number % (KEPT - 1) + 1)
            }
        }
    }

    fn measuring(&self, count: u64) -> u64 {
        match self {
            Self::Made(_) => count,
            Self::Folder(folder) => count.min(folder.len().div_ceil(KEPT)),
        }
    }

    fn kept(&self, number: u64) -> Result<Plate, ModelError> {
        match self {
            Self::Made(seed) => Ok(Plate::made(*seed, Purpose::Measuring, number)),
            Self::Folder(folder) => folder.read(number * KEPT),
        }
    }
}

/// Trains a detector and says how good it is.
pub fn train_detector(args: TrainArgs) -> Result<ExitCode, CliError> {
    let source = Source::new(args.seed, args.on.pictures.as_deref())?;
    let options = TrainingOptions {
        seed: args.seed,
        steps: args.steps,
        batch: args.batch,
    };
    let mut bar = Progress::new("training", options.steps, Unit::Count);
    let weights = train(
        options,
        |number| source.training(number),
        |now| bar.set(now.step, || format!("loss {:.4}", now.loss)),
    )?;
    bar.finish();
    weights.save(&args.out)?;
    println!("wrote {}", args.out.display());
    report(&weights.detector()?, &source, args.on.plates)
}

/// Says how good a detector is.
pub fn eval_detector(args: EvalArgs) -> Result<ExitCode, CliError> {
    let source = Source::new(args.seed, args.on.pictures.as_deref())?;
    let detector = match &args.model {
        Some(path) => Detector::open(path)?,
        None => Detector::built_in()?,
    };
    report(&detector, &source, args.on.plates)
}

fn report(detector: &Detector, source: &Source, plates: u64) -> Result<ExitCode, CliError> {
    let count = source.measuring(plates);
    if count == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let mut bar = Progress::new("measuring", count, Unit::Count);
    let plates = (0..count).map(|number| source.kept(number));
    let measured = measure(detector, plates, |so_far| {
        bar.set(so_far.plates, || format!("dice {:.3}", so_far.dice()));
    })?;
    bar.finish();
    print!("{}", text(&measured));
    Ok(ExitCode::SUCCESS)
}

fn text(measured: &Measured) -> String {
    let Measured {
        plates,
        clean,
        found_clean,
        right,
        ..
    } = measured;
    let mut out = format!("plates that training never saw: {plates}, {clean} of them clean\n");
    let mut line = |name: &str, value: f64, note: &str| {
        out.push_str(&format!("{name:<16} {value:.4}  {note}\n"));
    };
    line("dice", measured.dice(), "mean of plates with defects");
    for defect in Defect::ALL {
        let name = format!("  {}", defect.as_str());
        line(
            &name,
            measured.dice_of(defect),
            "mean of plates that have it",
        );
    }
    line(
        "dice of pixels",
        measured.dice_of_pixels(),
        "all plates together",
    );
    line("precision", measured.precision(), "of pixels");
    line("recall", measured.recall(), "of pixels");
    let note = format!("{right} of {plates} plates with just the right labels");
    line("accuracy", measured.accuracy(), &note);
    let note = format!("{found_clean} of {clean} clean plates without a defect");
    line("clean", measured.clean_rate(), &note);
    out
}
