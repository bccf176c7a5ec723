//! Finding the rules that match a path without trying them all.
//!
//! A file of half a megabyte can have sixty thousand rules. Here they hang on their literal beginnings, what comes
//! before the first `*`, sorted and each linked to the longest other one that it begins with. All beginnings of a path
//! are then on one way up from the last one that is not after it; only the wildcards found there are left to try, each
//! at a price.

use std::iter;
use std::ops::Range;

use super::pattern::{Tail, tail_matches};
use super::rules::Patterns;

/// Marker of "no rule" and "no node": every real index is less.
const NONE: u32 = u32::MAX;

/// Limit on the cost of matching one path, in steps. One step is a look at a rule, or the search for a piece of a
/// pattern in 32 bytes of the path: some nanoseconds.
pub(super) const BUDGET: u32 = 1 << 16;

/// The rules of a file by their literal beginnings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// Nodes in the order of their beginnings.
    nodes: Box<[Node]>,
    /// The ranks of rules that have something behind their first wildcard: those of one node in a row, the best first.
    wild: Box<[u32]>,
}

/// A literal beginning, and the rules that have it. Rules go by their rank.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    /// The beginning is that of this rule's pattern, so long.
    rule: u32,
    length: u32,
    /// The longest other beginning that this one begins with.
    parent: u32,
    /// The best rule that matches whatever follows.
    open: u32,
    /// The rule that matches if nothing follows.
    exact: u32,
    wild: Range<u32>,
}

/// Steps that are left of a budget.
#[derive(Debug)]
pub(super) struct Steps(u32);

/// The steps were not enough.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooCostly;

impl Steps {
    pub(super) fn new(budget: u32) -> Self {
        Self(budget)
    }

    pub(super) fn take(&mut self, steps: usize) -> Result<(), TooCostly> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.0 = self.0.checked_sub(steps).ok_or(TooCostly)?;
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn left(&self) -> u32 {
        self.0
    }
}

impl Index {
    pub(super) fn new(patterns: &Patterns) -> Self {
        let mut rules: Vec<(&str, u32)> = patterns
            .iter()
            .map(|(rank, pattern)| (Tail::split(pattern).0, rank))
            .collect();
        rules.sort_unstable();
        let (mut nodes, mut wild): (Vec<Node>, Vec<u32>) = Default::default();
        // The beginnings that the current one may begin with.
        let mut above: Vec<u32> = Vec::new();
        for same in rules.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((beginning, rule)) = same.first().copied() else {
                continue;
            };
            let begins = |at: &u32| {
                let node = nodes.get(*at as usize);
                node.is_some_and(|node| beginning.starts_with(node.beginning(patterns)))
            };
            while above.last().is_some_and(|at| !begins(at)) {
                above.pop();
            }
            let parent = above.last().copied().unwrap_or(NONE);
            above.push(number(nodes.len()));
            let mut node = Node {
                rule,
                length: number(beginning.len()),
                parent,
                open: NONE,
                exact: NONE,
                wild: number(wild.len())..0,
            };
            for (_, rank) in same {
                match Tail::split(patterns.get(*rank)).1 {
                    Tail::Open => node.open = node.open.min(*rank),
                    Tail::End => node.exact = node.exact.min(*rank),
                    Tail::Wild(_) => wild.push(*rank),
                }
            }
            node.wild.end = number(wild.len());
            nodes.push(node);
        }
        Self {
            nodes: nodes.into(),
            wild: wild.into(),
        }
    }

    /// The rank of the rule that decides on a path in normal form.
    pub(super) fn find(
        &self,
        patterns: &Patterns,
        path: &str,
        steps: &mut Steps,
    ) -> Result<Option<u32>, TooCostly> {
        let after = self
            .nodes
            .partition_point(|node| node.beginning(patterns) <= path);
        let last = after.checked_sub(1).and_then(|at| self.nodes.get(at));
        let shared = last.map_or(0, |node| shared(node.beginning(patterns), path));
        let way_up = iter::successors(last, |node| self.nodes.get(node.parent as usize));
        let mut best = NONE;
        for node in way_up {
            steps.take(1)?;
            if node.length as usize > shared {
                continue;
            }
            best = best.min(node.open);
            if node.length as usize == path.len() {
                best = best.min(node.exact);
            }
            best = self.best_wild(node, patterns, path, best, steps)?;
        }
        Ok((best != NONE).then_some(best))
    }

    /// The best of this and of a node's wildcards.
    fn best_wild(
        &self,
        node: &Node,
        patterns: &Patterns,
        path: &str,
        best: u32,
        steps: &mut Steps,
    ) -> Result<u32, TooCostly> {
        let rest = path.get(node.length as usize..).unwrap_or_default();
        let wild = node.wild.start as usize..node.wild.end as usize;
        for rank in self.wild.get(wild).unwrap_or_default() {
            if *rank > best {
                break;
            }
            steps.take(1)?;
            if let Tail::Wild(tail) = Tail::split(patterns.get(*rank)).1
                && tail_matches(tail, rest, steps)?
            {
                return Ok(*rank);
            }
        }
        Ok(best)
    }

    /// Returns the memory that the index takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.nodes) + size_of_val(&*self.wild)
    }
}

impl Node {
    fn beginning<'a>(&self, patterns: &'a Patterns) -> &'a str {
        let pattern = patterns.get(self.rule);
        pattern.get(..self.length as usize).unwrap_or_default()
    }
}

/// Returns the length of the common prefix of both texts, in bytes.
fn shared(one: &str, other: &str) -> usize {
    let pairs = one.bytes().zip(other.bytes());
    pairs.take_while(|(one, other)| one == other).count()
}

/// A file of 512 KiB has far fewer rules and octets than would fit.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NONE)
}
