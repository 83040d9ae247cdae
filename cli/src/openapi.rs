//! `openklant openapi`: the OpenAPI document of an API, as it is served.

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use openklant_api::{API_NAMES, openapi_document};

use crate::output;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  openklant openapi klanten > klanten.json")]
pub struct Args {
    /// Which API
    #[arg(value_name = "API", value_parser = PossibleValuesParser::new(API_NAMES))]
    api: String,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let document = openapi_document(&args.api).context("the document cannot be made")?;
    output::line(document.trim_end())
}
