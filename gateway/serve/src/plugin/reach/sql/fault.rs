//! What errors of a database mean.

use mysql_async::{DriverError, Error, ServerError};

use crate::plugin::reach::error::{ReachError, without_quotes};

/// Errors whose quoted parts are names of the schema or of users, not values: an operator needs them.
/// 1044, 1045 and 1142 access denied, 1049 unknown database, 1054 unknown column, 1146 no such table.
const ABOUT_NAMES: [u16; 6] = [1044, 1045, 1049, 1054, 1142, 1146];

/// Errors by which a server says that it cannot answer now, though the statement was right: too many
/// connections (1040, 1203), shutting down (1053), waiting for a lock too long or for ever (1205,
/// 1213), interrupted or over a time limit of the server (1317, 1969, 3024), connection killed (1927).
const NOT_NOW: [u16; 9] = [1040, 1203, 1053, 1205, 1213, 1317, 1969, 3024, 1927];

/// Why a connection could not be made or did not answer any more.
pub(super) fn connecting(error: &Error) -> ReachError {
    ReachError::Unavailable(match error {
        Error::Server(error) => format!("no connection: {}", server(error)),
        other => format!("no connection: {}", without_quotes(&other.to_string())),
    })
}

/// Why a statement gave no rows on a connection that is still good; `None` if it is not.
pub(super) fn statement(error: &Error) -> Option<ReachError> {
    match error {
        Error::Server(error) if NOT_NOW.contains(&error.code) => {
            Some(ReachError::Unavailable(server(error)))
        }
        Error::Server(error) => Some(ReachError::Refused(server(error))),
        Error::Driver(DriverError::StmtParamsMismatch { required, supplied }) => {
            let words =
                format!("the statement has {required} parameters and {supplied} were given");
            Some(ReachError::Refused(words))
        }
        Error::Driver(_) | Error::Io(_) | Error::Other(_) | Error::Url(_) => None,
    }
}

fn server(error: &ServerError) -> String {
    let ServerError { code, message, state } = error;
    let message = if ABOUT_NAMES.contains(code) {
        crate::plugin::text::one_line(message, crate::plugin::limits::GUEST_TEXT_BYTES_MAX)
    } else {
        without_quotes(message)
    };
    format!("error {code} ({state}): {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: u16, message: &str) -> String {
        let error = ServerError { code, message: message.into(), state: "HY000".into() };
        format!("{:?}", statement(&Error::Server(error)))
    }

    #[test]
    fn values_are_cut_out_of_errors_and_names_are_not() {
        let incorrect = words(1366, "Incorrect integer value: 'it's hush' for column `a` at row 1");
        assert_eq!(
            incorrect,
            r#"Some(Refused("error 1366 (HY000): Incorrect integer value: … at row 1"))"#
        );
        assert!(words(1146, "Table 'databus.app' doesn't exist").contains("databus.app"));
        assert!(words(1213, "Deadlock found").starts_with("Some(Unavailable("));
    }
}
