//! `desirepath convert`: recordings of other tools → journeys, and journeys or plans → tests of
//! other tools. Nothing that exists is overwritten.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::exit::Exit;
use super::failure::Failure;
use super::input;
use super::run::check_url;
use crate::diagnostic::{SourceText, plural};
use crate::exchange::{self, Account, Imported, Kind, MOST_BYTES, Remark, export};
use crate::journey::{Journey, write, yaml};
use crate::perturb::{Profile, Seed, Terms, calm};

/// Turn recordings of other tools into journeys, and journeys into other tools' tests
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A recording (DevTools Recorder, Selenium IDE, rrweb, HAR, list of addresses), or with
    /// --to playwright or recorder a journey or a walk's plan
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What recorded FILE: recorder, selenium, rrweb, har, urls [default: told by its content]
    #[arg(long, value_name = "KIND", value_parser = Kind::from_str)]
    pub from: Option<Kind>,
    /// What is written: journey, playwright, recorder
    #[arg(long, value_name = "FORM", value_enum, default_value_t)]
    pub to: Form,
    /// A folder for what is written, made where there is none; - is stdout
    #[arg(long, value_name = "DIR", default_value = "-")]
    pub out: PathBuf,
    /// Where the application is, for a journey that is turned into a test
    #[arg(long, env = "DESIREPATH_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// What draws the variables of a journey that is turned into a test
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Form {
    /// A journey of ours.
    #[default]
    Journey,
    /// A test for @playwright/test.
    Playwright,
    /// A recording for Chrome DevTools Recorder and @puppeteer/replay.
    Recorder,
}

/// A text on its way out.
struct Output {
    file: String,
    text: String,
}

/// Carries the command out.
///
/// # Errors
/// The file cannot be read or converted, or nothing can be written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    match args.to {
        Form::Journey => journeys(args),
        Form::Playwright => test(args, export::playwright::write),
        Form::Recorder => test(args, export::recorder::write),
    }
}

fn journeys(args: &Args) -> Result<Exit, Failure> {
    let name = args.file.display().to_string();
    let text =
        read(&args.file).map_err(|why| Failure::usage(format!("cannot read {name}: {why}")))?;
    let imported =
        exchange::import(&SourceText::new(&name, text), args.from).map_err(
            |error| match error {
                exchange::ExchangeError::Broken(diagnostics) => {
                    Failure::input(input::InputError::Mistakes(diagnostics))
                }
                other => Failure::usage(other),
            },
        )?;
    let Imported { kind, journeys, base_url, remarks, account } = &imported;
    let outputs: Vec<Output> = journeys
        .iter()
        .map(|journey| Output {
            file: format!("{}.yaml", journey.name),
            text: with_address(journey, base_url.as_deref()),
        })
        .collect();
    if let Some(output) = outputs.iter().find(|output| output.text.len() > yaml::MOST_BYTES) {
        let most = yaml::MOST_BYTES >> 20;
        let file = &output.file;
        return Err(Failure::usage(format!(
            "{file} would be larger than {most} MiB, the most that a journey may be; cut the recording"
        )));
    }
    put_all(&args.out, &outputs)?;
    tell(&name, kind.noun(), remarks, *account);
    let whole =
        if to_stdout(&args.out) { "FILE.yaml".into() } else { args.out.display().to_string() };
    match base_url {
        Some(base_url) => eprintln!("next: desirepath run {whole} --base-url {base_url}"),
        None => eprintln!("next: desirepath run {whole} --base-url, with where the application is"),
    }
    Ok(Exit::Fine)
}

/// The journey's text; the language has no place for where the application was, so a comment says it.
fn with_address(journey: &Journey, base_url: Option<&str>) -> String {
    let text = write(journey);
    match base_url {
        Some(base_url) => format!("# Recorded at {base_url}\n{text}"),
        None => text,
    }
}

fn test(args: &Args, write: fn(&Journey) -> export::Exported) -> Result<Exit, Failure> {
    if args.from.is_some() {
        return Err(Failure::usage(
            "--from says what recorded FILE; to turn a recording into a test, make it a journey first",
        ));
    }
    let name = args.file.display().to_string();
    let plans: Vec<Journey> = input::load(std::slice::from_ref(&args.file))
        .map_err(Failure::input)?
        .into_iter()
        .map(|journey| planned(journey, args))
        .collect::<Result<_, _>>()?;
    let exported: Vec<export::Exported> = plans.iter().map(write).collect();
    let outputs: Vec<Output> = exported
        .iter()
        .map(|exported| Output { file: exported.file.clone(), text: exported.text.clone() })
        .collect();
    put_all(&args.out, &outputs)?;
    for exported in &exported {
        tell(&name, "move", &exported.remarks, exported.account);
    }
    Ok(Exit::Fine)
}

