//! What each refusal says, in the order in which logins are checked.

use sluicegate_tests::stores::{Row, Sidecar, Store};

use super::WRONG;

over!([
    a_wrong_group_topic_key_or_secret_gets_one_answer,
    rights_and_clusters_are_checked_behind_the_secret,
    what_is_no_dsn_is_told_so,
]: fixed, redis, redis_workbench, mysql);

async fn a_wrong_group_topic_key_or_secret_gets_one_answer(mut store: Store) {
    store.insert(&Row::new("g")).await;
    store.insert(&Row::new("other")).await;
    let gateway = store.gateway(Sidecar::default()).start().await;
    let mut client = gateway.client().await;

    for wrong in [
        "key-g:secret-g@nobody/topic=orders",
        "key-g:secret-g@G/topic=orders",
        "key-g:secret-g@other/topic=orders",
        "key-g:secret-g@/topic=orders",
        "key-g:secret-g@g /topic=orders",
        "key-g:secret-g@g/topic=bills",
        "key-g:secret-g@g/topic=ORDERS",
        "key-other:secret-g@g/topic=orders",
        "KEY-G:secret-g@g/topic=orders",
        ":secret-g@g/topic=orders",
        "key-g:secret-other@g/topic=orders",
        "key-g:SECRET-G@g/topic=orders",
        "key-g:secret-@g/topic=orders",
        "key-g:secret-g @g/topic=orders",
        "key-g:@g/topic=orders",
    ] {
        let dsn = format!("{wrong}&role=pub");
        assert_eq!(client.send_args(&["AUTH", &dsn]).await, WRONG, "{wrong}");
        let hello = client.send_args(&["HELLO", "3", "AUTH", "default", &dsn]).await;
        assert_eq!(hello, WRONG, "{wrong}");
        // A role that the row lacks is not even looked at.
        assert_eq!(client.send_args(&["AUTH", &format!("{wrong}&role=pubsub")]).await, WRONG);
    }
    assert_eq!(client.send("XADD orders * f v").await, "-NOAUTH Authentication required.");
    assert_eq!(client.send_args(&["AUTH", &Row::new("g").dsn("pub")]).await, "+OK");
}

async fn rights_and_clusters_are_checked_behind_the_secret(mut store: Store) {
    let (reads, writes) = (Row::new("reads").operation(1), Row::new("writes").operation(2));
    let lost = Row::new("lost").cluster("nowhere");
    let lost_reader = Row::new("lost-reader").cluster("nowhere").operation(1);
    for row in [&reads, &writes, &lost, &lost_reader] {
        store.insert(row).await;
    }
    let sidecar = Sidecar { clusters: &["cluster1", "main"], ..Sidecar::default() };
    let gateway = store.gateway(sidecar).start().await;
    let mut client = gateway.client().await;

    for (row, role, answer) in [
        (&reads, "sub", "+OK"),
        (&reads, "pub", "-NOPERM no publish permission"),
        (&reads, "pubsub", "-NOPERM no publish permission"),
        (&writes, "pub", "+OK"),
        (&writes, "sub", "-NOPERM no subscribe permission"),
        (&writes, "pubsub", "-NOPERM no subscribe permission"),
        (&lost, "pub", "-ERR cluster not exist"),
        (&lost_reader, "pub", "-NOPERM no publish permission"),
    ] {
        let reply = client.send_args(&["AUTH", &row.dsn(role)]).await.to_string();
        assert!(reply.starts_with(answer), "{} as {role}: {reply}", row.group);
    }
    let wrong = client.send_args(&["AUTH", &reads.clone().secret("x").dsn("pub")]).await;
    assert_eq!(wrong, WRONG, "the secret comes first");
}

async fn what_is_no_dsn_is_told_so(mut store: Store) {
    store.insert(&Row::new("g")).await;
    let gateway = store.gateway(Sidecar::default()).start().await;
    let mut client = gateway.client().await;

    for (dsn, answer) in [
        ("a:b/@", "-ERR auth info error"),
        ("key-g@g/topic=orders&role=pub", "-ERR auth info error"),
        ("key-g:secret-g@g", "-ERR auth info error"),
        ("key-g:secret-g@g@g/topic=orders&role=pub", "-ERR auth info error"),
        ("key-g:secret:g@g/topic=orders&role=pub", "-ERR auth info error"),
        ("key-g:secret-g@g/", "-ERR invalid dsn params"),
        ("key-g:secret-g@g/role=pub", "-ERR invalid dsn params"),
        ("key-g:secret-g@g/topic=orders", "-ERR invalid dsn params"),
        ("key-g:secret-g@g/topic=orders&role=both", "-ERR invalid dsn params"),
        ("key-g:secret-g@g/topic=orders&role=PUB", "-ERR invalid dsn params"),
        ("key-g:secret-g@g/topic=orders&role=pub&batch=0", "-ERR invalid dsn params"),
        ("key-g:secret-g@g/topic=orders&role=pub&block=x", "-ERR invalid dsn params"),
        ("key-g:secret-g@g/topic=orders&role=pub&offset=-1", "-ERR invalid dsn params"),
        ("key-g:secret-g@g/TOPIC=bills&junk&x=1&Topic=orders&role=sub&ROLE=pub", "+OK"),
    ] {
        let reply = client.send_args(&["AUTH", dsn]).await.to_string();
        assert!(reply.starts_with(answer), "{dsn}: {reply}");
    }
}
