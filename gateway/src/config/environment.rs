//! `${NAME}` in strings of configuration files.

/// Replaces each `${NAME}` in `text` by what `lookup` says; `$${` stands for `${` itself.
///
/// # Errors
/// The name that is not set, or that has no end.
pub(super) fn expand(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.push_str(&rest[..at]);
            out.push('{');
            rest = &rest[at + 2..];
            continue;
        }
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('}') else {
            return Err("`${` without `}`: close it, or write `$${` for the characters".into());
        };
        let name = &rest[at + 2..at + end];
        let Some(value) = lookup(name) else {
            return Err(format!("the environment variable `{name}` is not set"));
        };
        out.push_str(&value);
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_and_missing_ones_are_named() {
        let lookup = |name: &str| (name == "A").then(|| "x".to_owned());

        assert_eq!(expand("1${A}2${A}", &lookup), Ok("1x2x".into()));
        assert_eq!(expand("$${A}", &lookup), Ok("${A}".into()));
        assert_eq!(expand("plain $5", &lookup), Ok("plain $5".into()));
        assert!(expand("${B}", &lookup).unwrap_err().contains("`B`"));
        assert!(expand("${A", &lookup).unwrap_err().contains("without"));
    }
}
