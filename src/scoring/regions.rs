//! Which countries a region's name stands for. Codes are ISO 3166-1 alpha-2; continents as the UN's M49 has them, with
//! Russia in Europe and Cyprus and Türkiye counted to Europe, too, where sales regions put them.

/// Continent, then its countries: code and English name.
const CONTINENTS: [(&str, &str); 6] = [
    (
        "europe",
        "AD Andorra|AL Albania|AT Austria|BA Bosnia and Herzegovina|BE Belgium|BG Bulgaria|BY Belarus|CH Switzerland|CY Cyprus|CZ Czechia|DE Germany|DK Denmark|EE Estonia|ES Spain|FI Finland|FR France|GB United Kingdom|GR Greece|HR Croatia|HU Hungary|IE Ireland|IS Iceland|IT Italy|LI Liechtenstein|LT Lithuania|LU Luxembourg|LV Latvia|MC Monaco|MD Moldova|ME Montenegro|MK North Macedonia|MT Malta|NL Netherlands|NO Norway|PL Poland|PT Portugal|RO Romania|RS Serbia|RU Russia|SE Sweden|SI Slovenia|SK Slovakia|SM San Marino|TR Türkiye|UA Ukraine|VA Vatican City|XK Kosovo",
    ),
    ("north america", "CA Canada|MX Mexico|US United States"),
    (
        "south america",
        "AR Argentina|BO Bolivia|BR Brazil|CL Chile|CO Colombia|EC Ecuador|GY Guyana|PE Peru|PY Paraguay|SR Suriname|UY Uruguay|VE Venezuela",
    ),
    (
        "central america",
        "BB Barbados|BS Bahamas|BZ Belize|CR Costa Rica|CU Cuba|DO Dominican Republic|GT Guatemala|HN Honduras|HT Haiti|JM Jamaica|NI Nicaragua|PA Panama|PR Puerto Rico|SV El Salvador|TT Trinidad and Tobago",
    ),
    (
        "africa",
        "AO Angola|BF Burkina Faso|BI Burundi|BJ Benin|BW Botswana|CD Democratic Republic of the Congo|CG Congo|CI Ivory Coast|CM Cameroon|CV Cabo Verde|DJ Djibouti|DZ Algeria|EG Egypt|ER Eritrea|ET Ethiopia|GA Gabon|GH Ghana|GM Gambia|GN Guinea|KE Kenya|LR Liberia|LS Lesotho|LY Libya|MA Morocco|MG Madagascar|ML Mali|MR Mauritania|MU Mauritius|MW Malawi|MZ Mozambique|NA Namibia|NE Niger|NG Nigeria|RW Rwanda|SC Seychelles|SD Sudan|SL Sierra Leone|SN Senegal|SO Somalia|SZ Eswatini|TD Chad|TG Togo|TN Tunisia|TZ Tanzania|UG Uganda|ZA South Africa|ZM Zambia|ZW Zimbabwe",
    ),
    (
        "asia pacific",
        "AE United Arab Emirates|AF Afghanistan|AM Armenia|AU Australia|AZ Azerbaijan|BD Bangladesh|BH Bahrain|BN Brunei|BT Bhutan|CN China|FJ Fiji|GE Georgia|HK Hong Kong|ID Indonesia|IL Israel|IN India|IQ Iraq|IR Iran|JO Jordan|JP Japan|KG Kyrgyzstan|KH Cambodia|KR South Korea|KW Kuwait|KZ Kazakhstan|LA Laos|LB Lebanon|LK Sri Lanka|MM Myanmar|MN Mongolia|MO Macao|MV Maldives|MY Malaysia|NP Nepal|NZ New Zealand|OM Oman|PG Papua New Guinea|PH Philippines|PK Pakistan|PS Palestine|QA Qatar|SA Saudi Arabia|SG Singapore|SY Syria|TH Thailand|TJ Tajikistan|TM Turkmenistan|TW Taiwan|UZ Uzbekistan|VN Vietnam|YE Yemen",
    ),
];

const EU: &str = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE";
const MIDDLE_EAST: &str = "AE BH EG IL IQ IR JO KW LB OM PS QA SA SY TR YE";

/// Groups of countries that people sell to under one name.
const GROUPS: [(&str, &str); 10] = [
    ("eu", EU),
    ("european union", EU),
    ("dach", "DE AT CH"),
    ("benelux", "BE NL LU"),
    ("nordics", "DK FI IS NO SE"),
    ("scandinavia", "DK NO SE"),
    ("baltics", "EE LV LT"),
    ("middle east", MIDDLE_EAST),
    ("oceania", "AU NZ FJ PG"),
    ("iberia", "ES PT"),
];

