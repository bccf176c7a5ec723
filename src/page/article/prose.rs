//! Rating of how much each part of a page speaks for an article, and how much against one.
//!
//! Sentences speak for an article by their length; links, and short lines that are no sentences, against one. The part
//! with the highest sum holds the article, little else, and nearly all of it.

use super::outline::{Part, Piece, Sums};

/// Length from which a line is a sentence, in bytes; a shorter line is one when it ends like a sentence.
const SENTENCE: i64 = 60;
const SHORT: i64 = 20;
const ENDS: &str = ".!?…:;。！？।؟。\"”»’)]」』";

/// A line of text, up to where a block begins or ends.
#[derive(Default)]
struct Line {
    text: i64,
    links: i64,
    last: Option<char>,
}

impl Part<'_> {
    /// Adds up again the sums of this part and of all within it.
    pub(super) fn weigh(&mut self) {
        let name = self.element.name();
        let mut sums = Sums {
            is_block: name != "br" && self.element.is_block() || matches!(name, "body" | "button"),
            headings: usize::from(self.is_heading()),
            solids: usize::from(matches!(name, "table" | "dl" | "pre")),
            has_blocks: matches!(name, "p" | "ul" | "ol" | "dl" | "table"),
            has_title: name == "h1",
            has_quote: matches!(name, "blockquote" | "q"),
            ..Sums::default()
        };
        let mut line = Line::default();
        for piece in &mut self.content {
            match piece {
                Piece::Text(text) => line.add(text.length, 0, text.last()),
                Piece::Part(part) if part.is_left_out => {}
                Piece::Part(part) => {
                    part.weigh();
                    let own = &part.sums;
                    if own.is_block {
                        line.end(name, &mut sums);
                    } else {
                        line.add(own.text, own.links, own.last);
                    }
                    sums.add(own);
                }
            }
        }
        if sums.is_block {
            line.end(name, &mut sums);
        } else {
            (sums.text, sums.links, sums.last) = (line.text, line.links, line.last);
        }
        if name == "a" && self.element.attr("href").is_some() {
            sums.links = sums.text;
        }
        self.sums = sums;
    }
}

impl Sums {
    fn add(&mut self, other: &Self) {
        if other.is_block {
            self.text += other.text;
            self.links += other.links;
            self.last = other.last.or(self.last);
        }
        self.value += other.value;
        self.worth += other.worth;
        self.is_block |= other.is_block;
        self.headings += other.headings;
        self.solids += other.solids;
        self.has_blocks |= other.has_blocks || other.headings > 0;
        self.has_title |= other.has_title;
        self.has_quote |= other.has_quote;
    }
}

impl Line {
    fn add(&mut self, text: i64, links: i64, last: Option<char>) {
        self.text += text;
        self.links += links;
        self.last = last.or(self.last);
    }

    /// Adds the line to the sums of its element, and begins another.
    fn end(&mut self, name: &str, sums: &mut Sums) {
        let value = self.value(name);
        sums.text += self.text;
        sums.links += self.links;
        sums.last = self.last.or(sums.last);
        sums.value += value;
        sums.worth += value.max(0);
        *self = Self::default();
    }

    /// Returns the value of the line for an article, in halves of bytes.
    fn value(&self, name: &str) -> i64 {
        let (text, links) = (self.text, self.links);
        let own = text - links;
        let is_sentence = own >= SHORT && self.last.is_some_and(|last| ENDS.contains(last));
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "legend" | "summary" | "caption" | "th" => {
                if own > 0 {
                    0
                } else {
                    -2 * text
                }
            }
            "figcaption" => 0,
            "td" | "pre" | "dd" | "dt" => own,
            "li" if own >= SENTENCE => 2 * own - 2 * links,
            "li" => own / 2 - 2 * links,
            _ if (own >= SENTENCE || is_sentence && matches!(name, "p" | "blockquote"))
                && links <= own =>
            {
                2 * text - 3 * links
            }
            "p" => -text,
            _ => -2 * text,
        }
    }
}
