//! The login cache against an authority that answers as a test tells it to.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{sleep, timeout};

use super::{Authority, DecisionFuture, Login, LoginCache};
use crate::{
    clock::Clock,
    message::{Credentials, ErrorCode, Grant, Rejection},
    pipeline::AuthDecision,
    telemetry::Counters,
};

/// What the next answers are.
#[derive(Clone, Debug)]
enum Answer {
    Grants { principal: &'static str, holds_for: Option<Duration> },
    Refuses,
    Away { last_good: Option<Duration> },
    Silent,
}

#[derive(Debug)]
struct AuthorityDouble {
    answer: Mutex<Answer>,
    asked: AtomicU64,
    closed: AtomicBool,
}

impl Authority for AuthorityDouble {
    fn decide(&self, _: Credentials) -> DecisionFuture<'_> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async move {
            sleep(Duration::from_millis(5)).await;
            let by = Arc::from("double");
            match answer {
                Answer::Grants { principal, holds_for } => {
                    let grant = Grant { principal: principal.into(), holds_for, ..Grant::open() };
                    AuthDecision::Granted { grant, by }
                }
                Answer::Refuses => {
                    AuthDecision::Refused(Rejection::new(ErrorCode::WrongPass, "auth failed"))
                }
                Answer::Away { last_good } => {
                    AuthDecision::Unavailable { by, why: "down".into(), last_good }
                }
                Answer::Silent => std::future::pending().await,
            }
        })
    }

    fn authenticates(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    fn login_timeout(&self) -> Duration {
        Duration::from_millis(200)
    }
}

struct Scene {
    double: Arc<AuthorityDouble>,
    cache: Arc<LoginCache>,
}

const SHORT: Duration = Duration::from_millis(100);

fn grants(principal: &'static str, holds_for: impl Into<Option<Duration>>) -> Answer {
    Answer::Grants { principal, holds_for: holds_for.into() }
}

fn scene(answer: Answer) -> Scene {
    let (asked, closed) = (AtomicU64::new(0), AtomicBool::new(true));
    let double = Arc::new(AuthorityDouble { answer: Mutex::new(answer), asked, closed });
    let cache =
        LoginCache::new(Arc::clone(&double) as _, Arc::new(Counters::default()), Clock::System);
    Scene { double, cache }
}

impl Scene {
    fn turn(&self, answer: Answer) {
        *self.double.answer.lock().unwrap() = answer;
    }

    fn asked(&self) -> u64 {
        self.double.asked.load(Ordering::SeqCst)
    }

    async fn log_in(&self, secret: &str) -> Result<Login, String> {
        let credentials =
            Credentials { username: "u".into(), secret: secret.into(), peer: "p".into() };
        self.cache.log_in(credentials).await.map_err(|rejection| rejection.to_string())
    }
}

