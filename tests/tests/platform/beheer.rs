//! The management site: logging in, sessions, forms, rights, and what every page has.

mod applicaties;
mod contactmoment_koppelen;
mod contactmoment_nieuw;
mod contactmoment_verwijderen;
mod contactmoment_wijzigen;
mod contactmomenten;
mod drafts;
mod export;
mod inzage;
mod klanten;
mod logboek;
mod logboek_indexes;
mod login;
mod look;
mod oidc;
mod oidc_lies;
mod pages;
mod sessions;
mod start;
mod taken;
mod tijdlijn;
mod tonen;
mod wachtrij;
mod zoeken;

mod klant_botsing;
mod klant_nieuw;
mod klant_verwijderen;
mod klant_wijzigen;
