//! Research in the database: as the worker writes it, and as people read and correct it.

mod fact_row;
mod run;
mod tab;

pub use fact_row::read_fact;
pub use run::{Run, Subject, has_run, known, mark, share_runs, spend, subject, unused_run, write_facts, write_run};
pub use tab::{FACTS, RUNS, ask, choose, cost_of_a_run, insight, of_account, set_fact, settings, suggestions, take_back};
