//! What client libraries send before their user's first command, and what they must hear.

use sluicegate_tests::{Client, gateway};

/// Commands that GUIs and client libraries send to find out what they speak to.
const PROBES: &[&str] = &[
    "COMMAND",
    "COMMAND DOCS",
    "COMMAND COUNT",
    "COMMAND INFO get",
    "CLIENT SETINFO LIB-NAME some-client",
    "CLIENT SETINFO LIB-VER 1.2.3",
    "CLIENT SETNAME me",
    "CLIENT GETNAME",
    "CLIENT ID",
    "CLIENT INFO",
    "CLIENT LIST",
    "CLIENT NO-EVICT ON",
    "CLIENT NO-TOUCH ON",
    "CLIENT TRACKING ON",
    "CLIENT TRACKING OFF",
    "CLIENT MAINT_NOTIFICATIONS ON",
    "CLIENT NONSENSE",
    "INFO",
    "INFO server",
    "CONFIG GET save",
    "CONFIG GET appendonly",
    "CONFIG SET save 1",
    "SELECT 0",
    "SELECT 1",
    "CLUSTER INFO",
    "CLUSTER SLOTS",
    "SENTINEL masters",
    "READONLY",
    "READWRITE",
    "WAIT 0 0",
    "LATENCY LATEST",
    "MODULE LIST",
    "SCRIPT EXISTS 0",
    "DBSIZE",
    "TYPE nothing",
    "EXISTS nothing",
    "SCAN 0",
    "NONSENSE",
    "GET",
];

/// What each library sends first when it has credentials, as read on the wire.
const HANDSHAKES: &[(&str, &[&str])] = &[
    ("redis-cli", &["COMMAND DOCS", "AUTH {}"]),
    ("redis-cli -3", &["AUTH {}", "HELLO 3"]),
    ("redis-benchmark", &["AUTH {}", "CONFIG GET save", "CONFIG GET appendonly"]),
    ("go-redis v8", &["auth {}", "select 0"]),
    (
        "go-redis v9",
        &[
            "hello 3 auth default {}",
            "client setinfo LIB-NAME go-redis(,go1.26)",
            "client maint_notifications on",
        ],
    ),
    (
        "redis-py 8, RESP3",
        &[
            "HELLO 3 AUTH default {}",
            "CLIENT SETINFO LIB-NAME redis-py",
            "CLIENT SETINFO LIB-VER 8.0.0",
        ],
    ),
    ("redis-py 8, RESP2", &["AUTH {}", "CLIENT SETINFO LIB-NAME redis-py"]),
    ("node-redis", &["HELLO 3 AUTH default {}", "CLIENT SETINFO LIB-NAME node-redis"]),
    ("ioredis", &["hello 3 AUTH default {}", "client SETINFO LIB-NAME ioredis", "info"]),
    ("predis 3", &["HELLO 2 AUTH default {} SETNAME predis", "CLIENT SETINFO LIB-NAME predis"]),
];

/// An authenticator that knows one user, with its password in the clear for tests.
pub(crate) const ONE_USER: &str = r#"
[[settings.users]]
name = "default"
secret = "open-sesame"
publish = ["*"]
consume = ["*"]
admin = true
"#;

#[tokio::test]
async fn probes_never_close_the_connection() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    for probe in PROBES {
        client.send(probe).await;
        assert_eq!(client.send("PING").await, "+PONG", "after {probe}");
    }
}

#[tokio::test]
async fn every_library_can_shake_hands_with_credentials() {
    let gateway = gateway().plugin("auth-static", ONE_USER).start().await;

    for (library, commands) in HANDSHAKES {
        let mut client = gateway.client().await;
        for command in *commands {
            let reply = client.send(&command.replace("{}", "open-sesame")).await;
            if command.contains("{}") {
                assert_eq!(reply.error(), None, "{library}: {command}");
            }
        }
        assert_eq!(client.send("XADD hands * f v").await.error(), None, "{library}");
    }
}

#[tokio::test]
async fn every_library_can_shake_hands_where_access_is_open() {
    let gateway = gateway().start().await;

    for hello in ["HELLO 3", "HELLO 2", "HELLO 2 SETNAME predis", "HELLO 3 SETNAME predis"] {
        let mut client = gateway.client().await;
        assert_eq!(client.send(hello).await.error(), None, "{hello}");
        assert_eq!(client.send("CLIENT SETINFO LIB-NAME x").await, "+OK", "{hello}");
        assert_eq!(client.send("XADD hands * f v").await.error(), None, "{hello}");
    }
}

#[tokio::test]
async fn hello_chooses_the_protocol() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    let two = client.send("HELLO 2").await.to_string();
    assert!(two.starts_with('[') && two.contains("$proto, :2"), "{two}");
    let three = client.send("HELLO 3").await.to_string();
    assert!(three.starts_with('{') && three.contains("$proto: :3"), "{three}");
    assert!(three.contains("$role: $master"), "{three}");
    assert_eq!(client.send("HELLO 4").await, "-NOPROTO unsupported protocol version");
    let not_a_number = "-ERR Protocol version is not an integer or out of range";
    assert_eq!(client.send("HELLO three").await, not_a_number);

    client
        .write(b"*4\r\n$5\r\nXREAD\r\n$7\r\nSTREAMS\r\n$1\r\nt\r\n$1\r\n0\r\n")
        .await
        .expect("open");
    assert_eq!(
        client.raw(3).await,
        "_\r\n",
        "nothing is null in RESP3 after the failed HELLOs too"
    );
}

