//! The keys of a recipe's tables: what the reader knows, and what its JSON Schema must say.

/// Keys of the whole file.
pub(super) const RECIPE: &[&str] = &[
    "name",
    "about",
    "start",
    "sitemaps",
    "args",
    "settings",
    "follow",
    "items",
    "pagination",
    "login",
];

/// Keys of `[[start]]`.
pub(super) const START: &[&str] = &[
    "url", "file", "label", "method", "headers", "body", "json", "form",
];

/// Keys of an argument that is a table.
pub(super) const ARGUMENT: &[&str] = &["default", "about", "env", "secret"];

/// Keys of `[[follow]]`.
pub(super) const FOLLOW: &[&str] = &[
    "on",
    "each",
    "carry",
    "within",
    "query",
    "text",
    "json",
    "allow",
    "deny",
    "label",
    "priority",
    "limit",
    "limit_per_pattern",
    "nofollow",
    "files",
];

/// Keys of `[items.KIND]`.
pub(super) const ITEMS: &[&str] = &["on", "match", "each", "json", "script", "unique", "fields"];

/// Keys of a field that is a table.
pub(super) const FIELD: &[&str] = &[
    "css", "pair", "json", "document", "json_ld", "of", "page", "carried", "value", "list", "re",
    "clean", "map", "join", "type", "format", "months", "default", "optional", "fields",
];

/// Keys of `[pagination]`.
pub(super) const PAGINATION: &[&str] = &[
    "on",
    "next",
    "link_header",
    "json",
    "url",
    "body",
    "first",
    "step",
    "limit",
];

/// Keys of `[login]`.
pub(super) const LOGIN: &[&str] = &["url", "form", "fields", "check"];
