//! The program as it was built. What its commands do is tested from outside, in the package `openklant-tests`; asking
//! for the program here is what makes a run of all tests build it for those.

use std::process::Command;

#[test]
fn tells_its_version() {
    let told = Command::new(env!("CARGO_BIN_EXE_openklant"))
        .arg("--version")
        .output()
        .expect("the program runs");
    let expected = format!("openklant {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (told.status.code(), String::from_utf8_lossy(&told.stdout).as_ref()),
        (Some(0), expected.as_str())
    );
}
