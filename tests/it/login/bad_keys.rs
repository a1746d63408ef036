//! Rows in Redis that are not as they should be: each costs its own group, and nobody else.

use sluicegate_tests::{
    Gateway,
    stores::{RedisOrm, Row, Sidecar, Store},
};

use super::WRONG;

over!([
    each_bad_row_costs_its_own_group_only,
    an_index_entry_without_its_row_lets_nobody_in,
    numbers_are_read_as_go_reads_them,
]: redis, redis_workbench);

/// Which hash a field is in.
#[derive(Clone, Copy)]
enum Table {
    Auth,
    App,
}

/// A field, what it is set to (`None`: it is removed), and what the group's publisher hears then.
const SPOILT: &[(Table, &str, Option<&str>, &str)] = &[
    (Table::Auth, "Id", None, WRONG),
    (Table::Auth, "Group", None, WRONG),
    (Table::Auth, "Group", Some("good"), WRONG),
    (Table::Auth, "AppId", None, WRONG),
    (Table::Auth, "AppId", Some("0"), WRONG),
    (Table::Auth, "AppId", Some("999"), WRONG),
    (Table::Auth, "AppId", Some("one"), WRONG),
    (Table::Auth, "AppId", Some(""), WRONG),
    (Table::Auth, "AppId", Some("99999999999999999999"), WRONG),
    (Table::Auth, "Topic", None, WRONG),
    (Table::Auth, "Topic", Some("Orders"), WRONG),
    (Table::Auth, "Topic", Some("orders "), WRONG),
    (Table::Auth, "Operation", None, "-NOPERM no publish permission"),
    (Table::Auth, "Operation", Some("0"), "-NOPERM no publish permission"),
    (Table::Auth, "Operation", Some("all"), WRONG),
    (Table::App, "Id", None, WRONG),
    (Table::App, "AppKey", None, WRONG),
    (Table::App, "AppSecret", None, WRONG),
    (Table::App, "AppSecret", Some("Secret-bad"), WRONG),
];

async fn each_bad_row_costs_its_own_group_only(mut store: Store) {
    let (good, bad) = (Row::new("good"), Row::new("bad"));
    store.insert(&good).await;
    let Store::Redis(redis) = &store else { unreachable!("the scene is about Redis") };
    // Every case has rows of its own: what was answered once is remembered for a while.
    let mut groups = Vec::new();
    for (number, (table, field, value, _)) in SPOILT.iter().enumerate() {
        let row = Row { group: format!("{}-{number}", bad.group), ..bad.clone() };
        let (auth, app) = redis.insert(&row).await;
        let (hash, id) = match table {
            Table::Auth => (redis.auth_table(), auth),
            Table::App => (redis.app_table(), app),
        };
        let field = format!("{id}_{field}");
        match value {
            Some(value) => redis.send(&["HSET", &hash, &field, value]).await,
            None => redis.send(&["HDEL", &hash, &field]).await,
        };
        groups.push(row);
    }
    let gateway = store.gateway(Sidecar::default()).start().await;

    let mut publisher = gateway.client_as(&good.dsn("pub")).await;
    let mut client = gateway.client().await;
    for (row, (_, field, value, answer)) in groups.iter().zip(SPOILT) {
        let reply = client.send_args(&["AUTH", &row.dsn("pub")]).await;
        assert_eq!(reply, *answer, "{field} = {value:?}");
        assert_eq!(publisher.send("SET key 1").await, "+OK", "{field} = {value:?}");
    }
    gateway.client_as(&good.dsn("pub")).await;
}

async fn an_index_entry_without_its_row_lets_nobody_in(mut store: Store) {
    let (good, gone) = (Row::new("good"), Row::new("gone"));
    store.insert(&good).await;
    store.insert(&gone).await;
    let Store::Redis(redis) = &store else { unreachable!("the scene is about Redis") };
    let (good_id, _) = redis.ids("good").await;
    let (gone_id, _) = redis.ids("gone").await;
    for field in ["Id", "AppId", "Group", "Operation", "Topic", "CreatedAt", "UpdatedAt"] {
        redis.send(&["HDEL", &redis.auth_table(), &format!("{gone_id}_{field}")]).await;
    }
    // Entries that lead to another group's row, to no row, and to no number that a row could have.
    let index = redis.group_index();
    for (score, member) in [(&*good_id, "thief"), ("77", "far"), ("1.5", "half"), ("-inf", "deep")]
    {
        redis.send(&["ZADD", &index, score, member]).await;
    }
    let gateway = store.gateway(Sidecar::default()).start().await;

    gateway.client_as(&good.dsn("pub")).await;
    refuses(&gateway, &gone).await;
    for group in ["thief", "far", "half", "deep"] {
        refuses(&gateway, &Row { group: group.to_owned(), ..good.clone() }).await;
    }
    gateway.client_as(&good.dsn("sub")).await;
}

async fn numbers_are_read_as_go_reads_them(mut store: Store) {
    for group in ["hexadecimal", "octal", "binary", "decimal"] {
        store.insert(&Row::new(group)).await;
    }
    let Store::Redis(redis) = &store else { unreachable!("the scene is about Redis") };
    set_operation(redis, "hexadecimal", "0x3").await;
    set_operation(redis, "octal", "03").await;
    set_operation(redis, "binary", "0b11").await;
    // Octal ten is eight: neither of the two bits.
    set_operation(redis, "decimal", "010").await;
    let (auth, app) = redis.ids("hexadecimal").await;
    let app = app.parse::<u32>().expect("ids are numbers");
    let hash = redis.auth_table();
    redis.send(&["HSET", &hash, &format!("{auth}_AppId"), &format!("{app:#x}")]).await;
    let gateway = store.gateway(Sidecar::default()).start().await;

    for group in ["hexadecimal", "octal", "binary"] {
        gateway.client_as(&Row::new(group).dsn("pubsub")).await;
    }
    let refused =
        gateway.client().await.send_args(&["AUTH", &Row::new("decimal").dsn("pub")]).await;
    assert_eq!(refused, "-NOPERM no publish permission");
}

async fn set_operation(redis: &RedisOrm, group: &str, operation: &str) {
    let (auth, _) = redis.ids(group).await;
    redis.send(&["HSET", &redis.auth_table(), &format!("{auth}_Operation"), operation]).await;
}

async fn refuses(gateway: &Gateway, row: &Row) {
    let reply = gateway.client().await.send_args(&["AUTH", &row.dsn("pub")]).await;
    assert_eq!(reply, WRONG, "{}", row.group);
}
