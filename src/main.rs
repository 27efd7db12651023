//! The program `paicha`: reads the command line and calls the library.

fn main() -> std::process::ExitCode {
    paicha::cli::main()
}
