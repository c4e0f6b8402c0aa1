//! What a site asks of robots: robots.txt by RFC 9309.

use std::time::Duration;

/// Longer pauses are not kept: the run would end before it began.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// No more of a robots.txt is read than the RFC asks for, 500 KiB.
pub const MOST_BYTES: usize = 512_000;

/// No more rules than this are kept, and none that are longer.
const MOST_RULES: usize = 1_000;
const LONGEST_RULE: usize = 500;

/// The rules of one site for one robot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
    pause: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    pattern: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Allow,
    Disallow,
}

impl Robots {
    /// For a site that has no robots.txt.
    pub fn allow_all() -> Self {
        Self { rules: Vec::new(), pause: None }
    }

    /// For a site whose robots.txt cannot be had.
    pub fn disallow_all() -> Self {
        Self { rules: vec![Rule { pattern: "/".into(), verdict: Verdict::Disallow }], pause: None }
    }

    /// The rules for `robot` (a product name such as `Prospector`), or those for everybody where it is not named.
    pub fn parse(text: &str, robot: &str) -> Self {
        let mut named = None;
        let mut everybody = Self::allow_all();
        let mut group = Group::default();
        for line in text.trim_start_matches('\u{feff}').lines() {
            let Some((key, value)) = line.split('#').next().unwrap_or_default().split_once(':') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => group.name(value, robot),
                "allow" => group.rule(value, Verdict::Allow, &mut named, &mut everybody),
                "disallow" => group.rule(value, Verdict::Disallow, &mut named, &mut everybody),
                "crawl-delay" => group.pause(value, &mut named, &mut everybody),
                _ => {}
            }
            // a group that names the robot counts, even without a rule
            if group.is_named && named.is_none() {
                named = Some(Self::allow_all());
            }
        }
        named.unwrap_or(everybody)
    }

    /// Whether a path (with its query) may be read: the longest rule that fits it decides, and Allow where two are as long.
    pub fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let path = normal(path);
        let fitting = self.rules.iter().filter(|rule| fits(&rule.pattern, &path));
        let longest = fitting.max_by_key(|rule| (rule.pattern.len(), rule.verdict == Verdict::Allow));
        longest.is_none_or(|rule| rule.verdict == Verdict::Allow)
    }

    /// The pause that the site asks for between two pages, bounded.
    pub fn pause(&self) -> Option<Duration> {
        self.pause
    }
}

/// The lines of a group that have been read: whom it is for, and whether its rules have begun.
#[derive(Default)]
struct Group {
    is_named: bool,
    is_everybody: bool,
    has_rules: bool,
}

impl Group {
    fn name(&mut self, name: &str, robot: &str) {
        if self.has_rules {
            *self = Self::default();
        }
        // a version may follow the name
        let product = name.split(['/', ' ']).next().unwrap_or_default();
        self.is_named |= product.eq_ignore_ascii_case(robot);
        self.is_everybody |= product == "*";
    }

    fn rule(&mut self, pattern: &str, verdict: Verdict, named: &mut Option<Robots>, everybody: &mut Robots) {
        self.has_rules = true;
        // an empty rule fits nothing
        if pattern.is_empty() || pattern.len() > LONGEST_RULE {
            return;
        }
        for robots in self.whose(named, everybody).into_iter().filter(|robots| robots.rules.len() < MOST_RULES) {
            robots.rules.push(Rule { pattern: normal(pattern), verdict });
        }
    }

    fn pause(&mut self, seconds: &str, named: &mut Option<Robots>, everybody: &mut Robots) {
        self.has_rules = true;
        let Ok(seconds) = seconds.parse::<f64>() else { return };
        let pause = Duration::try_from_secs_f64(seconds).map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE));
        for robots in self.whose(named, everybody) {
            robots.pause = Some(if seconds > 0.0 { pause } else { Duration::ZERO });
        }
    }

    fn whose<'a>(&self, named: &'a mut Option<Robots>, everybody: &'a mut Robots) -> Vec<&'a mut Robots> {
        let mut whose = Vec::new();
        if self.is_named {
            whose.push(named.get_or_insert_with(Robots::allow_all));
        }
        if self.is_everybody {
            whose.push(everybody);
        }
        whose
    }
}

