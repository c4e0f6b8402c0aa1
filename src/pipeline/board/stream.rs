//! The board's end of the stream that tells of changes.

use chrono::DateTime;

use super::follow::Follow;
use crate::ui::stream::Listener;

impl Listener for Follow {
    const EVENTS: &'static [&'static str] = &["deals", "all"];

    fn address(self) -> String {
        format!("/live?startup={}&since={}", self.startup(), self.since().timestamp_micros())
    }

    fn hear(self, event: &'static str, said: Option<String>, id: String) {
        // a stream that is opened again begins where this one was
        if let Some(at) = id.parse().ok().and_then(DateTime::from_timestamp_micros) {
            self.heard(at);
        }
        match event {
            "deals" => self.told(said.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()),
            _ => self.told_all(),
        }
    }

    fn reached(self, there: bool) {
        Follow::reached(self, there);
    }

    fn missed(self) {
        self.told_all();
    }
}
