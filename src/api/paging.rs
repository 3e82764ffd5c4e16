//! Lists page by page: how many a page has, where it goes on, and where it ends.

use std::str::FromStr;

use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use crate::domain::said::said;
use crate::store::database::StoreError;

/// How many items a page has.
pub(super) fn limit(asked: Option<i64>) -> Result<i64, Problem> {
    match asked.unwrap_or(50) {
        n @ 1..=200 => Ok(n),
        _ => Err(Problem::new("invalid", said!("a page has 1 to {most} items", most = 200)).at("limit")),
    }
}

/// The end of a page that a caller goes on after.
pub(super) fn page_end<T: FromStr>(after: Option<&str>) -> Result<Option<T>, Problem> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            Problem::new("invalid", said!("this is no end of a page; take the one that the page before gave"))
                .at("after")
        })
    };
    after.map(read).transpose()
}

/// The end of a page for the next one: none when the page is not full.
pub(super) fn next_page<T>(rows: &[T], limit: i64, end: impl Fn(&T) -> String) -> Option<String> {
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == limit);
    rows.last().filter(|_| full).map(end)
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// After the end of a page.
    after: Option<String>,
    /// 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

impl Part {
    /// The rows of this part, as `read` gives them from the end of the page before on, and where the next page goes on.
    pub(super) async fn of<Row, End: FromStr>(
        &self,
        read: impl AsyncFnOnce(Option<End>, i64) -> Result<Vec<Row>, StoreError>,
        end: impl Fn(&Row) -> String,
    ) -> Result<(Vec<Row>, Option<String>), Problem> {
        let (limit, after) = (limit(self.limit)?, page_end::<End>(self.after.as_deref())?);
        let rows = read(after, limit).await?;
        let next = next_page(&rows, limit, end);
        Ok((rows, next))
    }
}
