//! What is a trap, and above all what is none.

use proptest::prelude::*;

use super::*;

const YEAR: i16 = 2026;

fn judge(path: &str) -> Option<TrapKind> {
    let url = Url::parse("http://www.example.com")
        .unwrap()
        .join(path)
        .unwrap();
    Traps::new(&Settings::default(), YEAR).judge(&url)
}

fn judge_all(cases: &[&str], expected: Option<TrapKind>) {
    for path in cases {
        assert_eq!(judge(path), expected, "{path}");
    }
}

#[test]
fn what_repeats_without_end_is_a_trap() {
    let cases = [
        "/a/a/a/a/",
        "/a/b/a/b/a/b/a/b",
        "/x/css/img/css/img/css/img/css/img/y.html",
        "/%2e%2e%2f/%2E./a%2Fb/a%2Fb/a%2Fb/a%2Fb",
        "/a////////b",
        "/p?b=2&b=2&b=2&b=2&b=2&b=2&b=2&b=2&b=2&b=2",
        "/1/2/1/2/1/2/1/2/1/2/1/2/1/2/1/2/1/2/1/2",
        "/m/a/m/b/m/c/m/d/m/e/m/f/m/g/m/h/m/i/m/j/",
    ];
    judge_all(&cases, Some(TrapKind::Repeats));
}

#[test]
fn what_grows_out_of_all_measure_is_a_trap() {
    let numbers = |mark: &str| {
        (0..120)
            .map(|n| format!("{n}x"))
            .collect::<Vec<_>>()
            .join(mark)
    };
    let nested = format!(
        "/login?next=%2Flogin%3Fnext%3D%252Flogin%253Fnext%253D%25252Flogin%25253Fnext%25253D%2525252F{}",
        "x".repeat(40)
    );
    let cases = [
        &format!("/{}", numbers("/")),
        &format!("/?{}", numbers("&")),
        &nested,
    ];
    judge_all(&cases.map(String::as_str), Some(TrapKind::Growth));
}

#[test]
fn the_same_addition_over_and_over_is_growth() {
    for addition in [
        "?text=k", ";a", "-k", "+more", "%20x", ".html", ",de", "!x/",
    ] {
        let url = format!("/page-of-this-site{}", addition.repeat(40));
        assert!(judge(&url).is_some(), "{url}");
    }
    for honest in [
        "A",
        "0",
        "-",
        "1,",
        "0.",
        "ab,cd,ef,gh,ij,kl,mn,op,qr,st,uv,wx,yz,",
    ] {
        let url = format!("/code?v={}", honest.repeat(80).get(..80).unwrap());
        assert_eq!(judge(&url), None, "{url}");
    }
}

#[test]
fn days_that_are_far_away_are_a_trap() {
    let cases = [
        "/calendar/2032/12/",
        "/calendar/2032/6/",
        "/calendar/2032/12/list",
        "/calendar/2126/01/01",
        "/Calendar/2032-05",
        "/events/2032-12-31/",
        "/site/calendar.php/2032/05",
        "/events/1975/06/",
        "/calendar/1926-01",
        "/calendar?date=2040-01-01",
        "/diary?date=2032-05-01",
        "/diary?date=20320501&view=day",
        "/diary?month=2032-05",
        "/diary?month=203205",
        "/diary?start=2032-05-01T00:00",
        "/diary?year=2032&month=5",
        "/index.php?option=com_calendar&year=2032",
        "/index.php?option=com_calendar&year=1950&month=05",
    ];
    judge_all(&cases, Some(TrapKind::Calendar));
}

#[test]
fn what_a_site_may_honestly_have_is_no_trap() {
    let cases = [
        "/",
        "/2031/05/",
        "/1851/09/18/archives/news.html",
        "/1893/05/",
        "/?date=1893-05-17",
        "/archive/1755-01-02",
        // The 12th post of thread 5123, and other numbers that are no dates.
        "/t/what-is-a-trap/5123/12",
        "/topic/2040/11",
        "/shop/9999/03/red-shoe",
        "/order?from=2020-01-01&to=9999-12-31",
        "/pension?year=2060",
        "/files/0/0/0/0/1.jpg",
        "/tiles/12/2048/2048.png",
        "/find/-/-/-/-/cheap",
        "/de/de/de/a",
        "/std/vec/std/vec/std/vec/",
        "/search?tag=a&tag=b&tag=c&tag=d&tag=e",
        "/login?next=%2Flogin%3Fnext%3D%252Fhome",
        "/a?x=1&&&&&",
        "/00020301",
        "/20400501",
        "/2040-05-17-a-look-ahead",
        "/search/all/all/all/all/1",
        "/search/any/x/any/y/any/z/any/w/any/v/any/u/any/t/any",
        "/koha?op=and&op=and&op=and&op=and&q=a",
    ];
    judge_all(&cases, None);
}

