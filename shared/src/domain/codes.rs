//! The codes of the standard for a refused field, each with the Dutch sentence a person reads beside it. Codes are
//! the contract; sentences are ours.

/// A code and its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// What a program reads.
    pub code: &'static str,
    /// What a person reads.
    pub reason: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $reason:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code { code: $code, reason: $reason };)*
    };
}

codes! {
    /// A key that must be there is missing.
    REQUIRED = "required", "Dit veld is verplicht.";
    /// Null where a value is needed.
    NULL = "null", "Dit veld mag niet null zijn.";
    /// Empty text where text is needed.
    BLANK = "blank", "Dit veld mag niet leeg zijn.";
    /// Not a text.
    INVALID_TEXT = "invalid", "Geen geldige tekst.";
    /// Not a whole number.
    INVALID_INTEGER = "invalid", "Geen geldig geheel getal.";
    /// Not a boolean.
    INVALID_BOOLEAN = "invalid", "Geen geldige waarde voor ja of nee.";
    /// Not a URL.
    INVALID_URL = "invalid", "Geen geldige URL.";
    /// Not an e-mail address.
    INVALID_EMAIL = "invalid", "Geen geldig e-mailadres.";
    /// Not a moment.
    INVALID_MOMENT = "invalid", "Geen geldige datum met tijd.";
    /// A link to something of ours that is no text or no URL.
    INVALID_LINK = "invalid", "Geen geldige link.";
    /// Not an object.
    INVALID_OBJECT = "invalid", "Een object wordt verwacht.";
    /// The body is no object.
    INVALID_BODY = "invalid", "De inhoud moet een JSON-object zijn.";
    /// A number that fails the eleven-test.
    ELFPROEF = "invalid", "Het nummer voldoet niet aan de elfproef.";
    /// Something else than digits.
    ONLY_DIGITS = "only-digits", "Alleen cijfers zijn toegestaan.";
    /// A number of the wrong length.
    INVALID_LENGTH = "invalid-length", "Het nummer moet negen cijfers hebben.";
    /// An A-nummer of the wrong form.
    A_NUMMER = "a-nummer-incorrect-format", "Een A-nummer heeft tien cijfers en begint niet met nul.";
    /// No member of the enumeration.
    INVALID_CHOICE = "invalid_choice", "Deze waarde is geen geldige keuze.";
    /// No list.
    NOT_A_LIST = "not_a_list", "Een lijst wordt verwacht.";
    /// U+0000 in a text.
    NULL_CHARACTERS = "null_characters_not_allowed", "Het teken U+0000 is niet toegestaan.";
    /// Klanten: the pair exists already.
    KLANT_UNIQUE = "unique", "Er bestaat al een klant met deze bronorganisatie en dit klantnummer.";
    /// Client ids: it has a secret already.
    CLIENT_ID_UNIQUE = "unique", "Deze client-id heeft al een secret.";
    /// Klanten: neither subject nor identification.
    INVALID_SUBJECT = "invalid-subject", "Geef een subject of een subjectIdentificatie.";
    /// A field that may not change.
    IMMUTABLE = "wijzigen-niet-toegelaten", "Dit veld mag niet gewijzigd worden.";
    /// A fetched URL did not give 200.
    BAD_URL = "bad-url", "De URL is niet bereikbaar of geeft geen status 200.";
    /// Contactmomenten: neither medewerker nor identification.
    INVALID_MEDEWERKER = "invalid-medewerker", "Geef een medewerker of een medewerkerIdentificatie.";
    /// Contactmomenten: another one follows on it already.
    VORIG_UNIQUE = "unique", "Op dit contactmoment volgt al een ander contactmoment.";
    /// Contactmomenten: the chain would be a loop.
    VORIG_LOOP = "invalid", "Een contactmoment kan niet op zichzelf volgen.";
    /// Klantcontactmomenten: the three exist already.
    KLANTCONTACTMOMENT_UNIQUE = "unique", "Deze klant heeft deze rol al bij dit contactmoment.";
    /// Objectcontactmomenten: the two exist already.
    OBJECTCONTACTMOMENT_UNIQUE = "unique", "Dit object hoort al bij dit contactmoment.";
    /// A link to an own resource that is none of ours.
    NO_MATCH = "no_match", "De link wijst niet naar een object van deze server.";
    /// A link to an own resource of another kind.
    INCORRECT_MATCH = "incorrect_match", "De link wijst naar een ander soort object.";
    /// A link to an own resource that is not there.
    DOES_NOT_EXIST = "does_not_exist", "Het object waarnaar de link wijst bestaat niet.";
    /// A link filter with an object of another kind.
    INVALID_TYPE = "invalid-type", "De link wijst naar een ander soort object.";
    /// The object is no zaak.
    INVALID_RESOURCE = "invalid-resource", "De URL geeft geen zaak.";
    /// The Zaken API does not know the relation.
    INCONSISTENT_RELATION = "inconsistent-relation", "De zaak kent dit contactmoment niet.";
    /// The Zaken API did not say whether it knows the relation, on create.
    RELATION_VALIDATION = "relation-validation-error", "De Zaken API kon de relatie niet bevestigen.";
    /// The Zaken API did not say whether it knows the relation, on delete.
    RELATION_LOOKUP = "relation-lookup-error", "De Zaken API kon niet zeggen of de relatie er nog is.";
    /// The Zaken API still has the relation.
    REMOTE_RELATION = "remote-relation-exists", "De zaak heeft de relatie met dit contactmoment nog.";
    /// A filter with more values than are looked for at once.
    TOO_MANY_VALUES = "invalid", "Hoogstens 1000 waarden.";
    /// Query parameters nobody knows.
    UNKNOWN_PARAMETERS = "unknown-parameters", "Onbekende parameters.";
}

/// Longer than allowed.
pub const MAX_LENGTH: &str = "max_length";
/// Above the highest value.
pub const MAX_VALUE: &str = "max_value";
/// Below the lowest value.
pub const MIN_VALUE: &str = "min_value";

/// The name under which faults of the whole body are reported.
pub const NON_FIELD_ERRORS: &str = "nonFieldErrors";
