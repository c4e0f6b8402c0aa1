//! Open posts of a careers page: counted where the markup has them, never guessed.

use chrono::NaiveDate;

use super::linked::text;
use super::page::{Page, Today};
use super::pages::{self, is_same_site};
use super::roles;
use crate::enrichment::fact::{Department, Fact, Trend, plain};

/// So many posts are counted, and so many of their titles kept.
const MOST: usize = 500;
const MOST_ROLES: usize = 30;

/// From here on a company is said to grow: so many posts, or so many of a hundred employees.
const GROWING_OPENINGS: usize = 5;
const GROWING_PERCENT: u64 = 10;

/// Sites that many companies have their posts on.
const BOARDS: [&str; 14] = [
    "greenhouse.io",
    "lever.co",
    "ashbyhq.com",
    "workable.com",
    "personio.de",
    "personio.com",
    "recruitee.com",
    "teamtailor.com",
    "smartrecruiters.com",
    "bamboohr.com",
    "breezy.hr",
    "join.com",
    "welcometothejungle.com",
    "myworkdayjobs.com",
];

/// Titles of the posts that a careers page has open.
pub fn openings(page: &Page, today: Today) -> Vec<String> {
    let posted = posted(page, today);
    if !posted.is_empty() {
        return posted;
    }
    let linked = linked(page);
    if linked.is_empty() { listed(page) } else { linked }
}

/// schema.org's JobPosting, unless it has ended.
fn posted(page: &Page, today: Today) -> Vec<String> {
    let is_open = |until: Option<String>| {
        let until = until.and_then(|until| NaiveDate::parse_from_str(until.get(..10)?, "%Y-%m-%d").ok());
        until.is_none_or(|until| until >= today.0)
    };
    let posts = page.linked.of(|kind| kind == "JobPosting").filter(|(_, node)| is_open(text(node, "validThrough")));
    let titles = posts.filter_map(|(_, node)| text(node, "title").or_else(|| text(node, "name")));
    titles.map(|title| plain(&title, 120)).filter(|title| !title.is_empty()).take(MOST).collect()
}

/// Links that read like a title and lead to a page of its own: below this one, below one for jobs, or on a known board.
fn linked(page: &Page) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let mut titles = Vec::new();
    for link in &page.document.links {
        let Some(url) = pages::resolve(&page.url, &page.document, &link.href) else { continue };
        let title = plain(&link.text, 120);
        if titles.len() < MOST && is_post(page, &url) && roles::is_title(&title) && seen.insert(url) {
            titles.push(title);
        }
    }
    titles
}

fn is_post(page: &Page, url: &reqwest::Url) -> bool {
    const PARTS: [&str; 12] = [
        "careers",
        "career",
        "jobs",
        "job",
        "positions",
        "openings",
        "vacancies",
        "karriere",
        "stellen",
        "stellenangebote",
        "empleo",
        "praca",
    ];
    if !is_same_site(url, &page.url) {
        return url.host_str().and_then(psl::domain_str).is_some_and(|domain| BOARDS.contains(&domain));
    }
    let below = format!("{}/", page.url.path().trim_end_matches('/'));
    let parts: Vec<_> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let (_, above) = parts.split_last().unwrap_or((&"", &[]));
    (below != "/" && url.path().starts_with(&below) && url.path().len() > below.len()) || above.iter().any(|part| PARTS.contains(part))
}

/// Items whose class says that they are a post.
fn listed(page: &Page) -> Vec<String> {
    const CLASSES: [&str; 4] = ["job", "position", "opening", "vacancy"];
    let elements = &page.document.elements;
    let is_item = |at: &usize| {
        let class = elements.get(*at).map(|element| element.class.to_lowercase()).unwrap_or_default();
        class.split(|c: char| !c.is_alphanumeric()).any(|part| CLASSES.contains(&part))
    };
    let titled = elements.iter().enumerate().filter(|(at, element)| match element.tag.as_str() {
        "h2" | "h3" | "h4" | "h5" => is_item(at) || element.parent.as_ref().is_some_and(is_item),
        "li" => is_item(at) && !elements.iter().any(|inner| inner.parent == Some(*at)),
        _ => false,
    });
    let titles = titled.map(|(_, element)| plain(&element.text, 120)).filter(|title| roles::is_title(title));
    titles.take(MOST).collect()
}

