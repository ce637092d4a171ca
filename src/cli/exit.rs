//! The one table of exit codes.

use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing is wrong.
    Fine,
    /// The application broke.
    Broken,
    /// The command line, the configuration or a journey is wrong.
    Usage,
    /// Driver, browser, grid or disk broke, or the application cannot be reached: nothing may be
    /// concluded.
    Infrastructure,
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// The table as `--help` shows it.
pub const TABLE: &str = "\
Exit codes:
  0    nothing is wrong
  1    the application broke
  2    the command line, the configuration or a journey is wrong
  3    the infrastructure broke (driver, browser, grid, disk; no application):
       nothing may be concluded
  130  interrupted";

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Fine => 0,
            Exit::Broken => 1,
            Exit::Usage => 2,
            Exit::Infrastructure => 3,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
