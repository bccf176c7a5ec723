//! Parsing into a tree that is never deeper than browsers make it, so that hostile nesting costs linear time.
//!
//! The HTML standard's algorithm takes time quadratic in the nesting of elements. Browsers stop at 512 levels, and so
//! does this: there, start tags that would nest deeper are dropped, with their end tags, and their content stays where it
//! is.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ego_tree::NodeId;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::Tracer;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{LocalName, TokenizerResult};
use scraper::{Html, HtmlTreeSink};

use super::attributes::cap_attributes;
use super::limits::{Cuts, Limits};
use super::name::Name;
use super::open_tag::OpenTag;
use super::settle;

/// Length of the text that the parser is given at once, in bytes.
const CHUNK: usize = 32 * 1024;
/// Limit for the different names of tags and attributes of a page. The parser keeps names in a table of fixed size,
/// which takes time quadratic in their number. Real pages have hundreds.
pub(super) const MAX_NAMES: usize = 20_000;
/// Longest name that the parser keeps without that table, in bytes.
pub(super) const SHORT_NAME: usize = 7;

/// Parses a page. Returns the tree, and what was left out because of the limits.
///
/// Each step is bounded, so that the whole is linear in the text: a token costs at most the elements that are kept in
/// mind, a tag at most its attributes squared, and there are no more nodes than the limit. What breaks the limit of
/// attributes is noticed within a chunk, and costs one more pass.
pub(crate) fn parse(text: &str, limits: Limits) -> (Html, Cuts) {
    let parser = Parser::new(limits);
    if parser.read(text) {
        return parser.finish();
    }
    let (tree, cuts) = match cap_attributes(text, limits.attributes) {
        Cow::Borrowed(_) => parser.finish(),
        Cow::Owned(capped) => {
            // Where both ways of reading tags disagree, about a page made for that, the rest is not read.
            let parser = Parser::new(limits);
            parser.read(&capped);
            parser.finish()
        }
    };
    (tree, cuts.and(Cuts::ATTRIBUTES))
}

struct Parser {
    tokenizer: Tokenizer<Capped>,
    input: Rc<BufferQueue>,
}

impl Parser {
    fn new(limits: Limits) -> Self {
        let sink = HtmlTreeSink::new(Html::new_document());
        // No script is ever run, so what is in <noscript> is the page.
        let options = TreeBuilderOpts {
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        };
        let input = Rc::new(BufferQueue::default());
        let builder = TreeBuilder::new(sink, options);
        let capped = Capped::new(builder, Rc::clone(&input), limits);
        let tokenizer = Tokenizer::new(capped, TokenizerOpts::default());
        Self { tokenizer, input }
    }

    /// Parses a page, up to the first tag with more attributes than it may have. Returns whether there is none.
    fn read(&self, text: &str) -> bool {
        let sink = &self.tokenizer.sink;
        let mut open = OpenTag::default();
        let mut rest = text;
        while let Some((chunk, others)) = rest
            .split_at_checked(rest.floor_char_boundary(CHUNK))
            .filter(|_| !rest.is_empty())
        {
            let unfinished = match self.feed(chunk) {
                None => chunk.as_bytes(),
                Some(tail) => {
                    open = OpenTag::default();
                    tail
                }
            };
            if open.read(unfinished) > sink.limits.attributes || sink.has_many_attributes.get() {
                return false;
            }
            if sink.has_many_names() {
                sink.cut(Cuts::NODES);
                return true;
            }
            rest = others;
        }
        true
    }

    /// Parses the next part of the page. Returns what of it comes after the last token that it completed, if any.
    fn feed<'a>(&self, part: &'a str) -> Option<&'a [u8]> {
        let left = &self.tokenizer.sink.left;
        left.set(None);
        self.input.push_back(StrTendril::from_slice(part));
        // It also stops at scripts and at declarations of an encoding, for which there is nothing to do.
        while !matches!(self.tokenizer.feed(&self.input), TokenizerResult::Done) {}
        // A `<` may have been read that completed a token of the text before it.
        let start = part.len().saturating_sub(left.get()? + 1);
        part.as_bytes().get(start..)
    }

    fn finish(self) -> (Html, Cuts) {
        self.tokenizer.end();
        let capped = self.tokenizer.sink;
        let mut tree = capped.builder.sink.0.into_inner();
        if capped.has_templates.get() {
            settle::templates(&mut tree);
        }
        if capped.has_foreign.get() {
            settle::foreign_attributes(&mut tree);
        }
        (tree, capped.cuts.get())
    }
}

/// Between tokenizer and tree builder: drops the tags that would nest too deeply.
struct Capped {
    builder: TreeBuilder<NodeId, HtmlTreeSink>,
    /// Number of nodes up to which the open elements need not be counted.
    room: Cell<usize>,
    /// State of the count of open elements: `true` if nothing has changed since the last count.
    is_counted: Cell<bool>,
    /// Start tags that were dropped and whose end tags have not come, by name.
    dropped: RefCell<HashMap<LocalName, usize>>,
    cuts: Cell<Cuts>,
    input: Rc<BufferQueue>,
    /// Number of bytes of the input that were left at the last token.
    left: Cell<Option<usize>>,
    /// Set once a tag had more attributes than the limit allows.
    has_many_attributes: Cell<bool>,
    /// The names, but for short ones.
    names: RefCell<HashSet<LocalName>>,
    /// Set once the tree has templates, or SVG or `MathML`, that have to be put right at the end.
    has_templates: Cell<bool>,
    has_foreign: Cell<bool>,
    limits: Limits,
}

