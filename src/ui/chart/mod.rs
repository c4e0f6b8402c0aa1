//! Charts as the server writes them: HTML and SVG without a script. What a mark stands for shows on hover and focus, in one
//! line above the plot that has the legend otherwise; the same numbers stand in a table. Series differ by fill, hatching and
//! outline, not by colour alone, so that they part in black and white, too.
//!
//! A picture is [`WIDTH`] × [`HEIGHT`] units, one unit a CSS pixel in its smallest place, a phone of 360 pixels.

pub mod bars;
pub mod figure;
pub mod line;
pub mod plot;
pub mod scale;

/// Of a picture.
pub const WIDTH: f64 = 320.0;
/// Of a picture.
pub const HEIGHT: f64 = 160.0;

/// How a mark is filled. Solid is what is certain, hatched what is likely, outlined what is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Solid,
    Hatched,
    Outlined,
    /// Among [`Fill::Quiet`] ones, the mark that the title speaks of.
    Marked,
    Quiet,
}

impl Fill {
    const fn class(self) -> &'static str {
        match self {
            Self::Solid => "solid",
            Self::Hatched => "hatched",
            Self::Outlined => "outlined",
            Self::Marked => "marked",
            Self::Quiet => "quiet",
        }
    }

    /// Of the `fill` attribute; a style sheet gives the others theirs.
    const fn paint(self) -> Option<&'static str> {
        match self {
            Self::Hatched => Some("url(#chart-hatch)"),
            _ => None,
        }
    }
}

/// A number of units, as an attribute says it.
fn px(units: f64) -> String {
    let text = format!("{units:.1}");
    text.strip_suffix(".0").map(str::to_string).unwrap_or(text)
}

/// At most so many characters, the last an ellipsis where some are left out.
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_end_in_an_ellipsis() {
        assert_eq!(shorten("Moses Frase", 11), "Moses Frase");
        assert_eq!(shorten("Élodie Marchand", 8), "Élodie…");
        assert_eq!(shorten("", 3), "");
    }

    #[test]
    fn units_carry_no_empty_decimals() {
        assert_eq!([px(12.0), px(12.34), px(0.0), px(0.04)], ["12", "12.3", "0", "0"]);
    }
}
