//! Writes one sample of every document into the folder named on the command line.
//!
//! ```sh
//! cargo run -p paper --example print -- samples
//! ```

#[path = "../tests/it/samples.rs"]
mod samples;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use paper::Press;

#[expect(clippy::print_stdout, reason = "says which files it wrote")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("which folder?")?);
    fs::create_dir_all(&folder)?;
    let press = Press::new(None)?;
    for document in samples::all() {
        let path = folder.join(format!("{}.pdf", document.form()));
        fs::write(&path, press.print(&document)?)?;
        println!("{}", path.display());
    }
    Ok(())
}