#[test]
fn not_everything_like_a_date_is_far_away() {
    let cases = [
        // Words within others, and in titles.
        "http://events.example.com/2040/05/",
        "/prevents/2040/05/",
        "/determine/2040/05/",
        "/t/wordpress-events-calendar/4523/3",
        "/t/wordpress-events-calendar/2045/03",
        // Numbers of other things.
        "/events/3412/7",
        "/results/events/8812/1/",
        "/calendar/week/5120/4",
        "/map-events?x=10&y=1200",
        "/map-events?x=10&y=2040",
        "/tracker?m=12&y=4000",
        "/tracker?m=12&y=2040",
        "/users?from=135907",
        "/users?from=204007",
        "/list?start=100010",
        "/p?week=204012",
        // What is kept, and what is forecast.
        "/agenda/1968/05/06/minutes.pdf.html",
        "/calendar/1968/12/",
        "/calendar/1851/09/18",
        "/?date=0999-05-17",
        "/archive?year=1950&month=05",
        "/climate/projection/2050/07",
        "/2032/05/",
        // Other calendars.
        "/fa/archive/1404/05/",
        "/th/2569/01/",
        "/calendar/2569/01/",
        "/calendar/1404/05/",
        "/a?date=2569-03-14",
    ];
    judge_all(&cases, None);
}

#[test]
fn the_setting_says_how_often_segments_may_repeat() {
    let url = Url::parse("http://a/x/x/x").unwrap();
    for (max, expected) in [(2, Some(TrapKind::Repeats)), (3, None)] {
        let settings = Settings {
            links: crate::model::settings::Links {
                max_segment_repeats: max,
                ..Default::default()
            },
            ..Settings::default()
        };
        assert_eq!(Traps::new(&settings, YEAR).judge(&url), expected);
    }
}

#[test]
fn nothing_is_a_trap_when_they_are_not_looked_for() {
    let settings = Settings {
        links: crate::model::settings::Links {
            traps: false,
            ..Default::default()
        },
        ..Settings::default()
    };
    let url = Url::parse("http://a/x/x/x/x/x/x/").unwrap();
    assert_eq!(Traps::new(&settings, YEAR).judge(&url), None);
}

#[test]
fn the_longest_url_is_judged_at_once() {
    // What takes more than linear time would never come back from these.
    let long = 64 << 10;
    assert_eq!(judge(&format!("/{}", "y".repeat(long))), None);
    assert_eq!(judge(&format!("/{}", "12".repeat(long))), None);
    let echo = format!("/{}", "xy".repeat(long));
    assert_eq!(judge(&echo), Some(TrapKind::Growth));
}

/// Answer of [`repeats::within`] in as few words as possible.
fn is_echoed(text: &[u8], max: usize) -> bool {
    (2..=text.len() / (max + 1)).any(|length| {
        text.windows(length * (max + 1)).any(|run| {
            let part = &run[..length];
            run.chunks(length).all(|other| other == part)
                && part.iter().any(u8::is_ascii_alphabetic)
                && part.iter().any(|byte| *byte != part[0])
        })
    })
}

proptest! {
    #[test]
    fn echoes_are_found_wherever_they_are(text in "[ab1]{0,4}((ab|a|1|12|b1){1,3}){0,12}[ab1]{0,4}", max in 1_usize..4) {
        let text = text.as_bytes();
        prop_assert_eq!(repeats::within(text, max), is_echoed(text, max));
    }

    #[test]
    fn pages_of_ordinary_sites_are_never_traps(
        slug in "[a-z]{2,9}(-[a-z0-9]{1,9}){0,5}",
        id in 1..10_000_000_u32,
        page in 1..2_000_u32,
        (year, month, day) in (1995..=YEAR + 1, 1..=12, 1..=28),
    ) {
        for path in [
            format!("/{slug}"),
            format!("/blog/{year}/{month:02}/{day:02}/{slug}/"),
            format!("/blog/{year}/{month:02}/"),
            format!("/calendar/{year}-{month:02}-{day:02}"),
            format!("/events?date={year}-{month:02}-{day:02}&view={slug}"),
            format!("/archive/{year}/{month}/{day}/{id}.html"),
            format!("/product/{id}/{slug}.html?color={slug}&size={page}"),
            format!("/shop/{slug}/{slug}/{slug}/p{id}?page={page}"),
            format!("/t/{slug}/{id}/{page}"),
            format!("/forum/{id}/{page}"),
            format!("/forum/{id}/{page}/"),
            format!("/viewtopic.php?f={page}&t={id}&start={}", page * 15),
            format!("/questions/{id}/{slug}?answertab={slug}#tab-top"),
            format!("/wiki/Special:Log?year={year}&month={month}&user={slug}&offset={id}"),
            format!("/doc/std/{slug}/struct.{slug}.html"),
            format!("/doc/book/ch{page:02}-{day:02}-{slug}.html"),
            format!("/{slug}/tree/main/src/{slug}/src/{slug}/lib.rs"),
            format!("/media/{:02x}/{:02x}/{:02x}/{id:08x}.jpg", page % 256, day, id % 256),
        ] {
            prop_assert_eq!(judge(&path), None, "{}", path);
        }
    }
}
