//! The JSON Schema of recipes, as an editor uses it: good files pass, bad ones do not.

use crawlworks::{Recipe, recipe};
use serde_json::{Value, json};

use super::items;

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::draft202012::new(schema).unwrap()
}

fn read(text: &str) -> Value {
    toml::from_str(text).unwrap()
}

#[test]
fn the_schema_is_one() {
    jsonschema::draft202012::meta::validate(&recipe::schema()).unwrap();
}

#[test]
fn the_bundled_recipes_are_valid() {
    let validator = validator(&recipe::schema());
    for (name, text) in super::bundled::RECIPES {
        let errors: Vec<String> = validator
            .iter_errors(&read(text))
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, [] as [&str; 0], "{name}");
        assert_eq!(recipe::check(name, text), [], "{name}");
    }
}

#[test]
fn what_the_schema_refuses_the_reader_refuses_too() {
    let validator = validator(&recipe::schema());
    let rest = "[items.page.fields]\nt = 'h1'";
    for bad in [
        format!("strat = 'http://a.example/'\n{rest}"),
        format!("start = 7\n{rest}"),
        format!("start = []\n{rest}"),
        "start = 'http://a.example/'".to_owned(),
        format!("start = 'http://a.example/'\nname = ''\n{rest}"),
        format!("start = 'http://a.example/'\nsettings.dealy = '1s'\n{rest}"),
        format!("start = 'http://a.example/'\nfollow = [{{ whitin = 'p' }}]\n{rest}"),
        format!("start = 'http://a.example/'\nfollow = [{{ limit = 0 }}]\n{rest}"),
        format!("start = 'http://a.example/'\nfollow = [{{ label = '*' }}]\n{rest}"),
        format!("start = 'http://a.example/'\npagination = {{}}\n{rest}"),
        format!("start = 'http://a.example/'\npagination = {{ limit = 'x', next = 'a' }}\n{rest}"),
        format!("start = 'http://a.example/'\nlogin = {{ url = 'http://a.example/' }}\n{rest}"),
        format!("start = 'http://a.example/{{recipe}}'\nargs.recipe = 'x'\n{rest}"),
        format!("start = [{{ label = 'x' }}]\n{rest}"),
        format!("start = [{{ url = 'http://a.example/', json = 1, body = 'x' }}]\n{rest}"),
        "start = 'http://a.example/'\n[items.page]\neach = 'p'".to_owned(),
        format!("start = 'http://a.example/'\n[items.page]\neach = 'p'\njson = 'a'\n{rest}"),
        format!("start = 'http://a.example/'\n{rest}\nf = 7"),
        format!("start = 'http://a.example/'\n{rest}\nf = {{}}"),
        format!("start = 'http://a.example/'\n{rest}\nf = {{ css = 'p', type = 'int' }}"),
        format!("start = 'http://a.example/'\n{rest}\nf = {{ css = 'p', clean = ['pirce'] }}"),
        format!("start = 'http://a.example/'\n{rest}\nf = {{ page = 'ulr' }}"),
        format!("start = 'http://a.example/'\n{rest}\nf = {{ css = 'p', list = 'yes' }}"),
        format!("start = 'http://a.example/'\n{rest}\nf = {{ css = 'p', optionl = true }}"),
    ] {
        assert!(!validator.is_valid(&read(&bad)), "{bad}");
        assert_ne!(recipe::check("x.toml", &bad), [], "{bad}");
    }
}

#[tokio::test]
async fn items_are_what_the_schema_of_the_recipe_says() {
    let text = "start = 'http://a.example/'\n[items.page.fields]\nt = 'h1'\nn = { css = 'i', type = 'integer', optional = true }\n\
                tags = { css = 'a', list = true }\nby = { css = 'p', fields = { name = 'b' } }\nkind = { value = 'page' }\n\
                stars = { css = 'u', map = { One = 1 }, default = 0 }\nurl = { page = 'url' }\nany = { css = 'q', type = 'exists' }";
    let schema = Recipe::parse("x.toml", text).unwrap().item_schema();
    assert_eq!(
        schema["properties"]["n"],
        json!({"anyOf": [{"type": "integer"}, {"type": "null"}]})
    );
    assert_eq!(schema["required"].as_array().unwrap().len(), 8);
    let validator = validator(&schema);
    for html in [
        "<h1>x</h1><p><b>c</b></p>",
        "<h1>x</h1><i>7</i><a>1</a><p><b>c</b></p><u>One</u>",
    ] {
        for item in items(text, html).await {
            validator.validate(&item).unwrap();
        }
    }
    assert!(!validator.is_valid(&json!({"t": 1})));
}
