use super::*;
use crate::model::scratch::Scratch;

#[test]
fn a_second_lock_is_refused_and_names_the_process() {
    let scratch = Scratch::new();
    let _held = Lock::take(&scratch.path("job")).unwrap().unwrap();
    let holder = Lock::take(&scratch.path("job")).unwrap().unwrap_err();
    assert_eq!(holder.process, Some(std::process::id()));
    let error = holder.refuses(Path::new(".crawl/quotes"));
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert_eq!(
        error.to_string(),
        format!(
            "job .crawl/quotes is already being crawled by process {}",
            std::process::id()
        )
    );
}

#[test]
fn a_lock_ends_with_its_owner() {
    let scratch = Scratch::new();
    drop(Lock::take(&scratch.path("job")).unwrap().unwrap());
    assert!(Lock::take(&scratch.path("job")).unwrap().is_ok());
}

#[test]
fn the_number_of_a_killed_process_means_nothing() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("job")).unwrap();
    let file = scratch.file("job/lock", "99999999999999\n");
    let _held = Lock::take(&scratch.path("job")).unwrap().unwrap();
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(text, format!("{}\n", std::process::id()));
}

#[test]
#[cfg(unix)]
fn nobody_else_can_read_the_directory() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let _held = Lock::take(&scratch.path("jobs/job")).unwrap().unwrap();
    for (path, mode) in [
        ("jobs", 0o700),
        ("jobs/job", 0o700),
        ("jobs/job/lock", 0o600),
    ] {
        let found = fs::metadata(scratch.path(path))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }
}

#[test]
#[cfg(unix)]
fn the_lock_of_a_directory_that_was_removed_is_not_taken_for_that_of_the_new_one() {
    let scratch = Scratch::new();
    let job = scratch.path("job");
    let old = Lock::take(&job).unwrap().unwrap();
    let late = File::open(job.join(LOCK)).unwrap();
    fs::remove_dir_all(&job).unwrap();
    drop(old);
    let _new = Lock::take(&job).unwrap().unwrap();
    assert!(Lock::of(late, &job.join(LOCK)).unwrap().is_none());
}

#[test]
fn a_glance_sees_who_crawls() {
    let scratch = Scratch::new();
    let held = Lock::take(&scratch.path("job")).unwrap().unwrap();
    let holder = Glance::take(&scratch.path("job")).unwrap().unwrap_err();
    assert_eq!(
        holder.to_string(),
        format!("process {}", std::process::id())
    );
    drop(held);
    assert!(Glance::take(&scratch.path("job")).unwrap().is_ok());
}

#[test]
fn a_glance_at_what_was_never_locked_leaves_no_trace() {
    let scratch = Scratch::new();
    assert!(
        Glance::take(&scratch.path("job"))
            .unwrap()
            .unwrap()
            .is_none()
    );
    assert!(!scratch.path("job").exists());
}

#[test]
fn a_crawl_waits_for_a_glance_and_is_not_refused() {
    let scratch = Scratch::new();
    let job = scratch.path("job");
    drop(Lock::take(&job).unwrap().unwrap());
    let glance = Glance::take(&job).unwrap().unwrap();
    let file = File::open(job.join(LOCK)).unwrap();
    let (mut glance, mut pauses) = (Some(glance), 0);
    let is_free = is_free(&file, || {
        pauses += 1;
        if pauses == 3 {
            glance.take();
        }
    });
    assert!(is_free.unwrap());
    assert_eq!(pauses, 3);
}
