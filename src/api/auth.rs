//! Who asks: named accounts with tokens. No endpoint is open by accident: every handler takes a [`Caller`].

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, delete, get, post, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::ApiState;
use super::guesses::{Guesses, fits};
use super::problem::Problem;
use crate::domain::decision::By;
use crate::domain::envelope::Party;
use crate::domain::ids::{AccountName, RegionCode, ServiceKey};
use crate::domain::said::said;
use crate::domain::service_kind;
use crate::store::account::{self, Account, Role};
use crate::store::database::StoreError;

/// How long a token's account is remembered before the database is asked again.
const REMEMBERED: Duration = Duration::from_secs(10);
/// How long it is while the database does not answer.
const ENDURED: Duration = Duration::from_secs(3_600);
/// The same, as a span of the clock.
const ENDURED_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How long a sign-in lasts: a shift and a handover.
const SESSION: SignedDuration = SignedDuration::from_hours(13);

type TokenDigest = [u8; 32];

/// Tokens lately seen, and who guessed wrong.
#[derive(Debug, Default)]
pub struct Sessions {
    known: Mutex<HashMap<TokenDigest, (Account, Instant)>>,
    /// Sign-ins that the database could not write: with a full disk the administrator gets in all the same.
    unwritten: Mutex<HashMap<TokenDigest, (Account, Instant)>>,
    pub(super) guesses: Guesses,
}

impl Sessions {
    /// What is remembered of an account is asked anew.
    pub(super) fn forget(&self, name: &AccountName) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (account, _)| account.name != *name);
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.retain(|_, (account, _)| account.name != *name);
    }

    /// A sign-in that is remembered here alone, for [`ENDURED`].
    fn remember_here(&self, token: TokenDigest, account: Account) {
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.retain(|_, (_, at)| at.elapsed() < ENDURED);
        unwritten.insert(token, (account, Instant::now()));
    }

    fn remembered_here(&self, token: &TokenDigest) -> Option<Account> {
        let unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.get(token).filter(|(_, at)| at.elapsed() < ENDURED).map(|(account, _)| account.clone())
    }
}

/// The digest under which a token is kept.
#[must_use]
pub fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

/// A new random token.
#[must_use]
pub fn new_token() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    hex::encode(bytes)
}

/// The one who asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub account: Account,
    token: TokenDigest,
    shown: Arc<Mutex<Vec<String>>>,
}

