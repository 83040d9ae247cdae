//! The words that fictional data is made of. What people have is common at the top of its list and rare at the end.

/// First names, given to `v` and `m` in turn.
pub const VOORNAMEN: [[&str; 48]; 2] = [
    [
        "Anna",
        "Maria",
        "Fatima",
        "Sanne",
        "Emma",
        "Johanna",
        "Lotte",
        "Fenna",
        "Eva",
        "Sara",
        "Noor",
        "Marieke",
        "Julia",
        "Esra",
        "Lisa",
        "Femke",
        "Roos",
        "Samira",
        "Iris",
        "Anouk",
        "Zeynep",
        "Ingrid",
        "Naomi",
        "Saar",
        "Hanneke",
        "Yara",
        "Margriet",
        "Elif",
        "Liesbeth",
        "Tess",
        "Amina",
        "Jikke",
        "Wietske",
        "Agnieszka",
        "Chantal",
        "Meryem",
        "Jasmijn",
        "Renske",
        "Oksana",
        "Tjitske",
        "Loïs",
        "Zoë",
        "Romée",
        "Geertruida",
        "Shanti",
        "Ngozi",
        "Aaltje",
        "Sjoukje",
    ],
    [
        "Jan", "Mohammed", "Daan", "Peter", "Lucas", "Willem", "Bram", "Youssef", "Sem", "Johannes", "Thijs",
        "Ahmed", "Ruben", "Kees", "Lars", "Hendrik", "Ali", "Jesse", "Mees", "Pieter", "Emre", "Stijn",
        "Tom", "Ibrahim", "Gerrit", "Niels", "Mark", "Jelle", "Sander", "Omar", "Bart", "Floris", "Wouter",
        "Dirk", "Piotr", "Hugo", "Murat", "Sietse", "René", "Joris", "Andrij", "Kwame", "Tjeerd", "André",
        "Wiebe", "Raúl", "Jürgen", "Sjoerd",
    ],
];

/// Surnames with their prefixes.
pub const ACHTERNAMEN: [(&str, &str); 72] = [
    ("de", "Jong"),
    ("", "Jansen"),
    ("de", "Vries"),
    ("van den", "Berg"),
    ("van", "Dijk"),
    ("", "Bakker"),
    ("", "Janssen"),
    ("", "Visser"),
    ("", "Smit"),
    ("", "Meijer"),
    ("de", "Boer"),
    ("", "Mulder"),
    ("de", "Groot"),
    ("", "Bos"),
    ("", "Vos"),
    ("", "Peters"),
    ("", "Hendriks"),
    ("van", "Leeuwen"),
    ("", "Dekker"),
    ("", "Brouwer"),
    ("de", "Wit"),
    ("", "Dijkstra"),
    ("", "Smits"),
    ("de", "Graaf"),
    ("van der", "Meer"),
    ("van der", "Linden"),
    ("", "Kok"),
    ("", "Yılmaz"),
    ("", "Jacobs"),
    ("de", "Haan"),
    ("", "Vermeulen"),
    ("van den", "Heuvel"),
    ("van der", "Veen"),
    ("van den", "Broek"),
    ("", "Nguyen"),
    ("", "Ali"),
    ("", "Schouten"),
    ("van", "Beek"),
    ("", "Willems"),
    ("van", "Vliet"),
    ("van de", "Ven"),
    ("", "Hoekstra"),
    ("", "Maas"),
    ("", "Verhoeven"),
    ("", "Koster"),
    ("", "Demir"),
    ("van", "Dam"),
    ("van der", "Wal"),
    ("", "Prins"),
    ("", "Blom"),
    ("", "Huisman"),
    ("", "Peeters"),
    ("", "Kaya"),
    ("", "El Amrani"),
    ("", "Kuipers"),
    ("van", "Veen"),
    ("", "Kowalski"),
    ("", "Postma"),
    ("", "Singh"),
    ("van 't", "Hof"),
    ("", "Özdemir"),
    ("", "Bouzid"),
    ("", "Tromp"),
    ("", "Martínez"),
    ("", "Müller"),
    ("ten", "Brink"),
    ("", "Koç"),
    ("", "Wójcik"),
    ("", "d'Hondt"),
    ("op den", "Velde"),
    ("", "François"),
    ("", "Ørsted"),
];