#[tokio::test]
async fn credentials_come_in_three_forms_and_wrong_ones_in_one_answer() {
    let gateway = gateway().plugin("auth-static", ONE_USER).start().await;

    for form in ["AUTH {}", "AUTH default {}", "HELLO 2 AUTH default {}", "HELLO 3 AUTH default {}"]
    {
        let mut client = gateway.client().await;
        let wrong = client.send(&form.replace("{}", "wrong")).await;
        assert!(
            wrong.error().is_some_and(|text| text.starts_with("WRONGPASS ")),
            "{form}: {wrong}"
        );
        let still_out = client.send("XADD t * f v").await;
        assert_eq!(still_out, "-NOAUTH Authentication required.", "{form}");
        assert_eq!(client.send(&form.replace("{}", "open-sesame")).await.error(), None, "{form}");
        assert_eq!(client.send("XADD t * f v").await.error(), None, "{form}");
    }
}

#[tokio::test]
async fn before_auth_a_client_may_only_say_who_it_is() {
    let gateway = gateway().plugin("auth-static", ONE_USER).start().await;
    let mut client = gateway.client().await;

    for command in ["XADD t * f v", "XLEN t", "SET a b", "MGET", "TOPIC LIST", "PLUGIN LIST"] {
        assert_eq!(client.send(command).await, "-NOAUTH Authentication required.", "{command}");
    }
    let hello = client.send("HELLO 3").await;
    assert!(hello.error().is_some_and(|text| text.starts_with("NOAUTH ")), "{hello}");
    assert_eq!(client.send("QUIT").await, "+OK");
    assert_eq!(client.next().await.expect("an orderly end"), None);
}

#[tokio::test]
async fn before_auth_requests_are_small() {
    let gateway = gateway().plugin("auth-static", ONE_USER).start().await;
    let cases = [
        ("*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n"),
        ("*2\r\n$4\r\nECHO\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length\r\n"),
    ];
    for (bytes, answer) in cases {
        let mut client = gateway.client().await;
        client.write(bytes.as_bytes()).await.expect("it is open");
        let rest = client.rest().await.expect("it is closed");
        assert_eq!(String::from_utf8_lossy(&rest), answer);
    }
}

#[tokio::test]
async fn small_talk_is_as_redis_has_it() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    assert_eq!(client.send("ping").await, "+PONG");
    assert_eq!(client.send("PING hi").await, "$hi");
    assert_eq!(client.send("ECHO 'a b'").await, "$a b");
    assert_eq!(client.send("SELECT 0").await, "+OK");
    assert_eq!(client.send("ECHO").await, "-ERR wrong number of arguments for 'echo' command");
    let unknown = client.send("NONSENSE a b").await.to_string();
    let words = "-ERR unknown command 'NONSENSE', with args beginning with: 'a' 'b'";
    assert_eq!(unknown.trim_end(), words);
    assert_eq!(client.send("CLIENT SETNAME me").await, "+OK");
    assert_eq!(client.send("CLIENT GETNAME").await, "$me");
    assert_eq!(client.send("RESET").await, "+RESET");
    assert_eq!(client.send("QUIT").await, "+OK");
    assert_eq!(client.next().await.expect("an orderly end"), None);
}

#[tokio::test]
async fn replies_leave_in_the_order_the_commands_came() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    let replies = client
        .pipeline(&[
            "PING 1",
            "XADD t * f v",
            "NONSENSE",
            "ECHO 2",
            "XADD t * f v",
            "XLEN t",
            "PING",
        ])
        .await;

    let shown: Vec<_> =
        replies.iter().map(|r| r.to_string().chars().take(4).collect::<String>()).collect();
    assert_eq!(shown, ["$1", "$1-0", "-ERR", "$2", "$2-0", ":2", "+PON"]);
}

#[tokio::test]
async fn commands_may_be_typed_by_hand() {
    let gateway = gateway().start().await;
    let mut client = gateway.client().await;

    client.write(b"PING\r\n\r\nXADD t * f \"a b\"\nXLEN t\r\n").await.expect("it is open");

    assert_eq!(client.reply().await, "+PONG");
    assert_eq!(client.reply().await, "$1-0");
    assert_eq!(client.reply().await, ":1");
}

#[tokio::test]
async fn a_unix_socket_serves_as_tcp_does() {
    let gateway = gateway().unix_socket().start().await;
    let mut client = Client::connect_unix(&gateway.socket()).await.expect("the socket is there");

    assert_eq!(client.send("PING").await, "+PONG");
    assert_eq!(client.send("XADD t * f v").await, "$1-0");
}
