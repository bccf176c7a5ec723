//! `/login` and `/account`: a form with a CSRF token, a session, and a page that only those who logged in see.

use http::header::SET_COOKIE;
use http::{Method, StatusCode};

use super::call::Call;
use super::markup::{escape, page, push};
use super::random::{mix, mix_text};
use super::reply::Reply;

/// The password of every user.
const PASSWORD: &str = "secret";
/// Number of quotes that are shown after a login.
const SECRETS: usize = 5;

/// `/login`: the form, or with `POST` the check of what was filled in.
pub(super) fn login(call: &Call<'_>) -> Reply {
    if call.head.method == Method::POST {
        check(call)
    } else {
        form(call)
    }
}

/// Shows the form. A session that the client already has stays valid, so a second look at the form does not spoil the
/// first.
fn form(call: &Call<'_>) -> Reply {
    let known = call.cookie("session").map(str::to_owned);
    let session = known
        .clone()
        .unwrap_or_else(|| hex(mix(call.content.seed, call.visit)));
    let token = token(call, &session, "csrf");
    let body = format!(
        "<h1>Login</h1>\n<form action=\"/login\" method=\"post\">\n\
         <input type=\"hidden\" name=\"csrf_token\" value=\"{token}\">\n\
         <label>Username <input type=\"text\" name=\"username\"></label>\n\
         <label>Password <input type=\"password\" name=\"password\"></label>\n\
         <input type=\"submit\" value=\"Login\">\n</form>\n"
    );
    let reply = Reply::html(page("Login", &body));
    match known {
        Some(_) => reply,
        None => reply.header(
            SET_COOKIE,
            &format!("session={session}; Path=/; HttpOnly; SameSite=Lax"),
        ),
    }
}

fn check(call: &Call<'_>) -> Reply {
    let session = call.cookie("session").unwrap_or_default();
    let named = call.form("username").is_some_and(|name| !name.is_empty());
    let password = call
        .form("password")
        .is_some_and(|password| password == PASSWORD);
    let token_fits = call
        .form("csrf_token")
        .is_some_and(|sent| sent == token(call, session, "csrf"));
    if session.is_empty() || !named || !password || !token_fits {
        return Reply::status(StatusCode::FORBIDDEN);
    }
    let auth = format!(
        "auth={}; Path=/; HttpOnly; SameSite=Lax",
        token(call, session, "auth")
    );
    Reply::redirect(StatusCode::SEE_OTHER, "/account").header(SET_COOKIE, &auth)
}

/// `/account`: secrets, or the way to the form.
pub(super) fn account(call: &Call<'_>) -> Reply {
    let session = call.cookie("session").unwrap_or_default();
    if call.cookie("auth") != Some(token(call, session, "auth").as_str()) {
        return Reply::redirect(StatusCode::FOUND, "/login");
    }
    let mut body = String::from("<h1>Account</h1>\n");
    for quote in call.content.quotes.iter().take(SECRETS) {
        push(
            &mut body,
            format_args!("<div class=\"secret\">{}</div>\n", escape(&quote.text)),
        );
    }
    Reply::html(page("Account", &body))
}

/// Returns a token that looks random, belongs to one session and one purpose, and needs no memory.
fn token(call: &Call<'_>, session: &str, purpose: &str) -> String {
    hex(mix_text(mix_text(call.content.seed, session), purpose))
}

fn hex(number: u64) -> String {
    format!("{number:016x}")
}
