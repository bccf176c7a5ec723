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

/// Delivers nine items in batches of two; the step of this number is cut after this many polls. Returns whether it was.
async fn survives(server: &Server, table: &str, key: &str, step: usize, polls: usize) -> bool {
    let items: Vec<_> = (0..9).map(|n| json!({"n": n})).collect();
    let run = run(table);
    let mut destination = destination(&server.url(&format!("table={table}{key}")), Mode::Append);
    let mut refusals = Refusals::default();
    let (mut was_cut, mut steps, mut at) = (false, 0, None);
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
            Some(9) => match cut(destination.finish_boxed(), most).await {
                Some(finished) => break finished.unwrap(),
                None => None,
            },
            Some(start) => {
                let from = usize::try_from(start).unwrap();
                let batch = batch(&run, start, &items[from..items.len().min(from + 2)]);
                let done = cut(destination.deliver_boxed(&batch, &mut refusals), most).await;
                done.map(|done| {
                    done.unwrap();
                    at = Some(batch.end.get());
                })
            }
        };
        if ended.is_none() {
            (was_cut, at) = (true, None);
        }
    }
    let sql = format!("SELECT n::text FROM {table} AS t ORDER BY t.n");
    let want: Vec<_> = (0..9).map(|n| n.to_string()).collect();
    assert_eq!(server.texts(&sql).await, want, "{table}");
    was_cut
}

#[tokio::test]
async fn each_item_is_there_once_wherever_a_delivery_ends() {
    let server = Server::start();
    for (name, key) in [("plain", ""), ("keyed", "&key=n")] {
        // Opening, the batch that makes the table, the end.
        for step in [0, 1, 6] {
            let mut polls = 0;
            while survives(&server, &format!("{name}_{step}_{polls}"), key, step, polls).await {
                polls += 1;
            }
            assert!(polls > 1, "step {step} has no points to cut it at");
        }
    }
}
