//! The main resource.

mod chain;
mod create;
mod delete;
mod expand;
mod filters;
mod filters_on_relations;
mod journal;
mod list;
mod medewerker;
mod moments;
mod ordering;
mod search;
mod update;
