//! The support itself against real brokers.

use std::time::{Duration, Instant};

use super::*;
use crate::console::tell;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_of_three_goes_on_without_one_and_takes_it_back() {
    let began = Instant::now();
    let Some(mut cluster) = cluster().brokers(3).start().await else { return };
    tell(&format!("three brokers serve after {:?}", began.elapsed()));
    let space = cluster.space();
    let outside = space.outside().await;
    outside.create_topic("a", 2, 3).await;
    assert!(kcat(&space, "a", &["-p", "1", "-K", ":", "-H", "h=x"], "k:first\n").await);

    cluster.kill(2).await;
    assert!(kcat(&space, "a", &["-p", "1", "-X", "acks=all"], "second\n").await);
    let began = Instant::now();
    cluster.start_again(2).await;
    tell(&format!("one broker is back after {:?}", began.elapsed()));
    cluster.pause(3);
    tokio::time::sleep(Duration::from_millis(200)).await;
    cluster.resume(3);

    let outside = space.outside().await;
    let found = outside.read("a").await;
    let values: Vec<_> = found.iter().map(|found| found.value.clone().expect("a value")).collect();
    assert_eq!(values, [b"first".to_vec(), b"second".to_vec()]);
    assert_eq!(found[0].key.as_deref(), Some(&b"k"[..]));
    assert_eq!(found[0].headers, [("h".to_owned(), b"x".to_vec())]);
    assert_eq!((found[1].partition, found[1].offset), (1, 1));
    let began = Instant::now();
    cluster.stop(1).await;
    tell(&format!("one broker left in order after {:?}", began.elapsed()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_other_makes_write_nulls_names_twice_and_aborted_transactions() {
    for version in [NEWEST, OLDEST] {
        let Some(cluster) = cluster().version(version).start().await else { return };
        let space = cluster.space();
        let outside = space.outside().await;
        outside.create_topic("kcat", 1, 1).await;
        outside.create_topic("java", 1, 1).await;
        outside.create_topic("transactions", 1, 1).await;

        let options = ["-K", ":", "-Z", "-H", "h=1", "-H", "h=2", "-H", "none"];
        if !kcat(&space, "kcat", &options, "k:v\n:no key\ngone:\n").await {
            return;
        }
        let headers = r#"["h","1","h","2","none",null]"#;
        let rows = [r#""k" "v""#, r#"null "no key""#, r#""gone" null"#];
        assert_eq!(shown(&space, "kcat").await, rows.map(|row| format!("{row} {headers}")));

        let properties = "parse.key=true parse.headers=true null.marker=NULL key.separator=; headers.delimiter=|";
        let properties: Vec<_> = properties.split(' ').collect();
        let lines = "h:NULL,h:2|k;v\nh:1|NULL;no key\nh:1|gone;NULL\n";
        console_producer(&space, "java", &properties, &[], lines).await;
        let rows = [
            r#""k" "v" ["h",null,"h","2"]"#,
            r#"null "no key" ["h","1"]"#,
            r#""gone" null ["h","1"]"#,
        ];
        assert_eq!(shown(&space, "java").await, rows);

        kcat_aborted(&space, "transactions", &[], "never\n").await;
        let id = format!("transactional.id={}good", space.prefix());
        kcat(&space, "transactions", &["-X", &id], "committed\n").await;
        // kcat is told that the transaction is committed before readers see it.
        while shown(&space, "transactions").await.is_empty() {}
        assert_eq!(shown(&space, "transactions").await, [r#"null "committed" null"#]);
        let (_, end) = outside.offsets("transactions", 0).await;
        assert!(end > 100, "what was aborted lies there too: {end}");

        assert_eq!(space.tools().members(space.prefix()).await, [""; 0]);
        space.tools().grow_topic(&space.name("java"), 3).await;
        assert_eq!(space.outside().await.partitions("java").await, 3);
        outside.delete_records("kcat", 0, 2).await;
        assert_eq!(outside.offsets("kcat", 0).await, (2, 3));
        outside.delete_topic("kcat").await;
        assert_eq!(space.outside().await.topics().await, ["java", "transactions"]);
    }
}

/// Key, value and headers of each record, as kcat reads them.
async fn shown(space: &Space, topic: &str) -> Vec<String> {
    let mut command = tokio::process::Command::new("kcat");
    command.args(["-C", "-J", "-e", "-q", "-o", "beginning"]);
    command.args(["-b", &space.bootstrap().join(","), "-t", &space.name(topic)]);
    let told = crate::command::finish(command, "").await.output_of_success();
    let record = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).expect("kcat writes JSON");
        format!("{} {} {}", record["key"], record["payload"], record["headers"])
    };
    told.lines().map(record).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_listener_takes_the_right_client() {
    let security = Security::new();
    let mut description = cluster().listener(Listener::new("TLS").tls(&security.server()));
    for (name, mechanism) in ["PLAIN", "SHA256", "SHA512", "OAUTH"].iter().zip(Mechanism::ALL) {
        description = description
            .listener(Listener::new(name).sasl(mechanism))
            .listener(Listener::new(&format!("{name}TLS")).sasl(mechanism).tls(&security.server()));
    }
    let Some(cluster) = description.start().await else { return };
    for (name, mechanism) in [
        ("TLS", None),
        ("PLAIN", Some(Mechanism::Plain)),
        ("PLAINTLS", Some(Mechanism::Plain)),
        ("SHA256", Some(Mechanism::ScramSha256)),
        ("SHA512TLS", Some(Mechanism::ScramSha512)),
        ("OAUTH", Some(Mechanism::OauthBearer)),
    ] {
        let said = listed(&cluster, &security, name, mechanism, PASSWORD).await;
        assert!(said.contains("1 brokers"), "{name}: {said}");
    }
    let said = listed(&cluster, &security, "PLAIN", Some(Mechanism::Plain), "x").await;
    assert!(said.contains("uthentication failed"), "{said}");
}

/// What a client says about the cluster behind this listener: kcat, or Java for SCRAM, whose proof
/// kcat's library gets wrong.
async fn listed(
    cluster: &Cluster,
    security: &Security,
    name: &str,
    mechanism: Option<Mechanism>,
    password: &str,
) -> String {
    let scram = matches!(mechanism, Some(Mechanism::ScramSha256 | Mechanism::ScramSha512));
    let protocol = match (name.ends_with("TLS"), mechanism) {
        (true, None) => "SSL",
        (true, Some(_)) => "SASL_SSL",
        (false, _) => "SASL_PLAINTEXT",
    };
    let address = cluster.listener(name);
    if scram {
        let name = mechanism.expect("it is SCRAM").name();
        let config = format!(
            "security.protocol={protocol}\nsasl.mechanism={name}\nssl.truststore.type=PEM\n\
             ssl.truststore.location={}\nsasl.jaas.config=org.apache.kafka.common.security.scram.\
             ScramLoginModule required username=\"{USER}\" password=\"{password}\";\n",
            security.authority().display(),
        );
        let config = security.write("client.properties", &config);
        let mut java = jars::java(NEWEST, 128, "org.apache.kafka.tools.TopicCommand");
        java.args(["--bootstrap-server", &address, "--list", "--command-config"]).arg(config);
        let told = crate::command::finish(java, "").await;
        return if told.succeeded { "1 brokers".to_owned() } else { told.output + &told.errors };
    }
    let Some(kcat) = crate::missing::require("kcat") else { return "1 brokers".to_owned() };
    let mut command = tokio::process::Command::new(kcat);
    command.args(["-L", "-m", "5", "-b", &address]);
    let mut set = |key: &str, value: &str| {
        command.arg("-X").arg(format!("{key}={value}"));
    };
    set("security.protocol", &protocol.to_lowercase());
    set("ssl.ca.location", &security.authority().display().to_string());
    match mechanism {
        None => {}
        Some(Mechanism::OauthBearer) => {
            set("sasl.mechanism", "OAUTHBEARER");
            set("enable.sasl.oauthbearer.unsecure.jwt", "true");
            set("sasl.oauthbearer.config", "principal=alice");
        }
        Some(mechanism) => {
            set("sasl.mechanism", mechanism.name());
            set("sasl.username", USER);
            set("sasl.password", password);
        }
    }
    let told = crate::command::finish(command, "").await;
    told.output + &told.errors
}
