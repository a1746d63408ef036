//! Addresses as Go programs take them: a host may be a name, or missing.

use super::old::Old;

/// An address to listen on: an IP address and a port.
pub(super) fn address(old: &mut Old<'_, '_>, path: &str) -> Option<String> {
    let text = old.text(path)?;
    let parsed = text.rsplit_once(':').and_then(|(host, port)| {
        let port: u16 = port.parse().ok()?;
        let host = match host.trim_start_matches('[').trim_end_matches(']') {
            "" => "0.0.0.0",
            "localhost" => "127.0.0.1",
            host => host,
        };
        host.parse().ok().map(|ip: std::net::IpAddr| std::net::SocketAddr::new(ip, port))
    });
    if parsed.is_none() {
        let hint = "write an IP address and a port, such as `0.0.0.0:6205`";
        old.wrong(path, &format!("`{text}` cannot be listened on"), hint);
    }
    parsed.map(|address| address.to_string())
}

/// A server to connect to, `host:port`, with the port it has where none is named.
pub(super) fn host(text: &str, port: u16) -> String {
    match text.rsplit_once(':') {
        Some(("", port)) => format!("127.0.0.1:{port}"),
        Some((host, _)) if !host.contains(':') || host.ends_with(']') => text.to_owned(),
        None if text.is_empty() => format!("127.0.0.1:{port}"),
        // A name without a port, or an IPv6 address without brackets.
        None => format!("{text}:{port}"),
        Some(_) if text.starts_with('[') => format!("{text}:{port}"),
        Some(_) => format!("[{text}]:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_a_host_and_a_port() {
        for (text, shown) in [
            ("redis:6380", "redis:6380"),
            ("redis", "redis:6379"),
            (":6380", "127.0.0.1:6380"),
            ("", "127.0.0.1:6379"),
            ("[::1]:6380", "[::1]:6380"),
            ("[::1]", "[::1]:6379"),
            ("::1", "[::1]:6379"),
        ] {
            assert_eq!(host(text, 6379), shown, "{text}");
        }
    }
}
