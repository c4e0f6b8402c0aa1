//! Words that the made-up sites are put together from.

/// What a company does, by a word of its name, and whom it serves.
pub const TRADES: [(&str, &str, &str); 41] = [
    ("Analytics", "Business analytics", "reads the numbers of mid-sized businesses so that they need not"),
    ("Foundry", "Metal casting", "casts parts for pumps, valves and turbines"),
    ("Freight", "Freight and logistics", "moves containers between ports, rails and roads"),
    ("Instruments", "Measuring instruments", "makes instruments that laboratories trust"),
    ("Mutual", "Insurance", "insures workshops and the people in them"),
    ("Maschinenbau", "Mechanical engineering", "builds machines that fold, cut and pack"),
    ("Optik", "Optics", "grinds lenses for cameras and microscopes"),
    ("Werke", "Industrial components", "makes gears and bearings for heavy machines"),
    ("Logistik", "Freight and logistics", "stores and ships spare parts overnight"),
    ("Software", "Software", "writes software for inland shipping"),
    ("Rousseau", "Furniture", "designs and builds furniture for public libraries"),
    ("Numérique", "Digital services", "brings town halls online"),
    ("Garonne", "Food and drink", "bottles what grows along the river"),
    ("Santé", "Health care", "runs clinics in towns without one"),
    ("Lumière", "Lighting", "lights stages, museums and streets"),
    ("Digital", "Digital services", "builds shops on the web for makers"),
    ("del Norte", "Food and drink", "ships cheese and cider from small farms"),
    ("Solar", "Renewable energy", "puts panels on the roofs of warehouses"),
    ("Textil", "Textiles", "weaves technical cloth for sails and tents"),
    ("Marítima", "Shipping", "tows, moors and repairs ships"),
    ("Logistyka", "Freight and logistics", "plans routes for two thousand lorries"),
    ("Systemy", "Industrial automation", "automates bottling lines"),
    ("Energia", "Renewable energy", "heats towns with what others throw away"),
    ("Meble", "Furniture", "makes flat-packed furniture that can be taken apart again"),
    ("Technologie", "Software", "writes software for hospitals"),
    ("Energi", "Renewable energy", "runs wind parks with their neighbours"),
    ("Data", "Data centres", "rents out computers that heat greenhouses"),
    ("Bygg", "Construction", "builds schools out of wood"),
    ("Hälsa", "Health care", "brings doctors to the far north by video"),
    ("Transport", "Freight and logistics", "drives timber to the coast by electricity"),
    ("Denki", "Electronics", "makes switches that last for a million presses"),
    ("Systems", "Industrial automation", "controls presses and ovens"),
    ("Seiki", "Precision machinery", "mills parts to a thousandth of a millimetre"),
    ("物産", "Wholesale", "trades in tea, paper and tools"),
    ("Labo", "Biotechnology", "grows enzymes for breweries"),
    ("Agro", "Agriculture", "grows oranges between rows of trees"),
    ("Tecnologia", "Software", "writes software for cooperatives"),
    ("Saúde", "Health care", "sends nurses to where the patients are"),
    ("Papéis", "Paper and packaging", "makes boxes from what was a box before"),
    ("Café", "Food and drink", "roasts coffee for offices"),
    ("", "Professional services", "helps family businesses with what they put off"),
];

/// Cities by country.
pub const CITIES: [(&str, &[&str]); 8] = [
    ("United Kingdom", &["Leeds", "Bristol", "Hull"]),
    ("Germany", &["Kiel", "Jena", "Wuppertal"]),
    ("France", &["Nantes", "Bordeaux", "Lille"]),
    ("Spain", &["Santander", "Valencia", "Vigo"]),
    ("Poland", &["Gdańsk", "Wrocław", "Łódź"]),
    ("Sweden", &["Luleå", "Malmö", "Umeå"]),
    ("Japan", &["Kobe", "Sendai", "Nagoya"]),
    ("Brazil", &["Curitiba", "Recife", "Santos"]),
];

