//! [`Item`]: a record that a spider extracts from a page.

use std::fmt::Debug;

use serde::Serialize;

/// Type of the items of a spider: any type of your own that derives `Serialize` and `Debug`.
///
/// Items stay this type through every [`Pipeline`](crate::Pipeline) step; only an output turns them into JSON or CSV.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an item",
    note = "derive it: `#[derive(Debug, serde::Serialize)]`"
)]
pub trait Item: Serialize + Debug + Send + 'static {}

impl<T: Serialize + Debug + Send + 'static> Item for T {}
