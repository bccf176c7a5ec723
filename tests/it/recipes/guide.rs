//! The examples of the guide are good recipes.

use crawlworks::recipe;

#[test]
fn every_example_of_the_guide_is_good() {
    let guide = include_str!("../../../src/docs/guide_recipes.md");
    let examples: Vec<&str> = guide
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(examples.len() > 9);
    for example in examples {
        let mut text = example.to_owned();
        // Many show one part only.
        if !text.contains("start") && !text.contains("sitemaps") {
            text.insert_str(0, "start = ['https://example.com/']\n");
        }
        if !text.contains("[items") {
            text.push_str("\n[items.page]\nfields.title = 'h1'\n");
        }
        let problems = recipe::check("guide.toml", &text);
        assert_eq!(problems, [], "{text}");
    }
}
