//! Sites without end, one for each way in which real ones are made by mistake.

use super::super::call::Call;
use super::super::markup::{escape, page, push};
use super::super::reply::Reply;

/// The choices of `facets`.
const FACETS: [(&str, &[&str]); 5] = [
    ("color", &["red", "green", "blue", "black"]),
    ("size", &["s", "m", "l", "xl"]),
    ("brand", &["north", "south", "east", "west"]),
    ("price", &["low", "middle", "high"]),
    ("sort", &["price", "name", "newest"]),
];

/// `loop/...`: relative links, one of which is taken for a directory below its own page, at every path.
pub(in super::super) fn relative() -> Reply {
    links("Loop", ["about/team/", "contact/"])
}

/// `growth?...`: each page adds a parameter to its own URL.
pub(in super::super) fn growth(call: &Call<'_>) -> Reply {
    let query = call.head.uri.query().unwrap_or_default();
    let nth = query.split('&').count();
    links("Growth", [format!("/hazards/growth?{query}&p{nth}={nth}")])
}

/// `facets?...`: every combination of five choices, in every order.
pub(in super::super) fn facets(call: &Call<'_>) -> Reply {
    let query = call.head.uri.query().unwrap_or_default();
    let mut more = Vec::new();
    for (name, values) in FACETS {
        if call.query(name).is_none() {
            let mark = if query.is_empty() { "" } else { "&" };
            let choices = values.iter();
            more.extend(
                choices.map(|value| format!("/hazards/facets?{query}{mark}{name}={value}")),
            );
        }
    }
    links("Facets", more)
}

/// `numbers/1/`: a page for every number, with links to the next two.
pub(in super::super) fn numbers(number: &str) -> Reply {
    let Ok(number) = number.parse::<u64>() else {
        return Reply::not_found();
    };
    let next = [number.saturating_add(1), number.saturating_add(2)];
    links(
        "Numbers",
        next.map(|number| format!("/hazards/numbers/{number}/")),
    )
}

/// `session/a`: five pages that link to each other, each link with a session id of its own.
pub(in super::super) fn session(call: &Call<'_>, name: &str) -> Reply {
    let name = name.split(';').next().unwrap_or_default();
    if !["a", "b", "c", "d", "e"].contains(&name) {
        return Reply::not_found();
    }
    let path = call.head.uri.path();
    let next = |(nth, name)| {
        let id = path.bytes().fold(nth, |id: u64, byte| {
            id.wrapping_mul(31).wrapping_add(byte.into())
        });
        format!("/hazards/session/{name};jsessionid={id:016X}")
    };
    links("Session", (0..).zip(["a", "b", "c", "d", "e"]).map(next))
}

/// `nowhere/...`: a friendly page for every path there is not, with links to two more.
pub(in super::super) fn nowhere(rest: &[&str]) -> Reply {
    let last = rest.iter().rev().find(|part| !part.is_empty());
    let last = last.copied().unwrap_or("not");
    let next = ["a", "b"].map(|letter| format!("/hazards/nowhere/{last}{letter}/"));
    links("Nothing found", next)
}

/// `months?year=2025&month=6`: months without end, by the parameters of a query.
pub(in super::super) fn months(call: &Call<'_>) -> Reply {
    let (year, month) = (
        call.number("year", 2025, 9_999),
        call.number("month", 1, 12),
    );
    let next = (year + month / 12, month % 12 + 1);
    let before = if month < 2 {
        (year.saturating_sub(1), 12)
    } else {
        (year, month - 1)
    };
    let link = |(year, month)| format!("/hazards/months?year={year:04}&month={month:02}");
    links("Months", [before, next].map(link))
}

fn links<T: AsRef<str>>(title: &str, targets: impl IntoIterator<Item = T>) -> Reply {
    let mut body = format!("<h1>{title}</h1>\n");
    for target in targets {
        let target = escape(target.as_ref());
        push(
            &mut body,
            format_args!("<a href=\"{target}\">{target}</a>\n"),
        );
    }
    Reply::html(page(title, &body))
}
