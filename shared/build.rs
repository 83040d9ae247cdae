//! Migrations are compiled in: a new file in the folder must cause a rebuild.
fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
