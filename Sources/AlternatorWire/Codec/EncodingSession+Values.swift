/// What some value is to the encoder before anything is written.
enum PreparedValue {
    case string(String)
    /// Canonical text.
    case number(String)
    case binary([UInt8])
    /// Passed through unchanged.
    case value(AttributeValue)
    /// A set without members: the attribute is left out.
    case emptySet
    /// Strings of a list, the commonest list there is.
    case strings([String])
    /// A dictionary with string keys, written in the order of its names.
    indirect case dictionary(any StringKeyedDictionary)
    /// Anything else: its own `encode(to:)` decides.
    case codable
}

/// The containers of the standard library that are not left to their own `encode(to:)`.
///
/// One protocol for both, because the question whether a type conforms is asked for every value.
protocol SpecialContainer {
    func prepared(by session: EncodingSession, path: () -> [any CodingKey]) throws -> PreparedValue
    var isEmptySet: Bool { get }
}

/// `Set` of anything that can be encoded; arrays look the same to `Codable`, so only the static type tells.
extension Set: SpecialContainer where Element: Encodable {
    var isEmptySet: Bool { isEmpty }

    func prepared(by session: EncodingSession, path: () -> [any CodingKey]) throws -> PreparedValue {
        if isEmpty { return .emptySet }
        do {
            let members = try map { member throws in try session.options.attribute(of: member) }
            return session.prepareSet(members)
        } catch {
            throw EncodingError.refused(Self.self, "a set with a member that cannot be encoded", at: path())
        }
    }
}

/// A dictionary whose keys are strings; written sorted, so that equal values give equal bytes.
protocol StringKeyedDictionary {
    func forEachSorted(_ body: (_ name: String, _ value: any Encodable) throws -> Void) rethrows
}

extension Dictionary: SpecialContainer, StringKeyedDictionary where Key == String, Value: Encodable {
    var isEmptySet: Bool { false }

    func prepared(by session: EncodingSession, path: () -> [any CodingKey]) -> PreparedValue { .dictionary(self) }

    func forEachSorted(_ body: (_ name: String, _ value: any Encodable) throws -> Void) rethrows {
        for name in keys.sorted(by: JSONWriter.precedes) {
            guard let value = self[name] else { continue }
            try body(name, value)
        }
    }
}

extension EncodingSession {
    /// Sorts a value into what is written directly and what encodes itself.
    func prepare<T: Encodable>(_ value: T, path: () -> [any CodingKey]) throws -> PreparedValue {
        if T.self == String.self, let text = value as? String { return .string(text) }
        if T.self == Int.self, let number = value as? Int { return .number(String(number)) }
        if T.self == [String].self, let strings = value as? [String] { return .strings(strings) }
        if T.self == AttributeValue.self, let attribute = value as? AttributeValue { return .value(attribute) }
        if T.self == AttributeNumber.self, let number = value as? AttributeNumber { return .number(number.canonical) }
        if T.self == Binary.self, let binary = value as? Binary { return .binary(binary.bytes) }
        if T.self == Float32Vector.self, let vector = value as? Float32Vector {
            guard vector.components.allSatisfy(\.isFinite) else {
                throw EncodingError.refused(type(of: value), "a vector with a component that is not finite", at: path())
            }
            return .value(.float32Vector(vector.components))
        }
        if let special = try prepareFoundation(value, path: path) { return special }
        if let container = value as? any SpecialContainer { return try container.prepared(by: self, path: path) }
        return .codable
    }

    /// SS, NS or BS where all members are of one of these types, else an L in the order of the members' bytes.
    func prepareSet(_ members: [AttributeValue]) -> PreparedValue {
        let strings = members.compactMap(\.stringValue)
        if strings.count == members.count { return .value(.stringSet(Set(strings))) }
        let numbers = members.compactMap(\.numberValue)
        if numbers.count == members.count { return .value(.numberSet(Set(numbers))) }
        let binaries = members.compactMap(\.binaryValue)
        if binaries.count == members.count { return .value(.binarySet(Set(binaries))) }
        let sorted = members.map { member in
            var writer = JSONWriter()
            writer.attributeValue(member)
            return (bytes: writer.bytes, member)
        }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        return .value(.list(sorted.map(\.1)))
    }

