//! `[streams."pattern"]`: how topics are used as streams.

use super::{file::Section, values::Text};
use crate::{
    entry::{Layout, StreamSettings, Streams},
    message::TopicPattern,
};

/// The layouts, without their settings.
#[derive(Clone, Copy, PartialEq)]
enum LayoutKind {
    Fields,
    Json,
    Value,
}

/// Reads the tables of all patterns.
pub(super) fn streams(sections: Vec<Section<'_, '_>>) -> Streams {
    let read =
        |section: Section<'_, '_>| (TopicPattern::new(section.name().to_owned()), stream(section));
    Streams::new(sections.into_iter().map(read).collect())
}

fn stream(mut section: Section<'_, '_>) -> StreamSettings {
    let layouts =
        [("fields", LayoutKind::Fields), ("json", LayoutKind::Json), ("value", LayoutKind::Value)];
    let word = section.choice("layout", LayoutKind::Fields, &layouts);
    let value_field = section.text("value_field");
    if let Some(Text { at, .. }) = &value_field
        && word != LayoutKind::Value
    {
        section.wrong_at(*at, "value_field", "only the layout `value` has one", "");
    }
    let key_field = section.optional("key_field");
    let settings = StreamSettings {
        layout: match word {
            LayoutKind::Fields => Layout::Fields,
            LayoutKind::Json => Layout::Json,
            LayoutKind::Value => {
                Layout::Value(value_field.map_or_else(|| "value".into(), |found| found.text.into()))
            }
        },
        key_field: key_field.map(Into::into),
        trims: section.choice("trim", false, &[("retention", false), ("delete-records", true)]),
        idmp_duration: section.seconds("idmp_duration_secs", 100, 1..=86_400),
        idmp_ids_max: section.size("idmp_maxsize", 100, 1..=10_000),
    };
    section.finish();
    settings
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::{
        config::{Overrides, check},
        entry::{Layout, StreamSettings},
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
