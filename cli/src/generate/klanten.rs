//! Fictional klanten: most are persons, some organisations and branches.

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::klant::{
    Adres, Identificatie, Klant, NatuurlijkPersoon, NietNatuurlijkPersoon, SubVerblijfBuitenland,
    SubjectType, SubjectTypeField, Verblijfsadres, Vestiging,
};
use openklant_shared::storage::klant::many::Made;

use super::Span;
use super::dice::{Dice, NineDigits};
use super::words::{
    ACHTERNAMEN, BEDRIJVEN, BEGIN, END, FUNCTIES, KANALEN, KANALEN_OF_100, MIDDLE, PLAATSEN, STRAAT,
    VOORNAMEN,
};

/// Of a hundred klanten: persons, organisations, branches.
const KINDS_OF_100: [u32; 3] = [86, 8, 6];
/// Klantnummers have up to eight digits; steps of this, which shares no factor with their number, come past each.
const KLANTNUMMERS: u64 = 100_000_000;
const KLANTNUMMER_STEP: u64 = 38_196_601;
const LETTERS: &[u8] = b"ABCDEGHJKLMNPRSTVWXZ";

/// Makes klanten.
pub struct Klanten {
    dice: Dice,
    numbers: NineDigits,
    bronorganisatie: String,
    first_klantnummer: u64,
    span: Span,
    made: u64,
    of: u64,
}

