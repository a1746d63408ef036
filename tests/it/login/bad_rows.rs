//! Rows in MySQL that are not as they should be: each costs its own group, and nobody else.

use sluicegate_tests::{
    Gateway,
    stores::{MySql, Row, SCHEMA, Sidecar, Store},
};

use super::WRONG;

over!([
    each_bad_row_costs_its_own_group_only,
    comparison_is_exact_whatever_the_collation,
    the_documented_statements_are_enough,
]: mysql);

/// What happens to the row of a group `bad`, and what its publisher hears then.
const SPOILT: &[(&str, &str)] = &[
    ("UPDATE `auth_tb` SET `app_id` = 999 WHERE `group_name` = 'bad'", WRONG),
    ("UPDATE `auth_tb` SET `group_name` = NULL WHERE `group_name` = 'bad'", WRONG),
    ("UPDATE `auth_tb` SET `deleted_at` = 1795206190 WHERE `group_name` = 'bad'", WRONG),
    ("UPDATE `app_tb` SET `deleted_at` = 1795206190 WHERE `app_key` = 'key-bad'", WRONG),
    ("DELETE FROM `app_tb` WHERE `app_key` = 'key-bad'", WRONG),
    ("UPDATE `auth_tb` SET `topic` = '' WHERE `group_name` = 'bad'", WRONG),
    ("UPDATE `app_tb` SET `app_secret` = '' WHERE `app_key` = 'key-bad'", WRONG),
    (
        "INSERT INTO `auth_tb` (`app_id`,`group_name`,`operation`,`topic`)
           SELECT `app_id`, `group_name`, `operation`, `topic` FROM `auth_tb` WHERE `group_name` = 'bad'",
        WRONG,
    ),
    (
        "UPDATE `auth_tb` SET `operation` = NULL WHERE `group_name` = 'bad'",
        "-NOPERM no publish permission",
    ),
    (
        "UPDATE `auth_tb` SET `operation` = 0 WHERE `group_name` = 'bad'",
        "-NOPERM no publish permission",
    ),
];

async fn each_bad_row_costs_its_own_group_only(mut store: Store) {
    let good = Row::new("good");
    store.insert(&good).await;
    let mut rows = Vec::new();
    for (number, (deed, _)) in SPOILT.iter().enumerate() {
        // Every case has rows of its own: what was answered once is remembered for a while.
        let row = Row::new(&format!("bad-{number}"));
        store.insert(&row).await;
        let name = |word: &str| word.replace("bad", &row.group);
        mysql(&store).execute(&format!("{};", name(deed))).await;
        rows.push(row);
    }
    let gateway = store.gateway(Sidecar::default()).start().await;

    let mut publisher = gateway.client_as(&good.dsn("pub")).await;
    let mut client = gateway.client().await;
    for (row, (deed, answer)) in rows.iter().zip(SPOILT) {
        assert_eq!(client.send_args(&["AUTH", &row.dsn("pub")]).await, *answer, "{deed}");
        assert_eq!(publisher.send("SET key 1").await, "+OK", "{deed}");
    }
    for group in ["", "NULL", "null"] {
        refuses(&gateway, &Row { group: group.to_owned(), ..good.clone() }).await;
    }
    gateway.client_as(&good.dsn("pub")).await;
}

async fn comparison_is_exact_whatever_the_collation(mut store: Store) {
    let example = Row::example();
    store.insert(&example).await;
    let tables =
        "ALTER TABLE `auth_tb` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
        ALTER TABLE `app_tb` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;";
    mysql(&store).execute(tables).await;
    let gateway = store.gateway(Sidecar::default()).start().await;

    let other = |change: fn(&mut Row)| {
        let mut row = example.clone();
        change(&mut row);
        row
    };
    for row in [
        other(|row| "GROUP_NAME1".clone_into(&mut row.group)),
        other(|row| "group_name1 ".clone_into(&mut row.group)),
        other(|row| "gröup_name1".clone_into(&mut row.group)),
        other(|row| "TEST156".clone_into(&mut row.topic)),
        other(|row| "test156 ".clone_into(&mut row.topic)),
        other(|row| "APP_KEY1".clone_into(&mut row.key)),
        other(|row| "APP_SECRET1".clone_into(&mut row.secret)),
        other(|row| "app_secret1 ".clone_into(&mut row.secret)),
    ] {
        refuses(&gateway, &row).await;
    }
    gateway.client_as(&example.dsn("pub")).await;

    // Groups that differ in case alone are two groups, and neither is doubled.
    let loud = Row { group: "GROUP_NAME1".to_owned(), ..Row::new("loud") };
    store.insert(&loud).await;
    let gateway = store.gateway(Sidecar::default()).start().await;
    gateway.client_as(&example.dsn("pub")).await;
    gateway.client_as(&loud.dsn("pub")).await;
}

async fn the_documented_statements_are_enough(store: Store) {
    let mysql = mysql(&store);
    let example = Row::example();
    mysql.execute(&format!("DROP TABLE `auth_tb`, `app_tb`; {SCHEMA}")).await;
    let rows = "
INSERT INTO `app_tb` (`id`,`app_key`,`app_secret`,`cluster`) VALUES (1,'app_key1','app_secret1','cluster1');
INSERT INTO `auth_tb` (`id`,`app_id`,`group_name`,`operation`,`topic`) VALUES (1,1,'group_name1',3,'test156');";
    mysql.execute(&rows.replace("cluster1", &example.cluster)).await;
    let gateway = store.gateway(Sidecar::default()).start().await;

    let mut client = gateway.client_as(&example.dsn("pubsub")).await;
    assert_eq!(client.send("SET x 1").await, "+OK");
}

fn mysql(store: &Store) -> &MySql {
    let Store::MySql(mysql) = store else { unreachable!("the scene is about MySQL") };
    mysql
}

async fn refuses(gateway: &Gateway, row: &Row) {
    let reply = gateway.client().await.send_args(&["AUTH", &row.dsn("pub")]).await;
    assert_eq!(reply, WRONG, "{row:?}");
}
