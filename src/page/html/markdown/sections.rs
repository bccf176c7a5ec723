//! Removal of headings without anything below them: the content that they announce has been left out, and so are they.

/// Headings of one level in a row, from so many on, are a list.
const LIST: usize = 3;

/// Headings at the end of the written text.
#[derive(Debug, Default)]
pub(super) struct Sections {
    open: Vec<Heading>,
}

#[derive(Debug)]
struct Heading {
    level: usize,
    /// Beginning of the heading in the written text, with the lines that divide it from the text before.
    start: usize,
    /// Set if the heading stays whatever follows: the heading of the page, or one that has a link or a picture in it.
    stays: bool,
}

impl Sections {
    /// Notes a heading that is going to be written at `start`.
    pub(super) fn heading(&mut self, level: usize, start: usize, content: &str) {
        let stays = level == 1 || content.contains("](");
        self.open.push(Heading {
            level,
            start,
            stays,
        });
    }

    /// Something else follows, or the page ends: takes out the headings whose section is empty. A page that has nothing but
    /// headings keeps them.
    pub(super) fn settle(&mut self, out: &mut String, is_end: bool) {
        let open = std::mem::take(&mut self.open);
        if is_end && open.first().is_some_and(|first| first.start == 0) {
            return;
        }
        let mut next = None;
        let mut end = out.len();
        for (at, heading) in open.iter().enumerate().rev() {
            let is_empty = next.map_or(is_end, |level| level <= heading.level);
            if is_empty && !heading.stays && !is_list(&open, at) {
                out.replace_range(heading.start..end, "");
            } else {
                next = Some(heading.level);
            }
            end = heading.start;
        }
        if open.first().is_some_and(|first| first.start == 0) {
            let begins = out.len() - out.trim_start_matches('\n').len();
            out.replace_range(..begins, "");
        }
    }
}

/// Returns whether a heading is one of several in a row of its level.
fn is_list(open: &[Heading], at: usize) -> bool {
    let (before, from) = open.split_at_checked(at).unwrap_or_default();
    let Some(own) = from.first() else {
        return false;
    };
    let alike = |heading: &&Heading| heading.level == own.level;
    let before = before.iter().rev().take_while(alike).take(LIST).count();
    let after = from.iter().take_while(alike).take(LIST).count();
    before + after >= LIST
}
