//! The conversation as it grows: who is who, pauses, and stand-ins for what lets a client in.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use sluicegate::resp::is_word;

use super::{
    mask::Masks,
    monitor::{ClientInfo, MonitorLine, REDACTED},
    quote,
};
use crate::conversation::script::CLIENT;

/// Shorter pauses are those of the network.
const PAUSE_MIN: Duration = Duration::from_secs(1);

/// What was written down so far, as far as the next line hangs on it.
pub(super) struct ConversationWriter {
    masks: Masks,
    /// Connected before the recording began, by address.
    known: BTreeMap<String, ClientInfo>,
    own_address: Option<String>,
    /// Address or name of the only client that is written down.
    only: Option<String>,
    /// Names that clients gave themselves, by address.
    called: BTreeMap<String, String>,
    /// Names of clients in the conversation, by address.
    names: BTreeMap<String, String>,
    last: Option<Duration>,
    logins: usize,
    commands: usize,
}

impl ConversationWriter {
    pub(super) fn new(
        masks: Masks,
        known: BTreeMap<String, ClientInfo>,
        own_address: Option<String>,
        only: Option<String>,
    ) -> Self {
        let called = known.iter().map(|(address, known)| (address.clone(), known.name.clone()));
        Self {
            masks,
            called: called.collect(),
            known,
            own_address,
            only,
            names: BTreeMap::new(),
            last: None,
            logins: 0,
            commands: 0,
        }
    }

    pub(super) fn commands(&self) -> usize {
        self.commands
    }

    pub(super) fn clients(&self) -> usize {
        self.names.len()
    }

    /// The first lines of the file.
    pub(super) fn head(&self, from: &str) -> String {
        let mut head = format!("# Recorded from {from}.\n");
        if !self.masks.names().is_empty() {
            let names = self.masks.names().join(", ");
            let names = names.replace(char::is_control, " ");
            writeln!(head, "# *** stands for the values of: {names}.").expect(WRITABLE);
        }
        head
    }

    /// The lines for a command; none for one that is not wanted.
    pub(super) fn add(&mut self, shown: MonitorLine) -> String {
        let MonitorLine { at, client, mut args } = shown;
        if self.own_address.as_ref() == Some(&client) {
            return String::new();
        }
        if let Some(name) = name_given(&args) {
            let name = String::from_utf8_lossy(name).into_owned();
            self.called.insert(client.clone(), name);
        }
        if !self.is_wanted(&client) {
            return String::new();
        }
        let mut lines = String::new();
        self.pause(&mut lines, at);
        let name = self.introduce(&mut lines, &client, &args);
        let mut secrets = self.stand_in(&mut lines, &mut args);
        self.masks.apply(&mut args);
        lines.push_str(&name);
        lines.push('>');
        for (nth, arg) in args.iter().enumerate() {
            lines.push(' ');
            match secrets.remove(&nth) {
                Some(secret) => write!(lines, "${{{secret}}}").expect(WRITABLE),
                None => quote::word(&mut lines, arg),
            }
        }
        lines.push('\n');
        self.commands += 1;
        lines
    }

    fn is_wanted(&self, client: &str) -> bool {
        self.only.as_ref().is_none_or(|only| {
            only == client || self.called.get(client).is_some_and(|name| name == only)
        })
    }

    fn pause(&mut self, lines: &mut String, at: Duration) {
        let passed = self.last.map_or(Duration::ZERO, |last| at.saturating_sub(last));
        self.last = Some(at);
        if passed > PAUSE_MIN {
            let secs = (passed + Duration::from_millis(500)).as_secs();
            writeln!(lines, "@wait {secs}s").expect(WRITABLE);
        }
    }

    /// The client's name in the conversation. One that had logged in before must do so again.
    fn introduce(&mut self, lines: &mut String, client: &str, args: &[Vec<u8>]) -> String {
        if let Some(name) = self.names.get(client) {
            return name.clone();
        }
        let name = match self.names.len() {
            0 => CLIENT.to_owned(),
            others => format!("{CLIENT}-{}", others + 1),
        };
        self.names.insert(client.to_owned(), name.clone());
        let user = self.known.get(client).map(|known| known.user.replace(char::is_control, " "));
        let logs_in = args.iter().any(|arg| arg == REDACTED);
        if let Some(user) =
            user.filter(|user| user != sluicegate::message::DEFAULT_USER && !logs_in)
        {
            let words = format!(
                "# {name} had logged in as {user} before the recording began: write its AUTH here."
            );
            writeln!(lines, "{words}").expect(WRITABLE);
        }
        name
    }

