//! Detection of URLs with the same part over and over, which relative links make that resolve against their own page.

use url::Url;

/// Factor by which numbers and parameters may repeat more often: some stores spread their files as `/0/0/0/0/1.jpg`.
const FOR_NUMBERS: usize = 3;
/// Words that searches have in their URLs for everything that was not chosen.
const NO_CHOICE: [&str; 7] = ["all", "any", "none", "default", "null", "and", "or"];
/// Number of segments that may occur again with others between, for each time that they may follow each other.
const SCATTERED: usize = 2;
/// Longest part of a text that is looked for again: no URL of the usual length has room for a longer one.
const LONGEST: usize = 100;

/// Returns whether one segment, or a run of segments, occurs more than `max` times in a row, or many occur again.
pub(super) fn in_path(path: &str, max: usize) -> bool {
    if count(path) <= SCATTERED * max {
        // Room for one segment after the other, and nothing else: what is asked of nearly every URL.
        return repeats_one(path, max);
    }
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let longest = segments.len() / (max + 1);
    (1..=longest).any(|length| has_run(&segments, length, max)) || is_scattered(&segments, max)
}

fn count(path: &str) -> usize {
    path.bytes().filter(|&byte| byte == b'/').count()
}

/// Returns whether one segment follows itself more than `max` times. So few numbers are no trap.
fn repeats_one(path: &str, max: usize) -> bool {
    let (mut before, mut times) = (None, 0);
    path.split('/').skip(1).any(|segment| {
        times = if before == Some(segment) {
            times + 1
        } else {
            1
        };
        before = Some(segment);
        times > max && !is_weak(segment)
    })
}

/// Returns whether `length` segments follow each other more than `max` times.
fn has_run(segments: &[&str], length: usize, max: usize) -> bool {
    let mut equal = 0;
    let pairs = segments.iter().zip(segments.iter().skip(length));
    for (at, (one, next)) in pairs.enumerate() {
        if one != next {
            equal = 0;
            continue;
        }
        equal += 1;
        let group = segments.get(at + 1..=at + length).unwrap_or_default();
        let is_number = group.iter().all(|segment| is_weak(segment));
        let allowed = if is_number { FOR_NUMBERS * max } else { max };
        if equal >= allowed * length {
            return true;
        }
    }
    false
}

/// Returns whether many segments occur again, in whatever order: two relative links that are mixed make paths that
/// never repeat as a whole.
fn is_scattered(segments: &[&str], max: usize) -> bool {
    let most = SCATTERED * max;
    let again = |(at, segment): &(usize, &&str)| {
        !is_weak(segment) && segments.iter().take(*at).any(|before| before == *segment)
    };
    segments.len() > most && segments.iter().enumerate().filter(again).count() > most
}

/// Returns whether a segment means little by itself: numbers, and marks and words that stand in the place of a choice.
fn is_weak(segment: &str) -> bool {
    let is_choice = || {
        let mut words = NO_CHOICE.iter();
        words.any(|word| segment.eq_ignore_ascii_case(word))
    };
    let has_letters = segment
        .bytes()
        .any(|byte| byte.is_ascii_alphabetic() || byte == b'%');
    !segment.is_empty() && (!has_letters || is_choice())
}

/// Returns whether a text repeats the same part more than `max` times without anything between: more than one letter,
/// and not numbers or marks, of which codes and vectors have many.
///
/// Takes time linear in the text for each length, whatever the text: it comes from a site.
pub(super) fn within(text: &[u8], max: usize) -> bool {
    let longest = (text.len() / (max + 1)).min(LONGEST);
    (2..=longest).any(|length| has_echo(text, length, max))
}

/// Returns whether `length` bytes follow each other more than `max` times.
fn has_echo(text: &[u8], length: usize, max: usize) -> bool {
    // How long it has been as it is up to here: equal to what follows, one sign, without a letter.
    let (mut equal, mut same, mut mute) = (0, 0, 0);
    let mut before = None;
    let pairs = text.iter().zip(text.iter().skip(length));
    for (one, next) in pairs {
        equal = if one == next { equal + 1 } else { 0 };
        same = if before == Some(one) { same + 1 } else { 1 };
        mute = if one.is_ascii_alphabetic() {
            0
        } else {
            mute + 1
        };
        before = Some(one);
        // What is repeated has ended here at least once, so it is enough to look back for it.
        if equal >= max * length && same < length && mute < length {
            return true;
        }
    }
    false
}

/// Returns whether a query repeats the same part over and over. Forms with many rows do so, for each row.
pub(super) fn in_query(url: &Url, max: usize) -> bool {
    let mut parts: Vec<&str> = url.query().unwrap_or_default().split('&').collect();
    parts.sort_unstable();
    parts.chunk_by(|one, next| one == next).any(|same| {
        same.len() > FOR_NUMBERS * max && same.first().is_some_and(|part| !part.is_empty())
    })
}
