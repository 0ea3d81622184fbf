//! What a route needs, said where the route is declared, and who gets it.

use poem::Request;

use super::envelope::Family;
use super::key::Scheme;
use crate::settings::Settings;

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: whether the node serves, and links whose token is the key.
    Open,
    /// The key, on a private node.
    Read,
    /// The key, wherever there is one.
    Write,
    /// The key; a node that has none answers only where no other machine reaches it.
    Owner,
}

/// What a route is, beside its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// Its `operationId`.
    pub operation: &'static str,
    /// The family whose envelope its errors have.
    pub family: Family,
    /// What it needs.
    pub access: Access,
    /// Whether it stores something although whoever may read may ask for it.
    pub stores: bool,
    /// Whether a body of any type will do.
    pub any_body: bool,
}

impl Declared {
    /// Declares a route of a family.
    pub const fn new(family: Family, operation: &'static str, access: Access) -> Self {
        Self {
            operation,
            family,
            access,
            stores: false,
            any_body: false,
        }
    }

    /// Declares that the route stores something although whoever may read may ask for it.
    #[must_use]
    pub const fn storing(self) -> Self {
        Self {
            stores: true,
            ..self
        }
    }

    /// Declares that a body of any type will do.
    #[must_use]
    pub const fn with_any_body(self) -> Self {
        Self {
            any_body: true,
            ..self
        }
    }
}

/// Routes that say what they need.
///
/// [`super::Gated`] takes no other ones. A route of them that is missing here is closed to all but the
/// owner, and fails a test.
pub trait Declares {
    /// A line for each operation.
    const ROUTES: &'static [Declared];

    /// Returns what an operation declares.
    fn declared(operation: &str) -> Option<Declared> {
        let found = Self::ROUTES.iter().find(|one| one.operation == operation);
        found.copied()
    }
}

/// Who sends a request, as far as its head tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// How the node's key was shown; `None` where it was not.
    pub key: Option<Scheme>,
    /// Whether the token of the similar-picture routes was shown.
    pub token: bool,
    /// Whether the host that was asked is a name of this node.
    pub host_known: bool,
    /// Whether a browser sent it for a page of another site.
    pub foreign: bool,
}

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The key is missing or wrong.
    Key,
    /// A key is needed and the node has none.
    NoKey,
    /// The host is none of the node's names, and there is no key to tell friends from others.
    Host,
    /// A page of another site asks for what only the node's own may have.
    Foreign,
}

impl Caller {
    /// Returns who sent a request that has passed the guard; nobody who is known for another one.
    pub fn of(request: &Request) -> Self {
        request.data::<Self>().copied().unwrap_or(Self {
            key: None,
            token: false,
            host_known: false,
            foreign: true,
        })
    }

    /// Returns whether the caller may read what this node holds.
    pub fn may_read(self, settings: &Settings) -> bool {
        self.key.is_some() || !settings.private
    }

    /// Judges a request to a route.
    ///
    /// # Errors
    /// Why the caller is not answered.
    pub fn judge(self, route: &Declared, settings: &Settings) -> Result<(), Refusal> {
        let with_token = self.token && route.family == Family::Similar;
        let has_key = settings.api_key.is_some();
        if !with_token {
            self.judge_host(settings)?;
        }
        let needed = match route.access {
            _ if route.family == Family::Similar && settings.token.is_some() => true,
            Access::Open => false,
            Access::Read => settings.private,
            Access::Write => has_key,
            Access::Owner => has_key || !settings.listen.ip().is_loopback(),
        };
        if needed && !with_token && self.key.is_none() {
            let keyless = !has_key && route.family != Family::Similar;
            return Err(if keyless {
                Refusal::NoKey
            } else {
                Refusal::Key
            });
        }
        // Browsers send by themselves what they have of Basic, for whichever page.
        let by_itself = !with_token && matches!(self.key, None | Some(Scheme::Basic));
        let guarded = route.stores || matches!(route.access, Access::Write | Access::Owner);
        if guarded && self.foreign && by_itself {
            return Err(Refusal::Foreign);
        }
        Ok(())
    }

    /// Refuses hosts that are not the node's own where it has no key: a name that was bound to its
    /// address after a page was loaded makes that page look like one of the node.
    ///
    /// # Errors
    /// When the host is none of the node's.
    pub fn judge_host(self, settings: &Settings) -> Result<(), Refusal> {
        if settings.api_key.is_none() && !self.host_known {
            return Err(Refusal::Host);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ServeArgs;

    const NOBODY: Caller = Caller {
        key: None,
        token: false,
        host_known: true,
        foreign: false,
    };

    fn settings(key: bool, token: bool, private: bool) -> Settings {
        let text = |wanted: bool| wanted.then(|| "x".to_owned());
        Settings::resolve(ServeArgs {
            api_key: text(key),
            token: text(token),
            private,
            ..ServeArgs::default()
        })
        .unwrap()
    }

    #[test]
    fn what_a_route_declares_decides() {
        use Access::{Open, Owner, Read, Write};
        let judge = |access, caller: Caller, settings: &Settings| {
            caller.judge(&Declared::new(Family::Gif, "x", access), settings)
        };
        let open = settings(false, false, false);
        let keyed = settings(true, false, false);
        let private = settings(true, false, true);
        for (access, with_key, on_private) in [
            (Open, Ok(()), Ok(())),
            (Read, Ok(()), Err(Refusal::Key)),
            (Write, Err(Refusal::Key), Err(Refusal::Key)),
            (Owner, Err(Refusal::Key), Err(Refusal::Key)),
        ] {
            assert_eq!(judge(access, NOBODY, &open), Ok(()), "{access:?}");
            assert_eq!(judge(access, NOBODY, &keyed), with_key, "{access:?}");
            assert_eq!(judge(access, NOBODY, &private), on_private, "{access:?}");
            let unknown = Caller {
                host_known: false,
                ..NOBODY
            };
            assert_eq!(judge(access, unknown, &open), Err(Refusal::Host));
            let foreign = Caller {
                foreign: true,
                ..NOBODY
            };
            let refused = match access {
                Open | Read => Ok(()),
                Write | Owner => Err(Refusal::Foreign),
            };
            assert_eq!(judge(access, foreign, &open), refused, "{access:?}");
            for (scheme, expected) in [
                (Scheme::Bearer, Ok(())),
                (Scheme::ApiKey, Ok(())),
                (Scheme::Basic, refused),
            ] {
                let shown = Caller {
                    key: Some(scheme),
                    host_known: false,
                    ..foreign
                };
                assert_eq!(judge(access, shown, &private), expected, "{access:?}");
            }
        }
        let link = Declared::new(Family::Gif, "x", Read).storing();
        let foreign = Caller {
            foreign: true,
            ..NOBODY
        };
        assert_eq!(foreign.judge(&link, &open), Err(Refusal::Foreign));
        assert_eq!(NOBODY.judge(&link, &open), Ok(()));
    }

    #[test]
    fn the_token_opens_its_own_family_alone() {
        let with_token = settings(false, true, false);
        let shown = Caller {
            token: true,
            host_known: false,
            ..NOBODY
        };
        let similar = Declared::new(Family::Similar, "x", Access::Read);
        assert_eq!(NOBODY.judge(&similar, &with_token), Err(Refusal::Key));
        assert_eq!(shown.judge(&similar, &with_token), Ok(()));
        let other = Declared::new(Family::Gif, "x", Access::Read);
        assert_eq!(shown.judge(&other, &with_token), Err(Refusal::Host));
        assert_eq!(NOBODY.judge(&other, &with_token), Ok(()));
    }
}
