import AlternatorWire

/// What the parsers of expressions promise: what they understand, written down, they understand the same way.
enum ExpressionProperties {
    static func check(_ input: [UInt8]) -> String? {
        let text = String(decoding: input, as: UTF8.self)
        if let condition = try? ConditionExpression.parse(text) {
            let again = try? ConditionExpression.parse(condition.description)
            // The text may have grown over the limit of 4096 bytes by what was left out for brevity.
            if again != condition, condition.description.utf8.count <= 4096 { return "condition: \(condition)" }
        }
        if let update = try? UpdateExpression.parse(text) {
            let again = try? UpdateExpression.parse(update.description)
            if again != update, update.description.utf8.count <= 4096 { return "update: \(update)" }
        }
        if let projection = try? ProjectionExpression.parse(text) {
            let again = try? ProjectionExpression.parse(projection.description)
            if again != projection, projection.description.utf8.count <= 4096 { return "projection: \(projection)" }
        }
        return nil
    }
}