    /// Canonical text of a binary number; refuses what the server has not.
    func text<Number: BinaryFloatingPoint & CustomStringConvertible>(
        of value: Number,
        path: () -> [any CodingKey]
    ) throws -> String {
        guard let text = DecimalParts.plainText(ofShortest: value) else {
            let reason =
                value.isFinite
                ? "a number outside the magnitudes 1E-130 to 9.9E+125" : "\(Number.self) is NaN or infinite"
            throw EncodingError.refused(type(of: value), reason, at: path())
        }
        return text
    }

    /// Text of an integer of 128 bits, of at most 38 significant digits.
    func text(ofWide value: some BinaryInteger, path: () -> [any CodingKey]) throws -> String {
        guard let number = AttributeNumber(exactly: value) else {
            throw EncodingError.refused(type(of: value), "an integer of more than 38 significant digits", at: path())
        }
        return number.description
    }

    /// Whether a value passed through stays within the nesting limit, counted from `depth` containers around it.
    func checkDepth(of value: AttributeValue, inside depth: Int, path: () -> [any CodingKey]) throws {
        guard !EncodingSession.isDeeper(value, than: options.maximumDepth - depth) else {
            throw EncodingError.refused(
                AttributeValue.self,
                "nested more than \(options.maximumDepth) levels deep",
                at: path()
            )
        }
    }

    private static func isDeeper(_ value: AttributeValue, than limit: Int) -> Bool {
        switch value {
        case .list(let elements): limit <= 0 || elements.contains { isDeeper($0, than: limit - 1) }
        case .map(let members): limit <= 0 || members.values.contains { isDeeper($0, than: limit - 1) }
        default: false
        }
    }
}

extension EncodingState {
    // MARK: Writing prepared values

    /// Writes what needs no frame; the member or element has been begun.
    mutating func write(_ prepared: PreparedValue) {
        switch prepared {
        case .string(let text): string(text)
        case .number(let text): number(text)
        case .binary(let bytes):
            writer.raw("{\"B\":")
            writer.base64(bytes)
            writer.byte(UInt8(ascii: "}"))
        case .value(let value): writer.attributeValue(value)
        case .strings(let strings):
            writer.raw("{\"L\":[")
            var isFirst = true
            for text in strings {
                if !isFirst { writer.byte(UInt8(ascii: ",")) }
                isFirst = false
                string(text)
            }
            writer.raw("]}")
        case .emptySet, .dictionary, .codable: preconditionFailure("These are written through a frame.")
        }
    }

    @inline(__always)
    mutating func string(_ text: String) {
        writer.stringValue(text)
    }

    /// `text` is a number in canonical form.
    @inline(__always)
    mutating func number(_ text: String) {
        writer.numberValue(text)
    }

    @inline(__always)
    mutating func integer(_ value: Int) {
        writer.integerValue(value)
    }

    mutating func bool(_ value: Bool) { writer.raw(value ? "{\"BOOL\":true}" : "{\"BOOL\":false}") }

    mutating func null() { writer.raw("{\"NULL\":true}") }

    // MARK: A member or element with its value

    mutating func member(_ frame: Int, _ name: String, string text: String) throws {
        try member(frame, name)
        string(text)
    }

    mutating func member(_ frame: Int, _ name: String, number text: String) throws {
        try member(frame, name)
        number(text)
    }

    mutating func member(_ frame: Int, _ name: String, integer value: Int) throws {
        try member(frame, name)
        integer(value)
    }

    mutating func member(_ frame: Int, _ name: String, bool flag: Bool) throws {
        try member(frame, name)
        bool(flag)
    }

    mutating func memberNull(_ frame: Int, _ name: String) throws {
        try member(frame, name)
        null()
    }

    mutating func element(_ frame: Int, string text: String) throws {
        try element(frame)
        string(text)
    }

    mutating func element(_ frame: Int, number text: String) throws {
        try element(frame)
        number(text)
    }

    mutating func element(_ frame: Int, integer value: Int) throws {
        try element(frame)
        integer(value)
    }

    mutating func single(_ frame: Int, string text: String) throws {
        try single(frame)
        string(text)
    }

    mutating func single(_ frame: Int, number text: String) throws {
        try single(frame)
        number(text)
    }

    mutating func single(_ frame: Int, integer value: Int) throws {
        try single(frame)
        integer(value)
    }
}
