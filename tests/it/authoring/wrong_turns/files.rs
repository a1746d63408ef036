//! Files that are refused: by `PLUGIN LIST` and the log of a running gateway, and before a start.

use std::fs;

use sluicegate_tests::{
    Reply, gateway,
    gateway::{drop_in, read},
    workspace,
};
use tempfile::TempDir;

use super::{Redactions, keep, plugin_lines, told};

/// What is dropped in: a file of the test guests or its bytes, and the TOML beside it.
struct Turn {
    name: &'static str,
    wasm: Vec<u8>,
    toml: &'static str,
}

const REDIS: &str =
    "[redis.users]\nurl = \"redis://127.0.0.1:1\"\ncommands = [\"GET\"]\nkeys = [\"*\"]\n";

fn turns() -> Vec<Turn> {
    let turn = |name, wasm, toml| Turn { name, wasm, toml };
    let guest = |name: &str| read(&workspace::component(name));
    let wat = |text: &str| wat::parse_str(text).expect("it is WebAssembly text");
    vec![
        turn("text-file", b"export function onProduce() {}\n".to_vec(), ""),
        turn("empty-file", Vec::new(), ""),
        turn("core-module", wat("(module (memory (export \"memory\") 1))"), ""),
        turn("half-a-file", half(guest("upper")), ""),
        turn("no-role", wat("(component)"), ""),
        turn("other-version", guest("future"), ""),
        turn("unknown-interface", guest("ungranted"), ""),
        turn("store-not-granted", guest("reach"), ""),
        turn("one-store-not-granted", guest("reach"), REDIS),
        turn("settings-refused", guest("misbehaving"), "[settings]\nmode = \"configure-error\"\n"),
        turn("settings-not-understood", guest("stamp"), "[settings]\ntext = 5\n"),
        turn("toml-unknown-key", guest("upper"), "ordre = 5\n[limits]\nmemory_max = 1\n"),
        turn("toml-not-toml", guest("upper"), "order 5\n"),
        turn("toml-without-variable", guest("stamp"), "[settings]\ntext = \"${NOT_SET}\"\n"),
        turn(
            "panic-in-configure",
            guest("misbehaving"),
            "[settings]\nmode = \"trap-in-configure\"\n",
        ),
        turn(
            "endless-configure",
            guest("misbehaving"),
            "[settings]\nmode = \"loop-in-configure\"\n[limits]\nstart_deadline_ms = 100\n",
        ),
        turn(
            "memory-in-configure",
            guest("misbehaving"),
            "[settings]\nmode = \"allocate-in-configure\"\n",
        ),
    ]
}

fn half(mut wasm: Vec<u8>) -> Vec<u8> {
    wasm.truncate(wasm.len() / 2);
    wasm
}

#[tokio::test]
async fn a_running_gateway_says_in_its_list_and_log_why_a_file_is_refused() {
    let gateway = gateway().embedded().start().await;
    let mut client = gateway.client().await;
    let redactions = Redactions::new().folder(&gateway.plugins(), "[PLUGINS]");

    for Turn { name, wasm, toml } in turns() {
        let from = gateway.log().lines().count();
        gateway.drop_in(name, &wasm, toml);
        assert!(client.send("PLUGIN RELOAD").await.error().is_some(), "{name}");

        let listed = client.send("PLUGIN LIST").await;
        let mut plugins = listed.items().iter().map(|plugin| fields(plugin.items()));
        let plugin = plugins.find(|plugin| plugin[0].1 == name).expect("it is listed");
        gateway.logs(&format!("\"{name}\"")).await;
        let field = |wanted| plugin.iter().find(|(key, _)| key == wanted).expect("it is shown");
        let ((_, state), (_, error)) = (field("state"), field("error"));
        let log = plugin_lines(&gateway, from).replace(error, "[the same]");
        let text = format!("PLUGIN LIST\nstate: {state}\nerror: {error}\n\nlog\n{log}");
        keep(&format!("file-{name}"), &redactions.text(&text));
        // The next one alone: `PLUGIN RELOAD` tells of all that are refused.
        for extension in ["wasm", "toml"] {
            let _ = fs::remove_file(gateway.plugins().join(format!("{name}.{extension}")));
        }
    }
}

#[tokio::test]
async fn a_check_before_the_start_tells_of_all_files_at_once() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let plugins = folder.path().join("plugins.d");
    fs::create_dir(&plugins).expect("the folder is empty");
    fs::write(folder.path().join("gateway.toml"), "").expect("it can be written");
    let wanted = ["core-module", "store-not-granted", "toml-unknown-key"];
    for Turn { name, wasm, toml } in turns().into_iter().filter(|turn| wanted.contains(&turn.name))
    {
        drop_in(&plugins, name, &wasm, toml);
    }

    let said = told(&["check", "--config", "gateway.toml"], |command| {
        command.current_dir(folder.path());
    });

    keep(
        "check-of-a-folder",
        &Redactions::new().folder(folder.path(), "[FOLDER]").text(&said.await),
    );
}

/// A map as RESP2 shows it: names and values in turn.
fn fields(items: &[Reply]) -> Vec<(String, String)> {
    let text = |reply: &Reply| match reply {
        Reply::Bulk(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => other.to_string(),
    };
    items.chunks_exact(2).map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}
