//! Research in the database: as the worker writes it, and as people read and correct it.

mod run;
mod tab;

pub use run::{Run, Subject, has_run, known, mark, read_fact, share_runs, spend, subject, unused_run, write_facts, write_run};
pub use tab::{FACTS, RUNS, ask, choose, cost_of_a_run, insight, of_account, set_fact, settings, suggestions, take_back};
