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
    let schema = Recipe::parse("x.toml", text).unwrap().schema();
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

/// Asserts what both say of each recipe.
fn assert_agree(recipes: &[(bool, String)]) {
    let validator = validator(&recipe::schema());
    for (is_good, recipe) in recipes {
        let told = recipe::check("x.toml", recipe);
        assert_eq!(told.is_empty(), *is_good, "{recipe}: {told:?}");
        assert_eq!(validator.is_valid(&read(recipe)), *is_good, "{recipe}");
    }
}

#[test]
fn schema_and_reader_agree_on_what_is_around_items() {
    let rest = "[items.page.fields]\nt = 'h1'";
    let around = |lines: &str| format!("start = 'http://a.example/'\n{lines}\n{rest}");
    assert_agree(&[
        (true, around("settings.min_fill = { t = 0.9 }")),
        (true, around("settings.min_fill.t = 0.9")),
        (true, around("settings.'min_fill.t' = 0.9")),
        (true, around("settings.min_fill = 't=0.9'")),
        (false, around("settings.min_fill = { t = 2 }")),
        (true, around("settings.scope = 'prefix'")),
        (false, around("settings.scope = 'prefx'")),
        (true, around("settings.cache = 'http'")),
        (false, around("settings.cache = true")),
        (false, around("settings.order = 'random'")),
        (false, around("name = '../x'")),
        (false, around("name = '.x'")),
        (true, around("name = 'x_1.y-z'")),
        (true, format!("sitemaps = 'http://a.example/s.xml'\n{rest}")),
        (false, format!("sitemaps = []\n{rest}")),
        (
            false,
            around(
                "sitemaps = 'http://a.example/s.xml'\nlogin = { url = 'http://a.example/', fields = { a = 'b' } }",
            ),
        ),
        (
            true,
            around("login = { url = 'http://a.example/', fields = { a = 'b' } }"),
        ),
        (
            true,
            around("items.x.fields.f = { json_ld = 'name', of = 'Book' }"),
        ),
        (
            false,
            around("items.x.fields.f = { css = 'b', of = 'Book' }"),
        ),
        (
            false,
            around("items.x.fields.f = { json_ld = 'name', of = ' ' }"),
        ),
        (
            true,
            around("items.x = { json = 'a', fields.f = { document = 'b' } }"),
        ),
        (
            false,
            around("items.x = { json = 'a', fields.f = { document = 'b', json = 'c' } }"),
        ),
        (true, around("pagination = { next = 'a' }")),
        (false, around("pagination = { next = '' }")),
        (false, around("pagination = { next = 'a', json = 'b' }")),
        (
            false,
            around("pagination = { next = 'a', url = '?{page}' }"),
        ),
        (false, around("pagination = { next = 'a', first = 2 }")),
        (
            true,
            around("pagination = { url = '?{page}', first = 2, step = 3 }"),
        ),
        (false, around("pagination = { url = '?x' }")),
        (
            true,
            around("pagination = { json = 'a', url = '?{cursor}' }"),
        ),
        (
            false,
            around("pagination = { json = 'a', url = '?{page}' }"),
        ),
        (false, around("pagination = { json = 'a', step = 2 }")),
        (true, around("follow = [{ priority = -2147483647 }]")),
        (false, around("follow = [{ priority = 99999999999 }]")),
        (false, around("follow = [{ within = '' }]")),
        (false, around("follow = [{ query = '' }]")),
        (true, around("follow = [{ json = 'a', allow = 'b' }]")),
        (false, around("follow = [{ json = 'a', within = 'b' }]")),
    ]);
}

#[test]
fn schema_and_reader_agree_on_fields() {
    let rest = "[items.page.fields]\nt = 'h1'";
    let field = |field: &str| format!("start = 'http://a.example/'\n{rest}\nf = {field}");
    assert_agree(&[
        (false, field("{ value = { a = 1 } }")),
        (false, field("''")),
        (false, field("{ css = '' }")),
        (true, field("{ css = 'a', list = true, join = ',' }")),
        (false, field("{ css = 'a', join = ',' }")),
        (false, field("{ css = 'a', list = false, join = ',' }")),
        (
            true,
            field("{ css = 'a', type = 'date', format = '%d.%m.%Y' }"),
        ),
        (false, field("{ css = 'a', format = '%d.%m.%Y' }")),
        (
            false,
            field("{ css = 'a', type = 'text', format = '%d.%m.%Y' }"),
        ),
        (true, field("{ css = 'a', default = 'x' }")),
        (
            false,
            field("{ css = 'a', default = 'x', optional = true }"),
        ),
        (
            true,
            field("{ css = 'a', default = 'x', optional = false }"),
        ),
        (true, field("{ css = 'a', json = 'b' }")),
        (true, field("{ json_ld = 'b', list = true }")),
        (false, field("{ css = 'a', json_ld = 'b' }")),
        (false, field("{ css = 'a', page = 'url' }")),
        (true, field("{ page = 'url', re = 'x' }")),
        (false, field("{ page = 'url', optional = true }")),
        (false, field("{ value = 1, list = true }")),
        (
            true,
            field("{ css = 'a', fields = { b = 'c' }, list = true }"),
        ),
        (
            false,
            field("{ css = 'a', fields = { b = 'c' }, type = 'text' }"),
        ),
        (true, field("{ css = 'a', type = 'exists' }")),
        (
            false,
            field("{ css = 'a', type = 'exists', optional = true }"),
        ),
    ]);
}
