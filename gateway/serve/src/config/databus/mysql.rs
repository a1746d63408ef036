//! Data source names as Go's driver for `MySQL` takes them.

use super::address::host;
use crate::config::environment::percent_encode;

/// Port of a server whose address names none.
const PORT: u16 = 3306;
/// Name of the variable that stands in for a password.
const PASSWORD: &str = "${MYSQL_PASSWORD}";

/// A data source name, without its password.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MysqlUrl {
    /// The same as a URL; a password is a variable's name.
    pub(super) url: String,
    /// Does the driver ask for TLS?
    pub(super) tls: bool,
}

/// Reads `[user[:password]@][net[(addr)]]/dbname[?name=value&…]`, in which nothing is encoded.
///
/// # Errors
/// What is wrong, without any part of the text: it holds a password.
///
/// Source: go-sql-driver/mysql, README, "DSN".
pub(super) fn url(dsn: &str) -> Result<MysqlUrl, &'static str> {
    let (head, tail) = dsn.rsplit_once('/').ok_or("it has no `/` before the database's name")?;
    let (database, parameters) = tail.split_once('?').unwrap_or((tail, ""));
    let (login, place) = head.rsplit_once('@').unwrap_or(("", head));
    let (net, server) = match place.split_once('(') {
        Some((net, rest)) => (net, rest.strip_suffix(')').ok_or("its address lacks a `)`")?),
        None => (place, ""),
    };
    if !matches!(net, "" | "tcp" | "tcp4" | "tcp6") {
        return Err("only `tcp(host:port)` can be reached: give the server's TCP address");
    }
    let login = match login.split_once(':') {
        Some((user, "")) => percent_encode(user) + "@",
        Some((user, _)) => format!("{}:{PASSWORD}@", percent_encode(user)),
        None if login.is_empty() => String::new(),
        None => percent_encode(login) + "@",
    };
    let tls = parameters.split('&').filter_map(|item| item.split_once('='));
    let tls = tls.into_iter().any(|(name, value)| name == "tls" && value != "false");
    let url = format!("mysql://{login}{}/{}", host(server, PORT), percent_encode(database));
    Ok(MysqlUrl { url, tls })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_source_name_becomes_a_url_without_its_password() {
        for (dsn, expected, encrypted) in [
            (
                "user:pa/ss@w(o)rd@tcp(db:3307)/databus?timeout=1s",
                "mysql://user:${MYSQL_PASSWORD}@db:3307/databus",
                false,
            ),
            ("us@er@tcp([::1])/d%b?tls=true", "mysql://us%40er@[::1]:3306/d%25b", true),
            ("user:@/db", "mysql://user@127.0.0.1:3306/db", false),
            ("/db?a=b&tls=false", "mysql://127.0.0.1:3306/db", false),
            ("u:p@tcp/db", "mysql://u:${MYSQL_PASSWORD}@127.0.0.1:3306/db", false),
        ] {
            let url = url(dsn).unwrap();
            assert_eq!((url.url.as_str(), url.tls), (expected, encrypted), "{dsn}");
        }
        for bad in
            ["user:secret@tcp(db:3306)", "u:secret@unix(/run/m.sock)/db", "u:secret@tcp(db/db"]
        {
            assert!(!url(bad).unwrap_err().contains("secret"), "{bad}");
        }
    }
}
