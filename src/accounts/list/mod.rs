//! The account list: filters, table, what can be done with several rows.

mod bulk;
mod edit;
mod empty;
mod filters;
mod row;
mod table;

pub use filters::Filters;
pub use table::AccountTable;
