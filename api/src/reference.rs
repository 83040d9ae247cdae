//! The pages that the APIs refer to: what is here, which scopes there are, which kanalen, and what each error means.
//! A Notificaties API fetches the page of the kanalen when one is registered, and `type` of every error leads here.
//!
//! The pages loop over the declarations of the APIs, the kanalen and the kinds of error: a new one appears by itself.

mod layout;

use maud::{Markup, html};
use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::Actie;
use openklant_shared::domain::notificatie::{KANALEN, Kanaal};
use poem::Response;
use poem::http::{StatusCode, header};

use self::layout::{Place, marked_up, page};
use crate::jwtsecret::REGISTREREN;
use crate::zgw::ApiDeclaration;
use crate::zgw::error::{KINDS, Kind};

/// `/`: where everything is.
pub fn landing(apis: &[&ApiDeclaration]) -> Response {
    let content = html! {
        p { "Register van klanten van de gemeente, met de API's die daarbij horen." }
        h2 { "API's" }
        ul {
            @for api in apis {
                li { a href={(api.name) "/"} { (api.title) } " " (api.version) ": " (marked_up(api.description)) }
            }
        }
        h2 { "Naslag" }
        ul {
            li { a href="ref/scopes/" { "Scopes" } ": rechten die een applicatie kan hebben." }
            li { a href="ref/kanalen/" { "Kanalen" } ": notificaties die verstuurd worden." }
            li { a href="ref/fouten/" { "Fouten" } ": wat een foutmelding betekent." }
        }
        h2 { "Beheer" }
        ul {
            li { a href="health/ready" { "Gereedheid" } " en " a href="health/version" { "versie" } " van deze server." }
        }
    };
    page(
        &Place {
            title: "Open Klant",
            root: "./",
        },
        &content,
    )
}

/// `/{name}/`: what there is to know about one API.
pub fn api(api: &ApiDeclaration) -> Response {
    let base = api.base_path.strip_prefix('/').unwrap_or(api.base_path);
    let content = html! {
        p { (marked_up(api.description)) }
        ul {
            li { a href={"../" (base) "/schema/"} { "Documentatie" } }
            li {
                "OpenAPI-document: " a href={"../" (base) "/schema/openapi.json"} { "JSON" } " of "
                a href={"../" (base) "/schema/openapi.yaml"} { "YAML" }
            }
            li { a href={"../" (base) "/"} { "Ingang van de API" } ", versie " (api.version) }
            li { a href={"../ref/scopes/#" (api.name)} { "Scopes" } }
            li { a href={"../ref/kanalen/#" (api.kanaal.naam)} { "Notificaties" } }
        }
    };
    page(
        &Place {
            title: api.title,
            root: "../",
        },
        &content,
    )
}

/// `/ref/scopes/`: the rights that applications can have.
pub fn scopes(apis: &[&ApiDeclaration]) -> Response {
    let content = html! {
        p {
            "Een applicatie krijgt scopes van de beheerder, per component. Geen scope houdt een andere in: wie mag "
            "aanmaken, mag daarmee nog niet lezen."
        }
        @for api in apis {
            h2 id=(api.name) { (api.title) }
            p { "Component: " code { (api.component.name()) } }
            div class="scroll" {
                table {
                    thead { tr { th scope="col" { "Scope" } th scope="col" { "Geeft recht op" } } }
                    tbody {
                        @for scope in api.scopes {
                            tr { td { code { (scope.name) } } td { (marked_up(scope.description)) } }
                        }
                    }
                }
            }
        }
    };
    let content = html! {
        (content)
        h2 id="ac" { "Registratie" }
        p { "Component: " code { (Component::Ac.name()) } }
        dl {
            dt { code { (REGISTREREN.name) } }
            dd { (marked_up(REGISTREREN.description)) }
        }
    };
    page(
        &Place {
            title: "Scopes",
            root: "../../",
        },
        &content,
    )
}

/// `/ref/kanalen/`: the kanalen that messages go out on, each under an anchor with its name.
pub fn kanalen() -> Response {
    let content = html! {
        p {
            "Elke wijziging van een object gaat als bericht naar de Notificaties API, op het kanaal van dat object. Een "
            "bericht komt ten minste één keer aan, en per object in de volgorde van de wijzigingen."
        }
        @for kanaal in KANALEN { (kanaal_section(kanaal)) }
        h2 { "Acties" }
        dl {
            @for actie in Actie::ALL {
                dt { code { (actie.name()) } }
                dd { (actie.weergave()) }
            }
        }
    };
    page(
        &Place {
            title: "Kanalen",
            root: "../../",
        },
        &content,
    )
}

fn kanaal_section(kanaal: &Kanaal) -> Markup {
    html! {
        h2 id=(kanaal.naam) { "Kanaal " code { (kanaal.naam) } }
        dl {
            dt { "Hoofdresource" }
            dd { code { (kanaal.resource) } }
            dt { "Kenmerken" }
            dd { @for kenmerk in kanaal.kenmerken { code { (kenmerk) } " " } }
            dt { "Namen van de filters bij de registratie" }
            dd { @for filter in kanaal.filters { code { (filter) } " " } }
        }
    }
}

/// `/ref/fouten/`: every kind of error.
pub fn faults() -> Response {
    let content = html! {
        p { "Elke fout heeft een " code { "type" } ", dat naar een van deze pagina's leidt." }
        div class="scroll" {
            table {
                thead { tr { th scope="col" { "Fout" } th scope="col" { "Status" } th scope="col" { "Code" } } }
                tbody {
                    @for kind in &KINDS {
                        tr {
                            td { a href={(kind.name) "/"} { (kind.name) } }
                            td { (kind.status.as_u16()) }
                            td { code { (kind.code) } }
                        }
                    }
                }
            }
        }
    };
    page(
        &Place {
            title: "Fouten",
            root: "../../",
        },
        &content,
    )
}

/// `/ref/fouten/{name}/`: one kind of error; `None` when there is no such kind.
pub fn fault(name: &str) -> Option<Response> {
    let kind: &'static Kind = KINDS.iter().find(|kind| kind.name == name)?;
    let content = html! {
        p { (marked_up(kind.explanation)) }
        dl {
            dt { "Status" }
            dd { (kind.status.as_u16()) }
            dt { "Code" }
            dd { code { (kind.code) } }
            dt { "Titel" }
            dd { (kind.title.replace("{}", "…")) }
        }
        p { a href="../" { "Alle fouten" } }
    };
    Some(page(
        &Place {
            title: kind.name,
            root: "../../../",
        },
        &content,
    ))
}

/// `/{name}` without the slash.
pub fn moved(to: &str) -> Response {
    Response::builder()
        .status(StatusCode::MOVED_PERMANENTLY)
        .header(header::LOCATION, to)
        .finish()
}

/// `/ref/pages.css`.
pub fn style() -> Response {
    layout::style()
}