/// Beginnings and ends of surnames, streets and businesses that hardly anybody shares.
pub const BEGIN: [&str; 40] = [
    "Wilgen", "Zand", "Klaver", "Molen", "Roggen", "Elzen", "Haver", "Linden", "Meer", "Noorder", "Ooster",
    "Rozen", "Schaap", "Steen", "Turf", "Veld", "Water", "Weide", "Wester", "Wind", "Berken", "Brem", "Dijk",
    "Duin", "Eiken", "Gras", "Heide", "Hooi", "Kers", "Koren", "Kruis", "Lelie", "Mast", "Peper", "Pruim",
    "Riet", "Schelp", "Toren", "Vlas", "Zuider",
];
/// See [`BEGIN`].
pub const MIDDLE: [&str; 24] = [
    "", "", "", "", "berg", "beek", "boom", "broek", "bult", "dam", "dorp", "eind", "hoek", "hof", "kamp",
    "land", "meer", "poort", "rode", "sluis", "stee", "veld", "vliet", "woud",
];
/// See [`BEGIN`].
pub const END: [&str; 20] = [
    "aar", "huizen", "inga", "ink", "kamp", "man", "mans", "mink", "sma", "stra", "veld", "zen", "ema",
    "horst", "hout", "hoven", "ker", "kens", "laar", "rink",
];

/// Kinds of streets.
pub const STRAAT: [&str; 10] = [
    "straat", "laan", "weg", "pad", "plein", "kade", "hof", "singel", "dreef", "gracht",
];

/// Places, with the first of their postcodes.
pub const PLAATSEN: [(&str, u32); 12] = [
    ("Waterdam", 1230),
    ("Molenwoude", 1240),
    ("Oud-Klaveren", 1252),
    ("Klaverdijk aan Zee", 1258),
    ("Roggenveen", 1266),
    ("Zandhoek-Noord", 1271),
    ("'s-Elzenrade", 1277),
    ("Nieuw-Waterdam", 1284),
    ("Turfmeer", 2913),
    ("Schaapswoud", 3857),
    ("Lindewaard", 4612),
    ("Steenhuizerbrug", 9876),
];

/// What businesses do, and whether they are likely to be run by a foundation, a company or a club.
pub const BEDRIJVEN: [(&str, &str); 20] = [
    ("Bakkerij", "besloten_vennootschap"),
    ("Stichting", "stichting"),
    ("Bouwbedrijf", "besloten_vennootschap"),
    ("Vereniging", "vereniging"),
    ("Café", "vennootschap_onder_firma"),
    ("Installatietechniek", "besloten_vennootschap"),
    ("Sportvereniging", "vereniging"),
    ("Kinderopvang", "stichting"),
    ("Garage", "vennootschap_onder_firma"),
    ("Vereniging van Eigenaars", "vereniging_van_eigenaars"),
    ("Adviesbureau", "besloten_vennootschap"),
    ("Huisartsenpraktijk", "maatschap"),
    ("Hoveniers", "vennootschap_onder_firma"),
    ("Transport", "besloten_vennootschap"),
    ("Zorgboerderij", "stichting"),
    ("Kapsalon", "vennootschap_onder_firma"),
    ("Muziekvereniging", "vereniging"),
    ("Rederij", "rederij"),
    ("Holding", "naamloze_vennootschap"),
    ("Parochie", "kerkelijke_organisatie"),
];

/// Over which kanaal people come.
pub const KANALEN: [&str; 7] = [
    "telefoon",
    "e-mail",
    "balie",
    "webformulier",
    "chat",
    "brief",
    "sociale media",
];
/// How often, of 100.
pub const KANALEN_OF_100: [u32; 7] = [52, 20, 12, 9, 4, 2, 1];

