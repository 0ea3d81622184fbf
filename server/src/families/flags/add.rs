//! A flag comes in.

use std::sync::Arc;

use serde_json::{Value, json};

use super::answer::FlagsFailure;
use crate::app::App;
use crate::flags::NewFlag;

/// What a client is told.
pub(super) const MESSAGE: &str = "Image flagged successfully";

pub(super) async fn add(
    app: &Arc<App>,
    body: Result<Value, String>,
) -> Result<Value, FlagsFailure> {
    let Value::Object(fields) = body.map_err(FlagsFailure::bad)? else {
        return Err(FlagsFailure::bad("the body is not a JSON object"));
    };
    let flag = NewFlag::from_json(fields)?;
    let work = Arc::clone(app);
    let kept = app.write_pool.submit(move || work.flags.add(&flag))?;
    let id = kept.await??;
    Ok(json!({"message": MESSAGE, "id": id}))
}
