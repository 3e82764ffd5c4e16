//! The contract as an AsyncAPI 3 document, drawn from the types themselves, so that it cannot fall behind them.
//!
//! It is written from the agency's side: what it receives and what it sends. A partner needs nothing else.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::topology::IN;
use crate::domain::envelope::{AgencyContent, CONTRACT, ErrorCode, Head, HubContent, Kind, is_sequenced};

const DESCRIPTION: &str = include_str!("contract.md");

/// A direction of the contract.
struct Side {
    prefix: &'static str,
    schema: Value,
    kinds: fn(&str) -> &'static [Kind],
}

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut schemas = BTreeMap::new();
    collect::<Head>(&mut schemas);
    schemas.insert("Head".to_owned(), value(&Head::schema()));
    collect::<HubContent>(&mut schemas);
    collect::<AgencyContent>(&mut schemas);
    let hub = Side { prefix: "hub", schema: value(&HubContent::schema()), kinds: HubContent::kinds_of };
    let agency =
        Side { prefix: "agency", schema: value(&AgencyContent::schema()), kinds: AgencyContent::kinds_of };
    let (mut messages, mut channels, mut operations) = (Map::new(), Map::new(), Map::new());
    let parameters = json!({
        "region": {"description": "The first two digits of the region's KATO code", "examples": ["75"]},
        "service": {"description": "The service (112-R c.3): a kind, or a further desk of it with a word of its own after a \
            hyphen", "examples": ["ambulance", "utilities-gas"]},
    });

    let from_hub = hub.messages(&mut messages);
    channels.insert(
        "fromHub".into(),
        json!({
            "address": "agency.{region}.{service}",
            "title": "What the hub says",
            "description": "The agency's own queue, made by the hub: durable, replicated. Consume it, acknowledge \
                each message when you have stored it, do not requeue.",
            "parameters": parameters,
            "messages": references(&from_hub),
            "bindings": {"amqp": {"is": "queue", "bindingVersion": "0.3.0",
                "queue": {"durable": true, "exclusive": false, "autoDelete": false}}},
        }),
    );
    let to_hub = agency.messages(&mut messages);
    let mut with_kind = parameters;
    with_kind["content_type"] =
        json!({"description": "The content_type of the message", "enum": AgencyContent::CONTENT_TYPES});
    channels.insert(
        "toHub".into(),
        json!({
            "address": "{region}.{service}.{content_type}",
            "title": "What the agency says",
            "description": "The routing key under which the agency publishes to the exchange. The broker lets it \
                publish under its own region and service only.",
            "parameters": with_kind,
            "messages": references(&to_hub),
            "bindings": {"amqp": {"is": "routingKey", "bindingVersion": "0.3.0",
                "exchange": {"name": IN, "type": "topic", "durable": true, "autoDelete": false}}},
        }),
    );
    operations.insert("receive".into(), operation("receive", "fromHub", &from_hub, json!({"ack": true})));
    operations.insert(
        "send".into(),
        operation("send", "toHub", &to_hub, json!({"deliveryMode": 2, "mandatory": true})),
    );
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "hub112: the hub and the agencies of duty-dispatch services",
            "version": CONTRACT.to_string(),
            "description": description(),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "{host}:{port}",
                "pathname": "/{vhost}",
                "protocol": "amqp",
                "protocolVersion": "0.9.1",
                "description": "The hub's RabbitMQ. Account and password come from the hub's administrator.",
                "variables": {
                    "host": {"default": "localhost"}, "port": {"default": "5672"}, "vhost": {"default": "hub112"},
                },
                "security": [{"$ref": "#/components/securitySchemes/account"}],
            },
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "securitySchemes": {"account": {"type": "userPassword",
                "description": "The agency's broker account: agency.<region>.<service>"}},
            "messages": messages,
            "schemas": schemas,
        },
    })
}

