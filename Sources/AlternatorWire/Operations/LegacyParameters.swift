/// One entry of `Expected`, the condition of a write from before condition expressions.
///
/// Either `comparison` with its operands, or `value` (equal to it) or `exists` (`false`: must be missing).
/// Alternator implements all of it; new code uses `conditionExpression`.
public struct ExpectedAttribute: Sendable, Hashable, WireWritable {
    /// The value to compare with or to write.
    public var value: AttributeValue?
    /// Whether the attribute must be there.
    public var exists: Bool?
    /// How it is compared.
    public var comparisonOperator: ComparisonOperator?
    /// What it is compared with.
    public var attributeValueList: [AttributeValue]

    /// What is expected of one attribute.
    public init(
        value: AttributeValue? = nil,
        exists: Bool? = nil,
        comparisonOperator: ComparisonOperator? = nil,
        attributeValueList: [AttributeValue] = []
    ) {
        self.value = value
        self.exists = exists
        self.comparisonOperator = comparisonOperator
        self.attributeValueList = attributeValueList
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            if let value {
                json.key("Value")
                json.attributeValue(value)
            }
            json.member("Exists", exists)
            json.member("ComparisonOperator", word: comparisonOperator)
            json.member("AttributeValueList", values: attributeValueList)
        }
    }
}

/// One entry of `KeyConditions`, `QueryFilter` or `ScanFilter`, from before expressions.
public struct LegacyCondition: Sendable, Hashable, WireWritable {
    /// How it is compared.
    public var comparisonOperator: ComparisonOperator
    /// The operands: none for `null` and `notNull`, two for `between`, any number for `in`, else one.
    public var attributeValueList: [AttributeValue]

    /// A condition on one attribute.
    public init(_ comparisonOperator: ComparisonOperator, _ attributeValueList: [AttributeValue] = []) {
        self.comparisonOperator = comparisonOperator
        self.attributeValueList = attributeValueList
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("ComparisonOperator", word: comparisonOperator)
            json.member("AttributeValueList", values: attributeValueList)
        }
    }
}

/// One entry of `AttributeUpdates`, the changes of an UpdateItem from before update expressions.
public struct AttributeValueUpdate: Sendable, Hashable, WireWritable {
    /// What to do with the attribute; `nil` in a request means `put`.
    public struct Action: WireWord {
        /// The word as it is sent and received.
        public let rawValue: String
        /// A word, also one that is not among those below.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Sets the attribute.
        public static let put = Self(rawValue: "PUT")
        /// Adds to a number, a set or, on Alternator, a list.
        public static let add = Self(rawValue: "ADD")
        /// Without a value removes the attribute, with one takes elements from a set.
        public static let delete = Self(rawValue: "DELETE")
    }

    /// PUT, ADD or DELETE; `nil` is PUT.
    public var action: Action?
    /// The value to compare with or to write.
    public var value: AttributeValue?

    /// A change of one attribute.
    public init(action: Action? = nil, value: AttributeValue? = nil) {
        self.action = action
        self.value = value
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            if let value {
                json.key("Value")
                json.attributeValue(value)
            }
            json.member("Action", word: action)
        }
    }
}
