//! COMMAND: what there is, for client libraries and people.

use super::Context;
use crate::{
    command::{self, Asked, is_word},
    commands::{Command, Keys, Registry, Request, Spec},
    message::{Rejection, fits_glob},
};

/// Most arguments of COMMAND: each name is answered with a hundred bytes and more.
const NAMES_MAX: usize = 1_000;

impl Context {
    pub(crate) fn command(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let Request { args, registry, .. } = request;
        let spec = request.spec();
        if args.len() == 1 {
            self.describe_all(registry);
            return Ok(());
        }
        if args.len() > NAMES_MAX {
            return Err(Rejection::err("too many command names"));
        }
        let is_named = args.len() > 2;
        match command::subcommand(spec, args)? {
            Asked::Help => self.help(spec),
            Asked::For("COUNT") => {
                self.replies.integer(i64::try_from(registry.all().len()).unwrap_or(i64::MAX));
            }
            Asked::For("LIST") => self.command_list(request)?,
            Asked::For("GETKEYS") => self.command_keys(request)?,
            Asked::For("DOCS") => {
                let named: Vec<Command> =
                    command::rest(args, 2).filter_map(|name| registry.find(name)).collect();
                let named = named.iter().map(|command| command.spec);
                let specs: Vec<_> =
                    if is_named { named.collect() } else { registry.all().to_vec() };
                self.replies.map(specs.len());
                specs.into_iter().for_each(|spec| self.document(spec));
            }
            Asked::For(_) if is_named => {
                self.replies.array(args.len() - 2);
                for name in command::rest(args, 2) {
                    match registry.find(name) {
                        Some(command) => self.describe(command.spec),
                        None => self.replies.null_array(),
                    }
                }
            }
            Asked::For(_) => self.describe_all(registry),
        }
        Ok(())
    }

    fn describe_all(&mut self, registry: &Registry) {
        self.replies.array(registry.all().len());
        registry.all().iter().for_each(|spec| self.describe(spec));
    }

    /// One element of COMMAND: name, arity, flags, keys, categories, and what Redis 7 adds, which is
    /// left empty: tips, key specifications, subcommands.
    fn describe(&mut self, spec: &Spec) {
        let replies = &mut self.replies;
        replies.array(10);
        replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
        replies.integer(i64::from(spec.arity));
        replies.set(spec.flags().count());
        spec.flags().for_each(|flag| replies.simple(flag));
        spec.keys.positions().into_iter().for_each(|place| replies.integer(i64::from(place)));
        replies.set(spec.categories().count());
        spec.categories().for_each(|category| replies.simple(format_args!("@{category}")));
        (0..3).for_each(|_| replies.array(0));
    }

    fn document(&mut self, spec: &Spec) {
        self.replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
        self.replies.map(2);
        self.text("summary", spec.summary);
        self.text("group", spec.family.group());
    }

    /// COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern].
    fn command_list(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let Request { args, registry, .. } = request;
        let wanted: Vec<&'static Spec> = match (args.get(2), args.get(3), args.get(4), args.len()) {
            (None, ..) => registry.all().to_vec(),
            (Some(word), Some(by), Some(value), 5) if is_word(word, "FILTERBY") => {
                let all = registry.all().iter().copied();
                if is_word(by, "MODULE") {
                    Vec::new()
                } else if is_word(by, "ACLCAT") {
                    let category = String::from_utf8_lossy(value).to_lowercase();
                    all.filter(|spec| spec.is_in(&category)).collect()
                } else if is_word(by, "PATTERN") {
                    let pattern = value.to_ascii_lowercase();
                    let name = |spec: &Spec| spec.name.to_ascii_lowercase();
                    all.filter(|spec| fits_glob(&pattern, name(spec).as_bytes())).collect()
                } else {
                    return Err(command::syntax_error());
                }
            }
            _ => return Err(command::syntax_error()),
        };
        self.send_commands(&wanted);
        Ok(())
    }

    /// The names of commands.
    pub(crate) fn send_commands(&mut self, specs: &[&'static Spec]) {
        self.replies.array(specs.len());
        for spec in specs {
            self.replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
        }
    }

    fn command_keys(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let Request { args, registry, .. } = request;
        let Some(Command { spec, .. }) = registry.find(&args[2]) else {
            return Err(Rejection::err("Invalid command specified"));
        };
        if spec.keys == Keys::None {
            return Err(Rejection::err("The command has no key arguments"));
        }
        if !spec.takes(args.len() - 2) {
            return Err(Rejection::err("Invalid number of arguments specified for command"));
        }
        let keys = command::keys_of(spec, args, 2);
        if keys.is_empty() {
            return Err(Rejection::err("Invalid arguments specified for command"));
        }
        self.replies.array(keys.len());
        keys.iter().for_each(|key| self.replies.bulk(key));
        Ok(())
    }
}
