//! Accounts: the administrator's acts, and everyone's own password. Who changed what is kept.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use argon2::{Argon2, PasswordHasher};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiState;
use super::auth::{Caller, digest, new_token};
use super::door::IfMatch;
use super::duty::OfRegion;
use super::guesses::fits;
use super::once::ShownOnce;
use super::problem::Problem;
use super::services::known;
use crate::bus::accounts::{AgencyAccount, Management, random_password};
use crate::domain::ids::{AccountName, RegionCode, ServiceKey};
use crate::domain::said::said;
use crate::domain::service_kind;
use crate::store::account::{self, Account, AccountChange, ChangeKind, ChangedBy, Role, rules};

/// The longest label of a token, characters.
const LONGEST_LABEL: usize = 100;
/// How many changes are shown.
const CHANGES: i64 = 200;

/// An account as the administrator sees it; never its secrets.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Its name.
    pub name: AccountName,
    /// What it may do.
    pub role: Role,
    /// Its region; every region when absent.
    pub region: Option<RegionCode>,
    /// The service that it speaks for.
    pub service: Option<ServiceKey>,
    /// Whether it may be used.
    pub active: bool,
    /// Whether it has a password, or tokens only.
    pub has_password: bool,
    /// Grows by one whenever what it may do is set: its ETag.
    pub version: u64,
}

impl From<Account> for AccountView {
    fn from(a: Account) -> Self {
        Self {
            name: a.name,
            role: a.role,
            region: a.region,
            service: a.service,
            active: a.active,
            has_password: a.password_hash.is_some(),
            version: a.version,
        }
    }
}

/// Every account, by name.
#[utoipa::path(tag = "accounts", responses((status = 200, body = Vec<AccountView>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/accounts")]
pub async fn all(state: web::Data<ApiState>, caller: Caller) -> Result<web::Json<Vec<AccountView>>, Problem> {
    let accounts = account::all(&state.database).await?;
    let own = |a: &Account| caller.account.region.is_none() || a.region == caller.account.region;
    Ok(web::Json(accounts.into_iter().filter(own).map(AccountView::from).collect()))
}

/// The latest changes of accounts, newest first: to the administrator of a region those of its accounts.
#[utoipa::path(tag = "accounts", responses((status = 200, body = Vec<AccountChange>),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[get("/account-changes")]
pub async fn changes(
    state: web::Data<ApiState>,
    caller: Caller,
) -> Result<web::Json<Vec<AccountChange>>, Problem> {
    Ok(web::Json(account::changes(&state.database, caller.account.region, CHANGES).await?))
}

/// What an account may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Its role.
    role: Role,
    /// The one region that it belongs to; every region when absent.
    region: Option<RegionCode>,
    /// The service that an agency's account speaks for.
    service: Option<ServiceKey>,
    /// Whether it may be used.
    active: bool,
    /// Its password; the old one stays when absent.
    #[schema(min_length = 12, max_length = 256)]
    password: Option<String>,
}

