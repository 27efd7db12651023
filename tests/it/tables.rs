//! The tables as the migrations make them, with their comments: `docs/schema.md`.

use crate::sources::{self, text};

/// A column or a rule of a table, with the comment above it.
struct Line {
    comment: String,
    text: String,
}

/// Every table and index in Markdown, migration by migration.
pub fn reference() -> String {
    let mut out = String::from(
        "# Tables\n\nWritten by a test from `migrations/`. Text, whole numbers and null are all there is: ids are UUIDs as \
         text, moments are milliseconds since 1970, dates are ISO text, truth is 0 or 1. The same statements run on SQLite \
         and on PostgreSQL.\n",
    );
    for file in sources::below("migrations", ".sql") {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        out.push_str(&format!("\n## {name}\n"));
        out.push_str(&migration(&text(&file)));
    }
    out
}

fn migration(sql: &str) -> String {
    let mut out = String::new();
    let mut said: Vec<&str> = Vec::new();
    let mut lines = sql.lines();
    while let Some(line) = lines.next() {
        if let Some(comment) = line.strip_prefix("-- ") {
            said.push(comment);
        } else if let Some(rest) = line.strip_prefix("create table ") {
            let table = rest.trim_end_matches(" (");
            out.push_str(&format!("\n### {table}\n"));
            say(&mut out, &mut said);
            out.push_str("\n| column | is | |\n| --- | --- | --- |\n");
            let body: Vec<&str> = lines.by_ref().take_while(|l| !l.starts_with(')')).collect();
            for Line { comment, text } in columns(&body) {
                let (name, is) = text.split_once(' ').unwrap_or((&text, ""));
                let (name, is) = if is_rule(name) { ("", text.as_str()) } else { (name, is) };
                let name = if name.is_empty() { String::new() } else { format!("`{name}`") };
                out.push_str(&format!("| {name} | {} | {comment} |\n", is.replace('|', "\\|")));
            }
        } else if line.starts_with("create ") {
            say(&mut out, &mut said);
            if !out.ends_with("`\n") {
                out.push('\n');
            }
            out.push_str(&format!("- `{}`\n", line.trim_start_matches("create ").trim_end_matches(';')));
        } else if line.is_empty() {
            say(&mut out, &mut said);
        }
    }
    out
}

fn say(out: &mut String, said: &mut Vec<&str>) {
    if !said.is_empty() {
        out.push_str(&format!("\n{}\n", said.join(" ")));
        said.clear();
    }
}

/// Whether a line of a table is a rule about several columns.
fn is_rule(first: &str) -> bool {
    matches!(first, "primary" | "foreign" | "unique" | "check")
}

/// The columns of a table; what goes on in the next line belongs to the line before.
fn columns(body: &[&str]) -> Vec<Line> {
    let mut columns: Vec<Line> = Vec::new();
    let (mut comment, mut open) = (Vec::new(), false);
    for line in body {
        let trimmed = line.trim();
        if let Some(said) = trimmed.strip_prefix("-- ") {
            comment.push(said);
            continue;
        }
        if open {
            let last = columns.last_mut().unwrap();
            last.text = format!("{} {}", last.text, trimmed.trim_end_matches(','));
        } else {
            let text = trimmed.trim_end_matches(',').to_owned();
            columns.push(Line { comment: std::mem::take(&mut comment).join(" "), text });
        }
        open = columns.last().is_some_and(|c| c.text.matches('(').count() > c.text.matches(')').count());
    }
    columns
}
