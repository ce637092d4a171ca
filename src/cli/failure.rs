//! Why a command did not do what was asked, and with which exit code it ends.

use std::fmt;

use super::exit::Exit;
use super::input::InputError;
use super::style;
use crate::sweep::SweepError;

/// A message for a person, and the exit code.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    /// A message with its exit code.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// The command line, the configuration or a journey is wrong.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, format!("error: {message}"))
    }

    /// Journeys are wrong or missing.
    #[must_use]
    pub fn input(error: InputError) -> Self {
        match error {
            InputError::Mistakes(mistakes) => {
                Self::new(Exit::Usage, mistakes.render(style::color()))
            }
            nothing => Self::usage(nothing),
        }
    }

    /// There is no sweep.
    #[must_use]
    pub fn sweep(error: &SweepError) -> Self {
        let exit = match error {
            SweepError::Pool { .. }
            | SweepError::Missing(_)
            | SweepError::LedAway { .. }
            | SweepError::Folder(_)
            | SweepError::Journal(_)
            | SweepError::Before { .. }
            | SweepError::OpenFiles { .. } => Exit::Usage,
            SweepError::Browser(_) | SweepError::Application(_) => Exit::Infrastructure,
        };
        Self::new(exit, format!("error: {error}"))
    }

    /// The exit code.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
