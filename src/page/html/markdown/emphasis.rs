//! Removal of marks that CommonMark would show instead of closing: section 6.2, *Emphasis and strong emphasis*.

use super::inline::{Content, Mark, Piece};

/// Number of passes in which marks are left out; leaving out one may be bad for its neighbour.
const PASSES: usize = 8;

/// Leaves out the marks that would be seen, or would be taken for others.
pub(super) fn settle(content: &mut Content) {
    for pass in 1.. {
        let bad = bad_marks(content, pass > PASSES);
        if !bad.contains(&true) {
            break;
        }
        let is_bad = |number: &usize| bad.get(*number).copied().unwrap_or_default();
        content.pieces.retain(|piece| match piece {
            Piece::Open(number) | Piece::Close(number) => !is_bad(number),
            _ => true,
        });
    }
    join(&mut content.pieces);
}

/// Returns for each mark whether it has to be left out. Punctuation at its edges that is in the way is moved out of it.
fn bad_marks(content: &mut Content, all: bool) -> Vec<bool> {
    let Content { pieces, marks } = content;
    let mut bad = vec![false; marks.len()];
    // How many marks made of asterisks are open.
    let mut stars = 0_usize;
    for at in 0..pieces.len() {
        let (number, is_open) = match pieces.get(at) {
            Some(Piece::Open(number)) => (*number, true),
            Some(Piece::Close(number)) => (*number, false),
            _ => continue,
        };
        let Some(sign) = marks.get(number).and_then(sign) else {
            continue;
        };
        let run = Run::around(pieces, marks, at, sign);
        let (before, after) = run.beside(pieces, marks);
        let is_star = usize::from(sign == '*');
        let is_good = if is_open {
            // Within others, one that could also close might be taken to close them.
            let is_within = stars > at - run.start;
            stars += is_star;
            let is_taken = is_star > 0 && is_within && may_close(before, after);
            !run.follows_other && !is_taken && opens(before, after)
        } else {
            stars = stars.saturating_sub(is_star);
            opens(after, before)
        };
        let is_kept = is_good || !run.follows_other && run.mend(pieces, is_open, (before, after));
        if (all || !is_kept)
            && let Some(bad) = bad.get_mut(number)
        {
            *bad = true;
        }
    }
    bad
}

/// The character of a mark whose meaning depends on what stands beside it.
fn sign(mark: &Mark) -> Option<char> {
    match mark {
        Mark::Strong | Mark::Emphasis => Some('*'),
        Mark::Deleted => Some('~'),
        _ => None,
    }
}

/// Marks of the same character without anything between them: the pieces from `start` to `end`.
struct Run {
    start: usize,
    end: usize,
    /// Set if the marks open right behind others that close, so that nobody could tell them apart.
    follows_other: bool,
}

impl Run {
    fn around(pieces: &[Piece], marks: &[Mark], at: usize, sign_of_run: char) -> Self {
        let is_open = |at: usize| match pieces.get(at) {
            Some(Piece::Open(number)) => Some((true, marks.get(*number).and_then(sign))),
            Some(Piece::Close(number)) => Some((false, marks.get(*number).and_then(sign))),
            _ => None,
        };
        let Some((opens, _)) = is_open(at) else {
            return Self {
                start: at,
                end: at,
                follows_other: false,
            };
        };
        let own = Some((opens, Some(sign_of_run)));
        let mut run = Self {
            start: at,
            end: at + 1,
            follows_other: false,
        };
        while run.start > 0 && is_open(run.start - 1) == own {
            run.start -= 1;
        }
        while is_open(run.end) == own {
            run.end += 1;
        }
        let before = run.start.checked_sub(1).and_then(is_open);
        run.follows_other = opens && before == Some((false, Some(sign_of_run)));
        run
    }

    /// The characters before and behind it, as they are written.
    fn beside(&self, pieces: &[Piece], marks: &[Mark]) -> (char, char) {
        let before = self.start.checked_sub(1).and_then(|at| pieces.get(at));
        let before = before.map_or('\n', |piece| last(piece, marks));
        let after = pieces
            .get(self.end)
            .map_or('\n', |piece| first(piece, marks));
        (before, after)
    }

