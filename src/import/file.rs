//! A file to import: opened, checked to be text, its header understood, its rows streamed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ImportError;
use super::columns::{Columns, Field};
use super::dates::{DateOrder, Detector, Verdict};

/// Columns that hold dates.
const DATES: [Field; 3] = [Field::Opened, Field::Closed, Field::ExpectedClose];
/// More people than this in one file are no sales team.
const MOST_OWNERS: usize = 5_000;

/// A file whose first reading is done.
#[derive(Debug)]
pub struct Surveyed {
    path: PathBuf,
    pub name: String,
    delimiter: u8,
    pub columns: Columns,
    orders: HashMap<Field, DateOrder>,
    /// Names in the owner column, each once.
    pub owners: Vec<String>,
}

/// What a file turned out to be.
#[derive(Debug)]
pub enum Opened {
    Known(Surveyed),
    /// No column of accounts, deals or people; the header as it stands.
    Unknown {
        name: String,
        header: Vec<String>,
    },
}

impl Surveyed {
    /// Reads the whole file once.
    ///
    /// # Errors
    /// Empty, header only, no text, or dates that cannot be told apart without `dates`.
    pub fn open(path: &Path, dates: Option<DateOrder>) -> Result<Opened, ImportError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let problem = |problem: String| ImportError::File { file: name.clone(), problem };
        let delimiter = find_delimiter(path).map_err(|e| problem(e.to_string()))?.ok_or_else(|| problem("is empty".into()))?;
        let mut reader = reader(path, delimiter).map_err(|e| problem(e.to_string()))?;
        let header = reader.headers().map_err(|e| problem(say(&e)))?.clone();
        let Some(columns) = Columns::understand(header.iter()) else {
            return Ok(Opened::Unknown { name, header: header.iter().map(str::to_string).collect() });
        };
        let mut detectors: HashMap<Field, Detector> =
            DATES.iter().filter(|f| columns.has(**f)).map(|f| (*f, Detector::default())).collect();
        let mut owners: HashMap<String, String> = HashMap::new();
        let (mut rows, mut row) = (0_u64, csv::StringRecord::new());
        while reader.read_record(&mut row).map_err(|e| problem(say(&e)))? {
            rows += 1;
            if row.iter().any(|cell| cell.contains('\0')) {
                return Err(problem(format!("holds bytes that are no text (line {})", line_of(&row))));
            }
            for (field, detector) in &mut detectors {
                if let Some(text) = columns.get(&row, *field) {
                    detector.see(line_of(&row), text);
                }
            }
            if let Some(owner) = columns.get(&row, Field::Owner).filter(|o| o.chars().count() <= 200) {
                owners.entry(owner.to_lowercase()).or_insert_with(|| owner.to_string());
                if owners.len() > MOST_OWNERS {
                    return Err(problem(format!("names more than {MOST_OWNERS} owners; is that the right column?")));
                }
            }
        }
        if rows == 0 {
            return Err(problem("has a header and no rows".into()));
        }
        // a file writes its dates in one order: a column that is sure speaks for those that are not, else the person does
        let mut said: Vec<DateOrder> = DATES.iter().filter_map(|f| detectors.get(f)?.settled()).collect();
        said.extend(dates);
        let orders = detectors.into_iter().map(|(field, detector)| match detector.verdict(&said) {
            Verdict::Order(order) => Ok((field, order)),
            Verdict::Ambiguous => {
                Err(problem("has dates that could be day first or month first; say --dates day-first or --dates month-first".into()))
            }
            Verdict::Odd { line, value } => {
                Err(problem(format!("line {line}: “{}” is no date in the order of the others", shorten(&value))))
            }
        });
        let orders = orders.collect::<Result<_, _>>()?;
        let mut owners: Vec<String> = owners.into_values().collect();
        owners.sort();
        Ok(Opened::Known(Self { path: path.to_path_buf(), name, delimiter, columns, orders, owners }))
    }

    /// Streams the rows a second time, in batches, each row with its line number.
    ///
    /// # Errors
    /// When the file changed or cannot be read any more.
    pub fn batches(&self, size: usize) -> Result<impl Iterator<Item = Result<Vec<(u64, csv::StringRecord)>, ImportError>>, ImportError> {
        let problem = |e: String| ImportError::File { file: self.name.clone(), problem: e };
        let mut rows = reader(&self.path, self.delimiter).map_err(|e| problem(e.to_string()))?.into_records();
        let name = self.name.clone();
        Ok(std::iter::from_fn(move || {
            let mut batch = Vec::with_capacity(size);
            for row in rows.by_ref().take(size) {
                match row {
                    Ok(row) => batch.push((line_of(&row), row)),
                    Err(e) => return Some(Err(ImportError::File { file: name.clone(), problem: say(&e) })),
                }
            }
            (!batch.is_empty()).then_some(Ok(batch))
        }))
    }

    /// What a row says, in 16 bytes: its cells, how they are read, and whom it is given to.
    pub fn row_hash(&self, row: &csv::StringRecord, owner: Option<uuid::Uuid>) -> Vec<u8> {
        let mut hash = Sha256::new();
        let orders = DATES.iter().map(|f| format!("{:?}", self.orders.get(f)));
        let owner = owner.map(|o| o.to_string()).unwrap_or_default();
        for part in self.columns.names().iter().cloned().chain(orders).chain([owner]).chain(row.iter().map(str::to_string)) {
            hash.update(part.as_bytes());
            hash.update([0x1f]);
        }
        hash.finalize()[..16].to_vec()
    }

    /// A date field of a row, as the start of that day.
    pub fn date(&self, row: &csv::StringRecord, field: Field) -> Option<chrono::NaiveDate> {
        self.orders.get(&field)?.parse(self.columns.get(row, field)?)
    }
}

/// A byte-order mark is no part of the first name.
fn open_past_mark(path: &Path) -> std::io::Result<File> {
    let mut file = File::open(path)?;
    let mut start = [0; 3];
    let read = file.read(&mut start)?;
    if read < 3 || start != *b"\xef\xbb\xbf" {
        file.rewind()?;
    }
    Ok(file)
}

fn reader(path: &Path, delimiter: u8) -> std::io::Result<csv::Reader<File>> {
    Ok(csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(open_past_mark(path)?))
}

/// The mark that parts the first line most often; none for an empty file.
fn find_delimiter(path: &Path) -> std::io::Result<Option<u8>> {
    let (mut first, mut start) = (Vec::new(), BufReader::new(open_past_mark(path)?).take(64 * 1024));
    // the reader passes over empty lines, too
    while first.iter().all(u8::is_ascii_whitespace) {
        first.clear();
        if start.read_until(b'\n', &mut first)? == 0 {
            return Ok(None);
        }
    }
    let count = |mark: u8| first.iter().filter(|b| **b == mark).count();
    Ok([b',', b';', b'\t'].into_iter().rev().max_by_key(|mark| count(*mark)))
}

fn line_of(row: &csv::StringRecord) -> u64 {
    row.position().map_or(0, csv::Position::line)
}

/// A long value is cut before it is quoted in a message.
pub fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 { text.into() } else { format!("{}…", text.chars().take(40).collect::<String>()) }
}

fn say(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => {
            format!("holds bytes that are no UTF-8 text (line {}); save it as UTF-8", pos.as_ref().map_or(1, csv::Position::line))
        }
        csv::ErrorKind::Io(e) => e.to_string(),
        _ => error.to_string(),
    }
}
