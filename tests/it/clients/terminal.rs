//! A program at a terminal, and somebody who types and waits for answers.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, sync_channel},
    thread,
    time::{Duration, Instant},
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Types each line and waits until the words beside it show; returns all that was shown.
pub(crate) async fn dialogue(program: &Path, arguments: &[&str], lines: &[(&str, &str)]) -> String {
    let (program, arguments) = (program.to_owned(), owned(arguments));
    let lines: Vec<_> = lines.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let talk = tokio::task::spawn_blocking(move || talk(&program, &arguments, &lines));
    talk.await.expect("the dialogue does not panic")
}

/// Waits until the words show, one after the other, then ends the program; returns what was shown.
pub(crate) async fn watch(program: &Path, arguments: &[&str], words: &[&str]) -> String {
    let (program, arguments, words) = (program.to_owned(), owned(arguments), owned(words));
    let look = move || {
        let (mut child, _, mut screen) = open(&program, &arguments);
        words.iter().for_each(|word| screen.wait_for(word));
        child.kill().expect("it is ours to end");
        child.wait().expect("it ends");
        screen.text
    };
    tokio::task::spawn_blocking(look).await.expect("the look does not panic")
}

/// Starts a program at a terminal of its own.
fn open(program: &Path, arguments: &[String]) -> (Child, File, Screen) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("terminals can be made");
    grantpt(&ours).expect("it is ours");
    unlockpt(&ours).expect("it is ours");
    let name = ptsname(&ours, Vec::new()).expect("it has a name");
    let theirs = || {
        let path = name.to_str().expect("its name is text");
        File::options().read(true).write(true).open(path).expect("the other side opens")
    };
    let child = Command::new(program)
        .args(arguments)
        .env("TERM", "dumb")
        .stdin(Stdio::from(theirs()))
        .stdout(Stdio::from(theirs()))
        .stderr(Stdio::from(theirs()))
        .spawn()
        .expect("the program starts");
    let terminal = File::from(ours);
    let shown = read_in_background(terminal.try_clone().expect("files can be cloned"));
    (child, terminal, Screen { shown, text: String::new(), read: 0 })
}

fn talk(program: &Path, arguments: &[String], lines: &[(String, String)]) -> String {
    let (mut child, mut terminal, mut screen) = open(program, arguments);
    for (typed, wanted) in lines {
        screen.wait_for("> ");
        terminal.write_all(format!("{typed}\n").as_bytes()).expect("it listens");
        screen.wait_for(wanted);
    }
    child.kill().expect("it is ours to end");
    child.wait().expect("it ends");
    screen.text
}

/// What the program has shown, and how far somebody has read.
struct Screen {
    shown: Receiver<String>,
    text: String,
    read: usize,
}

impl Screen {
    fn wait_for(&mut self, wanted: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.text[self.read..].find(wanted) {
                self.read += at + wanted.len();
                return;
            }
            match self.shown.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(text) => self.text.push_str(&text),
                Err(error) => panic!("{wanted:?} never showed ({error}):\n{}", self.text),
            }
        }
    }
}

fn read_in_background(mut terminal: File) -> Receiver<String> {
    let (sender, receiver) = sync_channel(64);
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = terminal.read(&mut bytes) {
            let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    receiver
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|argument| (*argument).to_owned()).collect()
}
