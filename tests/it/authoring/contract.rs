//! The contract as a page: made from the WIT, kept in the repository for those who read there.

use sluicegate_tests::{
    command::finish,
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