/// A path as rules are compared with it: whatever may be percent-encoded is, and in capitals.
fn normal(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, code(after)) {
            (b'%', Some(code)) => {
                rest = &after[2..];
                let is_plain = code.is_ascii_alphanumeric() || b"-._~".contains(&code);
                normal.push_str(&if is_plain { char::from(code).to_string() } else { format!("%{code:02X}") });
            }
            _ if byte.is_ascii_graphic() => normal.push(char::from(*byte)),
            _ => normal.push_str(&format!("%{byte:02X}")),
        }
    }
    normal
}

/// The byte that two hexadecimal digits stand for.
fn code(digits: &[u8]) -> Option<u8> {
    let digits = digits.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Whether a pattern with `*` (anything) and a closing `$` (the end) fits the beginning of a path. Goes back to the last
/// star only, so that no pattern takes long.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, to_the_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern.as_bytes(), true),
        None => (pattern.as_bytes(), false),
    };
    let path = path.as_bytes();
    let (mut at, mut read, mut star) = (0, 0, None);
    loop {
        match pattern.get(at) {
            None if !to_the_end || read == path.len() => return true,
            Some(b'*') => {
                star = Some((at + 1, read));
                at += 1;
                continue;
            }
            Some(byte) if path.get(read) == Some(byte) => {
                at += 1;
                read += 1;
                continue;
            }
            _ => {}
        }
        // here the star has to take one byte more
        match star {
            Some((after, from)) if from < path.len() => {
                star = Some((after, from + 1));
                at = after;
                read = from + 1;
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn robots(text: &str) -> Robots {
        Robots::parse(text, "Prospector")
    }

    #[test]
    fn the_longest_rule_decides() {
        let robots = robots("User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\nDisallow: /x\nAllow: /x\n");
        for (path, allowed) in [
            ("/", true),
            ("/a", false),
            ("/abc", false),
            ("/a/c", false),
            ("/a/b/c", true),
            ("/f.pdf", false),
            ("/f.pdf?x", true),
            ("/x", true),
            ("/robots.txt", true),
        ] {
            assert_eq!(robots.allows(path), allowed, "{path}");
        }
    }

    #[test]
    fn a_group_of_its_own_name_replaces_everybodys() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: prospector/1.0\nDisallow: /private\nCrawl-delay: 2\n\n\
                    User-agent: PROSPECTOR\nDisallow: /more";
        let robots = robots(text);
        assert!(robots.allows("/") && !robots.allows("/private") && !robots.allows("/more"));
        assert_eq!(robots.pause(), Some(Duration::from_secs(2)));
        assert!(Robots::parse("User-agent: *\nDisallow: /\nUser-agent: Prospector\n", "Prospector").allows("/"));
        assert!(!Robots::parse("User-agent: *\nDisallow: /\nUser-agent: someone\nAllow: /", "Prospector").allows("/a"));
    }

    #[test]
    fn nothing_said_is_everything_allowed() {
        for text in ["", "Disallow: /", "User-agent: *\nDisallow:", "<html>\n<p>User-agent</p>", "\u{feff}# User-agent: *\n# Disallow: /"] {
            assert!(robots(text).allows("/a"), "{text}");
        }
        assert!(!robots("\u{feff}user-agent : * # all\n disallow : / # all").allows("/a"));
        assert!(!Robots::disallow_all().allows("/") && Robots::allow_all().allows("/"));
    }

    #[test]
    fn letters_are_compared_however_they_are_encoded() {
        let robots = robots("User-agent: *\nDisallow: /über\nDisallow: /%7euser\nDisallow: /a%2fb");
        assert!(!robots.allows("/%C3%BCber") && !robots.allows("/%c3%bcber") && !robots.allows("/~user") && !robots.allows("/a%2Fb"));
        assert!(robots.allows("/a/b") && robots.allows("/%"));
    }

    #[test]
    fn pauses_are_bounded() {
        for (asked, kept) in [("1e300", 10.0), ("3600", 10.0), ("0.5", 0.5), ("0", 0.0)] {
            let pause = robots(&format!("User-agent: *\nCrawl-delay: {asked}\n")).pause();
            assert_eq!(pause, Some(Duration::from_secs_f64(kept)), "{asked}");
        }
        for nonsense in ["soon", "NaN", "-3"] {
            let pause = robots(&format!("User-agent: *\nCrawl-delay: {nonsense}\n")).pause();
            assert!(pause.is_none_or(|pause| pause <= LONGEST_PAUSE), "{nonsense}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = format!("/{}b$", "*a".repeat(500));
        let began = std::time::Instant::now();
        assert!(!fits(&pattern, &format!("/{}", "a".repeat(20_000))));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
