//! Where a request comes from, as far as can be known.

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

/// The program and the address at the other end. The program is its own claim.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The remote address; none in tests without a network.
    pub address: Option<IpAddr>,
    /// What the program calls itself.
    pub agent: String,
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_canonical());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|h| h.to_str().ok()).unwrap_or_default();
        Ok(Self { address: behind(peer, &parts.headers), agent: agent.chars().take(200).collect() })
    }
}

/// The address behind a proxy on this very machine: the last hop it vouches for. Nobody else's word is taken.
fn behind(peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let hops = headers.get_all("x-forwarded-for").iter().next_back().and_then(|h| h.to_str().ok());
    let hop = || hops?.rsplit(',').next()?.trim().parse::<IpAddr>().ok().map(|a| a.to_canonical());
    if peer.is_some_and(|p| p.is_loopback()) { hop().or(peer) } else { peer }
}

impl Client {
    /// As events keep it.
    pub fn json(&self) -> String {
        serde_json::json!({ "address": self.address, "agent": self.agent }).to_string()
    }

    /// For counting tries: the address, for IPv6 the network that one subscriber has.
    pub fn network(&self) -> String {
        match self.address {
            Some(IpAddr::V6(v6)) => format!("{:x?}", &v6.segments()[..4]),
            Some(address) => address.to_string(),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "9.9.9.9, 203.0.113.7".parse().unwrap());
        let address = |peer: &str| behind(Some(peer.parse().unwrap()), &headers).unwrap().to_string();
        assert_eq!(address("127.0.0.1"), "203.0.113.7");
        assert_eq!(address("198.51.100.1"), "198.51.100.1");
        assert_eq!(behind(None, &headers), None);
    }

    #[test]
    fn a_subscriber_cannot_hop_through_their_own_network() {
        let network = |a: &str| Client { address: Some(a.parse().unwrap()), agent: String::new() }.network();
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