/// A plan as it is; a journey with its variables drawn and nothing perturbed.
fn planned(mut journey: Journey, args: &Args) -> Result<Journey, Failure> {
    if let Some(base_url) = &args.base_url {
        check_url(base_url)?;
    }
    if let Some(header) = &mut journey.plan {
        if let Some(base_url) = &args.base_url {
            header.base_url.clone_from(base_url);
        }
        return Ok(journey);
    }
    let Some(base_url) = args.base_url.clone() else {
        let name = &journey.name;
        return Err(Failure::usage(format!(
            "{name} is a journey and does not say where the application is: give --base-url"
        )));
    };
    let terms = Terms {
        seed: Seed(args.seed),
        profile: &Profile::none(),
        pace: "fast".to_owned(),
        base_url,
        viewport: (1280, 800),
        journeys: &[],
    };
    Ok(calm(&journey, 0, &terms))
}

/// A recording's text, or why it is none.
fn read(path: &Path) -> Result<String, String> {
    let told = |error: io::Error| error.to_string();
    let metadata = fs::metadata(path).map_err(told)?;
    if !metadata.is_file() {
        return Err("it is not an ordinary file".to_owned());
    }
    let most = u64::try_from(MOST_BYTES).expect("the limit is small");
    if metadata.len() > most {
        let (has, most) = (metadata.len().div_ceil(1 << 20), most >> 20);
        return Err(format!("it has {has} MiB, and {most} are the most; cut the recording"));
    }
    let mut bytes = Vec::new();
    // It may have grown since it was measured.
    fs::File::open(path).map_err(told)?.take(most).read_to_end(&mut bytes).map_err(told)?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..good].iter().filter(|byte| **byte == b'\n').count();
        format!("it is not UTF-8 (line {line}); save it as UTF-8")
    })
}

fn to_stdout(out: &Path) -> bool {
    out == Path::new("-")
}

/// Writes everything to new files, or to stdout. Where one of the files is there already, none
/// is written.
fn put_all(out: &Path, outputs: &[Output]) -> Result<(), Failure> {
    if to_stdout(out) {
        let mut whole = String::new();
        for output in outputs {
            if outputs.len() > 1 {
                return Err(Failure::usage(format!(
                    "there are {} to write; give a folder with --out DIR",
                    plural(outputs.len(), "file")
                )));
            }
            whole.push_str(&output.text);
        }
        super::print(&whole);
        return Ok(());
    }
    let failed = |path: &Path, error: io::Error| {
        Failure::usage(format!("{} cannot be written: {error}", path.display()))
    };
    fs::create_dir_all(out).map_err(|error| failed(out, error))?;
    let paths: Vec<PathBuf> = outputs.iter().map(|output| out.join(&output.file)).collect();
    if let Some(there) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        let message = "is there already and is not overwritten; move it away or give another --out";
        return Err(Failure::usage(format!("{} {message}", there.display())));
    }
    for (path, output) in paths.iter().zip(outputs) {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .and_then(|mut file| file.write_all(output.text.as_bytes()))
            .map_err(|error| failed(path, error))?;
        super::print(&format!("wrote {}\n", path.display()));
    }
    Ok(())
}

/// Says what is not carried over, alike things together, and how much is.
fn tell(file: &str, noun: &'static str, remarks: &[Remark], account: Account) {
    let mut groups: indexmap::IndexMap<&str, Vec<String>> = indexmap::IndexMap::new();
    for remark in remarks {
        let places = groups.entry(&remark.what).or_default();
        places.extend(remark.place.as_ref().map(ToString::to_string));
    }
    let mut said = String::new();
    for (what, places) in groups {
        const MOST: usize = 5;
        let more = places.len().saturating_sub(MOST);
        let mut place = places.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
        if more > 0 {
            place.push_str(&format!(" and {more} more"));
        }
        let place = if place.is_empty() { file.to_owned() } else { place };
        said.push_str(&format!("{place}: {what}\n"));
    }
    let Account { carried, folded, left } = account;
    said.push_str(&format!(
        "{file}: {}: {carried} carried over, {folded} part of others, {left} not carried over\n",
        plural(account.entries(), noun)
    ));
    eprintln!("{}", crate::report::visible::lines(&said));
}