    /// Declares a secret for each redacted argument: the names, by the position of the argument.
    fn stand_in(&mut self, lines: &mut String, args: &mut [Vec<u8>]) -> BTreeMap<usize, String> {
        let mut secrets = BTreeMap::new();
        if !["AUTH", "HELLO", "EXPLAIN"].iter().any(|name| is_word(&args[0], name)) {
            return secrets;
        }
        let redacted = args.iter().enumerate().filter(|(_, arg)| *arg == REDACTED);
        let places: Vec<_> = redacted.map(|(place, _)| place).collect();
        let Some((&last, users)) = places.split_last() else { return secrets };
        self.logins += 1;
        if self.logins == 1 {
            lines.push_str(
                "# What clients log in with is not shown: give these secrets their values, or write\n\
                 # what may be read.\n",
            );
        }
        for (nth, &place) in users.iter().enumerate() {
            let more = if nth == 0 { String::new() } else { format!("_{}", nth + 1) };
            secrets.insert(place, format!("USER_{}{more}", self.logins));
        }
        secrets.insert(last, format!("SECRET_{}", self.logins));
        for secret in secrets.values() {
            writeln!(lines, "@secret {secret}").expect(WRITABLE);
        }
        secrets
    }
}

const WRITABLE: &str = "a text can be written to";

/// The name that a client gives itself with CLIENT SETNAME or HELLO … SETNAME.
fn name_given(args: &[Vec<u8>]) -> Option<&[u8]> {
    let may = is_word(&args[0], "CLIENT") || is_word(&args[0], "HELLO");
    let place = args.iter().skip(1).position(|arg| is_word(arg, "SETNAME")).filter(|_| may)?;
    args.get(place + 2).map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::{super::mask::DefaultMasks, *};
    use sluicegate::resp;

    fn writer(known: &[(&str, &str, &str)], only: Option<&str>) -> ConversationWriter {
        let known = known.iter().map(|(address, name, user)| {
            let known = ClientInfo { name: (*name).into(), user: (*user).into() };
            ((*address).to_owned(), known)
        });
        let own = Some("1:9".to_owned());
        ConversationWriter::new(
            Masks::new(DefaultMasks::On, &[]),
            known.collect(),
            own,
            only.map(str::to_owned),
        )
    }

    fn add(writer: &mut ConversationWriter, ms: u64, client: &str, line: &str) -> String {
        let args = resp::words(line.as_bytes()).unwrap();
        writer.add(MonitorLine { at: Duration::from_millis(ms), client: client.into(), args })
    }

    #[test]
    fn clients_get_names_and_pauses_are_kept() {
        let mut writer = writer(&[], None);
        assert_eq!(add(&mut writer, 0, "1:1", "PING"), "client> PING\n");
        assert_eq!(add(&mut writer, 1_000, "1:2", "PING"), "client-2> PING\n");
        assert_eq!(add(&mut writer, 1_500, "1:9", "PING"), "", "the recorder's own");
        assert_eq!(
            add(&mut writer, 3_600, "1:1", "ECHO \"a b\""),
            "@wait 3s\nclient> ECHO \"a b\"\n"
        );
        assert_eq!((writer.commands(), writer.clients()), (3, 2));
    }

    #[test]
    fn logins_become_secrets_with_names() {
        let mut writer = writer(&[], None);
        let first = add(&mut writer, 0, "1:1", "AUTH (redacted)");
        assert!(first.ends_with("@secret SECRET_1\nclient> AUTH ${SECRET_1}\n"), "{first}");
        assert_eq!(
            add(&mut writer, 0, "1:2", "HELLO 3 AUTH (redacted) (redacted) SETNAME a"),
            "@secret USER_2\n@secret SECRET_2\n\
             client-2> HELLO 3 AUTH ${USER_2} ${SECRET_2} SETNAME a\n"
        );
        assert_eq!(
            add(&mut writer, 0, "1:1", "XADD s * note (redacted)"),
            "client> XADD s * note (redacted)\n"
        );
    }

    #[test]
    fn only_one_client_is_written_down_by_address_or_name() {
        let mut by_name = writer(&[("1:1", "billing", "default")], Some("billing"));
        assert_eq!(add(&mut by_name, 0, "1:2", "PING"), "");
        assert_eq!(add(&mut by_name, 0, "1:1", "PING"), "client> PING\n");
        assert_eq!(
            add(&mut by_name, 0, "1:2", "CLIENT SETNAME billing"),
            "client-2> CLIENT SETNAME billing\n"
        );
        let mut by_address = writer(&[], Some("1:2"));
        assert_eq!(add(&mut by_address, 0, "1:1", "PING"), "");
        assert_eq!(add(&mut by_address, 0, "1:2", "PING"), "client> PING\n");
    }

    #[test]
    fn who_had_logged_in_before_is_told() {
        let mut writer = writer(&[("1:1", "", "alice")], None);
        let lines = add(&mut writer, 0, "1:1", "PING");
        assert!(lines.starts_with("# client had logged in as alice before"), "{lines}");
        assert_eq!(add(&mut writer, 0, "1:1", "PING"), "client> PING\n");
    }
}
