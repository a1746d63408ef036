//! What only one gateway's side knows: numbers and addresses, written into words that name them.

use std::collections::BTreeMap;

/// Who is where.
#[derive(Debug)]
pub(super) struct Places {
    gateway: String,
    http: String,
    /// Number and address of each connection.
    clients: BTreeMap<usize, (u64, String)>,
    named: Vec<(String, String)>,
}

impl Places {
    pub(super) fn new(gateway: &str, http: &str) -> Self {
        let named = [(gateway, "<gateway>"), (http, "<http>")];
        let named = named.map(|(place, name)| (place.to_owned(), name.to_owned())).to_vec();
        Self { gateway: gateway.into(), http: http.into(), clients: BTreeMap::new(), named }
    }

    pub(super) fn add(&mut self, who: usize, id: u64, address: &str) {
        self.clients.insert(who, (id, address.to_owned()));
        self.named.push((address.to_owned(), format!("<client {who}>")));
    }

    /// The number of a connection; 0 if there is none.
    pub(super) fn id(&self, who: usize) -> u64 {
        self.clients.get(&who).map_or(0, |(id, _)| *id)
    }

    /// Addresses, and what stands for them.
    pub(super) fn named(self) -> Vec<(String, String)> {
        self.named
    }

    /// A word with `{id:N}`, `{address:N}`, `{gateway}` and `{http}` written out.
    pub(super) fn render(&self, word: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(word) else { return word.to_vec() };
        if !text.contains('{') {
            return word.to_vec();
        }
        let mut text = text.replace("{gateway}", &self.gateway).replace("{http}", &self.http);
        for (who, (id, address)) in &self.clients {
            text = text.replace(&format!("{{id:{who}}}"), &id.to_string());
            text = text.replace(&format!("{{address:{who}}}"), address);
        }
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_out_and_others_stay() {
        let mut places = Places::new("127.0.0.1:1", "127.0.0.1:2");
        places.add(3, 17, "127.0.0.1:9");
        for (word, written) in [
            (&b"{id:3}"[..], &b"17"[..]),
            (b"{address:3} {gateway}", b"127.0.0.1:9 127.0.0.1:1"),
            (b"{id:4}", b"{id:4}"),
            (b"{\xff}", b"{\xff}"),
        ] {
            assert_eq!(places.render(word), written);
        }
    }
}
