//! The other system: its addresses, its keys, and the exchange of a code for its word.

use super::{NOT_VOUCHED, OFF};
use crate::{
    accounts::{Door, sessions},
    kernel::{App, Error, Moment, Result},
};
use openidconnect::{
    AccessTokenHash, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
    core::{CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreTokenResponse},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where the other system sends people back to.
pub const CALLBACK: &str = "/sign-in/oidc/callback";
/// The most that an answer of the other system may weigh.
const ANSWER: usize = 1024 * 1024;

/// Signatures that only the other system can make: never `none`, never one with a shared secret.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What a browser must bring back, locked up in a cookie of its own until then.
#[derive(Debug, Serialize, Deserialize)]
pub struct Begun {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    pub back: String,
    pub at: Moment,
}

/// What the other system says of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    pub subject: String,
    /// The e-mail address, if the other system has verified it.
    pub verified_email: Option<String>,
}

/// The other system as it is configured, its addresses and keys just looked up.
pub struct Provider {
    client: Client,
    http: reqwest::Client,
    now: Moment,
}

/// Whether there is another system that signs people in.
pub fn is_on(app: &App) -> bool {
    app.config.oidc_issuer.is_some() && app.config.oidc_client.is_some()
}

impl Provider {
    /// Looks up its addresses and keys.
    pub async fn discover(app: &App, door: &Door) -> Result<Self> {
        let (Some(issuer), Some(id)) = (&app.config.oidc_issuer, &app.config.oidc_client) else { return OFF.refuse() };
        let issuer = IssuerUrl::new(issuer.clone()).map_err(Error::broken)?;
        let http = http_client()?;
        let send = |request| send(http.clone(), request);
        let metadata = CoreProviderMetadata::discover_async(issuer, &send).await.map_err(unreachable)?;
        let secret = door.oidc_secret().map(ClientSecret::new);
        let redirect = RedirectUrl::new(format!("{}{CALLBACK}", address(app))).map_err(Error::broken)?;
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(id.clone()), secret);
        Ok(Self { client: client.set_redirect_uri(redirect), http, now: app.clock.now() })
    }

    /// Where to send a browser, and what it must bring back.
    pub fn begin(&self, back: String) -> (String, Begun) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let (url, state, nonce) = self
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".into()))
            .set_pkce_challenge(challenge)
            .url();
        let begun = Begun {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            back,
            at: self.now,
        };
        (url.into(), begun)
    }

    /// Exchanges the code that a browser brought for the word of the other system, and checks that word: signature,
    /// issuer, audience, time, nonce.
    pub async fn vouch(&self, code: String, begun: Begun) -> Result<Vouched> {
        let send = |request| send(self.http.clone(), request);
        let exchange = self.client.exchange_code(AuthorizationCode::new(code)).map_err(Error::broken)?;
        let answer = exchange
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier))
            .request_async(&send)
            .await
            .map_err(not_vouched)?;
        self.read(&answer, &Nonce::new(begun.nonce))
    }

    fn read(&self, answer: &CoreTokenResponse, nonce: &Nonce) -> Result<Vouched> {
        let token = answer.id_token().ok_or_else(|| not_vouched("the answer has no id token"))?;
        let now = serde_json::from_value(self.now.to_string().into()).map_err(Error::broken)?;
        let verifier = self.client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || now);
        let claims = token.claims(&verifier, nonce).map_err(not_vouched)?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(not_vouched)?;
            let key = token.signing_key(&verifier).map_err(not_vouched)?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(not_vouched)?;
            if actual != *expected {
                return Err(not_vouched("the access token belongs to another id token"));
            }
        }
        let verified = claims.email_verified() == Some(true);
        Ok(Vouched {
            subject: claims.subject().to_string(),
            verified_email: claims.email().filter(|_| verified).map(|email| email.to_string()),
        })
    }
}

/// Our own address, as the other system knows it.
fn address(app: &App) -> String {
    let own = || format!("http://{}", app.config.listen);
    app.config.public_url.as_ref().map_or_else(own, |url| url.trim_end_matches('/').to_owned())
}

/// Why not, for the log; the person only hears that it did not work.
fn not_vouched(why: impl std::fmt::Debug) -> Error {
    tracing::warn!(?why, "the other system did not vouch");
    Error::Unreadable { status: 401, refusal: NOT_VOUCHED }
}

fn unreachable(why: impl std::fmt::Debug) -> Error {
    tracing::error!(?why, "the other system cannot be reached");
    Error::Unreadable { status: 401, refusal: NOT_VOUCHED }
}

/// A client that follows no redirects, since those of the other system are for browsers, and waits ten seconds.
fn http_client() -> Result<reqwest::Client> {
    // Fails when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(10)).build().map_err(Error::broken)
}

/// Why an exchange with the other system failed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Network(#[from] reqwest::Error),
    #[error(transparent)]
    Answer(#[from] openidconnect::http::Error),
    #[error("the answer is too large")]
    TooLarge,
}

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Trouble> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        if body.len() + piece.len() > ANSWER {
            return Err(Trouble::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    let mut response = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(body)?)
}

/// The cookie that keeps [`Begun`] in the browser, or takes it away.
pub fn cookie(app: &App, value: &str, seconds: u32) -> String {
    let secure = if sessions::is_https(&app.config) { "; Secure" } else { "" };
    format!("oidc={value}; Path=/sign-in/oidc; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}
