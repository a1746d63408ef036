//! The contract as a page: made from the WIT, kept in the repository for those who read there.

use sluicegate_tests::{
    command::finish,
    gateway,
    gateway::{read, sluicegate},
    workspace,
};

#[tokio::test]
async fn the_page_in_the_repository_is_what_the_program_prints() {
    let printed = finish(sluicegate(&["plugin", "contract"]), "").await.output_of_success();

    let kept = read(&workspace::root().join("plugin-sdk/contract.md"));

    assert!(
        String::from_utf8_lossy(&kept) == printed,
        "plugin-sdk/contract.md is not what the program prints: renew it with\n  \
         target/debug/sluicegate plugin contract > plugin-sdk/contract.md"
    );
}

#[tokio::test]
async fn the_contract_itself_is_printed_as_it_is() {
    let printed = finish(sluicegate(&["plugin", "contract", "--wit"]), "").await;

    let kept = read(&workspace::root().join("plugin-sdk/wit/sluicegate.wit"));
    assert_eq!(printed.output_of_success().into_bytes(), kept);
}

#[tokio::test]
async fn every_limit_that_may_be_set_is_on_the_page_about_running() {
    let told = gateway().plugin("upper", "[limits]\nno_such_limit = 1\n").check().await.errors;
    let known = told.split_once("known here: ").expect("it names the known keys").1;
    let known = known.lines().next().unwrap_or_default();

    let page = read(&workspace::root().join("plugin-sdk/how-plugins-run.md"));

    let page = String::from_utf8_lossy(&page);
    for key in known.split(", ") {
        assert!(page.contains(&format!("`{key}`")), "how-plugins-run.md never says `{key}`");
    }
}
