//! An [`Item`]: what a spider takes out of a page.

use std::fmt::Debug;

use serde::Serialize;

/// Any type of your own that can be written and shown: derive `Serialize` and `Debug`.
///
/// Items stay this type through every [`Pipeline`](crate::Pipeline) step; only an output turns them into JSON or CSV.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an item",
    note = "derive it: `#[derive(Debug, serde::Serialize)]`"
)]
pub trait Item: Serialize + Debug + Send + 'static {}

impl<T: Serialize + Debug + Send + 'static> Item for T {}
