//! Fictional contactmomenten and their relations: a few klanten are heard of again and again, most hardly ever.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::contactmoment::{
    Contactmoment, KlantLink, Klantcontactmoment, MedewerkerIdentificatie, Objectcontactmoment,
};
use uuid::Uuid;

use super::Span;
use super::dice::Dice;
use super::words::{GESPREKKEN, KANALEN, KANALEN_OF_100, MEDEWERKERS, ONDERWERPEN, TALEN};

/// Of so many contactmomenten of a batch it is remembered that another may follow on them.
const OPEN_OF_100: u32 = 4;
/// Most of them that are remembered, and most zaken that another contactmoment may be about.
const REMEMBERED: usize = 4096;

const ZAKEN: &str = "https://zaken.waterdam.example/zaken/api/v1/zaken";
const MEDEWERKERS_ROOT: &str = "https://medewerkers.waterdam.example/medewerkers";
const ELSEWHERE: &str = "https://klanten.molenwoude.example/klanten/api/v1/klanten";
const SITE: &str = "https://www.waterdam.example";

/// A contactmoment with what belongs to it.
pub struct Complete {
    /// The contactmoment.
    pub contactmoment: Contactmoment,
    /// The row it follows on.
    pub vorig: Option<i64>,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// Its klanten.
    pub klanten: Vec<Klantcontactmoment>,
    /// Its zaken.
    pub zaken: Vec<Objectcontactmoment>,
    /// The klant among those of the run whom another contactmoment may follow with.
    who: Option<usize>,
}

/// A contactmoment that another may follow on.
struct Open {
    uuid: Uuid,
    row: i64,
    who: usize,
}

/// Makes contactmomenten.
pub struct Contactmomenten {
    dice: Dice,
    bronorganisatie: String,
    span: Span,
    klanten: Vec<Uuid>,
    open: VecDeque<Open>,
    zaken: VecDeque<Uuid>,
    made: u64,
    of: u64,
}

impl Contactmomenten {
    /// So many contactmomenten with these klanten, in the order in which they were registered, over this time.
    pub fn new(dice: Dice, bronorganisatie: String, span: Span, klanten: Vec<Uuid>, of: u64) -> Self {
        Self {
            dice,
            bronorganisatie,
            span,
            klanten,
            open: VecDeque::new(),
            zaken: VecDeque::new(),
            made: 0,
            of,
        }
    }

