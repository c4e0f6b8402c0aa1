//! CSV files that people take along.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::errors::internal;
use crate::error::AppError;

/// A file in the making.
pub type File = csv::Writer<Vec<u8>>;

/// A file with its head line.
///
/// # Errors
/// When there is no memory.
pub fn file(head: &[&str]) -> Result<File, AppError> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(head).map_err(internal)?;
    Ok(file)
}

/// Adds a line. What a spreadsheet would run becomes text.
///
/// # Errors
/// When there is no memory.
pub fn line<const N: usize>(file: &mut File, cells: [String; N]) -> Result<(), AppError> {
    file.write_record(cells.map(harmless)).map_err(internal)
}

/// Answers with a file of this name.
pub fn download(name: &str, body: impl Into<Body>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_string()),
    ];
    (headers, body.into()).into_response()
}

/// Answers with why there is none.
pub fn refusal(error: &AppError) -> Response {
    (StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.to_string()).into_response()
}

/// A spreadsheet would run a cell that begins so as a formula; behind an apostrophe it is text. Source: OWASP, CSV injection.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas_become_text() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(super::harmless(cell.into()), format!("'{cell}"));
        }
        for cell in ["", "Konex", "1200.00", "a=b", "2026-11-23T00:00:00Z"] {
            assert_eq!(super::harmless(cell.into()), cell);
        }
    }
}
