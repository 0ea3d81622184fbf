use std::time::Duration;

use crossbeam::channel::bounded;

use super::*;

#[test]
fn results_come_back() {
    let pool = Pool::new("t", 2, 100).unwrap();
    let jobs: Vec<_> = (0..50u64)
        .map(|n| pool.submit(move || n * n).unwrap())
        .collect();
    let sum: u64 = jobs.into_iter().map(|job| job.wait().unwrap()).sum();
    assert_eq!(sum, 40_425);
    let stats = pool.stats();
    assert_eq!((stats.threads, stats.completed, stats.active), (2, 50, 0));
}

#[cfg(target_os = "linux")]
#[test]
fn threads_that_give_way_are_nice_and_others_are_not() {
    let nice = |pool: &Pool| {
        let job = pool.submit(|| rustix::process::getpriority_process(None).unwrap());
        job.unwrap().wait().unwrap()
    };
    let own = rustix::process::getpriority_process(None).unwrap();
    assert_eq!(nice(&Pool::new("plain", 1, 1).unwrap()), own);
    assert_eq!(nice(&Pool::behind("behind", 1, 1).unwrap()), NICE.max(own));
}

#[test]
fn a_full_queue_is_told() {
    let pool = Pool::new("narrow", 1, 1).unwrap();
    let (open, gate) = bounded::<()>(0);
    let (started, running) = bounded::<()>(0);
    let first = pool
        .submit(move || {
            started.send(()).unwrap();
            gate.recv().unwrap();
            1
        })
        .unwrap();
    running.recv().unwrap();
    let second = pool.submit(|| 2).unwrap();
    let error = pool.submit(|| 3).unwrap_err();
    assert_eq!(
        error,
        PoolError::Full {
            pool: "narrow".to_owned(),
            queued: 1
        }
    );
    assert_eq!(
        (
            pool.stats().queued,
            pool.stats().active,
            pool.stats().rejected
        ),
        (1, 1, 1)
    );
    open.send(()).unwrap();
    assert_eq!((first.wait(), second.wait()), (Ok(1), Ok(2)));
}

#[test]
fn a_panic_is_one_failed_job() {
    let pool = Pool::new("p", 1, 4).unwrap();
    let job = pool.submit(|| -> u8 { panic!("boom {}", 7) }).unwrap();
    let expected = PoolError::Panicked {
        pool: "p".to_owned(),
        message: "boom 7".to_owned(),
    };
    assert_eq!(job.wait(), Err(expected));
    assert_eq!(pool.submit(|| 5).unwrap().wait(), Ok(5));
    assert_eq!(pool.stats().panicked, 1);
}

#[test]
fn dropping_finishes_what_is_queued_and_skips_what_nobody_wants() {
    let pool = Pool::new("d", 1, 8).unwrap();
    let slow = pool
        .submit(|| thread::sleep(Duration::from_millis(30)))
        .unwrap();
    let wanted = pool.submit(|| 9).unwrap();
    drop(pool.submit(|| unreachable!("nobody waits for it")).unwrap());
    drop(pool);
    assert_eq!((slow.wait(), wanted.wait()), (Ok(()), Ok(9)));
}

#[test]
fn the_last_owner_may_be_a_job() {
    let pool = Arc::new(Pool::new("own", 1, 2).unwrap());
    let (go, gate) = bounded::<()>(0);
    let inner = Arc::clone(&pool);
    let job = pool
        .submit(move || {
            gate.recv().unwrap();
            drop(inner);
            1
        })
        .unwrap();
    drop(pool);
    go.send(()).unwrap();
    assert_eq!(job.wait(), Ok(1));
}