    /// Tells the numbers of the rows of what was made: what is made after may follow on it.
    pub fn stored<'a>(&mut self, stored: impl Iterator<Item = (&'a Complete, i64)>) {
        for (complete, row) in stored {
            if let Some(who) = complete.who
                && self.dice.chance(OPEN_OF_100)
            {
                self.open.push_back(Open {
                    uuid: complete.contactmoment.uuid,
                    row,
                    who,
                });
            }
        }
        let too_many = self.open.len().saturating_sub(REMEMBERED);
        self.open.drain(..too_many);
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of the whole"
    )]
    fn complete(&mut self) -> Complete {
        let part = self.made as f64 / self.of.max(1) as f64;
        let registratiedatum = self.span.moment(&mut self.dice, part);
        let mut contactmoment = Contactmoment::new(self.dice.uuid(), registratiedatum);
        let follows = if self.dice.chance(5) {
            self.open.pop_front()
        } else {
            None
        };
        // The klanten of that time, of whom the first are heard of most.
        let known = (self.klanten.len() as f64 * part) as usize;
        let who = match &follows {
            Some(open) => Some(open.who),
            None if self.dice.chance(88) => Some(self.dice.skewed_below(known.max(1))),
            None => None,
        };
        self.fill(&mut contactmoment);
        contactmoment.vorig = follows.as_ref().map(|open| open.uuid);
        let made = registratiedatum + TimeDelta::seconds(i64::from(self.dice.below(240)));
        let klanten = self.relations(contactmoment.uuid, who, known);
        let zaken = self.about(contactmoment.uuid);
        Complete {
            contactmoment,
            vorig: follows.map(|open| open.row),
            made,
            klanten,
            zaken,
            who,
        }
    }

    fn fill(&mut self, contactmoment: &mut Contactmoment) {
        let dice = &mut self.dice;
        contactmoment.bronorganisatie.clone_from(&self.bronorganisatie);
        KANALEN[dice.weighted(&KANALEN_OF_100)].clone_into(&mut contactmoment.kanaal);
        if dice.chance(30) {
            KANALEN[dice.weighted(&KANALEN_OF_100)].clone_into(&mut contactmoment.voorkeurskanaal);
        }
        let taal = if dice.chance(92) {
            TALEN[0]
        } else {
            dice.skewed(&TALEN)
        };
        taal.clone_into(&mut contactmoment.voorkeurstaal);
        let (onderwerp, page) = *dice.skewed(&ONDERWERPEN);
        contactmoment.tekst = dice.skewed(&GESPREKKEN).replace("{}", onderwerp);
        if dice.chance(25) {
            contactmoment.onderwerp_links = vec![format!("{SITE}/{page}")];
        }
        let initiatiefnemer = if dice.chance(90) { "klant" } else { "gemeente" };
        initiatiefnemer.clone_into(&mut contactmoment.initiatiefnemer);
        let (identificatie, voorletters, voorvoegsel, achternaam) = *dice.skewed(&MEDEWERKERS);
        if dice.chance(15) {
            contactmoment.medewerker = format!("{MEDEWERKERS_ROOT}/{identificatie}");
        } else {
            contactmoment.medewerker_identificatie = Some(MedewerkerIdentificatie {
                identificatie: identificatie.to_owned(),
                achternaam: achternaam.to_owned(),
                voorletters: voorletters.to_owned(),
                voorvoegsel_achternaam: voorvoegsel.to_owned(),
            });
        }
    }

    /// Who took part: the klant, now and then for somebody else, sometimes a klant of another register.
    fn relations(
        &mut self,
        contactmoment: Uuid,
        who: Option<usize>,
        known: usize,
    ) -> Vec<Klantcontactmoment> {
        let mut relations = Vec::new();
        let mut add = |dice: &mut Dice, klant, rol: &str| {
            relations.push(Klantcontactmoment {
                uuid: dice.uuid(),
                contactmoment,
                klant,
                rol: rol.to_owned(),
                gelezen: dice.chance(30),
            });
        };
        let own = who.and_then(|who| self.klanten.get(who));
        if let Some(klant) = own {
            add(&mut self.dice, KlantLink::Own(*klant), "gesprekspartner");
            let other = self.klanten.get(self.dice.skewed_below(known.max(1)));
            if let Some(other) = other
                && other != klant
                && self.dice.chance(4)
            {
                add(&mut self.dice, KlantLink::Own(*other), "belanghebbende");
            }
        } else if self.dice.chance(8) {
            let url = format!("{ELSEWHERE}/{}", self.dice.uuid());
            add(&mut self.dice, KlantLink::Other(url), "gesprekspartner");
        }
        relations
    }

    /// One in four is about a zaak, often one that was talked about before.
    fn about(&mut self, contactmoment: Uuid) -> Vec<Objectcontactmoment> {
        if !self.dice.chance(25) {
            return Vec::new();
        }
        let zaak = if !self.zaken.is_empty() && self.dice.chance(50) {
            let nr = self.dice.skewed_below(self.zaken.len());
            self.zaken[nr]
        } else {
            let zaak = self.dice.uuid();
            self.zaken.push_back(zaak);
            if self.zaken.len() > REMEMBERED {
                self.zaken.pop_front();
            }
            zaak
        };
        vec![Objectcontactmoment {
            uuid: self.dice.uuid(),
            contactmoment,
            object: format!("{ZAKEN}/{zaak}"),
            object_type: "zaak".to_owned(),
        }]
    }
}

impl Iterator for Contactmomenten {
    type Item = Complete;

    fn next(&mut self) -> Option<Complete> {
        if self.made == self.of {
            return None;
        }
        let complete = self.complete();
        self.made += 1;
        Some(complete)
    }
}
