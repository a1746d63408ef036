//! The conversation of a new project: with all five roles it says the same in every language.

use std::fs;

use sluicegate_tests::{
    authoring::{Kind, Language, built, with_compilers},
    command::finish,
};

use crate::authoring::wrong_turns::keep;

super::in_every_language!(plays_the_conversation_of_its_template);

async fn plays_the_conversation_of_its_template(language: Language) {
    let Some(component) = built(language, Kind::Every).await else { return };
    let project = component.ancestors().nth(2).expect("it lies in the project's `build`");

    let accept = with_compilers(&["test", "--accept"], project);
    finish(accept, "").await.output_of_success();

    let snapshot = fs::read_to_string(project.join("every.snap")).expect("it was accepted");
    let (_, text) = snapshot.split_once("\n---\n").expect("it has a head");
    keep("conversation-every", text);
}
