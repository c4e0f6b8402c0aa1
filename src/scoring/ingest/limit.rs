//! How often somebody may knock: a bucket of tokens each, filled steadily, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Buckets by name. When there are too many, full ones go; when all are in use, all of them: memory comes before memory of
/// who knocked.
#[derive(Debug)]
pub struct Limit<K> {
    /// Tokens a second.
    rate: f64,
    /// Tokens at most: what may come at once.
    burst: f64,
    /// Buckets at most.
    most: usize,
    buckets: Mutex<HashMap<K, (f64, Instant)>>,
}

impl<K: Eq + Hash> Limit<K> {
    pub fn new(rate: f64, burst: f64, most: usize) -> Self {
        Self { rate, burst, most, buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes a token of `name`; false: there is none left.
    pub fn takes(&self, name: K, now: Instant) -> bool {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let filled =
            |(tokens, at): &(f64, Instant)| (tokens + self.rate * now.saturating_duration_since(*at).as_secs_f64()).min(self.burst);
        if buckets.len() >= self.most && !buckets.contains_key(&name) {
            buckets.retain(|_, bucket| filled(bucket) < self.burst);
            if buckets.len() >= self.most {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(name).or_insert((self.burst, now));
        let tokens = filled(bucket);
        let taken = tokens >= 1.0;
        *bucket = (if taken { tokens - 1.0 } else { tokens }, now);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_is_taken_then_a_steady_rate() {
        let limit = Limit::new(20.0, 100.0, 10);
        let start = Instant::now();
        assert_eq!((0..150).filter(|_| limit.takes("a", start)).count(), 100);
        assert!(limit.takes("b", start), "another is not held back");
        assert_eq!((0..50).filter(|_| limit.takes("a", start + Duration::from_millis(500))).count(), 10);
        assert_eq!((0..500).filter(|_| limit.takes("a", start + Duration::from_secs(3600))).count(), 100);
    }

    #[test]
    fn memory_is_bounded() {
        let limit = Limit::new(1.0, 2.0, 100);
        let start = Instant::now();
        for name in 0..10_000 {
            assert!(limit.takes(name, start));
            assert!(limit.buckets.lock().unwrap().len() <= 100);
        }
    }
}
