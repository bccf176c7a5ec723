//! A block's content as lines of Markdown.

use super::emphasis::{first, settle};
use super::escape;
use super::inline::{Content, Mark, Piece};

/// Kind of block that a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// The lines of a block; one for a heading or a cell.
pub(super) fn lines(mut content: Content, place: Place) -> Vec<String> {
    if place == Place::Paragraph && begins_with_link(&content) {
        content.pieces.iter_mut().for_each(undo_label);
    }
    settle(&mut content);
    let mut out = String::new();
    let mut pieces = content.pieces.iter().peekable();
    while let Some(piece) = pieces.next() {
        let mark = |number: &usize| content.marks.get(*number);
        match piece {
            Piece::Text(text) => {
                let next = pieces
                    .peek()
                    .map_or('\n', |next| first(next, &content.marks));
                escape::text(text, next, &mut out);
            }
            Piece::Code(code) => out.push_str(&escape::code_span(code)),
            Piece::Image(markdown) => out.push_str(markdown),
            Piece::Space(space) => out.push_str(space),
            Piece::Break => out.push_str("\\\n"),
            Piece::Open(number) => out.push_str(mark(number).map_or("", opening)),
            Piece::Close(number) => close(mark(number), &mut out),
        }
    }
    match place {
        Place::Paragraph => out.split('\n').map(escape::line).collect(),
        Place::Heading => vec![escape::heading(out)],
        Place::Cell => vec![out.replace('|', "\\|")],
    }
}

/// Returns whether the block begins with a link, so with a bracket, as a definition does: section 4.7 of CommonMark.
fn begins_with_link(content: &Content) -> bool {
    let mut opened = content.pieces.iter().map_while(|piece| match piece {
        Piece::Open(number) => content.marks.get(*number),
        _ => None,
    });
    opened.any(|mark| matches!(mark, Mark::Link { .. }))
}

/// Makes text of code that would end the label of a definition there, although it is code.
fn undo_label(piece: &mut Piece) {
    if let Piece::Code(code) = piece
        && code.contains("]:")
    {
        *piece = Piece::Text(std::mem::take(code));
    }
}

fn opening(mark: &Mark) -> &'static str {
    match mark {
        Mark::Strong => "**",
        Mark::Emphasis => "*",
        Mark::Deleted => "~~",
        Mark::Above => "<sup>",
        Mark::Below => "<sub>",
        Mark::Reading => "(",
        Mark::Link { .. } => "[",
    }
}

fn close(mark: Option<&Mark>, out: &mut String) {
    match mark {
        Some(Mark::Link { target, title }) => {
            for part in ["](", target, title, ")"] {
                out.push_str(part);
            }
        }
        Some(Mark::Above) => out.push_str("</sup>"),
        Some(Mark::Below) => out.push_str("</sub>"),
        Some(Mark::Reading) => out.push(')'),
        Some(mark) => out.push_str(opening(mark)),
        None => {}
    }
}
