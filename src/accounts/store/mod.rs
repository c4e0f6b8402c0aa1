//! Accounts in the database.

mod bulk;
mod list;
mod record;

pub use bulk::{bin, bin_sample, export, set_owner, set_status};
pub use list::{PAGE, list, list_sql, prefix_sql, search_sql, totals, totals_sql};
pub use record::{add, get, owner_name, owner_unknown, save, seen, similar};
