use super::*;

fn parse(text: &str) -> Result<Option<DestinationUrl>> {
    DestinationUrl::parse(text, Mode::Append)
}

#[test]
fn what_names_a_file_in_a_format_is_no_destination() {
    for text in [
        "a.jsonl",
        "-",
        "-:csv",
        "a.db:csv",
        "out/db",
        "http://x/a.db",
        "C:\\a.csv",
        "",
    ] {
        assert_eq!(parse(text).unwrap(), None, "{text}");
    }
}

#[test]
fn a_destination_is_written_as_it_is_read() {
    for (text, shown) in [
        ("a.db", "sqlite:a.db"),
        (
            "out/A.SQLITE?table=books",
            "sqlite:out/A.SQLITE?table=books",
        ),
        (
            "sqlite:a.jsonl?key=a,b&flatten=2",
            "sqlite:a.jsonl?key=a,b&flatten=2",
        ),
        ("sqlite:///tmp/a", "sqlite:///tmp/a"),
        (
            "a.db?table=a%26b%3D1%25 %2B",
            "sqlite:a.db?table=a%26b=1%25%20%2B",
        ),
        (
            "postgresql://db/shop?type.price=numeric(12,2)",
            "postgres://db/shop?type.price=numeric(12,2)",
        ),
    ] {
        let url = parse(text).unwrap().unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(parse(shown).unwrap().unwrap(), url);
    }
}

#[test]
fn the_password_is_in_no_text() {
    for (text, shown) in [
        (
            "postgres://me:secret@db:5432/shop",
            "postgres://me@db:5432/shop",
        ),
        ("postgres://me:a@secret@db/shop", "postgres://me@db/shop"),
        ("postgres://db/shop@x", "postgres://db/shop@x"),
    ] {
        let url = parse(text).unwrap().unwrap();
        assert_eq!(url.to_string(), shown);
        assert!(!format!("{url:?}").contains("secret"), "{url:?}");
    }
}

#[test]
fn a_name_leads_to_no_other_directory() {
    let url = parse("out/%(name)s-%(time)s.db?table=%(name)s")
        .unwrap()
        .unwrap();
    let url = url.expand("../etc", "t0");
    assert_eq!(url.to_string(), "sqlite:out/_.-etc-t0.db?table=_.-etc");
}

#[test]
fn what_is_wrong_with_a_name_is_said() {
    for (text, want) in [
        (
            "a.db?tabel=a",
            "unknown option \"tabel\"; did you mean \"table\"?",
        ),
        ("a.db?sslmode=require", "unknown option \"sslmode\""),
        ("a.db?table=", "the option \"table\" has no value"),
        (
            "a.db?table=a&table=b",
            "the option \"table\" is there twice",
        ),
        ("%(date)s.db", "unknown placeholder `%(date)s"),
        ("sqlite:", "names no database"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings, "{text}");
        assert!(error.to_string().contains(want), "{text}: {error}");
    }
}

#[cfg(not(feature = "sql-postgres"))]
#[test]
fn a_destination_without_its_feature_is_refused_by_name() {
    let error = parse("postgres://me:secret@db/shop")
        .unwrap()
        .unwrap()
        .open()
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Settings);
    assert!(
        error.to_string().contains("--features sql-postgres"),
        "{error}"
    );
    assert!(!error.to_string().contains("secret"), "{error}");
}
