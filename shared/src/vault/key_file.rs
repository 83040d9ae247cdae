//! The key of an embedded database: a file beside it that only its account can read, made once. A backup of the
//! database needs it too.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{NoKey, SecretKey};

/// What is read of a key file, in bytes; a longer one is none.
const LONGEST: u64 = 1024;

/// The key file of a database file.
pub fn path(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(".key");
    PathBuf::from(name)
}

/// The key in `file`; `None` when there is no such file.
pub fn read(file: &Path) -> Result<Option<SecretKey>, NoKey> {
    let unusable = |reason: String| NoKey::FileUnusable {
        file: file.to_path_buf(),
        reason,
    };
    match fs::metadata(file) {
        Ok(data) if data.len() > LONGEST => return Err(unusable("it is longer than a key".to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(error.to_string())),
    }
    let text = fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
    text.parse()
        .map(Some)
        .map_err(|fault| unusable(format!("it {fault}")))
}

/// Makes `file` with a new key, mode 0600, whole or not at all. When another process was first, its key counts.
pub fn make(file: &Path) -> Result<SecretKey, NoKey> {
    let unusable = |reason: String| NoKey::FileUnusable {
        file: file.to_path_buf(),
        reason,
    };
    let key = SecretKey::random().map_err(|error| unusable(error.to_string()))?;
    let written = write(file, &key);
    match written {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            read(file)?.ok_or_else(|| NoKey::FileGone(file.to_path_buf()))
        }
        Err(error) => Err(unusable(error.to_string())),
    }
}

fn write(file: &Path, key: &SecretKey) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Of mode 0600, as the crate makes all its files.
    let mut new = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    writeln!(new, "{}", key.to_base64())?;
    new.as_file().sync_all()?;
    new.persist_noclobber(file).map_err(|failed| failed.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn is_made_once_for_its_account_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = path(&folder.path().join("openklant.db"));
        assert!(file.ends_with("openklant.db.key"));
        assert_eq!(read(&file), Ok(None));
        let key = make(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(make(&file), Ok(key.clone()));
        assert_eq!(read(&file), Ok(Some(key)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_spoilt_file_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.key");
        for text in ["", "geen sleutel", &"A".repeat(2000)] {
            fs::write(&file, text).unwrap();
            assert!(matches!(read(&file), Err(NoKey::FileUnusable { .. })), "{text}");
            assert!(matches!(make(&file), Err(NoKey::FileUnusable { .. })), "{text}");
        }
    }
}
