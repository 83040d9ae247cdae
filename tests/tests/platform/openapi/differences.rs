//! Where the documents differ from the contracts on purpose.

/// Differences from the contract that are meant, and why. A `*` stands for any one step; an entry covers all below it.
pub const MEANT_EVERYWHERE: [(&str, &str); 9] = [
    (
        "operations > * > responses > 304",
        "decision 19: a conditional GET",
    ),
    (
        "operations > * > responses > 412",
        "decision 19: a conditional write",
    ),
    (
        "operations > * > parameters > header If-Match",
        "decision 19: a conditional write",
    ),
    ("operations > * > responses > 413", "a body over 1 MiB"),
    ("operations > * > responses > 503", "no database"),
    (
        "schemas > ValidatieFout > properties > detail > minLength",
        "empty on the wire, as 1.0.0",
    ),
    (
        "schemas > Wijzigingen > properties > oud > nullable",
        "null when the object was made, as 1.0.0",
    ),
    (
        "schemas > Wijzigingen > properties > nieuw > nullable",
        "decision 15: null when the object was removed",
    ),
    ("securitySchemes > JWT-Claims > description", "our own words"),
];

const INVALID_INPUT: &str = "API Design Rules: invalid input";
const NO_SUCH_PAGE: &str = "a page beyond the end, as 1.0.0";

/// An API, the facts of its contract, and what is meant to differ in it alone.
pub type Contract = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// The contracts of both APIs.
pub const CONTRACTS: [Contract; 2] = [
    (
        "klanten",
        include_str!("../../../../openapi/contract/klanten.json"),
        &[
            ("operations > POST /klanten/_zoek", "AFWIJKING: search by POST"),
            ("operations > GET /klanten > responses > 404", NO_SUCH_PAGE),
            (
                "operations > GET /klanten/{klant_uuid}/audittrail > responses > 404",
                "an object without rows, as 1.0.0",
            ),
            (
                "operations > GET /klanten/{klant_uuid}/audittrail > responses > 200",
                "decision 14: pages",
            ),
            (
                "operations > GET /klanten/{klant_uuid}/audittrail > parameters > query page",
                "decision 14: pages",
            ),
            (
                "operations > GET /klanten/{klant_uuid}/audittrail > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > GET /klanten/{klant_uuid}/audittrail/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > GET /klanten/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > DELETE /klanten/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
        ],
    ),
    (
        "contactmomenten",
        include_str!("../../../../openapi/contract/contactmomenten.json"),
        &[
            (
                "operations > POST /contactmomenten/_zoek",
                "AFWIJKING: search by POST",
            ),
            (
                "operations > GET /contactmomenten > responses > 404",
                NO_SUCH_PAGE,
            ),
            (
                "operations > GET /klantcontactmomenten > responses > 404",
                NO_SUCH_PAGE,
            ),
            (
                "operations > GET /objectcontactmomenten > responses > 404",
                NO_SUCH_PAGE,
            ),
            (
                "operations > GET /contactmomenten > parameters > query ordering > enum",
                "defect 20 of 1.0.0: several fields with commas, in either spelling",
            ),
            (
                "operations > GET /contactmomenten > parameters > query registratiedatum > format",
                "what it is: a moment",
            ),
            (
                "operations > GET /contactmomenten > parameters > query registratiedatum__gt > format",
                "what it is: a moment",
            ),
            (
                "operations > GET /contactmomenten > parameters > query registratiedatum__gte > format",
                "what it is: a moment",
            ),
            (
                "operations > GET /contactmomenten > parameters > query registratiedatum__lt > format",
                "what it is: a moment",
            ),
            (
                "operations > GET /contactmomenten > parameters > query registratiedatum__lte > format",
                "what it is: a moment",
            ),
            (
                "operations > GET /contactmomenten/{contactmoment_uuid}/audittrail > responses > 404",
                "an object without rows, as 1.0.0",
            ),
            (
                "operations > GET /contactmomenten/{contactmoment_uuid}/audittrail > responses > 200",
                "decision 14: pages",
            ),
            (
                "operations > GET /contactmomenten/{contactmoment_uuid}/audittrail > parameters > query page",
                "decision 14: pages",
            ),
            (
                "operations > GET /contactmomenten/{contactmoment_uuid}/audittrail > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > GET /contactmomenten/{contactmoment_uuid}/audittrail/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > GET /contactmomenten/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > GET /klantcontactmomenten/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > GET /objectcontactmomenten/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > DELETE /contactmomenten/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > DELETE /klantcontactmomenten/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
            (
                "operations > DELETE /objectcontactmomenten/{uuid} > responses > 400",
                INVALID_INPUT,
            ),
        ],
    ),
];