impl Caller {
    /// Whose personal data a list shows, by their ids, for the record of looks. The ids in the address are known.
    pub(super) fn shows(&self, ids: impl IntoIterator<Item = impl ToString>) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.extend(ids.into_iter().map(|id| id.to_string()));
    }

    /// What was shown.
    pub(super) fn shown(&self) -> Vec<String> {
        std::mem::take(&mut *self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The digest of the token with which they ask.
    pub(super) fn token(&self) -> &[u8; 32] {
        &self.token
    }

    /// As the domain names it.
    #[must_use]
    pub fn by(&self) -> By {
        match (self.account.role, self.account.region, &self.account.service) {
            (Role::Agency, Some(region), Some(service)) => By::Service { region, service: service.clone() },
            _ => By::Person { account: self.account.name.clone() },
        }
    }

    /// Passes only these roles.
    ///
    /// # Errors
    /// A problem `forbidden`.
    pub fn may(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.contains(&self.account.role) {
            return Ok(());
        }
        Err(Problem::of_roles(roles))
    }

    /// Passes only those who work in the region.
    ///
    /// # Errors
    /// A problem `forbidden`.
    pub fn in_region(&self, region: RegionCode) -> Result<(), Problem> {
        match self.account.region {
            Some(own) if own != region => Err(Problem::new(
                "forbidden",
                said!(
                    "your account is of region {own}, not of {region}; ask for your own region",
                    own = own,
                    region = region
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The region asked about: named, or the account's own, or the only one that runs here.
    ///
    /// # Errors
    /// A problem when none or a foreign one follows.
    pub fn region(&self, named: Option<RegionCode>, state: &ApiState) -> Result<RegionCode, Problem> {
        let region = match named.or(self.account.region) {
            Some(region) => region,
            None => {
                let mut here = state.board.regions();
                match (here.next(), here.next()) {
                    (Some(only), None) => only,
                    _ => {
                        return Err(Problem::new(
                            "invalid",
                            said!("several regions run here; name the region"),
                        )
                        .at("region"));
                    }
                }
            }
        };
        self.in_region(region)?;
        Ok(region)
    }

    /// The regions asked about: the one named, or the account's own, or all that run here.
    ///
    /// # Errors
    /// A problem `forbidden` when a foreign one is named.
    pub fn regions(&self, named: Option<RegionCode>, state: &ApiState) -> Result<Vec<RegionCode>, Problem> {
        match named.or(self.account.region) {
            Some(region) => self.in_region(region).map(|()| vec![region]),
            None => Ok(state.board.regions().collect()),
        }
    }

    /// The service that an agency's account speaks for: of its own region, or, for a national owner, of the region
    /// named.
    ///
    /// # Errors
    /// A problem `forbidden`, or `invalid` when a national owner names no region.
    pub fn party(&self, named: Option<RegionCode>) -> Result<Party, Problem> {
        self.may(&[Role::Agency])?;
        let speaks = |service: &ServiceKey| service_kind::find(service).is_some();
        let Some(service) = self.account.service.clone().filter(speaks) else {
            return Err(Problem::new(
                "forbidden",
                said!("your account speaks for no service; the administrator can change that"),
            ));
        };
        if let Some(region) = named {
            self.in_region(region)?;
        }
        let national = service_kind::find(&service).is_some_and(|kind| kind.national);
        match self.account.region.or(named.filter(|_| national)) {
            Some(region) => Ok(Party { region, service }),
            None if national => {
                Err(Problem::new("invalid", said!("several regions run here; name the region")).at("region"))
            }
            None => Err(Problem::new(
                "forbidden",
                said!("your account speaks for no service of a region; the administrator can change that"),
            )),
        }
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Admission stands before every handler; a handler that it did not pass has nobody to serve.
        let admitted = request.extensions().get::<Self>().cloned();
        ready(admitted.ok_or_else(|| {
            Problem::new(
                "unauthenticated",
                said!("nobody is signed in; sign in at {address}", address = "/api/v1/sign-in"),
            )
            .for_request(request)
        }))
    }
}

/// Whether the request may bring name and password instead of a token: reading for GIS programs, which know no
/// other way. Nothing can be changed there, so a browser that sends a password unasked does no harm.
pub(super) fn takes_passwords(request: &HttpRequest) -> bool {
    let path = request.path();
    request.method() == Method::GET && (path.starts_with("/ogc") || path.starts_with("/api/v1/tiles"))
}

/// Whether a request shows a token, valid or not.
pub(super) fn shows_token(request: &HttpRequest) -> bool {
    matches!(Shown::of(request), Some(Shown::Token(_)))
}

/// What a request shows: a token, or a name with a password.
enum Shown {
    Token(TokenDigest),
    Password { key: TokenDigest, name: String, password: String },
}

impl Shown {
    fn of(request: &HttpRequest) -> Option<Self> {
        let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        if let Some(token) = header.strip_prefix("Bearer ") {
            return Some(Self::Token(digest(token.trim())));
        }
        let basic = header.strip_prefix("Basic ").filter(|_| takes_passwords(request))?.trim();
        let text = String::from_utf8(BASE64.decode(basic).ok()?).ok()?;
        let (name, password) = text.split_once(':')?;
        // No token has a digest of this form: tokens have no blank.
        let key = digest(&format!("Basic {text}"));
        Some(Self::Password { key, name: name.to_owned(), password: password.to_owned() })
    }

    fn key(&self) -> TokenDigest {
        match self {
            Self::Token(key) | Self::Password { key, .. } => *key,
        }
    }

    /// The account that it opens, asked of the database; none when it opens none. `lately` is the account that it
    /// opened before: while that has the same password, the same password fits.
    async fn account(
        &self,
        state: &ApiState,
        request: &HttpRequest,
        lately: Option<&Account>,
    ) -> Result<Result<Option<Account>, StoreError>, Problem> {
        let (name, password) = match self {
            Self::Token(token) => return Ok(account::by_token(&state.database, token).await),
            Self::Password { name, password, .. } => (name, password),
        };
        state.sessions.guesses.patience(name, request)?;
        let found = match account::find(&state.database, name).await {
            Ok(found) => found.filter(|a| a.active),
            Err(error) => return Ok(Err(error)),
        };
        let hash = found.as_ref().and_then(|a| a.password_hash.clone());
        let known = hash.is_some() && lately.is_some_and(|a| a.password_hash == hash);
        if known || fits(hash, password.clone()).await {
            return Ok(Ok(found));
        }
        state.sessions.guesses.was_wrong(name, request);
        Ok(Ok(None))
    }
}

/// Who asks, by what the request shows.
///
/// # Errors
/// A problem `unauthenticated`, `too-many`, or `unavailable` when the database does not answer.
pub(super) async fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    let refused = |detail| Problem::new("unauthenticated", detail).for_request(request);
    let (Some(shown), Some(state)) = (Shown::of(request), request.app_data::<web::Data<ApiState>>()) else {
        return Err(refused(said!(
            "nobody is signed in; send {header} with a token from {address}",
            header = "Authorization: Bearer",
            address = "/api/v1/sign-in"
        )));
    };
    let token = shown.key();
    if let Some(account) = state.sessions.remembered_here(&token) {
        return Ok(Caller { account, token, shown: Arc::default() });
    }
    let held = {
        let known = state.sessions.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&token).map(|(account, at)| (account.clone(), at.elapsed()))
    };
    let lately = held.as_ref().map(|(account, _)| account);
    let account = match &held {
        Some((account, age)) if *age < REMEMBERED => account.clone(),
        _ => {
            let found = match shown.account(state, request, lately).await? {
                Ok(found) => found,
                // While the database is down those who were signed in go on: intake must not stop with it.
                Err(error) => match held {
                    Some((account, age)) if age < ENDURED => {
                        return Ok(Caller { account, token, shown: Arc::default() });
                    }
                    _ => return Err(error.into()),
                },
            };
            let account = found.ok_or_else(|| {
                refused(match shown {
                    Shown::Token(_) => said!("the token is not valid any more; sign in"),
                    Shown::Password { .. } => said!("name or password is wrong; enter both again"),
                })
            })?;
            let mut known = state.sessions.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() > 10_000 {
                known.retain(|_, (_, at)| at.elapsed() < ENDURED);
            }
            known.insert(token, (account.clone(), Instant::now()));
            account
        }
    };
    Ok(Caller { account, token, shown: Arc::default() })
}

/// Whether a caller's token still opens the account with the same rights: a feed lives longer than the request that began
/// it. While the database does not answer, it does.
pub(super) async fn still_holds(state: &ApiState, caller: &Caller) -> bool {
    if state.sessions.remembered_here(&caller.token).is_some() {
        return true;
    }
    let then = (caller.account.role, caller.account.region);
    match account::by_token(&state.database, &caller.token).await {
        Ok(now) => now.is_some_and(|now| (now.role, now.region) == then),
        Err(_) => true,
    }
}

/// Name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account.
    pub name: AccountName,
    /// Its password.
    pub password: String,
}

/// A token for the header `Authorization: Bearer`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// The token; shown once.
    pub token: String,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// The account.
    pub me: Me,
}

/// The account that asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Its name.
    pub name: AccountName,
    /// Its role.
    pub role: String,
    /// Its region; every region when absent.
    pub region: Option<RegionCode>,
    /// The service it speaks for.
    pub service: Option<ServiceKey>,
}

impl Me {
    fn of(a: &Account) -> Self {
        Self {
            name: a.name.clone(),
            role: a.role.as_str().to_owned(),
            region: a.region,
            service: a.service.clone(),
        }
    }
}

/// Sign in with a name and a password.
#[utoipa::path(tag = "accounts", request_body = SignIn, responses(
    (status = 200, body = SignedIn), (status = "4XX", body = Problem), (status = 503, body = Problem)),
    security(()))]
