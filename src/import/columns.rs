//! Which column means what, by its name. Columns that mean nothing here are kept in `extended_info`.

use std::collections::HashMap;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// Sorted first: deals and accounts have them as owners.
    People,
    Accounts,
    Deals,
    /// What contacts did.
    Events,
}

impl Holds {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Accounts => "accounts",
            Self::Deals => "deals",
            Self::Events => "events",
        }
    }
}

/// A field that a column can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    ExternalId,
    Name,
    Account,
    Domain,
    Kind,
    Segment,
    Status,
    Mrr,
    Employees,
    Owner,
    Product,
    Stage,
    Amount,
    Opened,
    Closed,
    ExpectedClose,
    LostReason,
    Email,
    EventKind,
    OccurredAt,
    Channel,
    Url,
}

/// Names that a file of accounts alone has for its first column.
const OF_ACCOUNTS: &[&str] = &["account", "account_name", "company", "company_name", "organization", "organisation"];
/// Names that a file of people alone has for its first column.
const OF_PEOPLE: &[&str] = &["sales_agent", "agent", "person", "sales_person", "full_name"];

const ACCOUNT: &[(Field, &[&str])] = &[
    (Field::ExternalId, &["account_id", "company_id", "external_id", "record_id", "id"]),
    (Field::Name, &["account", "account_name", "company", "company_name", "organization", "organisation", "name"]),
    (Field::Domain, &["domain", "company_domain_name", "website", "web_site", "url"]),
    (Field::Kind, &["kind", "account_type"]),
    (Field::Segment, &["segment"]),
    (Field::Status, &["status", "account_status"]),
    (Field::Mrr, &["mrr", "monthly_recurring_revenue"]),
    (Field::Employees, &["employees", "employee_count", "number_of_employees", "headcount"]),
    (Field::Owner, &["owner", "account_owner", "company_owner", "sales_agent"]),
];

const DEAL: &[(Field, &[&str])] = &[
    (Field::ExternalId, &["opportunity_id", "deal_id", "external_id", "record_id", "id"]),
    (Field::Name, &["deal_name", "opportunity_name", "opportunity", "deal", "title", "name"]),
    (Field::Product, &["product", "product_name"]),
    (Field::Account, &["account", "account_name", "company", "company_name", "organization", "organisation"]),
    (Field::Stage, &["deal_stage", "stage", "stage_name"]),
    (Field::Amount, &["close_value", "amount", "value", "deal_value"]),
    (Field::Opened, &["engage_date", "open_date", "opened_at", "create_date", "created_date", "created_at"]),
    (Field::Closed, &["close_date", "closed_at", "closed_date"]),
    (Field::ExpectedClose, &["expected_close", "expected_close_date"]),
    (Field::Owner, &["sales_agent", "owner", "deal_owner", "opportunity_owner"]),
    (Field::LostReason, &["lost_reason", "loss_reason"]),
];

const PERSON: &[(Field, &[&str])] = &[(Field::Name, &["sales_agent", "agent", "person", "sales_person", "full_name", "name"])];

const EVENT: &[(Field, &[&str])] = &[
    (Field::Email, &["email", "e_mail", "email_address", "contact_email", "lead_email"]),
    (Field::EventKind, &["kind", "event", "event_kind", "event_type"]),
    (Field::OccurredAt, &["occurred_at", "event_time", "timestamp", "happened_at"]),
    (Field::Channel, &["channel"]),
    (Field::Url, &["url", "page"]),
    (Field::ExternalId, &["event_id", "external_id", "id"]),
];

/// A file's columns, understood.
#[derive(Clone, Debug)]
pub struct Columns {
    pub holds: Holds,
    fields: HashMap<Field, usize>,
    /// Position and name of each column that fills no field.
    others: Vec<(usize, String)>,
    /// The header's names: how wide a row may be, and part of what a row says.
    names: Vec<String>,
}

/// `Deal Stage` and `deal-stage` are both `deal_stage`.
fn plain(header: &str) -> String {
    let mut name = String::new();
    for c in header.trim().chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_end_matches('_').to_string()
}