/// What openings say of a company with so many employees. A careers page on which none can be counted says nothing.
pub fn hiring(titles: &[String], employees: Option<u32>) -> Fact {
    let count = titles.len();
    let is_much = employees.is_some_and(|employees| count as u64 * 100 >= u64::from(employees) * GROWING_PERCENT);
    let trend = match count {
        0 => Trend::Unknown,
        _ if count >= GROWING_OPENINGS || is_much => Trend::Growing,
        _ => Trend::Steady,
    };
    let mut roles: Vec<String> = Vec::new();
    let mut departments: Vec<Department> = Vec::new();
    for title in titles {
        if roles.len() < MOST_ROLES && !roles.contains(title) {
            roles.push(title.clone());
        }
        let name = roles::department(title);
        match departments.iter_mut().find(|department| department.name == name) {
            Some(department) => department.openings += 1,
            None => departments.push(Department { name: name.to_string(), openings: 1 }),
        }
    }
    departments.sort_by_key(|department| std::cmp::Reverse(department.openings));
    Fact::Hiring { trend, openings: (count > 0).then(|| u32::try_from(count).unwrap_or(u32::MAX)), roles, departments }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrichment::website::page::tests::page;

    fn open(html: &str) -> Vec<String> {
        openings(&page(html), Today::for_tests())
    }

    #[test]
    fn posts_in_json_ld_that_have_not_ended_count() {
        let html = r#"<script type="application/ld+json">[{"@type":"JobPosting","title":"Welder"},
            {"@type":"JobPosting","title":"Old","validThrough":"2026-11-22T23:59"},{"@type":"JobPosting","title":"New","validThrough":"2026-11-23"}]</script>
            <a href="/about/jobs/1">Sales Manager</a>"#;
        assert_eq!(open(html), ["Welder", "New"]);
    }

    #[test]
    fn else_links_and_items_that_read_like_posts() {
        let html = r#"<a href="/jobs/1">Data <b>Engineer</b></a><a href="/jobs/1">Data Engineer again, Engineer</a><a href="/jobs/2">Apply</a>
            <a href="https://boards.greenhouse.io/konex/jobs/7">Sales Manager</a><a href="https://other.example/jobs/7">Sales Manager</a>
            <a href="javascript:jobs/9">Account Manager</a>"#;
        assert_eq!(open(html), ["Data Engineer", "Sales Manager"]);
        let html = r#"<ul><li class="job-item"><h3>Data Engineer</h3><p>Kiel</p></li><li class="position">Welder, Manager</li><li>HR Manager</li></ul>"#;
        assert_eq!(open(html), ["Data Engineer", "Welder, Manager"]);
        assert!(open("<p>We have 17 open positions!").is_empty());
    }

    #[test]
    fn a_trend_follows_from_numbers() {
        let trend = |count: usize, employees| match hiring(&vec!["Engineer".to_string(); count], employees) {
            Fact::Hiring { trend, openings, .. } => (trend, openings),
            _ => unreachable!(),
        };
        assert_eq!(trend(0, Some(10)), (Trend::Unknown, None));
        assert_eq!(trend(4, None), (Trend::Steady, Some(4)));
        assert_eq!(trend(4, Some(41)), (Trend::Steady, Some(4)));
        assert_eq!(trend(4, Some(40)), (Trend::Growing, Some(4)));
        assert_eq!(trend(5, Some(40_000)), (Trend::Growing, Some(5)));
    }
}