#[post("/sign-in")]
pub async fn sign_in(
    state: web::Data<ApiState>,
    body: web::Json<SignIn>,
    request: HttpRequest,
) -> Result<web::Json<SignedIn>, Problem> {
    let SignIn { name, password } = body.into_inner();
    let wrong = || {
        Problem::new("unauthenticated", said!("name or password is wrong; enter both again"))
            .for_request(&request)
    };
    state.sessions.guesses.patience(name.as_str(), &request).map_err(|p| p.for_request(&request))?;
    let found = account::find(&state.database, name.as_str()).await?.filter(|a| a.active);
    let hash = found.as_ref().and_then(|a| a.password_hash.clone());
    let fits = fits(hash, password).await;
    let account = match found {
        Some(account) if fits => account,
        _ => {
            state.sessions.guesses.was_wrong(name.as_str(), &request);
            return Err(wrong());
        }
    };
    state.sessions.guesses.was_right(name.as_str(), &request);
    let token = new_token();
    let now = crate::actors::clock::now();
    let expires_at = now + SESSION;
    let kept_as = digest(&token);
    let issued = account::issue_token(&state.database, &account.name, &kept_as, "sign-in", Some(expires_at));
    let expires_at = match issued.await {
        Ok(()) => expires_at,
        Err(error) => {
            // It could read the account a moment ago: it cannot write, and just then somebody has to look after it.
            tracing::warn!(%error, account = %account.name, "a sign-in is remembered by this process alone");
            state.sessions.remember_here(kept_as, account.clone());
            now + ENDURED_FOR
        }
    };
    Ok(web::Json(SignedIn { token, expires_at, me: Me::of(&account) }))
}

/// Take the token back.
#[utoipa::path(tag = "accounts", responses((status = 204), (status = "4XX", body = Problem)))]
#[delete("/sign-in")]
pub async fn sign_out(state: web::Data<ApiState>, caller: Caller) -> Result<HttpResponse, Problem> {
    state.sessions.unwritten.lock().unwrap_or_else(PoisonError::into_inner).remove(&caller.token);
    account::revoke_token(&state.database, &caller.token).await?;
    state.sessions.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&caller.token);
    Ok(HttpResponse::NoContent().finish())
}

/// The account that asks.
#[utoipa::path(tag = "accounts", responses((status = 200, body = Me), (status = "4XX", body = Problem)))]
#[get("/me")]
pub async fn me(caller: Caller) -> web::Json<Me> {
    web::Json(Me::of(&caller.account))
}
