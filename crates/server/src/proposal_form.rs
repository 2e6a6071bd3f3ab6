//! What a proposal's form asks of several fields together, in the words of JSON Schema.
//!
//! The schemas of events say what each field is. An event that was recorded has passed the checks that the rules make
//! first of all; whoever writes one wants to be told of them.

use serde_json::{Value, json};

/// Lists that hold at least one thing.
const NOT_EMPTY: [&str; 5] = ["despite", "successors", "draws", "spends", "obtains"];

/// Adds to the schema of a proposal what its fields have to do with each other.
pub(crate) fn put_joint_rules(schema: &mut Value) {
    for name in NOT_EMPTY {
        if let Some(list) = schema["properties"].get_mut(name) {
            list["minItems"] = 1.into();
        }
    }
    let has = |name: &str| schema["properties"].get(name).is_some();
    let despite = has("despite");
    let donor = has("donor") && has("display");
    let supplier = has("supplier");
    if despite {
        schema["dependentRequired"] = json!({"despite": ["reason"], "reason": ["despite"]});
    }
    let mut rule = |when: Value, then: Value| {
        schema["if"] = when;
        schema["then"] = then;
    };
    if donor {
        // Who is not named is not named.
        let anonymous = json!({"properties": {"display": {"const": "anonymous"}}, "required": ["display"]});
        rule(anonymous, json!({"not": {"required": ["donor"]}}));
    }
    if supplier {
        // Of a supplier who is a natural person only the paper is vouched for.
        rule(
            json!({"not": {"required": ["supplier"]}}),
            json!({"required": ["commitment"]}),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_go_together_are_said_to() {
        let mut schema =
            json!({"properties": {"despite": {"type": "array"}, "reason": {}, "donor": {}, "display": {}}});
        put_joint_rules(&mut schema);
        assert_eq!(
            schema["properties"]["despite"],
            json!({"type": "array", "minItems": 1})
        );
        assert_eq!(schema["dependentRequired"]["reason"], json!(["despite"]));
        assert_eq!(schema["then"], json!({"not": {"required": ["donor"]}}));
        let mut schema = json!({"properties": {"supplier": {}, "spends": {"type": "array"}}});
        put_joint_rules(&mut schema);
        assert_eq!(schema["then"], json!({"required": ["commitment"]}));
        assert_eq!(schema["properties"]["spends"]["minItems"], 1);
        let mut schema = json!({"properties": {"reason": {}}});
        put_joint_rules(&mut schema);
        assert_eq!(schema, json!({"properties": {"reason": {}}}));
    }
}