/// Make an account or change what it may do. It holds from the next request on.
///
/// A new password ends the sign-ins of the account (but not the one with which it is set). What ends the account, or takes the
/// role of an agency from it, ends its tokens too: made active again it needs new ones.
#[utoipa::path(tag = "accounts", params(("name" = AccountName, Path),
    ("If-Match" = Option<String>, Header, description = "the account's version as its ETag, or * for any"),
    ("If-None-Match" = Option<String>, Header, description = "* for an account that is not there yet")),
    request_body = NewAccount, responses(
    (status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[put("/accounts/{name}")]
pub async fn keep(
    state: web::Data<ApiState>,
    caller: Caller,
    name: web::Path<AccountName>,
    expected: IfMatch,
    body: web::Json<NewAccount>,
) -> Result<HttpResponse, Problem> {
    let name = name.into_inner();
    let NewAccount { role, region, service, active, password } = body.into_inner();
    let before = own_region(&state, &caller, &name).await?;
    if caller.account.region.is_some() && region != caller.account.region {
        return Err(Problem::new(
            "forbidden",
            said!("you keep accounts of your own region only; name your region"),
        )
        .at("region"));
    }
    let itself = name == caller.account.name;
    let moves = region != caller.account.region;
    if itself && (!active || role != Role::Administrator || moves) {
        return Err(Problem::new(
            "conflict",
            said!("nobody takes away their own rights; ask another administrator"),
        ));
    }
    rules::speaks(role, service.as_ref())?;
    // Whoever spoke for a desk that has been closed since can still be ended, and nothing else.
    let ends = !active && before.is_some_and(|before| before.service == service && before.region == region);
    if let Some(service) = service.as_ref().filter(|_| !ends) {
        known(&state, region, service)?;
    }
    let password_hash = match password {
        Some(password) => Some(hashed(password).await?),
        None => None,
    };
    let made = Account { name, role, password_hash, region, service, active, version: 0 };
    let by = ChangedBy::Account(&caller.account.name);
    account::put(&state.database, &made, Some(expected.0), Some(caller.token()), by).await??;
    state.sessions.forget(&made.name);
    Ok(HttpResponse::NoContent().finish())
}

/// A token for a system.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    label: String,
}

/// A token, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// For the header `Authorization: Bearer`.
    pub token: String,
}

/// Give the account of an agency a token that does not run out: for its system. A person signs in with a password.
#[utoipa::path(tag = "accounts", params(("name" = AccountName, Path)), request_body = NewToken, responses(
    (status = 201, body = Token), (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/accounts/{name}/tokens")]
pub async fn give_token(
    state: web::Data<ApiState>,
    caller: Caller,
    name: web::Path<AccountName>,
    body: web::Json<NewToken>,
) -> Result<HttpResponse, Problem> {
    let label = body.into_inner().label.trim().to_owned();
    if label.is_empty() || label.chars().count() > LONGEST_LABEL || label.contains('\0') {
        let what = said!("say what the token is for, in 1 to {most} characters", most = LONGEST_LABEL);
        return Err(Problem::new("invalid", what).at("label"));
    }
    // A token has no end, and whoever is given it acts under the account's name: a named person is nobody else.
    if existing(&state, &caller, &name).await?.role != Role::Agency {
        let people = said!("tokens are for the systems of agencies; a person signs in with a password");
        return Err(Problem::new("conflict", people));
    }
    let token = new_token();
    let by = ChangedBy::Account(&caller.account.name);
    account::give_token(&state.database, &name, &digest(&token), &label, by).await?;
    Ok(shown_once(HttpResponse::Created().json(Token { token })))
}

/// Take back every token of an account, sign-ins too.
#[utoipa::path(tag = "accounts", params(("name" = AccountName, Path)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[delete("/accounts/{name}/tokens")]
pub async fn revoke_tokens(
    state: web::Data<ApiState>,
    caller: Caller,
    name: web::Path<AccountName>,
) -> Result<HttpResponse, Problem> {
    existing(&state, &caller, &name).await?;
    account::revoke_all(&state.database, &name, ChangedBy::Account(&caller.account.name)).await?;
    state.sessions.forget(&name);
    Ok(HttpResponse::NoContent().finish())
}

/// Old and new.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The password until now.
    #[schema(max_length = 256)]
    old: String,
    /// The password from now on.
    #[schema(min_length = 12, max_length = 256)]
    new: String,
}

