//! The setup file, which says what an installation is to hold.

use std::path::PathBuf;

use super::names;
use super::reader::Reader;
use super::value::line;

/// Settings of the setup file.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The file that `up` and `migrate` apply before anything else.
    pub file: Option<PathBuf>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Setup {
    Setup {
        file: reader.get(&names::SETUP_FILE, |text| line(text).map(PathBuf::from)),
    }
}
