//! The same plugin in seven languages: one table of cases, the same replies and stored bytes.

mod breaks;
mod conversation;
mod every;
mod flow;
mod guard;
mod reloads;
mod stored;

/// Plays a scene once for each language.
macro_rules! in_every_language {
    ($scene:ident) => {
        crate::authoring::languages::in_every_language!($scene: rust c zig go assemblyscript javascript python);
    };
    ($scene:ident: $($language:ident)+) => {
        $(mod $language {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scene() {
                super::$scene(sluicegate_tests::authoring::language(stringify!($language))).await;
            }
        })+
    };
}
use in_every_language;