/// Change one's own password. The other sign-ins of the account end.
#[utoipa::path(tag = "accounts", request_body = NewPassword, responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/me/password")]
pub async fn change_password(
    state: web::Data<ApiState>,
    caller: Caller,
    body: web::Json<NewPassword>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let NewPassword { old, new } = body.into_inner();
    let name = &caller.account.name;
    state.sessions.guesses.patience(name.as_str(), &request)?;
    let held = account::find(&state.database, name.as_str()).await?.and_then(|a| a.password_hash);
    if !fits(held, old).await {
        state.sessions.guesses.was_wrong(name.as_str(), &request);
        return Err(
            Problem::new("invalid", said!("this is not your present password; enter it again")).at("old")
        );
    }
    let hash = hashed(new).await.map_err(|p| p.at("new"))?;
    account::change_password(&state.database, name, &hash, caller.token()).await?;
    state.sessions.forget(name);
    Ok(HttpResponse::NoContent().finish())
}

/// An agency's account at the broker; the password is shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrokerAccount {
    /// Its name at the broker.
    pub account: String,
    /// Its password.
    pub password: String,
    /// The virtual host.
    pub vhost: String,
}

/// Make a service's account at the broker, or give it a new password: the old one stops to hold, and connections made with
/// it end.
#[utoipa::path(tag = "accounts", params(("service" = ServiceKey, Path), OfRegion), responses(
    (status = 201, body = BrokerAccount),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
#[post("/services/{service}/broker-account")]
pub async fn broker_account(
    state: web::Data<ApiState>,
    caller: Caller,
    service: web::Path<ServiceKey>,
    query: web::Query<OfRegion>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let region = caller.region(query.region, &state)?;
    let service = known(&state, Some(region), &service)?;
    let national = service_kind::find(service).is_some_and(|kind| kind.national);
    if national && caller.account.region.is_some() {
        return Err(Problem::new(
            "forbidden",
            said!(
                "this service is of the whole country; an administrator of no one region makes its account"
            ),
        )
        .for_request(&request));
    }
    let account = AgencyAccount { region: (!national).then_some(region), service: service.clone() };
    let away = |e: crate::bus::BusError| {
        tracing::warn!(error = %e, "an agency's account could not be made at the broker");
        Problem::new("unavailable", said!("the message broker does not answer; try again in a moment"))
    };
    let management = Management::new(&state.management.0, &state.management.1).map_err(away)?;
    let password: SecretString = random_password();
    management.put_agency(&account, &password).await.map_err(away)?;
    // The broker asks for the password only when somebody connects.
    management.end_connections_of(&account).await.map_err(away)?;
    let by = ChangedBy::Account(&caller.account.name);
    account::note_change(&state.database, &account.name(), ChangeKind::Broker, "new password", by).await?;
    Ok(shown_once(HttpResponse::Created().json(BrokerAccount {
        account: account.name(),
        password: password.expose_secret().to_owned(),
        vhost: state.management.1.clone(),
    })))
}

/// A secret is not kept for a repetition of its request.
fn shown_once(mut response: HttpResponse) -> HttpResponse {
    response.extensions_mut().insert(ShownOnce);
    response
}

/// Passes only those who may change the account as it is now, if there is one.
async fn own_region(
    state: &ApiState,
    caller: &Caller,
    name: &AccountName,
) -> Result<Option<Account>, Problem> {
    let found = account::find(&state.database, name.as_str()).await?;
    if let (Some(own), Some(found)) = (caller.account.region, &found)
        && found.region != Some(own)
    {
        return Err(Problem::new(
            "forbidden",
            said!(
                "the account {name} is not of your region; ask the administrator of its region",
                name = name
            ),
        ));
    }
    Ok(found)
}

async fn existing(state: &ApiState, caller: &Caller, name: &AccountName) -> Result<Account, Problem> {
    let found = own_region(state, caller, name).await?;
    found.ok_or_else(|| Problem::missing(said!("account"), name))
}

async fn hashed(password: String) -> Result<String, Problem> {
    rules::password(&password)?;
    let internal = || Problem::new("internal", said!("the password could not be kept; try again"));
    // Off the event loop: a digest takes tens of milliseconds on purpose.
    web::block(move || Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()))
        .await
        .map_err(|_| internal())?
        .map_err(|_| internal())
}
