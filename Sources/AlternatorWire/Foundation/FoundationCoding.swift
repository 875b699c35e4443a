import FoundationEssentials

extension EncodingSession {
    /// Foundation's types whose own `encode(to:)` would give something else: bytes as numbers, URL as a map,
    /// seconds since 2001.
    func prepareFoundation<T: Encodable>(_ value: T, path: () -> [any CodingKey]) throws -> PreparedValue? {
        if T.self == Date.self, let date = value as? Date { return try prepare(date, path: path) }
        if T.self == Data.self, let data = value as? Data { return .binary([UInt8](data)) }
        if T.self == UUID.self, let id = value as? UUID { return .string(id.uuidString) }
        if T.self == URL.self, let url = value as? URL { return .string(url.absoluteString) }
        if T.self == Decimal.self, let decimal = value as? Decimal {
            guard let number = AttributeNumber(decimal) else {
                throw EncodingError.refused(type(of: value), "a Decimal that is NaN or has no exact N", at: path())
            }
            return .number(number.description)
        }
        return nil
    }

    private func prepare(_ date: Date, path: () -> [any CodingKey]) throws -> PreparedValue {
        switch options.dateFormat.kind {
        case .epochSeconds:
            guard let number = DateText.epochSeconds(date) else {
                throw EncodingError.refused(Date.self, "a Date that is not finite", at: path())
            }
            return .number(number.description)
        case .iso8601:
            guard let text = DateText.iso8601(date) else {
                throw EncodingError.refused(Date.self, "a Date outside the years 0 to 9999", at: path())
            }
            return .string(text)
        }
    }
}

extension EncodingSession {
    /// Whether `prepareFoundation` and `decodeFoundation` take a type.
    static func isFoundation(_ type: Any.Type) -> Bool {
        type == Date.self || type == Data.self || type == UUID.self || type == URL.self || type == Decimal.self
    }
}

extension DecodingSession {
    /// The counterpart of `prepareFoundation`; `nil` where the type is none of Foundation's.
    func decodeFoundation(_ type: Any.Type, at node: Int) throws -> Any? {
        if type == Date.self { return try date(at: node) }
        if type == Data.self { return Data(try binary(at: node, for: type)) }
        if type == UUID.self {
            guard let id = UUID(uuidString: try string(at: node, for: type)) else {
                throw corrupted("the string is not a UUID", at: node)
            }
            return id
        }
        if type == URL.self {
            guard let url = URL(string: try string(at: node, for: type)) else {
                throw corrupted("the string is not a URL", at: node)
            }
            return url
        }
        if type == Decimal.self {
            guard let decimal = Decimal(exactly: try attributeNumber(at: node, for: type)) else {
                throw corrupted("the number does not fit into Decimal without loss", at: node)
            }
            return decimal
        }
        return nil
    }

    /// N or S, whichever was written.
    private func date(at node: Int) throws -> Date {
        if kind(of: node) == .string {
            guard let date = DateText.date(iso8601: try string(at: node, for: Date.self)) else {
                throw corrupted("the string is not an ISO 8601 date", at: node)
            }
            return date
        }
        return DateText.date(epochSeconds: try attributeNumber(at: node, for: Date.self))
    }
}