/// What it is about: the subject, and the page about it.
pub const ONDERWERPEN: [(&str, &str); 24] = [
    ("een nieuw paspoort", "paspoort"),
    ("de afvalkalender", "afval"),
    ("een verhuizing", "verhuizen"),
    ("een parkeervergunning", "parkeren"),
    ("een kapotte lantaarnpaal", "meldingen"),
    ("een omgevingsvergunning", "omgevingsvergunning"),
    ("de aanslag van de gemeentelijke belastingen", "belastingen"),
    ("een losliggende stoeptegel", "meldingen"),
    ("een rijbewijs", "rijbewijs"),
    ("huishoudelijke hulp", "wmo"),
    ("een uittreksel", "uittreksel"),
    ("kwijtschelding", "kwijtschelding"),
    ("het grofvuil", "afval"),
    ("een huwelijk", "trouwen"),
    ("een bezwaar tegen de WOZ-waarde", "woz"),
    ("bijzondere bijstand", "bijstand"),
    ("een evenement", "evenementen"),
    ("geluidsoverlast", "overlast"),
    ("een aangifte van geboorte", "geboorte"),
    ("een gehandicaptenparkeerkaart", "parkeren"),
    ("een boom in de straat", "groen"),
    ("leerlingenvervoer", "onderwijs"),
    ("schuldhulp", "schulden"),
    ("de opening van een terras", "horeca"),
];

/// How it goes: `{}` is the subject.
pub const GESPREKKEN: [&str; 12] = [
    "Vraagt naar {}.",
    "Belt over {} en wil weten hoe lang het duurt.",
    "Heeft een vraag over {}. Uitgelegd hoe het werkt en wat erbij hoort.",
    "Is boos over {}. Beloofd dat er binnen twee werkdagen iemand terugbelt.",
    "Wil een afspraak maken voor {}. Afspraak ingepland, bevestiging is per e-mail verstuurd.",
    "Heeft nog niets gehoord over {}. De aanvraag staat nog open bij de vakafdeling; doorgezet met het verzoek contact op te nemen.",
    "Geeft door dat {} inmiddels geregeld is en bedankt voor de hulp.",
    "Vraag over {} beantwoord met een verwijzing naar de website.",
    "Stuurt aanvullende stukken over {}. De stukken zijn toegevoegd aan het dossier. Er ontbreekt nog een kopie van het \
     formulier; daar is om gevraagd. Zodra dat er is gaat de behandeling verder, uiterlijk binnen zes weken.",
    "Teruggebeld over {}, niet bereikt. Voicemail ingesproken.",
    "Meldt zich weer over {}. Vorige keer is toegezegd dat het deze week klaar zou zijn.",
    "Klacht over {}: uitgelegd hoe een klacht kan worden ingediend.",
];

/// Employees: identification, initials, prefix, surname. The first take most calls.
pub const MEDEWERKERS: [(&str, &str, &str, &str); 16] = [
    ("m001", "S.", "", "Visser"),
    ("m002", "F.", "de", "Vries"),
    ("m003", "A.M.", "", "Bakker"),
    ("m004", "Y.", "", "Demir"),
    ("m005", "P.", "van den", "Berg"),
    ("m006", "L.", "", "Smit"),
    ("m007", "R.", "", "Singh"),
    ("m008", "J.K.", "", "Mulder"),
    ("m009", "T.", "van", "Dijk"),
    ("m010", "E.", "", "Koster"),
    ("m011", "N.", "", "Bouzid"),
    ("m012", "H.", "", "Postma"),
    ("m013", "M.", "", "Tromp"),
    ("m014", "C.", "ten", "Brink"),
    ("m015", "I.", "", "Wójcik"),
    ("m016", "G.", "de", "Graaf"),
];

/// Functions of those who speak for a business.
pub const FUNCTIES: [&str; 8] = [
    "eigenaar",
    "directeur",
    "administratie",
    "penningmeester",
    "secretaris",
    "bedrijfsleider",
    "voorzitter",
    "contactpersoon",
];

/// Languages, the rare ones last.
pub const TALEN: [&str; 6] = ["nld", "eng", "tur", "ara", "pol", "ukr"];
