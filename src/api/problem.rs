//! Errors as problem documents (RFC 9457), in the caller's language: what is wrong and what to do.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::agency_inbox::NotTaken;
use crate::actors::region_hub::OrderError;
use crate::domain::decision::Refusal;
use crate::domain::envelope::ErrorCode;
use crate::domain::ids::{DistributionId, IdError};
use crate::domain::names::Language;
use crate::domain::said::{Said, said};
use crate::domain::unfit::unfit;
use crate::store::account::Role;
use crate::store::append::JournalError;
use crate::store::database::StoreError;

use super::door::etag;

mod intake;
mod reading;

pub(super) use reading::{of_bytes, of_extractor};

/// A problem document.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Problem {
    /// A name of the kind of problem, stable for programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:hub112:problem:not-found")]
    pub kind: String,
    /// The kind of problem in the caller's language.
    pub title: Box<str>,
    /// The HTTP status.
    #[schema(value_type = u16, minimum = 400, maximum = 599)]
    pub status: u16,
    /// What exactly is wrong, and what to do, in the caller's language.
    pub detail: Box<str>,
    /// The field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Box<str>>,
    /// Why the contract with agencies refuses a message: for the agency's program, the same as over AMQP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// The message of an agency that was refused, where its id was readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<Box<DistributionId>>,
    /// What the reader of the request said of it, in its own words: for whoever mends the caller's program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parser: Option<Box<str>>,
    #[serde(skip)]
    said: Box<Said>,
    #[serde(skip)]
    retry_after: Option<u8>,
    /// What is to be changed has this version now.
    #[serde(skip)]
    version: Option<Box<u64>>,
}

/// Kinds of problem with their status and titles (Kazakh, Russian, English).
const KINDS: &[(&str, u16, [&str; 3])] = &[
    ("malformed", 400, ["Сұрау оқылмайды", "Запрос не читается", "The request cannot be read"]),
    ("unauthenticated", 401, ["Алдымен жүйеге кіріңіз", "Сначала войдите", "Sign in first"]),
    ("forbidden", 403, ["Сізге рұқсат жоқ", "Вам это не разрешено", "You may not do this"]),
    ("not-found", 404, ["Табылмады", "Не найдено", "Not found"]),
    ("method-not-allowed", 405, ["Мұндай әрекет жоқ", "Такого действия нет", "No such action here"]),
    (
        "conflict",
        409,
        [
            "Қазіргі күйге сәйкес келмейді",
            "Не подходит к нынешнему состоянию",
            "It does not fit the present state",
        ],
    ),
    (
        "under-way",
        409,
        [
            "Осы кілтпен сұрау әлі орындалуда",
            "Запрос с этим ключом ещё выполняется",
            "A request with this key is still under way",
        ],
    ),
    (
        "stale",
        412,
        [
            "Басқа біреу өзгертіп қойған: қайта оқыңыз",
            "Кто-то уже изменил: прочитайте заново",
            "Somebody has changed it: read it again",
        ],
    ),
    ("too-large", 413, ["Тым үлкен", "Слишком велико", "Too large"]),
    (
        "unsupported-media",
        415,
        ["application/json жіберіңіз", "Пришлите application/json", "Send application/json"],
    ),
    ("invalid", 422, ["Мән жарамсыз", "Недопустимое значение", "A value is not valid"]),
    ("refused", 422, ["Хабарлама қабылданбады", "Сообщение не принято", "The message was not taken"]),
    (
        "key-reused",
        422,
        [
            "Бұл кілт басқа сұрауға қолданылған",
            "Этот ключ уже использован для другого запроса",
            "The key was used for another request",
        ],
    ),
    ("version-needed", 428, ["If-Match керек", "Нужен If-Match", "If-Match is needed"]),
    ("too-many", 429, ["Тым жиі; күте тұрыңыз", "Слишком часто; подождите", "Too often; wait"]),
    (
        "internal",
        500,
        [
            "Ішкі қате; әкімшіге айтыңыз",
            "Внутренняя ошибка; сообщите администратору",
            "Internal error; tell the administrator",
        ],
    ),
    (
        "unavailable",
        503,
        [
            "Қазір болмайды; сәл кейін қайталаңыз",
            "Сейчас недоступно; повторите чуть позже",
            "Not available now; try again in a moment",
        ],
    ),
];

impl Problem {
    /// A problem of a kind of the table, in English until its reader's language is known.
    #[must_use]
    pub fn new(kind: &str, said: Said) -> Self {
        let (name, status, titles) = KINDS.iter().find(|(name, _, _)| *name == kind).copied().unwrap_or((
            "internal",
            500,
            ["Ішкі қате", "Внутренняя ошибка", "Internal error"],
        ));
        Self {
            kind: format!("urn:hub112:problem:{name}"),
            title: titles[2].into(),
            status,
            detail: said.to_string().into(),
            field: None,
            code: None,
            references: None,
            parser: None,
            said: Box::new(said),
            retry_after: (status == 503 || status == 429 || name == "under-way").then_some(1),
            version: None,
        }
    }

    /// There is no such thing.
    #[must_use]
    pub fn missing(what: Said, id: impl fmt::Display) -> Self {
        Self::new(
            "not-found",
            said!("there is no {what} {id} here; read again what there is", what => what, id = id),
        )
    }

