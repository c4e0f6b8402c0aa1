//! Names to numbers: only public ones come out, and they are the ones that are connected to.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Looks up the numbers of a name.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// # Errors
    /// When the name has none.
    async fn numbers(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// Asks as this machine is set up to.
pub struct System;

#[async_trait]
impl Lookup for System {
    async fn numbers(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Why a name leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nowhere {
    #[error("has no address")]
    Unknown,
    #[error("could not be looked up")]
    Unsure,
    #[error("is not on the public internet")]
    Private,
}

/// Names that are served by this process, for the demo and for tests, and where.
#[derive(Clone, Debug, Default)]
pub struct Local {
    pub domains: BTreeSet<String>,
    pub server: Option<SocketAddr>,
    /// Its pages' addresses for people: `{shown_as}/{domain}{path}`.
    pub shown_as: String,
}

impl Local {
    /// Whether a host is exactly one of the local names.
    pub fn has(&self, host: &str) -> bool {
        self.server.is_some() && self.domains.contains(host)
    }
}

/// The client's one way from a name to a number. As it is asked anew for each connection, a name that changes its mind
/// between a check and the connection gains nothing: what was checked is what is connected to.
pub struct PublicOnly {
    pub lookup: Arc<dyn Lookup>,
    pub local: Arc<Local>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, local) = (self.lookup.clone(), self.local.clone());
        Box::pin(async move {
            if let Some(server) = local.server.filter(|_| local.has(name.as_str())) {
                return Ok(Box::new(std::iter::once(server)) as Addrs);
            }
            let public = public_numbers(&*lookup, name.as_str()).await?;
            // port 0 stands for the one in the address, which is the web's
            Ok(Box::new(public.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}

/// The numbers of a name. One that is not public spoils the others: such a name plays games.
async fn public_numbers(lookup: &dyn Lookup, host: &str) -> Result<Vec<IpAddr>, Nowhere> {
    let numbers = lookup.numbers(host).await.map_err(|e| why_none(&e))?;
    if numbers.is_empty() {
        return Err(Nowhere::Unknown);
    }
    if numbers.iter().all(|ip| is_public(*ip)) { Ok(numbers) } else { Err(Nowhere::Private) }
}

/// The system tells a name that does not exist from a name server that does not answer only in words.
fn why_none(error: &io::Error) -> Nowhere {
    let said = error.to_string().to_lowercase();
    if said.contains("temporary") || said.contains("try again") { Nowhere::Unsure } else { Nowhere::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Says(&'static [&'static str]);

    #[async_trait]
    impl Lookup for Says {
        async fn numbers(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            Ok(self.0.iter().map(|ip| ip.parse().unwrap()).collect())
        }
    }

    fn resolver(says: &'static [&'static str]) -> PublicOnly {
        let local =
            Local { domains: ["konex.example".into()].into(), server: Some(([127, 0, 0, 1], 4000).into()), shown_as: String::new() };
        PublicOnly { lookup: Arc::new(Says(says)), local: Arc::new(local) }
    }

    #[tokio::test]
    async fn only_public_numbers_come_out() {
        for (says, why) in [
            (&["127.0.0.1"][..], Nowhere::Private),
            (&["8.8.8.8", "10.0.0.1"], Nowhere::Private),
            (&["::ffff:169.254.169.254"], Nowhere::Private),
            (&[], Nowhere::Unknown),
        ] {
            let refused = resolver(says).resolve("evil.example".parse().unwrap()).await.err().unwrap();
            assert_eq!(refused.downcast_ref(), Some(&why), "{says:?}");
        }
        let numbers: Vec<_> = resolver(&["8.8.8.8"]).resolve("good.example".parse().unwrap()).await.unwrap().collect();
        assert_eq!(numbers, [SocketAddr::from(([8, 8, 8, 8], 0))]);
    }

    #[tokio::test]
    async fn this_machine_is_nowhere() {
        assert_eq!(public_numbers(&System, "localhost").await, Err(Nowhere::Private));
    }

    #[tokio::test]
    async fn exactly_the_local_names_are_served_here() {
        let numbers: Vec<_> = resolver(&[]).resolve("konex.example".parse().unwrap()).await.unwrap().collect();
        assert_eq!(numbers, [SocketAddr::from(([127, 0, 0, 1], 4000))]);
        for other in ["www.konex.example", "xkonex.example", "konex.example.evil.example"] {
            assert!(resolver(&["127.0.0.1"]).resolve(other.parse().unwrap()).await.is_err(), "{other}");
        }
    }
}
