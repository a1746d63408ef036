//! `[streams."pattern"]`: how topics are used as streams.

use std::time::Duration;

use super::{file::Section, values::usize_of};
use crate::{
    command::{Layout, StreamSettings, Streams},
    message::TopicPattern,
};

/// Words for the layouts.
#[derive(Clone, Copy, PartialEq)]
enum Word {
    Fields,
    Json,
    Value,
}

/// Reads the tables of all patterns.
pub(super) fn streams(sections: Vec<(String, Section<'_, '_>)>) -> Streams {
    let read = |(pattern, section)| (TopicPattern::new(pattern), stream(section));
    Streams::new(sections.into_iter().map(read).collect())
}

fn stream(mut section: Section<'_, '_>) -> StreamSettings {
    let layouts = [("fields", Word::Fields), ("json", Word::Json), ("value", Word::Value)];
    let word = section.choice("layout", Word::Fields, &layouts);
    let value_field = section.string_at("value_field");
    if let Some((_, at)) = &value_field
        && word != Word::Value
    {
        section.wrong_at(*at, "value_field", "only the layout `value` has one", "");
    }
    let key_field = section.string("key_field", "");
    let settings = StreamSettings {
        layout: match word {
            Word::Fields => Layout::Fields,
            Word::Json => Layout::Json,
            Word::Value => {
                Layout::Value(value_field.map_or_else(|| "value".into(), |(text, _)| text.into()))
            }
        },
        key_field: (!key_field.is_empty()).then(|| key_field.into()),
        trims: section.choice("trim", false, &[("retention", false), ("delete-records", true)]),
        idmp_duration: Duration::from_secs(section.integer("idmp_duration_secs", 100, 1..=86_400)),
        idmp_ids_max: usize_of(section.integer("idmp_maxsize", 100, 1..=10_000)),
    };
    section.finish();
    settings
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::{
        command::{Layout, StreamSettings},
        config::{Overrides, check},
        message::TopicName,
    };

    #[test]
    fn each_pattern_has_its_layout() {
        let text = "[streams.'a*']\nlayout='json'\nkey_field='id'\n\
                    [streams.'*']\nlayout='value'\nvalue_field='body'\ntrim='delete-records'\n";
        let settings = check(Path::new("g.toml"), text, &Overrides::default()).unwrap();

        let of =
            |topic| StreamSettings::clone(settings.streams.of(&TopicName::new(topic).unwrap()));
        let json = StreamSettings {
            layout: Layout::Json,
            key_field: Some("id".into()),
            ..StreamSettings::default()
        };
        let value = StreamSettings {
            layout: Layout::Value("body".into()),
            trims: true,
            ..StreamSettings::default()
        };
        assert_eq!((of("ab"), of("b")), (json, value));
    }

    #[test]
    fn a_field_that_would_be_ignored_is_a_problem() {
        let text = "[streams.a]\nvalue_field='body'\n";
        let problems = check(Path::new("g.toml"), text, &Overrides::default()).unwrap_err();

        assert_eq!(problems.0[0].key, "streams.a.value_field");
    }
}
