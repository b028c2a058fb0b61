//! What is kept of a submission: when, to whom, of what, and what AIOS answered.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::condition::time;
use crate::telling::{cut, plain};

/// A submission. Neither the join command nor a header is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// When it ended.
    #[schemars(schema_with = "time")]
    pub time: Time,
    /// The Parser's address.
    #[schemars(length(max = 2048))]
    pub parser: String,
    /// The gateway's address; absent where nothing was read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub gateway: Option<String>,
    /// The SHA-256 of the document as compact JSON, without the join command.
    #[schemars(length(max = 64), regex(pattern = "^[0-9a-f]{64}$"))]
    pub sha256: String,
    /// What AIOS answered, a line for each request.
    #[serde(default)]
    #[schemars(length(max = Receipt::MAX_ANSWERS), inner(length(max = Receipt::MAX_BYTES)))]
    pub answers: Vec<String>,
    /// How many answers from the middle were left out, since there were too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub answers_left_out: u64,
    /// What a newer version says beside it.
    #[serde(flatten)]
    #[schemars(skip)]
    pub newer: Map<String, Value>,
}

impl Receipt {
    /// The most answers that are kept.
    pub const MAX_ANSWERS: usize = 64;

    /// The most bytes that are kept of one.
    pub const MAX_BYTES: usize = 256;

    /// Adds an answer, cut to [`Receipt::MAX_BYTES`]. Of too many the first and the last stay: how
    /// it began and how it ended.
    pub fn answered(&mut self, line: &str) {
        if self.answers.len() >= Self::MAX_ANSWERS {
            self.answers.remove(Self::MAX_ANSWERS / 2);
            self.answers_left_out += 1;
        }
        self.answers.push(cut(&plain(line), Self::MAX_BYTES));
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        let value = serde_json::json!({
            "time": "2026-01-02T03:04:05Z", "parser": "http://p", "sha256": "0".repeat(64),
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn of_too_many_answers_the_first_and_the_last_stay() {
        let mut receipt = receipt();
        for number in 0..100 {
            receipt.answered(&number.to_string());
        }
        let kept: Vec<u32> = receipt.answers.iter().map(|line| line.parse().unwrap()).collect();
        assert_eq!(kept, (0..32).chain(68..100).collect::<Vec<_>>());
        assert_eq!(receipt.answers_left_out, 36);
    }

    #[test]
    fn how_many_were_left_out_is_said_where_some_were() {
        let mut receipt = receipt();
        let said =
            |receipt: &Receipt| serde_json::to_value(receipt).unwrap()["answersLeftOut"].take();
        assert_eq!(said(&receipt), Value::Null);
        for _ in 0..=Receipt::MAX_ANSWERS {
            receipt.answered("a");
        }
        assert_eq!(said(&receipt), 1);
    }

    #[test]
    fn a_long_answer_is_cut_between_two_characters() {
        let mut receipt = receipt();
        receipt.answered(&"x".repeat(256));
        receipt.answered(&"\u{20ac}".repeat(100));
        receipt.answered("two\nlines");
        assert_eq!(receipt.answers[0].len(), 256);
        assert_eq!(receipt.answers[1], "\u{20ac}".repeat(84) + "...");
        assert_eq!(receipt.answers[2], "two\\nlines");
    }
}