    /// Moves punctuation at the inner edge to the other side, where it is in the way: `**Note:**text` is `**Note**:text`.
    fn mend(&self, pieces: &mut [Piece], is_open: bool, (before, after): (char, char)) -> bool {
        let (inside, outside) = if is_open {
            (after, before)
        } else {
            (before, after)
        };
        if !may_be_punctuation(inside) || !outside.is_alphanumeric() {
            return false;
        }
        let Some((Some(Piece::Text(before)), Some(Piece::Text(after)))) =
            self.start.checked_sub(1).and_then(|at| {
                let (left, right) = pieces.split_at_mut_checked(self.end)?;
                Some((left.get_mut(at), right.first_mut()))
            })
        else {
            return false;
        };
        if is_open {
            let kept = after.trim_start_matches(may_be_punctuation).len();
            let moved = after.len() - kept;
            before.push_str(after.get(..moved).unwrap_or_default());
            after.drain(..moved);
            kept > 0
        } else {
            let kept = before.trim_end_matches(may_be_punctuation).len();
            after.insert_str(0, before.get(kept..).unwrap_or_default());
            before.truncate(kept);
            kept > 0
        }
    }
}

/// Returns whether a run of marks between these characters opens, that is, is left-flanking; with the two swapped,
/// whether it closes.
fn opens(outside: char, inside: char) -> bool {
    !inside.is_whitespace()
        && (!may_be_punctuation(inside) || outside.is_whitespace() || is_punctuation(outside))
}

/// Returns whether a run of marks between these characters closes something for some version of CommonMark.
fn may_close(before: char, after: char) -> bool {
    !before.is_whitespace()
        && (!may_be_punctuation(before) || after.is_whitespace() || may_be_punctuation(after))
}

fn may_be_punctuation(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace()
}

/// Punctuation for every version of CommonMark.
fn is_punctuation(c: char) -> bool {
    let others = [
        '\u{2010}'..='\u{2027}',
        '\u{2030}'..='\u{2043}',
        '\u{2045}'..='\u{2051}',
        '\u{3001}'..='\u{3003}',
    ];
    c.is_ascii_punctuation()
        || "¡§«¶·»¿".contains(c)
        || others.iter().any(|range| range.contains(&c))
        || ('\u{3008}'..='\u{3011}').contains(&c)
}

/// The first character of a piece as it is written.
pub(super) fn first(piece: &Piece, marks: &[Mark]) -> char {
    match piece {
        Piece::Text(text) => text.chars().next().unwrap_or(' '),
        Piece::Code(_) => '`',
        Piece::Image(_) => '!',
        Piece::Space(_) => ' ',
        Piece::Break => '\n',
        Piece::Open(number) => match marks.get(*number) {
            Some(Mark::Link { .. }) => '[',
            Some(Mark::Reading) => '(',
            Some(Mark::Above | Mark::Below) | None => '<',
            Some(Mark::Deleted) => '~',
            Some(Mark::Strong | Mark::Emphasis) => '*',
        },
        Piece::Close(number) => match marks.get(*number) {
            Some(Mark::Link { .. }) => ']',
            Some(Mark::Reading) => ')',
            Some(Mark::Above | Mark::Below) | None => '<',
            Some(Mark::Deleted) => '~',
            Some(Mark::Strong | Mark::Emphasis) => '*',
        },
    }
}

fn last(piece: &Piece, marks: &[Mark]) -> char {
    match piece {
        Piece::Text(text) => text.chars().next_back().unwrap_or(' '),
        Piece::Image(_) => ')',
        Piece::Open(number) | Piece::Close(number) => match marks.get(*number) {
            Some(Mark::Above | Mark::Below) => '>',
            Some(Mark::Link { .. }) if matches!(piece, Piece::Close(_)) => ')',
            _ => first(piece, marks),
        },
        _ => first(piece, marks),
    }
}

/// Joins pieces that stand beside each other now.
fn join(pieces: &mut Vec<Piece>) {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces.drain(..) {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(text)), Piece::Text(more))
            | (Some(Piece::Code(text)), Piece::Code(more)) => {
                text.push_str(&more);
            }
            (_, piece) => joined.push(piece),
        }
    }
    *pieces = joined;
}
