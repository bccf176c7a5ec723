//! Deliveries that end at any point, and go on with another connection.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::*;

/// Polls a future this often, and drops it then. `None`: it was not ready.
async fn cut<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// Delivers the items in batches; the step of this number is cut after this many polls. Returns whether it was.
async fn survives(options: &str, mode: Mode, size: usize, step: usize, polls: usize) -> bool {
    let scratch = Scratch::new();
    execute(
        &scratch,
        "CREATE TABLE books(n INTEGER CHECK (n <> 5), t TEXT)",
    )
    .await;
    let items: Vec<_> = (0..9).map(|n| json!({"n": n, "t": "x"})).collect();
    let run = run("a");
    let mut destination = destination(&scratch, options, mode);
    let mut was_cut = false;
    let mut steps = 0;
    let mut at = None;
    loop {
        let most = if steps == step { polls } else { usize::MAX };
        steps += 1;
        let ended = match at {
            None => {
                let reached = cut(destination.open_boxed(&run), most).await;
                reached.map(|reached| match reached.unwrap() {
                    Reached::Remembered(position) => at = Some(position.get()),
                    Reached::Unknown => panic!("a database remembers"),
                })
            }
            Some(start) if start < items.len() as u64 => {
                let from = usize::try_from(start).unwrap();
                let to = items.len().min(from + size);
                let batch = batch(&run, start, &items[from..to]);
                let mut refusals = Refusals::default();
                let refused = cut(destination.deliver_boxed(&batch, &mut refusals), most).await;
                refused.map(|refused| {
                    refused.unwrap();
                    at = Some(batch.end.get());
                })
            }
            Some(_) => {
                let finished = cut(destination.finish_boxed(), most).await;
                if let Some(finished) = finished {
                    finished.unwrap();
                    break;
                }
                None
            }
        };
        if ended.is_none() {
            was_cut = true;
            at = None;
        }
    }
    let want = (0..9).filter(|n| mode == Mode::Overwrite || *n != 5);
    let want: Vec<_> = want.map(|n| n.to_string()).collect();
    let rows = texts(&scratch, "SELECT CAST(n AS TEXT) FROM books ORDER BY rowid").await;
    assert_eq!(rows, want, "{options:?} {mode:?} {size} {step} {polls}");
    was_cut
}

/// Cuts each step at each of its points.
async fn survives_everywhere(options: &str, mode: Mode) {
    for size in [2, 9] {
        for step in 0..2 + 9_usize.div_ceil(size) {
            let mut polls = 0;
            while survives(options, mode, size, step, polls).await {
                polls += 1;
            }
            assert!(polls > 1, "step {step} has no points to cut it at");
        }
    }
}

#[tokio::test]
async fn each_item_is_there_once_wherever_a_delivery_ends() {
    survives_everywhere("", Mode::Append).await;
}

#[tokio::test]
async fn a_table_is_replaced_once_wherever_a_delivery_ends() {
    survives_everywhere("", Mode::Overwrite).await;
}

#[tokio::test]
async fn each_key_is_there_once_wherever_a_delivery_ends() {
    survives_everywhere("key=n", Mode::Append).await;
}