impl Columns {
    /// What the header row says, or `None` where it names no account, deal or person.
    pub fn understand<'a>(header: impl Iterator<Item = &'a str>) -> Option<Self> {
        let names: Vec<String> = header.map(plain).collect();
        let has = |table: &[(Field, &[&str])], field: Field| {
            table.iter().any(|(f, known)| *f == field && known.iter().any(|k| names.iter().any(|n| n == k)))
        };
        let is_events = [Field::Email, Field::EventKind, Field::OccurredAt].into_iter().all(|field| has(EVENT, field));
        let (holds, table) = if is_events {
            (Holds::Events, EVENT)
        } else if has(DEAL, Field::Stage) && has(DEAL, Field::Account) {
            (Holds::Deals, DEAL)
        } else if names.iter().any(|n| OF_ACCOUNTS.contains(&n.as_str())) || (has(ACCOUNT, Field::Name) && has(ACCOUNT, Field::Domain)) {
            (Holds::Accounts, ACCOUNT)
        } else if names.iter().any(|n| OF_PEOPLE.contains(&n.as_str())) {
            (Holds::People, PERSON)
        } else {
            return None;
        };
        let mut fields = HashMap::new();
        for (field, known) in table {
            // the first name that the file has, in order of how telling it is
            if let Some(position) =
                known.iter().find_map(|k| names.iter().position(|n| n == k)).filter(|p| !fields.values().any(|taken| taken == p))
            {
                fields.insert(*field, position);
            }
        }
        let others = names
            .iter()
            .cloned()
            .enumerate()
            .filter(|(i, name)| !name.is_empty() && (!fields.values().any(|taken| taken == i) || kept_besides(&fields, *i)))
            .collect();
        Some(Self { holds, fields, others, names })
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn has(&self, field: Field) -> bool {
        self.fields.contains_key(&field)
    }

    /// The trimmed value of a field; none where the column is missing, empty, or says `null`.
    pub fn get<'r>(&self, row: &'r csv::StringRecord, field: Field) -> Option<&'r str> {
        self.fields.get(&field).and_then(|&i| row.get(i)).and_then(value)
    }

    /// The other columns as a JSON object, numbers as numbers.
    pub fn others(&self, row: &csv::StringRecord) -> serde_json::Value {
        let pairs = self.others.iter().filter_map(|(i, name)| Some((name.clone(), json(value(row.get(*i)?)?))));
        serde_json::Value::Object(pairs.collect())
    }
}

/// Facts that fill a field of ours and are worth keeping as they came.
fn kept_besides(fields: &HashMap<Field, usize>, position: usize) -> bool {
    [Field::Employees, Field::Product].iter().any(|f| fields.get(f) == Some(&position))
}

fn value(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && !text.eq_ignore_ascii_case("null")).then_some(text)
}

/// A number only where nothing is lost by reading it as one: `007` and `1e5` stay text.
fn json(text: &str) -> serde_json::Value {
    match text.parse::<serde_json::Number>() {
        Ok(number) if number.to_string() == text => number.into(),
        _ => text.replace('\0', "").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(header: &str) -> Option<Holds> {
        Columns::understand(header.split(',')).map(|c| c.holds)
    }

    #[test]
    fn files_are_known_by_their_columns() {
        assert_eq!(holds("account,sector,year_established,revenue,employees,office_location,subsidiary_of"), Some(Holds::Accounts));
        assert_eq!(holds("opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"), Some(Holds::Deals));
        assert_eq!(holds("sales_agent,manager,regional_office"), Some(Holds::People));
        assert_eq!(holds("Name,Website"), Some(Holds::Accounts));
        assert_eq!(holds("Email,Kind,Occurred at,Company"), Some(Holds::Events));
        assert_eq!(holds("email,company,kind"), Some(Holds::Accounts));
        assert_eq!(holds("product,series,sales_price"), None);
        assert_eq!(holds(""), None);
    }

    #[test]
    fn unknown_columns_are_kept_as_they_came() {
        let columns = Columns::understand("Company Name,Employees,Sector,Code,Note".split(',')).expect("accounts");
        let row = csv::StringRecord::from(vec!["Acme", "2822", "technolgy", "007", "null"]);
        assert_eq!(columns.get(&row, Field::Name), Some("Acme"));
        assert_eq!(columns.others(&row), serde_json::json!({"employees": 2822, "sector": "technolgy", "code": "007"}));
    }
}
