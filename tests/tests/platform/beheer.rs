//! The management site: logging in, sessions, forms, rights, and what every page has.

mod applicaties;
mod contactmomenten;
mod drafts;
mod logboek;
mod login;
mod look;
mod pages;
mod sessions;
mod taken;
mod wachtrij;
mod zoeken;