impl Klanten {
    /// So many klanten, registered over this time.
    pub fn new(mut dice: Dice, bronorganisatie: String, span: Span, of: u64) -> Self {
        let numbers = NineDigits::new(&mut dice);
        let first_klantnummer = u64::from(dice.below(100_000_000));
        Self {
            dice,
            numbers,
            bronorganisatie,
            first_klantnummer,
            span,
            made: 0,
            of,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a part of the whole")]
    fn moment(&mut self) -> DateTime<Utc> {
        let part = self.made as f64 / self.of.max(1) as f64;
        self.span.moment(&mut self.dice, part)
    }

    fn klant(&mut self) -> Klant {
        let mut klant = Klant::new(self.dice.uuid());
        klant.bronorganisatie.clone_from(&self.bronorganisatie);
        let number = (self.first_klantnummer + self.made * KLANTNUMMER_STEP) % KLANTNUMMERS;
        klant.klantnummer = format!("{number:08}");
        KANALEN[self.dice.weighted(&KANALEN_OF_100)].clone_into(&mut klant.aanmaakkanaal);
        klant.geverifieerd = self.dice.chance(60);
        let kind = SubjectType::ALL[self.dice.weighted(&KINDS_OF_100)];
        klant.subject_type = SubjectTypeField::Of(kind);
        match kind {
            SubjectType::NatuurlijkPersoon => self.person(&mut klant),
            SubjectType::NietNatuurlijkPersoon => self.organisation(&mut klant),
            SubjectType::Vestiging => self.branch(&mut klant),
        }
        klant
    }

    fn person(&mut self, klant: &mut Klant) {
        let (voornamen, voornaam, geslacht) = self.first_names();
        let (voorvoegsel, achternaam) = self.surname();
        if self.dice.chance(70) {
            klant.telefoonnummer = self.telephone();
        }
        if self.dice.chance(65) {
            klant.emailadres = email(&voornaam, &achternaam, self.made);
        }
        let adres = self.dice.chance(80).then(|| self.adres());
        let abroad = adres.is_none() && self.dice.chance(10);
        klant.identificatie = Some(Identificatie::NatuurlijkPersoon(NatuurlijkPersoon {
            inp_bsn: if self.dice.chance(94) {
                self.numbers.next()
            } else {
                String::new()
            },
            inp_a_nummer: if self.dice.chance(20) {
                format!("{}", 1_000_000_000 + u64::from(self.dice.below(4_000_000_000)))
            } else {
                String::new()
            },
            geslachtsnaam: achternaam.clone(),
            voorvoegsel_geslachtsnaam: voorvoegsel.clone(),
            voorletters: initials(&voornamen),
            voornamen,
            geslachtsaanduiding: geslacht.to_owned(),
            geboortedatum: self.date_of_birth(),
            verblijfsadres: adres.as_ref().map(|adres| self.verblijfsadres(adres)),
            sub_verblijf_buitenland: abroad.then(|| SubVerblijfBuitenland {
                lnd_landcode: "5010".to_owned(),
                lnd_landnaam: "België".to_owned(),
                sub_adres_buitenland_1: format!("Voorbeeldlaan {}", 1 + self.made % 90),
                sub_adres_buitenland_2: "2000 Voorbeeldstad".to_owned(),
                sub_adres_buitenland_3: String::new(),
            }),
            anp_identificatie: String::new(),
        }));
        klant.adres = adres;
        klant.voornaam = voornaam;
        klant.voorvoegsel_achternaam = voorvoegsel;
        klant.achternaam = achternaam;
    }

    fn organisation(&mut self, klant: &mut Klant) {
        let (name, rechtsvorm) = self.business();
        self.speaker(klant, &name);
        let adres = self.adres();
        klant.identificatie = Some(Identificatie::NietNatuurlijkPersoon(NietNatuurlijkPersoon {
            inn_nnp_id: self.numbers.next(),
            statutaire_naam: name,
            inn_rechtsvorm: rechtsvorm.to_owned(),
            bezoekadres: format!(
                "{} {}, {} {}",
                adres.straatnaam,
                adres.huisnummer.unwrap_or(1),
                adres.postcode,
                adres.woonplaatsnaam
            ),
            ..NietNatuurlijkPersoon::default()
        }));
        klant.adres = Some(adres);
    }

    fn branch(&mut self, klant: &mut Klant) {
        let (name, _) = self.business();
        self.speaker(klant, &name);
        let adres = self.adres();
        let mut handelsnaam = vec![name];
        if self.dice.chance(25) {
            handelsnaam.push(self.business().0);
        }
        klant.identificatie = Some(Identificatie::Vestiging(Vestiging {
            vestigings_nummer: format!("{:012}", 1_000_000_u64 + self.made * 7),
            handelsnaam,
            verblijfsadres: Some(self.verblijfsadres(&adres)),
            sub_verblijf_buitenland: None,
        }));
        klant.adres = Some(adres);
    }

    /// Who speaks for a business.
    fn speaker(&mut self, klant: &mut Klant, business: &str) {
        business.clone_into(&mut klant.bedrijfsnaam);
        let site = format!("{}.example", address_part(business));
        if self.dice.chance(40) {
            klant.website_url = format!("https://www.{site}");
        }
        if self.dice.chance(60) {
            klant.emailadres = format!("info{}@{site}", self.made);
        }
        klant.telefoonnummer = self.telephone();
        if self.dice.chance(50) {
            (_, klant.voornaam, _) = self.first_names();
            (klant.voorvoegsel_achternaam, klant.achternaam) = self.surname();
            let functie = *self.dice.one(&FUNCTIES);
            functie.clone_into(&mut klant.functie);
        }
    }

    /// All first names, the one that is used, and the gender.
    fn first_names(&mut self) -> (String, String, &'static str) {
        let which = usize::from(self.dice.chance(49));
        let names = &VOORNAMEN[which];
        let first = (*self.dice.skewed(names)).to_owned();
        let all = if self.dice.chance(35) {
            format!("{first} {}", self.dice.skewed(names))
        } else {
            first.clone()
        };
        let gender = if self.dice.chance(2) {
            "o"
        } else {
            ["v", "m"][which]
        };
        (all, first, gender)
    }

    fn surname(&mut self) -> (String, String) {
        if self.dice.chance(60) {
            let (prefix, name) = self.dice.skewed(&ACHTERNAMEN);
            if self.dice.chance(4) {
                let (other_prefix, other) = self.dice.skewed(&ACHTERNAMEN);
                let second = format!("{other_prefix} {other}");
                return ((*prefix).to_owned(), format!("{name}-{}", second.trim_start()));
            }
            return ((*prefix).to_owned(), (*name).to_owned());
        }
        let name = self.rare_name();
        let prefix = if self.dice.chance(10) { "van" } else { "" };
        (prefix.to_owned(), name)
    }

    fn rare_name(&mut self) -> String {
        let (begin, middle, end) = (self.dice.one(&BEGIN), self.dice.one(&MIDDLE), self.dice.one(&END));
        format!("{begin}{middle}{end}")
    }

    fn business(&mut self) -> (String, &'static str) {
        let (kind, rechtsvorm) = *self.dice.skewed(&BEDRIJVEN);
        let name = if self.dice.chance(30) {
            let (prefix, name) = self.dice.skewed(&ACHTERNAMEN);
            format!("{kind} {prefix} {name}").replace("  ", " ")
        } else {
            format!("{kind} {}", self.rare_name())
        };
        let suffix = if rechtsvorm == "besloten_vennootschap" {
            " B.V."
        } else {
            ""
        };
        (format!("{name}{suffix}"), rechtsvorm)
    }

    /// None of these is given out: what comes after the 06 or the area code never begins with a 0.
    fn telephone(&mut self) -> String {
        if self.dice.chance(75) {
            format!("060{:07}", self.dice.below(10_000_000))
        } else {
            format!("0200{:06}", self.dice.below(1_000_000))
        }
    }

    fn date_of_birth(&mut self) -> String {
        let year = 1930 + self.dice.below(77);
        // Of some the day is not known.
        if self.dice.chance(1) {
            return format!("{year}-00-00");
        }
        format!(
            "{year}-{:02}-{:02}",
            1 + self.dice.below(12),
            1 + self.dice.below(28)
        )
    }

    fn adres(&mut self) -> Adres {
        let (plaats, first) = *self.dice.skewed(&PLAATSEN);
        let letters = [*self.dice.one(LETTERS), *self.dice.one(LETTERS)].map(char::from);
        Adres {
            straatnaam: format!(
                "{}{}{}",
                self.dice.one(&BEGIN),
                self.dice.one(&MIDDLE),
                self.dice.one(&STRAAT)
            ),
            huisnummer: Some(i64::from(1 + self.dice.below(250))),
            huisletter: if self.dice.chance(6) { "a" } else { "" }.to_owned(),
            huisnummertoevoeging: if self.dice.chance(3) { "bis" } else { "" }.to_owned(),
            postcode: format!("{}{}{}", first + self.dice.below(4), letters[0], letters[1]),
            woonplaatsnaam: plaats.to_owned(),
            landcode: "6030".to_owned(),
        }
    }

    fn verblijfsadres(&mut self, adres: &Adres) -> Verblijfsadres {
        Verblijfsadres {
            aoa_identificatie: format!("0000200000{:06}", self.dice.below(1_000_000)),
            wpl_woonplaats_naam: adres.woonplaatsnaam.clone(),
            gor_openbare_ruimte_naam: adres.straatnaam.clone(),
            aoa_postcode: adres.postcode.clone(),
            aoa_huisnummer: adres.huisnummer,
            aoa_huisletter: adres.huisletter.clone(),
            aoa_huisnummertoevoeging: adres.huisnummertoevoeging.clone(),
            inp_locatiebeschrijving: String::new(),
        }
    }
}

impl Iterator for Klanten {
    type Item = Made;

    fn next(&mut self) -> Option<Made> {
        if self.made == self.of {
            return None;
        }
        let moment = self.moment();
        let klant = self.klant();
        self.made += 1;
        // A form takes a moment to fill in.
        Some((klant, moment + TimeDelta::seconds(40)))
    }
}

fn initials(names: &str) -> String {
    names
        .split(' ')
        .filter_map(|name| name.chars().next())
        .flat_map(|first| [first, '.'])
        .collect()
}

fn email(first: &str, last: &str, nr: u64) -> String {
    format!("{}.{}{nr}@post.example", address_part(first), address_part(last))
}

/// What of a name can stand in an address.
fn address_part(name: &str) -> String {
    let letters: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    if letters.is_empty() {
        "x".to_owned()
    } else {
        letters
    }
}
