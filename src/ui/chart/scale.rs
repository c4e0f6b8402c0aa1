//! From values to places: an axis that begins at zero and ends with a round number.

/// An axis from zero up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    step: f64,
    top: f64,
}

impl Scale {
    /// Reaches `most` in at most `steps` round steps of at least `least`: 1, 2 or 5 with any number of zeros.
    pub fn reaching(most: f64, steps: u32, least: f64) -> Self {
        let step = round_step(most / f64::from(steps), least);
        Self { step, top: step * (most / step - NEARLY).ceil().max(1.0) }
    }

    /// Ends with `most` itself, after at most three steps: for bars whose end says how much it is.
    pub fn filled_by(most: f64, least: f64) -> Self {
        let step = round_step(most / 3.0, least);
        Self { step, top: most.max(step) }
    }

    /// From nothing to all.
    pub const fn of_shares() -> Self {
        Self { step: 0.5, top: 1.0 }
    }

    /// The axis' end.
    pub fn top(self) -> f64 {
        self.top
    }

    /// Zero and the steps.
    pub fn ticks(self) -> impl Iterator<Item = f64> {
        let steps = (self.top / self.step + NEARLY).floor() as u32;
        (0..=steps).map(move |n| f64::from(n) * self.step)
    }

    /// A value's part of the axis, 0 to 1.
    pub fn part(self, value: f64) -> f64 {
        (value / self.top()).clamp(0.0, 1.0)
    }
}

/// 0.3 / 0.1 is a little less than 3.
const NEARLY: f64 = 1e-6;

/// The next of 1, 2 and 5 with any number of zeros.
fn round_step(wanted: f64, least: f64) -> f64 {
    let wanted = wanted.max(least);
    let power = 10f64.powf(wanted.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().find(|round| round * power >= wanted * (1.0 - NEARLY)).unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_with_the_first_round_step_that_holds_all() {
        for (most, steps, step, top) in [
            (88.0, 2, 50.0, 100.0),
            (100.0, 2, 50.0, 100.0),
            (101.0, 2, 100.0, 200.0),
            (1_000_553_400.0, 3, 500_000_000.0, 1_500_000_000.0),
            (0.3, 3, 0.1, 0.3),
            (7.0, 3, 5.0, 10.0),
            (1.0, 3, 0.5, 1.0),
        ] {
            let scale = Scale::reaching(most, steps, 0.000_001);
            assert!((scale.step - step).abs() < step / 1e6 && (scale.top() - top).abs() < top / 1e6, "{most}: {scale:?}");
            assert!(scale.ticks().count() <= steps as usize + 1, "{most}: {scale:?}");
        }
    }

    #[test]
    fn whole_things_have_whole_steps() {
        assert_eq!(Scale::reaching(1.0, 3, 1.0).ticks().collect::<Vec<_>>(), [0.0, 1.0]);
        assert_eq!(Scale::reaching(0.0, 3, 1.0).ticks().collect::<Vec<_>>(), [0.0, 1.0], "of nothing there is an axis, too");
    }

    #[test]
    fn bars_that_say_how_much_fill_their_axis() {
        for (most, ticks) in
            [(203.0, vec![0.0, 100.0, 200.0]), (480.0, vec![0.0, 200.0, 400.0]), (1.0, vec![0.0, 1.0]), (0.0, vec![0.0, 1.0])]
        {
            let scale = Scale::filled_by(most, 1.0);
            assert_eq!((scale.top(), scale.ticks().collect::<Vec<_>>()), (most.max(1.0), ticks));
        }
    }

    #[test]
    fn places_stay_on_the_axis() {
        let scale = Scale::reaching(88.0, 2, 1.0);
        assert_eq!([scale.part(0.0), scale.part(50.0), scale.part(120.0), scale.part(-1.0)], [0.0, 0.5, 1.0, 0.0]);
    }
}
