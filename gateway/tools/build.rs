//! The program holds `plugin-sdk`: a new file there must be seen.
fn main() {
    println!("cargo:rerun-if-changed=../../plugin-sdk");
}
