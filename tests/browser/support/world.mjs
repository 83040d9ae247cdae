// What the register holds in the tests: made up, and always the same. Names of the places lead to it in `visits.json`.
import { receiver } from "./receiver.mjs";
import { Program } from "./program.mjs";

const RSIN = "517439943";
export const BSN = "111222333";
const KLANTEN = "/klanten/api/v1/klanten";
const CONTACTMOMENTEN = "/contactmomenten/api/v1";

const fenna = {
  bronorganisatie: RSIN, klantnummer: "K0001", voornaam: "Fenna", voorvoegselAchternaam: "van", achternaam: "Waterland",
  telefoonnummer: "0612345678", emailadres: "fenna@voorbeeld.example", functie: "voorzitter van de vereniging",
  websiteUrl: "https://www.waterdam.example/buurtvereniging", aanmaakkanaal: "balie", geverifieerd: true,
  adres: { straatnaam: "Molenpad", huisnummer: 12, huisletter: "a", postcode: "1234AB", woonplaatsnaam: "Waterdam", landcode: "6030" },
  subjectType: "natuurlijk_persoon",
  subjectIdentificatie: {
    inpBsn: BSN, inpANummer: "1234567890", geslachtsnaam: "Waterland", voorvoegselGeslachtsnaam: "van",
    voorletters: "F.J.", voornamen: "Fenna Jikke", geslachtsaanduiding: "v", geboortedatum: "1984-02-29",
    verblijfsadres: {
      aoaIdentificatie: "0999010000012345", wplWoonplaatsNaam: "Waterdam", gorOpenbareRuimteNaam: "Molenpad",
      aoaPostcode: "1234AB", aoaHuisnummer: 12, aoaHuisletter: "a", aoaHuisnummertoevoeging: "", inpLocatiebeschrijving: "",
    },
  },
};
const others = [
  { bronorganisatie: RSIN, klantnummer: "K0002", voornaam: "Jurre", achternaam: "Waterland", emailadres: "jurre@voorbeeld.example",
    subjectType: "natuurlijk_persoon", subjectIdentificatie: { inpBsn: "123456782" },
    adres: { straatnaam: "Havenkade", huisnummer: 3, postcode: "1234AC", woonplaatsnaam: "Waterdam", landcode: "6030" } },
  { bronorganisatie: RSIN, klantnummer: "K0003", bedrijfsnaam: "Waterlandse Voorbeeldbouw", telefoonnummer: "0201234567",
    subjectType: "niet_natuurlijk_persoon",
    subjectIdentificatie: { innNnpId: "423182687", statutaireNaam: "Waterlandse Voorbeeldbouw B.V.", innRechtsvorm: "besloten_vennootschap" } },
  { bronorganisatie: RSIN, klantnummer: "K0004", bedrijfsnaam: "Voorbeeldbakkerij Het Langste Woord Van De Vervaarlijkeambachtsbakkers",
    subjectType: "vestiging", subjectIdentificatie: { vestigingsNummer: "000012345678", handelsnaam: ["Voorbeeldbakkerij"] } },
];
const contact = (changes) => ({
  bronorganisatie: RSIN, registratiedatum: "2026-01-05T08:30:00Z", kanaal: "telefoon", voorkeurskanaal: "e-mail", voorkeurstaal: "nld",
  initiatiefnemer: "klant", tekst: "Vraag over de afvalpas.\nTeruggebeld om half drie.",
  onderwerpLinks: ["https://www.waterdam.example/afvalpas"],
  medewerkerIdentificatie: { identificatie: "mw042", achternaam: "Vries", voorletters: "F.", voorvoegselAchternaam: "de" },
  ...changes,
});
const uuidOf = (object) => object.url.split("/").at(-1);

/** The program with data, and with messages that were accepted, are parked and wait. */
export async function world({ database, settings = {} } = {}) {
  const notificaties = await receiver();
  const program = await Program.start({ database, settings: { ...notificaties.settings, ...settings } });
  const api = program.api.bind(program);
  const klant = await api("POST", KLANTEN, fenna);
  const [jurre, ...more] = others;
  const namesake = await api("POST", KLANTEN, jurre);
  for (const other of more) await api("POST", KLANTEN, other);
  await api("PATCH", klant.url, { telefoonnummer: "0687654321" });
  await api("PATCH", klant.url, { voornaam: "Fenna Jikke", functie: "penningmeester", aanmaakkanaal: "telefoon", emailadres: "f.waterland@voorbeeld.example" });
  const eerste = await api("POST", `${CONTACTMOMENTEN}/contactmomenten`, contact());
  const tweede = await api("POST", `${CONTACTMOMENTEN}/contactmomenten`, contact({
    registratiedatum: "2026-01-12T13:05:00Z", kanaal: "e-mail", initiatiefnemer: "gemeente", vorigContactmoment: eerste.url,
    tekst: "De afvalpas ligt klaar bij de balie van het stadskantoor. Neem een geldig legitimatiebewijs mee.",
  }));
  const relaties = [];
  for (const contactmoment of [eerste, tweede]) {
    relaties.push(await api("POST", `${CONTACTMOMENTEN}/klantcontactmomenten`, { klant: klant.url, contactmoment: contactmoment.url, rol: "belanghebbende" }));
  }
  const at = {
    klant: uuidOf(klant), jurre: uuidOf(namesake), contactmoment: uuidOf(eerste), vervolg: uuidOf(tweede), relatie: uuidOf(relaties[0]),
  };
  at.wijziging = (await api("GET", `${klant.url}/audittrail`)).results[0].uuid;
  const added = await program.run(["applicatie", "add", "--label", "Website van Waterdam", "--client-id", "website",
    "--scope", "kc:klanten.lezen", "--scope", "cmc:contactmomenten.aanmaken", "--format", "json"]);
  at.applicatie = JSON.parse(added).uuid;
  const messages = async (state) => JSON.parse(await program.run(["outbox", "list", "--state", state, "--format", "json"]));
  await program.until("all messages were accepted", async () => (await messages("pending")).length + (await messages("delivering")).length === 0);
  at.bericht = (await messages("delivered"))[0].id;
  notificaties.status = 400;
  await api("PATCH", klant.url, { functie: "secretaris" });
  const parked = await program.until("a message is parked", async () => (await messages("parked"))[0]);
  at.geparkeerd = parked.id;
  notificaties.status = 201;
  return {
    program, notificaties, at, messages,
    /** A path of `visits.json` with what it names in braces. */
    path: (pattern) => pattern.replace(/\{(\w+)\}/g, (_, name) => {
      if (at[name] === undefined) throw new Error(`no place has the name ${name}`);
      return at[name];
    }),
    stop: async () => {
      await program.stop();
      await notificaties.stop();
    },
  };
}