    /// The caller has none of the roles that may do this.
    #[must_use]
    pub fn of_roles(may: &[Role]) -> Self {
        let any =
            may.iter().copied().map(word).reduce(|a, b| said!("{one} or {other}", one => a, other => b));
        let detail = match any {
            Some(roles) => said!("this needs the role {roles}; ask somebody who has it", roles => roles),
            None => said!("no role may do this"),
        };
        Self::new("forbidden", detail)
    }

    /// The problem that a status says, where somebody else found it, in words of their own.
    #[must_use]
    pub fn of_status(status: StatusCode, words: &str) -> Self {
        let kind = KINDS.iter().find(|(_, known, _)| *known == status.as_u16()).map_or_else(
            || if status.is_server_error() { "internal" } else { "malformed" },
            |(kind, _, _)| kind,
        );
        let problem =
            Self::new(kind, said!("the request cannot be served; check its address and what it sends"));
        if words.is_empty() { problem } else { problem.parsed(words) }
    }

    /// With the words of who read the request.
    #[must_use]
    pub fn parsed(mut self, words: &str) -> Self {
        self.parser = Some(words.into());
        self
    }

    /// Naming the field at fault.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.into());
        self
    }

    /// To be tried again after so many seconds.
    #[must_use]
    pub fn after(mut self, seconds: u8) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// In a language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.detail = self.said.in_language(language).into();
        let name = self.kind.rsplit(':').next().unwrap_or_default().to_owned();
        if let Some((_, _, titles)) = KINDS.iter().find(|(kind, _, _)| *kind == name) {
            let title = match language {
                Language::Kk => titles[0],
                Language::Ru => titles[1],
                Language::En => titles[2],
            };
            self.title = title.into();
        }
        self
    }

    /// In the language that the request asks for.
    #[must_use]
    pub fn for_request(self, request: &HttpRequest) -> Self {
        let accept =
            request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("en");
        self.in_language(Language::from_accept(accept))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code()).json(self);
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(u16::from(seconds)));
        }
        if let Some(version) = self.version.as_deref().copied() {
            response.headers_mut().insert(header::ETAG, etag(version));
        }
        response
    }
}

fn word(role: Role) -> Said {
    match role {
        Role::DutyOfficer => said!("duty officer"),
        Role::Agency => said!("agency dispatcher"),
        Role::Manager => said!("manager"),
        Role::Administrator => said!("administrator"),
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match &refusal {
            Refusal::NotFound { .. } => "not-found",
            Refusal::Conflict(_) | Refusal::Taken(_) => "conflict",
            Refusal::Forbidden(_) | Refusal::PersonNeeded => "forbidden",
            Refusal::Invalid { .. } => "invalid",
            Refusal::Stale { .. } => "stale",
        };
        let problem = Self::new(kind, refusal.said());
        match refusal {
            Refusal::Invalid { field, .. } => problem.at(field),
            Refusal::Stale { actual, .. } => Self { version: actual.map(Box::new), ..problem },
            _ => problem,
        }
    }
}

impl From<OrderError> for Problem {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::Refused(refusal) => refusal.into(),
            OrderError::NotHere(region) => Self::new(
                "not-found",
                said!("the hub of region {region} does not run here; name one that does", region = region),
            ),
            OrderError::Busy | OrderError::Failed | OrderError::Journal(JournalError::Busy) => {
                Self::new("unavailable", said!("the hub is overloaded; send it again in a moment"))
            }
            OrderError::Journal(JournalError::Closed) => {
                Self::new("unavailable", said!("the hub is stopping; send it again in a moment"))
            }
            OrderError::Journal(JournalError::DuplicateKey { key, .. }) => Self::new(
                "conflict",
                said!("the key {key} was used before; take a new key for each request", key = key),
            ),
            OrderError::Load(e) => {
                tracing::error!(error = %e, "a card could not be read again");
                Self::new(
                    "unavailable",
                    said!("the card cannot be read now; nothing has changed; try again in a moment"),
                )
            }
            OrderError::Journal(e) => {
                tracing::error!(error = %e, "the journal did not take a command");
                Self::new(
                    "unavailable",
                    said!("it could not be made durable; nothing has changed; try again in a moment"),
                )
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        // The server's words stay in the log.
        if error.is_of_the_data() {
            tracing::warn!(%error, "the database cannot hold or look for what was sent");
            return Self::new("invalid", said!("a value does not fit; correct it"));
        }
        tracing::error!(%error, "the database did not answer");
        Self::new(
            "unavailable",
            said!("the database does not answer; nothing has changed; try again in a moment"),
        )
    }
}

impl From<NotTaken> for Problem {
    fn from(NotTaken { code, detail, references }: NotTaken) -> Self {
        let kind = if code == ErrorCode::Unavailable { "unavailable" } else { "refused" };
        Self { code: Some(code), references: references.map(Box::new), ..Self::new(kind, detail) }
    }
}

impl From<IdError> for Problem {
    fn from(error: IdError) -> Self {
        let words = error.to_string();
        Self::new("invalid", unfit(&words)).parsed(&words)
    }
}
