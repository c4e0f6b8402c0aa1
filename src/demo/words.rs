//! Words that made-up companies, people and conversations are put together from.

/// How companies and people of a country are named: each company from a first and a second part.
pub struct Tongue {
    pub country: &'static str,
    pub firsts: &'static [&'static str],
    pub seconds: &'static [&'static str],
    pub given: &'static [&'static str],
    pub family: &'static [&'static str],
}

pub const TONGUES: [Tongue; 8] = [
    Tongue {
        country: "United Kingdom",
        firsts: &["Harrow", "Pennine", "Alder", "Copperfield", "Tidewater", "Brackley"],
        seconds: &["Analytics", "Foundry", "Freight", "Instruments", "Mutual"],
        given: &["Imogen", "Callum", "Priya", "Rhys", "Beatrice"],
        family: &["Hartley", "Okafor", "Penrose", "Sandhu", "Whitlock"],
    },
    Tongue {
        country: "Germany",
        firsts: &["Lindqvist", "Grünwald", "Hafen", "Steinbach", "Möller", "Elbtal"],
        seconds: &["Maschinenbau", "Optik", "Werke", "Logistik", "Software"],
        given: &["Jürgen", "Anneliese", "Tobias", "Frauke", "Yasemin"],
        family: &["Köhler", "Brandt", "Yılmaz", "Schäfer", "Vogt"],
    },
    Tongue {
        country: "France",
        firsts: &["Atelier", "Maison", "Société", "Éclair", "Beauséjour", "Rivière"],
        seconds: &["Rousseau", "Numérique", "Garonne", "Santé", "Lumière"],
        given: &["Élodie", "Mathieu", "Noémie", "Thibault", "Aïcha"],
        family: &["Delacroix", "Fournier", "Benali", "Garçon", "Petit"],
    },
    Tongue {
        country: "Spain",
        firsts: &["Huerta", "Bodega", "Señorío", "Puente", "Cantábrica", "Viento"],
        seconds: &["Digital", "del Norte", "Solar", "Textil", "Marítima"],
        given: &["Íñigo", "Lucía", "Begoña", "Andrés", "Ximena"],
        family: &["Echeverría", "Muñoz", "Ibáñez", "Castro", "Peña"],
    },
    Tongue {
        country: "Poland",
        firsts: &["Kowalski", "Wisła", "Bałtyk", "Żuraw", "Mazury", "Śnieżka"],
        seconds: &["Logistyka", "Systemy", "Energia", "Meble", "Technologie"],
        given: &["Łukasz", "Agnieszka", "Grzegorz", "Zofia", "Paweł"],
        family: &["Wójcik", "Dąbrowska", "Zieliński", "Kaczmarek", "Górska"],
    },
    Tongue {
        country: "Sweden",
        firsts: &["Nordfjäll", "Skärgård", "Björk", "Västanvind", "Ångström", "Sjöstrand"],
        seconds: &["Energi", "Data", "Bygg", "Hälsa", "Transport"],
        given: &["Åsa", "Björn", "Linnéa", "Håkan", "Saga"],
        family: &["Lindström", "Sjögren", "Åkesson", "Nyberg", "Öberg"],
    },
    Tongue {
        country: "Japan",
        firsts: &["Shinonome", "Hoshino", "Minato", "Kazehaya", "青葉", "東雲"],
        seconds: &["Denki", "Systems", "Seiki", "物産", "Labo"],
        given: &["Haruka", "Kenji", "Misaki", "翔太", "由美"],
        family: &["Tanaka", "Okabe", "Fujimori", "佐藤", "Ishikawa"],
    },
    Tongue {
        country: "Brazil",
        firsts: &["Aroeira", "São Bento", "Jangada", "Ipê", "Caatinga", "Horizonte"],
        seconds: &["Agro", "Tecnologia", "Saúde", "Papéis", "Café"],
        given: &["João", "Conceição", "Thaís", "Otávio", "Débora"],
        family: &["Araújo", "Gonçalves", "Magalhães", "Brandão", "Lins"],
    },
];

pub const ROLES: [&str; 8] = [
    "Chief executive",
    "Head of operations",
    "Head of sales",
    "IT manager",
    "Purchasing",
    "Chief technology officer",
    "Finance director",
    "Product manager",
];

pub const PRODUCTS: [&str; 6] = ["Team plan", "Company plan", "Onboarding", "Data migration", "Premium support", "Second site"];

pub const LOST: [&str; 5] = ["Chose a competitor", "No budget this year", "Went quiet", "Built their own", "Timing"];

pub const CHANNELS: [&str; 5] = ["Referral", "Website", "Conference", "Outbound", "Partner"];

pub const CALLS: [&str; 6] = [
    "Went through the open questions on data residency; they want a written answer before the board meets.",
    "Short check-in. The new release helps the warehouse team most.",
    "They compared us with two others; price is fine, the rollout plan decides.",
    "Asked who else has a say. Purchasing joins from next week.",
    "Talked about the renewal and a second site in spring.",
    "Left a message; will try again on Thursday.",
];

pub const EMAILS: [&str; 5] = [
    "Sent the summary of the workshop with the agreed next steps.",
    "Security questionnaire answered and returned.",
    "They sent the signed order form.",
    "Asked for a reference customer in their industry.",
    "Shared the quarterly usage report.",
];

pub const MEETINGS: [&str; 4] = [
    "Demo for eight people; most questions were about import and roles.",
    "Kick-off at their office. Goals: first team live within three weeks.",
    "Quarterly review: usage is up, two wishes noted.",
    "Walked the new head of operations through the pipeline.",
];

pub const NOTES: [&str; 4] = [
    "Reorganised in autumn; our sponsor keeps the budget.",
    "Hiring in sales according to their careers page.",
    "Prefers calls before ten.",
    "Contract ends in March; start talking in December.",
];
