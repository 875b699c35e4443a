/// Where the default of a `Defaulted` attribute comes from.
public protocol DefaultValue {
    associatedtype Value: Codable
    /// The value of an attribute that is missing or NULL.
    static var defaultValue: Value { get }
}

/// Gives a stored property a value where the attribute is missing or NULL.
///
/// Swift's own `var state = "new"` does not help here: a synthesized `init(from:)` throws for a missing attribute
/// all the same.
///
/// ```swift
/// enum NewState: DefaultValue { static var defaultValue: String { "new" } }
/// struct Order: Codable {
///     var id: String
///     @Defaulted<NewState> var state: String
///     @Defaulted<Defaults.Zero<Int>> var visits: Int
/// }
/// ```
@propertyWrapper
public struct Defaulted<Provider: DefaultValue> {
    /// The value.
    public var wrappedValue: Provider.Value

    /// A value given by the program.
    public init(wrappedValue: Provider.Value) { self.wrappedValue = wrappedValue }

    /// The default itself.
    public init() { wrappedValue = Provider.defaultValue }
}

extension Defaulted: Codable {
    /// Reads the value, or takes the default for NULL.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? Provider.defaultValue : try container.decode(Provider.Value.self)
    }

    /// Writes the value as if it were not wrapped.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension Defaulted: Sendable where Provider.Value: Sendable {}
extension Defaulted: Equatable where Provider.Value: Equatable {}
extension Defaulted: Hashable where Provider.Value: Hashable {}

extension KeyedDecodingContainer {
    /// Found by synthesized `init(from:)` in place of the general one, so that a missing attribute is no error.
    public func decode<Provider>(_ type: Defaulted<Provider>.Type, forKey key: Key) throws -> Defaulted<Provider> {
        try decodeIfPresent(type, forKey: key) ?? Defaulted()
    }
}

/// The defaults most models need.
public enum Defaults {
    /// `""`.
    public enum EmptyString: DefaultValue {
        /// The value of a missing attribute.
        public static var defaultValue: String { "" }
    }
    /// `false`.
    public enum False: DefaultValue {
        /// The value of a missing attribute.
        public static var defaultValue: Bool { false }
    }
    /// `true`.
    public enum True: DefaultValue {
        /// The value of a missing attribute.
        public static var defaultValue: Bool { true }
    }
    /// The zero of a number type.
    public enum Zero<Number: Codable & AdditiveArithmetic>: DefaultValue {
        /// The value of a missing attribute.
        public static var defaultValue: Number { .zero }
    }
    /// `[]`.
    public enum EmptyList<Element: Codable>: DefaultValue {
        /// The value of a missing attribute.
        public static var defaultValue: [Element] { [] }
    }
    /// `[:]`.
    public enum EmptyMap<Element: Codable>: DefaultValue {
        /// The value of a missing attribute.
        public static var defaultValue: [String: Element] { [:] }
    }
}
