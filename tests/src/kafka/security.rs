//! Certificates and tokens for brokers of a test.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use serde_json::json;
use tempfile::TempDir;

/// An authority of its own and what it has signed, as PEM files; removed when dropped.
#[derive(Debug)]
pub struct Security {
    folder: TempDir,
}

impl Security {
    /// Makes all of it.
    ///
    /// # Panics
    /// If the temporary folder cannot be written.
    #[expect(clippy::new_without_default, reason = "it makes keys and writes files")]
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let (ours, foreign) = (Authority::new("Tests"), Authority::new("Strangers"));
        let write = |name: &str, text: String| {
            fs::write(folder.path().join(name), text).expect("the folder can be written");
        };
        write("ca.pem", ours.0.pem());
        write("foreign-ca.pem", foreign.0.pem());
        let server = ours.sign(2090);
        write("server.pem", server.key.clone() + &server.certificate);
        let expired = ours.sign(2021);
        write("expired.pem", expired.key + &expired.certificate);
        let client = ours.sign(2090);
        write("client.pem", client.certificate);
        write("client.key", client.key);
        Self { folder }
    }

    /// The authority that clients should trust.
    pub fn authority(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// An authority that signed nothing here.
    pub fn foreign_authority(&self) -> PathBuf {
        self.file("foreign-ca.pem")
    }

    /// Key and certificate of a broker on this machine.
    pub fn server(&self) -> PathBuf {
        self.file("server.pem")
    }

    /// The same, but the certificate ended years ago.
    pub fn expired(&self) -> PathBuf {
        self.file("expired.pem")
    }

    /// Certificate and key of a client.
    pub fn client(&self) -> (PathBuf, PathBuf) {
        (self.file("client.pem"), self.file("client.key"))
    }

    /// Writes a file beside the certificates: a token, a password.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, text).expect("the folder can be written");
        path
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::new(self.folder.path()).join(name)
    }
}

/// Who signs.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What was signed, in PEM.
struct Signed {
    certificate: String,
    key: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = params(name, &[], 2090);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("the system has random numbers");
        Self(CertifiedIssuer::self_signed(params, key).expect("the parameters are whole"))
    }

    /// Signs a new key for this machine's loopback, good from 2020 to the end of `until`.
    fn sign(&self, until: i32) -> Signed {
        let key = KeyPair::generate().expect("the system has random numbers");
        let params = params("localhost", &["localhost", "127.0.0.1"], until);
        let certificate = params.signed_by(&key, &self.0).expect("the parameters are whole");
        Signed { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

fn params(name: &str, hosts: &[&str], until: i32) -> CertificateParams {
    let hosts: Vec<_> = hosts.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(hosts).expect("the names are ASCII");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 12, 31);
    params
}

/// An unsigned token for this user, good for so many seconds from now.
pub fn bearer_token(user: &str, seconds: i64) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is past 1970");
    let now = i64::try_from(since.as_secs()).expect("it is a time of this age");
    let claims = json!({ "sub": user, "iat": now.min(now + seconds) - 1, "exp": now + seconds });
    let parts = [json!({ "alg": "none" }), claims].map(|part| part.to_string());
    parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".") + "."
}