impl Side {
    /// Adds a message for each content type; gives their names.
    fn messages(&self, messages: &mut Map<String, Value>) -> Vec<String> {
        let mut names = Vec::new();
        for variant in self.schema["oneOf"].as_array().into_iter().flatten() {
            let content_type = variant["properties"]["content_type"]["enum"][0].as_str().unwrap_or_default();
            let name = format!("{}.{content_type}", self.prefix);
            let kinds = (self.kinds)(content_type);
            let description = variant["description"].as_str().unwrap_or_default();
            let counted = if self.prefix == "hub" && is_sequenced(content_type) {
                " Counted by the recipient's `sequence`."
            } else {
                ""
            };
            messages.insert(
                name.clone(),
                json!({
                    "name": content_type,
                    "title": content_type,
                    "summary": format!("{description}{counted}"),
                    "contentType": "application/json",
                    "correlationId": {"location": "$message.payload#/references",
                        "description": "The distribution id of the message answered"},
                    "payload": {"allOf": [
                        {"$ref": "#/components/schemas/Head"},
                        {
                            "type": "object",
                            "required": ["content_type", "content"],
                            "properties": {
                                "content_type": {"const": content_type},
                                "kind": {"enum": kinds},
                                "content": {"$ref": variant["properties"]["content"]["$ref"]},
                            },
                        },
                    ]},
                }),
            );
            names.push(name);
        }
        names
    }
}

fn operation(action: &str, channel: &str, messages: &[String], amqp: Value) -> Value {
    let mut binding = amqp;
    binding["bindingVersion"] = json!("0.3.0");
    let messages: Vec<Value> =
        messages.iter().map(|m| json!({"$ref": format!("#/channels/{channel}/messages/{m}")})).collect();
    json!({
        "action": action,
        "channel": {"$ref": format!("#/channels/{channel}")},
        "messages": messages,
        "bindings": {"amqp": binding},
    })
}

fn references(messages: &[String]) -> Value {
    let each = |m: &String| (m.clone(), json!({"$ref": format!("#/components/messages/{m}")}));
    Value::Object(messages.iter().map(each).collect())
}

fn collect<T: ToSchema>(into: &mut BTreeMap<String, Value>) {
    let mut found: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut found);
    into.extend(found.iter().map(|(name, schema)| (name.clone(), value(schema))));
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// The rules of the conversation, and every error code with what it means.
fn description() -> String {
    ErrorCode::ALL
        .iter()
        .fold(DESCRIPTION.to_owned(), |text, code| format!("{text}\n- `{code}`: {}", code.meaning()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` of the document, with where it stands.
    fn refs<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(to)) = fields.get("$ref") {
                    found.push(to);
                }
                fields.values().for_each(|v| refs(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| refs(v, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let document = document();
        let mut found = Vec::new();
        refs(&document, &mut found);
        assert!(found.len() > 100, "{}", found.len());
        for to in found {
            let pointer = to.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{to}");
        }
    }

    #[test]
    fn every_content_type_of_both_directions_is_a_message_with_its_kinds() {
        let document = document();
        let messages = document["components"]["messages"].as_object().unwrap();
        let hub = HubContent::CONTENT_TYPES.iter().map(|t| format!("hub.{t}"));
        let agency = AgencyContent::CONTENT_TYPES.iter().map(|t| format!("agency.{t}"));
        let expected: Vec<String> = hub.chain(agency).collect();
        assert_eq!(messages.len(), expected.len());
        for name in expected {
            let kinds = messages[&name].pointer("/payload/allOf/1/properties/kind/enum").unwrap();
            assert!(!kinds.as_array().unwrap().is_empty(), "{name}");
        }
    }

    #[test]
    fn the_document_in_the_repository_is_the_one_of_these_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/hub112.asyncapi.json");
        let generated = format!("{}\n", serde_json::to_string_pretty(&document()).unwrap());
        if std::env::var("HUB112_WRITE_DOCUMENTS").is_ok() {
            std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi")).unwrap();
            std::fs::write(path, &generated).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        let say = "run HUB112_WRITE_DOCUMENTS=1 cargo test --lib asyncapi and look at the difference";
        assert!(kept == generated, "{path} is stale: {say}");
    }
}
