//! The identification of a klant in a request: the second phase of the checks. Its shape follows from the kind of
//! subject; keys of another shape are ignored. What is given is put over what is stored.

use openklant_shared::domain::codes::Code;
use openklant_shared::domain::fault::Faults;
use openklant_shared::domain::identifiers::{ANummer, Bsn};
use openklant_shared::domain::klant::{
    GESLACHTSAANDUIDINGEN, Identificatie, NatuurlijkPersoon, NietNatuurlijkPersoon, RECHTSVORMEN,
    SubVerblijfBuitenland, SubjectType, Verblijfsadres, Vestiging,
};

use crate::zgw::body::JsonObject;
use crate::zgw::fields::{Demand, Fields, Text, rsin, set};

/// The identification that was given.
#[derive(Clone, Debug)]
pub struct SubjectInput(Given);

#[derive(Clone, Debug)]
enum Given {
    NatuurlijkPersoon(NatuurlijkPersoonInput),
    NietNatuurlijkPersoon(NietNatuurlijkPersoonInput),
    Vestiging(VestigingInput),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct NatuurlijkPersoonInput {
    inp_bsn: Option<String>,
    anp_identificatie: Option<String>,
    inp_a_nummer: Option<String>,
    geslachtsnaam: Option<String>,
    voorvoegsel_geslachtsnaam: Option<String>,
    voorletters: Option<String>,
    voornamen: Option<String>,
    geslachtsaanduiding: Option<String>,
    geboortedatum: Option<String>,
    verblijfsadres: Option<VerblijfsadresInput>,
    sub_verblijf_buitenland: Option<BuitenlandInput>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct NietNatuurlijkPersoonInput {
    inn_nnp_id: Option<String>,
    ann_identificatie: Option<String>,
    statutaire_naam: Option<String>,
    inn_rechtsvorm: Option<String>,
    bezoekadres: Option<String>,
    sub_verblijf_buitenland: Option<BuitenlandInput>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct VestigingInput {
    vestigings_nummer: Option<String>,
    handelsnaam: Option<Vec<String>>,
    verblijfsadres: Option<VerblijfsadresInput>,
    sub_verblijf_buitenland: Option<BuitenlandInput>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct VerblijfsadresInput {
    aoa_identificatie: Option<String>,
    wpl_woonplaats_naam: Option<String>,
    gor_openbare_ruimte_naam: Option<String>,
    aoa_postcode: Option<String>,
    aoa_huisnummer: Option<Option<i64>>,
    aoa_huisletter: Option<String>,
    aoa_huisnummertoevoeging: Option<String>,
    inp_locatiebeschrijving: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct BuitenlandInput {
    lnd_landcode: Option<String>,
    lnd_landnaam: Option<String>,
    regels: [Option<String>; 3],
}

/// Reads the key `subjectIdentificatie` of `body` in the shape of `kind`. `None` when it was not given or holds
/// nothing that counts.
pub fn read(body: &JsonObject, kind: SubjectType, faults: &mut Faults) -> Option<SubjectInput> {
    Fields::of(body, faults)
        .object("subjectIdentificatie", |fields| read_fields(fields, kind))
        .flatten()
}

fn read_fields(fields: &mut Fields<'_>, kind: SubjectType) -> Option<SubjectInput> {
    let given = match kind {
        SubjectType::NatuurlijkPersoon => {
            let input = read_natuurlijk_persoon(fields);
            (input != NatuurlijkPersoonInput::default()).then_some(Given::NatuurlijkPersoon(input))
        }
        SubjectType::NietNatuurlijkPersoon => {
            let input = read_niet_natuurlijk_persoon(fields);
            (input != NietNatuurlijkPersoonInput::default()).then_some(Given::NietNatuurlijkPersoon(input))
        }
        SubjectType::Vestiging => {
            let input = read_vestiging(fields);
            (input != VestigingInput::default()).then_some(Given::Vestiging(input))
        }
    };
    given.map(SubjectInput)
}

fn bsn(text: &str) -> Result<(), Code> {
    Bsn::parse(text).map(|_| ())
}

fn a_nummer(text: &str) -> Result<(), Code> {
    ANummer::parse(text).map(|_| ())
}

fn read_natuurlijk_persoon(fields: &mut Fields<'_>) -> NatuurlijkPersoonInput {
    NatuurlijkPersoonInput {
        inp_bsn: fields.text("inpBsn", Text::up_to(9).that_is(bsn)),
        anp_identificatie: fields.text("anpIdentificatie", Text::up_to(17)),
        inp_a_nummer: fields.text("inpANummer", Text::up_to(10).that_is(a_nummer)),
        geslachtsnaam: fields.text("geslachtsnaam", Text::up_to(200)),
        voorvoegsel_geslachtsnaam: fields.text("voorvoegselGeslachtsnaam", Text::up_to(80)),
        voorletters: fields.text("voorletters", Text::up_to(20)),
        voornamen: fields.text("voornamen", Text::up_to(200)),
        geslachtsaanduiding: fields.choice("geslachtsaanduiding", &GESLACHTSAANDUIDINGEN),
        geboortedatum: fields.text("geboortedatum", Text::up_to(18)),
        verblijfsadres: fields.optional_object("verblijfsadres", read_verblijfsadres),
        sub_verblijf_buitenland: fields.optional_object("subVerblijfBuitenland", read_buitenland),
    }
}

fn read_niet_natuurlijk_persoon(fields: &mut Fields<'_>) -> NietNatuurlijkPersoonInput {
    NietNatuurlijkPersoonInput {
        inn_nnp_id: fields.text("innNnpId", Text::up_to(9).that_is(rsin)),
        ann_identificatie: fields.text("annIdentificatie", Text::up_to(17)),
        statutaire_naam: fields.text("statutaireNaam", Text::up_to(500)),
        inn_rechtsvorm: fields.choice("innRechtsvorm", &RECHTSVORMEN),
        bezoekadres: fields.text("bezoekadres", Text::up_to(1000)),
        sub_verblijf_buitenland: fields.optional_object("subVerblijfBuitenland", read_buitenland),
    }
}

fn read_vestiging(fields: &mut Fields<'_>) -> VestigingInput {
    VestigingInput {
        vestigings_nummer: fields.text("vestigingsNummer", Text::up_to(24)),
        handelsnaam: fields.texts("handelsnaam", Text::up_to(625)),
        verblijfsadres: fields.optional_object("verblijfsadres", read_verblijfsadres),
        sub_verblijf_buitenland: fields.optional_object("subVerblijfBuitenland", read_buitenland),
    }
}

/// Its two required keys are required in a PATCH too, and whatever is stored.
fn read_verblijfsadres(fields: &mut Fields<'_>) -> VerblijfsadresInput {
    fields.demand("aoaIdentificatie", Demand::Required);
    fields.demand("gorOpenbareRuimteNaam", Demand::Required);
    VerblijfsadresInput {
        aoa_identificatie: fields.text("aoaIdentificatie", Text::up_to(100).not_blank()),
        wpl_woonplaats_naam: fields.text("wplWoonplaatsNaam", Text::up_to(80)),
        gor_openbare_ruimte_naam: fields.text("gorOpenbareRuimteNaam", Text::up_to(80).not_blank()),
        aoa_postcode: fields.text("aoaPostcode", Text::up_to(7)),
        aoa_huisnummer: fields.nullable_integer("aoaHuisnummer", 0, 99_999),
        aoa_huisletter: fields.text("aoaHuisletter", Text::up_to(1)),
        aoa_huisnummertoevoeging: fields.text("aoaHuisnummertoevoeging", Text::up_to(4)),
        inp_locatiebeschrijving: fields.text("inpLocatiebeschrijving", Text::up_to(1000)),
    }
}

/// As for [`read_verblijfsadres`].
fn read_buitenland(fields: &mut Fields<'_>) -> BuitenlandInput {
    fields.demand("lndLandcode", Demand::Required);
    fields.demand("lndLandnaam", Demand::Required);
    BuitenlandInput {
        lnd_landcode: fields.text("lndLandcode", Text::up_to(4).not_blank()),
        lnd_landnaam: fields.text("lndLandnaam", Text::up_to(40).not_blank()),
        regels: [
            "subAdresBuitenland1",
            "subAdresBuitenland2",
            "subAdresBuitenland3",
        ]
        .map(|regel| fields.text(regel, Text::up_to(35))),
    }
}

impl SubjectInput {
    /// Puts what was given over what is stored, or makes a new identification of it.
    pub fn apply_to(self, stored: &mut Option<Identificatie>) {
        let merged = match (self.0, stored.take()) {
            (Given::NatuurlijkPersoon(given), Some(Identificatie::NatuurlijkPersoon(persoon))) => {
                Identificatie::NatuurlijkPersoon(given.over(persoon))
            }
            (Given::NatuurlijkPersoon(given), _) => {
                Identificatie::NatuurlijkPersoon(given.over(NatuurlijkPersoon::default()))
            }
            (
                Given::NietNatuurlijkPersoon(given),
                Some(Identificatie::NietNatuurlijkPersoon(organisatie)),
            ) => Identificatie::NietNatuurlijkPersoon(given.over(organisatie)),
            (Given::NietNatuurlijkPersoon(given), _) => {
                Identificatie::NietNatuurlijkPersoon(given.over(NietNatuurlijkPersoon::default()))
            }
            (Given::Vestiging(given), Some(Identificatie::Vestiging(vestiging))) => {
                Identificatie::Vestiging(given.over(vestiging))
            }
            (Given::Vestiging(given), _) => Identificatie::Vestiging(given.over(Vestiging::default())),
        };
        *stored = Some(merged);
    }
}

impl NatuurlijkPersoonInput {
    fn over(self, mut persoon: NatuurlijkPersoon) -> NatuurlijkPersoon {
        set(&mut persoon.inp_bsn, self.inp_bsn);
        set(&mut persoon.anp_identificatie, self.anp_identificatie);
        set(&mut persoon.inp_a_nummer, self.inp_a_nummer);
        set(&mut persoon.geslachtsnaam, self.geslachtsnaam);
        set(
            &mut persoon.voorvoegsel_geslachtsnaam,
            self.voorvoegsel_geslachtsnaam,
        );
        set(&mut persoon.voorletters, self.voorletters);
        set(&mut persoon.voornamen, self.voornamen);
        set(&mut persoon.geslachtsaanduiding, self.geslachtsaanduiding);
        set(&mut persoon.geboortedatum, self.geboortedatum);
        put_verblijfsadres(self.verblijfsadres, &mut persoon.verblijfsadres);
        put_buitenland(self.sub_verblijf_buitenland, &mut persoon.sub_verblijf_buitenland);
        persoon
    }
}

impl NietNatuurlijkPersoonInput {
    fn over(self, mut organisatie: NietNatuurlijkPersoon) -> NietNatuurlijkPersoon {
        set(&mut organisatie.inn_nnp_id, self.inn_nnp_id);
        set(&mut organisatie.ann_identificatie, self.ann_identificatie);
        set(&mut organisatie.statutaire_naam, self.statutaire_naam);
        set(&mut organisatie.inn_rechtsvorm, self.inn_rechtsvorm);
        set(&mut organisatie.bezoekadres, self.bezoekadres);
        put_buitenland(
            self.sub_verblijf_buitenland,
            &mut organisatie.sub_verblijf_buitenland,
        );
        organisatie
    }
}

impl VestigingInput {
    fn over(self, mut vestiging: Vestiging) -> Vestiging {
        set(&mut vestiging.vestigings_nummer, self.vestigings_nummer);
        set(&mut vestiging.handelsnaam, self.handelsnaam);
        put_verblijfsadres(self.verblijfsadres, &mut vestiging.verblijfsadres);
        put_buitenland(
            self.sub_verblijf_buitenland,
            &mut vestiging.sub_verblijf_buitenland,
        );
        vestiging
    }
}

fn put_verblijfsadres(given: Option<VerblijfsadresInput>, stored: &mut Option<Verblijfsadres>) {
    let Some(given) = given else { return };
    let adres = stored.get_or_insert_with(Verblijfsadres::default);
    set(&mut adres.aoa_identificatie, given.aoa_identificatie);
    set(&mut adres.wpl_woonplaats_naam, given.wpl_woonplaats_naam);
    set(
        &mut adres.gor_openbare_ruimte_naam,
        given.gor_openbare_ruimte_naam,
    );
    set(&mut adres.aoa_postcode, given.aoa_postcode);
    set(&mut adres.aoa_huisnummer, given.aoa_huisnummer);
    set(&mut adres.aoa_huisletter, given.aoa_huisletter);
    set(
        &mut adres.aoa_huisnummertoevoeging,
        given.aoa_huisnummertoevoeging,
    );
    set(&mut adres.inp_locatiebeschrijving, given.inp_locatiebeschrijving);
}

fn put_buitenland(given: Option<BuitenlandInput>, stored: &mut Option<SubVerblijfBuitenland>) {
    let Some(given) = given else { return };
    let adres = stored.get_or_insert_with(SubVerblijfBuitenland::default);
    set(&mut adres.lnd_landcode, given.lnd_landcode);
    set(&mut adres.lnd_landnaam, given.lnd_landnaam);
    let [eerste, tweede, derde] = given.regels;
    set(&mut adres.sub_adres_buitenland_1, eerste);
    set(&mut adres.sub_adres_buitenland_2, tweede);
    set(&mut adres.sub_adres_buitenland_3, derde);
}