/// How the one who leads is called there.
pub const CHIEFS: [(&str, &str); 3] = [("Germany", "Geschäftsführung (CEO)"), ("France", "Président-directeur général"), ("", "CEO")];

/// What else people do.
pub const ROLES: [&str; 8] = [
    "Chief Technology Officer",
    "Head of Sales",
    "Head of Operations",
    "Finance Director",
    "Head of Product",
    "Head of Marketing",
    "Head of People",
    "Customer Success Lead",
];

/// Posts that may be open.
pub const POSTS: [&str; 14] = [
    "Backend Engineer",
    "Frontend Developer",
    "Data Engineer",
    "Account Executive",
    "Sales Manager",
    "Content Marketing Manager",
    "Product Manager",
    "Warehouse Operator",
    "Service Technician",
    "Financial Controller",
    "Customer Support Specialist",
    "Product Designer",
    "Talent Partner, Recruiter",
    "Operations Planner",
];

/// What there is to tell.
pub const NEWS: [&str; 12] = [
    "{name} opens a second site near {city}",
    "{name} wins a prize for its apprentices",
    "A new partner in the north: {name} signs for three years",
    "{name} raises a seed extension from its first customers",
    "What we learned from a hundred visits to customers",
    "{name} now ships on Saturdays",
    "Our report on a year with less paper",
    "{name} takes over the service team of a former competitor",
    "Meet us at the spring fair in {city}",
    "{name} joins the open standards group of its trade",
    "A new head of engineering at {name}",
    "Half of our fleet is electric now",
];

/// What serves and makes a site: headers, the generator that it names, its scripts, a piece of its markup.
pub struct Stack {
    pub headers: &'static [(&'static str, &'static str)],
    pub generator: Option<&'static str>,
    pub scripts: &'static [&'static str],
}

pub const STACKS: [Stack; 7] = [
    Stack {
        headers: &[("server", "nginx/1.24.0"), ("x-powered-by", "PHP/8.2.12")],
        generator: Some("WordPress 6.4.2"),
        scripts: &[
            "https://code.jquery.com/jquery-3.7.1.min.js",
            "https://www.googletagmanager.com/gtm.js?id=GTM-SAMPLE",
            "https://js.hs-scripts.com/0000000.js",
        ],
    },
    Stack {
        headers: &[("server", "Vercel"), ("x-powered-by", "Next.js")],
        generator: None,
        scripts: &[
            "/_next/static/chunks/main.js",
            "https://cdn.segment.com/analytics.js/v1/sample/analytics.min.js",
            "https://widget.intercom.io/widget/sample",
        ],
    },
    Stack {
        headers: &[("server", "Apache/2.4.57")],
        generator: Some("TYPO3 CMS"),
        scripts: &["https://cdn.matomo.cloud/sample/matomo.js", "https://consent.cookiebot.com/uc.js"],
    },
    Stack {
        headers: &[("server", "cloudflare"), ("powered-by", "Shopify")],
        generator: None,
        scripts: &[
            "https://cdn.shopify.com/s/files/1/sample/theme.js",
            "https://static.klaviyo.com/onsite/js/klaviyo.js",
            "https://js.stripe.com/v3/",
        ],
    },
    Stack {
        headers: &[("server", "nginx"), ("x-drupal-cache", "HIT"), ("via", "1.1 varnish")],
        generator: Some("Drupal 10 (https://www.drupal.org)"),
        scripts: &["https://www.googletagmanager.com/gtag/js?id=G-SAMPLE", "https://static.zdassets.com/ekr/snippet.js"],
    },
    Stack {
        headers: &[("server", "Netlify")],
        generator: Some("Hugo 0.121.1"),
        scripts: &["https://plausible.io/js/script.js", "https://assets.calendly.com/assets/external/widget.js"],
    },
    Stack {
        headers: &[("server", "cloudflare")],
        generator: Some("Webflow"),
        scripts: &[
            "https://static.hotjar.com/c/hotjar-0.js",
            "https://snap.licdn.com/li.lms-analytics/insight.min.js",
            "https://embed.typeform.com/next/embed.js",
        ],
    },
];