/// The next news about a login: its principal, or why it ended.
async fn news(login: &mut Login) -> Result<String, String> {
    timeout(Duration::from_secs(5), login.changed()).await.expect("there is news");
    assert!(login.has_changed());
    login.update().map_err(|why| why.to_string())?;
    Ok(login.grant().principal.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_one_login_is_one_question() {
    let scene = Arc::new(scene(grants("ann", None)));
    let clients: Vec<_> = (0..200)
        .map(|_| {
            let scene = Arc::clone(&scene);
            tokio::spawn(async move { scene.log_in("s").await.is_ok() })
        })
        .collect();
    for client in clients {
        assert!(client.await.unwrap());
    }
    assert_eq!(scene.asked(), 1);
    assert!(scene.log_in("other").await.is_ok());
    assert_eq!(scene.asked(), 2, "another secret is another question");
}

#[tokio::test]
async fn a_grant_is_refreshed_before_it_ends_and_only_news_is_told() {
    let scene = scene(grants("ann", SHORT));
    let mut login = scene.log_in("s").await.unwrap();
    sleep(SHORT * 3).await;
    assert!(scene.asked() >= 3, "asked again without a client's doing: {}", scene.asked());
    assert!(!login.has_changed(), "the same grant is no news");

    scene.turn(grants("bob", SHORT));
    assert_eq!(news(&mut login).await, Ok("bob".into()));
    scene.turn(Answer::Refuses);
    assert_eq!(news(&mut login).await, Err("WRONGPASS auth failed".into()));
}

#[tokio::test]
async fn a_refusal_is_remembered_for_a_moment_only() {
    let scene = scene(Answer::Refuses);
    for _ in 0..3 {
        assert_eq!(scene.log_in("s").await.unwrap_err(), "WRONGPASS auth failed");
    }
    assert_eq!(scene.asked(), 1);
    scene.turn(grants("ann", None));
    sleep(Duration::from_millis(1_200)).await;
    assert!(scene.log_in("s").await.is_ok());
}

#[tokio::test]
async fn the_last_good_grant_serves_for_its_time_and_is_called_stale() {
    let scene = scene(grants("ann", SHORT));
    let mut login = scene.log_in("s").await.unwrap();
    scene.turn(Answer::Away { last_good: Some(Duration::from_secs(1)) });
    sleep(SHORT * 3).await;
    assert!(!login.has_changed());
    assert_eq!((scene.cache.stats(None).granted, scene.cache.stats(Some("double")).stale), (1, 1));
    assert!(scene.log_in("s").await.is_ok(), "known credentials still log in");
    assert!(scene.log_in("unknown").await.unwrap_err().starts_with("ERR auth info error"));

    scene.turn(grants("ann", SHORT));
    sleep(SHORT * 5).await;
    assert_eq!(scene.cache.stats(None).stale, 0);
    scene.turn(Answer::Away { last_good: Some(SHORT * 2) });
    assert!(news(&mut login).await.unwrap_err().starts_with("ERR auth info error"));
}

#[tokio::test]
async fn credentials_that_nobody_uses_are_asked_about_anew_with_the_last_answer_in_reserve() {
    let scene = scene(grants("ann", SHORT));
    drop(scene.log_in("s").await.unwrap());
    sleep(SHORT * 2).await;
    let asked = scene.asked();
    sleep(SHORT * 2).await;
    assert_eq!(scene.asked(), asked, "nobody asks for nobody");

    scene.turn(Answer::Away { last_good: Some(Duration::from_mins(1)) });
    assert_eq!(scene.log_in("s").await.unwrap().grant().principal, "ann");
    sleep(SHORT * 2).await;
    scene.turn(Answer::Refuses);
    sleep(SHORT * 2).await;
    assert_eq!(scene.log_in("s").await.unwrap_err(), "WRONGPASS auth failed");
}

#[tokio::test]
async fn other_authenticators_are_asked_at_once() {
    let scene = scene(grants("ann", None));
    let mut login = scene.log_in("s").await.unwrap();
    scene.turn(Answer::Refuses);
    scene.cache.refresh_all();
    assert_eq!(scene.log_in("s").await.unwrap_err(), "WRONGPASS auth failed", "no old answer");
    assert_eq!(news(&mut login).await, Err("WRONGPASS auth failed".into()));
    scene.turn(grants("ann", None));
    scene.cache.refresh_all();
    assert!(scene.log_in("s").await.is_ok(), "nor an old refusal");
}

#[tokio::test]
async fn a_grant_of_no_time_is_shared_with_nobody() {
    let scene = scene(grants("ann", Duration::ZERO));
    let first = scene.log_in("s").await.unwrap();
    let second = scene.log_in("s").await.unwrap();
    assert_eq!(scene.asked(), 2, "once for each connection");
    scene.turn(Answer::Refuses);
    sleep(SHORT).await;
    assert!(!first.has_changed() && !second.has_changed(), "they hold until they leave");
    assert!(scene.log_in("s").await.is_err());
}

#[tokio::test]
async fn an_authority_that_is_silent_is_not_waited_for_for_ever() {
    let scene = scene(Answer::Silent);
    assert!(scene.log_in("s").await.unwrap_err().starts_with("ERR auth info error"));
    scene.turn(grants("ann", None));
    sleep(SHORT).await;
    assert!(scene.log_in("s").await.is_ok(), "the question that nobody waits for is given up");
}

#[tokio::test]
async fn a_gateway_that_closes_ends_the_logins_of_its_open_time() {
    let scene = scene(Answer::Refuses);
    assert!(scene.cache.open().is_none());
    scene.double.closed.store(false, Ordering::SeqCst);
    scene.cache.refresh_all();
    let mut login = scene.cache.open().unwrap();
    scene.cache.refresh_all();
    assert!(!login.has_changed(), "still open");
    scene.double.closed.store(true, Ordering::SeqCst);
    scene.cache.refresh_all();
    assert_eq!(news(&mut login).await, Err("NOAUTH Authentication required.".into()));
}
