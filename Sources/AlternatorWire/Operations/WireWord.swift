/// A word of the wire protocol, such as `ALL_OLD` or `ACTIVE`.
///
/// Open on purpose: a word that this package does not know is kept as it came, so a newer server never makes an
/// answer unreadable, and a caller can send it with `init(rawValue:)`.
public protocol WireWord: RawRepresentable, Hashable, Sendable, CustomStringConvertible where RawValue == String {
    /// The word as it stands on the wire.
    init(rawValue: String)
}

extension WireWord {
    /// The word as it stands on the wire.
    public var description: String { rawValue }
}

/// What a write or an update returns of the item.
///
/// `nil` in a request means the server's default, nothing. Anything but nothing and `updatedNew` makes the server read
/// the item first, which costs a lightweight transaction under the usual write isolation.
public struct ReturnValues: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The whole item as it was before.
    public static let allOld = Self(rawValue: "ALL_OLD")
    /// The whole item as it is afterwards; UpdateItem only.
    public static let allNew = Self(rawValue: "ALL_NEW")
    /// The touched attributes as they were before; UpdateItem only.
    public static let updatedOld = Self(rawValue: "UPDATED_OLD")
    /// The touched attributes as they are afterwards; UpdateItem only.
    public static let updatedNew = Self(rawValue: "UPDATED_NEW")
}

/// What a Query or Scan returns of each item.
///
/// `nil` in a request: `specificAttributes` with a projection, else `allAttributes` on a table and
/// `allProjectedAttributes` on an index.
public struct Select: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Every attribute.
    public static let allAttributes = Self(rawValue: "ALL_ATTRIBUTES")
    /// What the index holds; refused on a table.
    public static let allProjectedAttributes = Self(rawValue: "ALL_PROJECTED_ATTRIBUTES")
    /// What the projection names; refused without one.
    public static let specificAttributes = Self(rawValue: "SPECIFIC_ATTRIBUTES")
    /// Only the number of items.
    public static let count = Self(rawValue: "COUNT")
}

/// How the entries of `Expected`, `QueryFilter` or `ScanFilter` combine; `nil` means `and`.
public struct ConditionalOperator: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// All must hold.
    public static let and = Self(rawValue: "AND")
    /// One must hold.
    public static let or = Self(rawValue: "OR")
}

/// The comparison of a legacy condition.
public struct ComparisonOperator: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Equal.
    public static let equal = Self(rawValue: "EQ")
    /// Not equal, or missing.
    public static let notEqual = Self(rawValue: "NE")
    /// Less or equal.
    public static let lessOrEqual = Self(rawValue: "LE")
    /// Less.
    public static let less = Self(rawValue: "LT")
    /// Greater or equal.
    public static let greaterOrEqual = Self(rawValue: "GE")
    /// Greater.
    public static let greater = Self(rawValue: "GT")
    /// The attribute exists; no operand.
    public static let notNull = Self(rawValue: "NOT_NULL")
    /// The attribute does not exist; no operand.
    public static let null = Self(rawValue: "NULL")
    /// Has a part, a member or an element.
    public static let contains = Self(rawValue: "CONTAINS")
    /// Has no such part, member or element.
    public static let notContains = Self(rawValue: "NOT_CONTAINS")
    /// Begins with a text or with bytes.
    public static let beginsWith = Self(rawValue: "BEGINS_WITH")
    /// Equal to one of the operands.
    public static let `in` = Self(rawValue: "IN")
    /// Two operands, both inclusive.
    public static let between = Self(rawValue: "BETWEEN")
}
