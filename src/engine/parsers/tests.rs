//! Tests with jobs that wait for each other: they would wait forever if one job could hold up all.

use std::sync::mpsc;

use tokio::runtime::{Builder, Runtime};

use super::*;

/// Builds a runtime that has one worker.
fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// Starts a job as a task of the runtime's worker.
fn start<T: Send + 'static>(
    parsers: &Arc<Parsers>,
    job: impl Future<Output = T> + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    let parsers = Arc::clone(parsers);
    tokio::spawn(async move { parsers.run(Box::pin(job)).await })
}

#[test]
fn jobs_that_hold_their_threads_hold_up_neither_the_runtime_nor_other_jobs() {
    runtime().block_on(async {
        let parsers = Arc::new(Parsers::new(&Handle::current()));
        let (release, released): (Vec<_>, Vec<_>) = (0..3).map(|_| mpsc::channel::<()>()).unzip();
        let held: Vec<_> = released
            .into_iter()
            .map(|released| start(&parsers, async move { released.recv().is_ok() }))
            .collect();
        assert_eq!(start(&parsers, async { 1 }).await.unwrap(), 1);
        assert_eq!(tokio::spawn(async { 2 }).await.unwrap(), 2);
        for held in release {
            held.send(()).unwrap();
        }
        for held in held {
            assert!(held.await.unwrap());
        }
    });
}

#[test]
fn a_job_can_wait_for_the_runtime() {
    runtime().block_on(async {
        let parsers = Arc::new(Parsers::new(&Handle::current()));
        let (send, receive) = oneshot::channel();
        let job = start(&parsers, async move {
            tokio::task::yield_now().await;
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            let spawned = tokio::spawn(async { 20 }).await.unwrap();
            spawned + receive.await.unwrap()
        });
        send.send(1).unwrap();
        assert_eq!(job.await.unwrap(), 21);
    });
}

#[test]
fn a_panic_is_that_of_who_waits_and_the_threads_go_on() {
    runtime().block_on(async {
        let parsers = Arc::new(Parsers::new(&Handle::current()));
        for _ in 0..10 {
            let job = start::<()>(&parsers, async { panic!("a page") });
            assert!(job.await.unwrap_err().is_panic());
        }
        assert_eq!(start(&parsers, async { 1 }).await.unwrap(), 1);
    });
}

#[test]
fn many_jobs_at_once_are_all_done() {
    runtime().block_on(async {
        let parsers = Arc::new(Parsers::new(&Handle::current()));
        let job = |number: u64| async move {
            tokio::task::yield_now().await;
            number
        };
        let jobs: Vec<_> = (0..1_000).map(|n| start(&parsers, job(n))).collect();
        let mut sum = 0;
        for job in jobs {
            sum += job.await.unwrap();
        }
        assert_eq!(sum, 499_500);
    });
}

#[tokio::test]
async fn on_a_current_thread_runtime_a_job_is_done_in_place() {
    let parsers = Parsers::new(&Handle::current());
    let here = std::thread::current().id();
    let there = parsers
        .run(Box::pin(async { std::thread::current().id() }))
        .await;
    assert_eq!(here, there);
    assert!(!parsers.are_apart());
}