impl Capped {
    fn new(
        builder: TreeBuilder<NodeId, HtmlTreeSink>,
        input: Rc<BufferQueue>,
        limits: Limits,
    ) -> Self {
        Self {
            builder,
            room: Cell::default(),
            is_counted: Cell::default(),
            dropped: RefCell::default(),
            cuts: Cell::default(),
            input,
            left: Cell::default(),
            has_many_attributes: Cell::default(),
            names: RefCell::default(),
            has_templates: Cell::default(),
            has_foreign: Cell::default(),
            limits,
        }
    }

    fn has_many_names(&self) -> bool {
        self.names.borrow().len() > MAX_NAMES
    }

    fn note_names(&self, tag: &Tag) {
        if settle::is_template(&tag.name) {
            self.has_templates.set(true);
        } else if settle::is_foreign(&tag.name) {
            self.has_foreign.set(true);
        }
        let names = tag.attrs.iter().map(|attribute| &attribute.name.local);
        let long = std::iter::once(&tag.name)
            .chain(names)
            .filter(|name| name.len() > SHORT_NAME);
        for name in long {
            let mut known = self.names.borrow_mut();
            if !known.contains(name) {
                known.insert(name.clone());
            }
        }
    }

    fn is_dropped(&self, token: &Token) -> bool {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.is_start_dropped(tag),
            Token::TagToken(tag) => self.is_end_dropped(tag),
            Token::CharacterTokens(_) | Token::CommentToken(_) => self.is_full(),
            _ => false,
        }
    }

    fn is_start_dropped(&self, tag: &Tag) -> bool {
        let is_full = self.is_full();
        if !is_full && (self.has_room() || self.is_leaf(tag)) {
            return false;
        }
        if !is_full {
            self.cut(Cuts::DEPTH);
            *self
                .dropped
                .borrow_mut()
                .entry(tag.name.clone())
                .or_default() += 1;
        }
        true
    }

    /// Returns whether the element can only hold text. Its tag also decides how the tokenizer reads on, so it has to
    /// pass.
    fn is_leaf(&self, tag: &Tag) -> bool {
        if self
            .builder
            .adjusted_current_node_present_but_not_in_html_namespace()
        {
            return tag.self_closing;
        }
        let name = Name::of(tag.name.as_bytes());
        name.is_void() || name.has_no_markup()
    }

    fn is_end_dropped(&self, tag: &Tag) -> bool {
        let mut dropped = self.dropped.borrow_mut();
        let Some(count) = dropped.get_mut(&tag.name).filter(|count| **count > 0) else {
            return false;
        };
        *count -= 1;
        true
    }

    fn node_count(&self) -> usize {
        self.builder.sink.0.borrow().tree.values().len()
    }

    /// Returns whether the tree has reached the limit of nodes, when one is to be added.
    fn is_full(&self) -> bool {
        let is_full = self.node_count() >= self.limits.nodes;
        if is_full {
            self.cut(Cuts::NODES);
        }
        is_full
    }

    fn cut(&self, cuts: Cuts) {
        self.cuts.set(self.cuts.get().and(cuts));
    }

    /// Returns whether an element may be opened here.
    fn has_room(&self) -> bool {
        self.node_count() < self.room.get()
            || (!self.is_counted.get() && self.count_open() < self.limits.depth)
    }

    fn count_open(&self) -> usize {
        let count = Count(Cell::default());
        self.builder.trace_handles(&count);
        let open = count.0.get();
        // A new node is at most one element that is open and one to be opened again: on ordinary pages counting is rare.
        let room = self.node_count() + self.limits.depth.saturating_sub(open) / 2;
        self.room.set(room.min(self.limits.nodes));
        self.is_counted.set(true);
        open
    }
}

impl TokenSink for Capped {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        // An error is no token of the page: there are some within tags.
        if !matches!(token, Token::ParseError(_)) {
            let chunk = self.input.peek_front_chunk_mut();
            self.left.set(Some(chunk.map_or(0, |chunk| chunk.len())));
        }
        if let Token::TagToken(tag) = &token {
            self.note_names(tag);
            if tag.attrs.len() > self.limits.attributes {
                self.has_many_attributes.set(true);
            }
        }
        if self.is_dropped(&token) {
            return TokenSinkResult::Continue;
        }
        if matches!(token, Token::TagToken(_)) {
            self.is_counted.set(false);
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Counter of the elements that the tree builder refers to.
struct Count(Cell<usize>);

impl Tracer for Count {
    type Handle = NodeId;

    fn trace_handle(&self, _: &NodeId) {
        self.0.set(self.0.get() + 1);
    }
}