/// Other names of continents and groups.
const REGIONS_OF: [(&str, &[&str]); 9] = [
    ("emea", &["europe", "africa", "middle east"]),
    ("apac", &["asia pacific"]),
    ("asia", &["asia pacific"]),
    ("asia-pacific", &["asia pacific"]),
    ("latam", &["south america", "central america", "mexico"]),
    ("latin america", &["south america", "central america", "mexico"]),
    ("americas", &["north america", "south america", "central america"]),
    ("nordic countries", &["nordics"]),
    ("mena", &["middle east", "morocco", "algeria", "tunisia", "libya"]),
];

/// Other names of countries.
const ALIASES: [(&str, &str); 20] = [
    ("usa", "US"),
    ("u.s.", "US"),
    ("u.s.a.", "US"),
    ("united states of america", "US"),
    ("america", "US"),
    ("uk", "GB"),
    ("u.k.", "GB"),
    ("great britain", "GB"),
    ("england", "GB"),
    ("scotland", "GB"),
    ("wales", "GB"),
    ("holland", "NL"),
    ("the netherlands", "NL"),
    ("czech republic", "CZ"),
    ("turkey", "TR"),
    ("korea", "KR"),
    ("republic of korea", "KR"),
    ("deutschland", "DE"),
    ("uae", "AE"),
    ("russian federation", "RU"),
];

fn countries() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    CONTINENTS.iter().flat_map(|(continent, list)| {
        list.split('|').filter_map(|entry| entry.split_once(' ')).map(move |(code, name)| (*continent, code, name))
    })
}

/// A country's code, by its code, name or another name.
fn country(text: &str) -> Option<&'static str> {
    let text = text.trim().to_lowercase();
    let alias = ALIASES.iter().find(|(name, _)| *name == text).map(|(_, code)| *code);
    alias.or_else(|| {
        countries().find(|(_, code, name)| code.eq_ignore_ascii_case(&text) || name.to_lowercase() == text).map(|(_, code, _)| code)
    })
}

/// Whether `code` belongs to what `region` names: a continent, a group, a country.
fn belongs(code: &str, region: &str) -> bool {
    let region = region.trim().to_lowercase();
    if matches!(region.as_str(), "world" | "worldwide" | "global" | "anywhere") {
        return true;
    }
    if let Some((_, parts)) = REGIONS_OF.iter().find(|(name, _)| *name == region) {
        return parts.iter().any(|part| belongs(code, part));
    }
    if let Some((_, codes)) = GROUPS.iter().find(|(name, _)| *name == region) {
        return codes.split(' ').any(|c| c == code);
    }
    if CONTINENTS.iter().any(|(name, _)| *name == region) {
        return countries().any(|(continent, c, _)| continent == region && c == code);
    }
    country(&region) == Some(code)
}

/// Whether a place lies in a region of the profile: by its country, else by the same words (a city, a state).
pub fn lies_in(city: Option<&str>, place: Option<&str>, region: &str) -> bool {
    let same = |text: &str| text.trim().to_lowercase() == region.trim().to_lowercase();
    [city, place].into_iter().flatten().any(|text| same(text) || text.split(',').any(same))
        || place
            .into_iter()
            .flat_map(|text| std::iter::once(text).chain(text.split(',')))
            .filter_map(country)
            .any(|code| belongs(code, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_a_group_is_a_country() {
        for (group, codes) in GROUPS {
            for code in codes.split(' ') {
                assert!(countries().any(|(_, c, _)| c == code), "{group}: {code}");
            }
        }
        for (_, code) in ALIASES {
            assert!(countries().any(|(_, c, _)| c == code), "{code}");
        }
        let mut codes: Vec<_> = countries().map(|(_, code, _)| code).collect();
        codes.sort_unstable();
        assert!(codes.windows(2).all(|two| two[0] != two[1]));
    }

    #[test]
    fn places_lie_in_regions() {
        for (city, place, region, lies) in [
            (Some("Berlin"), Some("Germany"), "DACH", true),
            (Some("Berlin"), Some("DE"), "Europe", true),
            (None, Some("germany"), "EU", true),
            (None, Some("United States"), "EU", false),
            (Some("Austin"), Some("USA"), "North America", true),
            (Some("Austin"), None, "austin", true),
            (None, Some("Austin, United States"), "US", true),
            (None, Some("Kenya"), "EMEA", true),
            (None, Some("Brasil"), "LATAM", false),
            (None, Some("Brazil"), "LATAM", true),
            (None, Some("Atlantis"), "Europe", false),
        ] {
            assert_eq!(lies_in(city, place, region), lies, "{city:?} {place:?} {region}");
        }
    }
}
