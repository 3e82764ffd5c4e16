//! A statement with the conditions that are asked for and no others, so that the planner sees which index fits.

use tokio_postgres::types::ToSql;

use crate::domain::extent::BoundingBox;

/// A statement that grows condition by condition after its `WHERE`.
pub(super) struct Statement<'a> {
    pub text: String,
    params: Vec<Box<dyn ToSql + Sync + Send + 'a>>,
}

impl<'a> Statement<'a> {
    /// Begins with a text that ends in a condition.
    pub fn new(text: String) -> Self {
        Self { text, params: Vec::new() }
    }

    /// Takes a parameter and gives its place in the text.
    pub fn param(&mut self, param: impl ToSql + Sync + Send + 'a) -> String {
        self.params.push(Box::new(param));
        format!("${}", self.params.len())
    }

    /// `?` in the condition stands for the parameter.
    pub fn and(&mut self, condition: &str, param: impl ToSql + Sync + Send + 'a) {
        let place = self.param(param);
        self.text.push_str(" AND ");
        self.text.push_str(&condition.replace('?', &place));
    }

    /// One of these words; any when there are none.
    pub fn any(&mut self, column: &str, words: &'a [String]) {
        if !words.is_empty() {
            self.and(&format!("{column} = ANY(?)"), words);
        }
    }

    /// So, or not so.
    pub fn flag(&mut self, column: &str, is: bool) {
        self.text.push_str(if is { " AND " } else { " AND NOT " });
        self.text.push_str(column);
    }

    /// The condition that a point lies in a rectangle, or that any other geometry has a part in it.
    pub fn touches(&mut self, column: &str, is_point: bool, within: BoundingBox) -> String {
        let parts: Vec<String> = within
            .parts()
            .map(|corners| {
                let [west, south, east, north] = corners.map(|degrees| self.param(degrees) + "::float8");
                let envelope = format!("ST_MakeEnvelope({west}, {south}, {east}, {north}, 4326)");
                if is_point {
                    format!("{column} && {envelope}")
                } else {
                    format!("ST_Intersects({column}, {envelope})")
                }
            })
            .collect();
        format!("({})", parts.join(" OR "))
    }

    /// The parameters, in their order.
    pub fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.params.iter().map(|p| &**p as &(dyn ToSql + Sync)).collect()
    }
}
