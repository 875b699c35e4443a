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
    @inline(__always)
    func prepare<T: Encodable>(_ value: T, path: () -> [any CodingKey]) throws -> PreparedValue {
        if !TypeFacts.of(T.self).contains(.encodesSpecially) { return .codable }
        return try prepareSpecial(value, path: path)
    }

    /// Whether `prepareSpecial` takes a type.
    static func encodesSpecially(_ type: Any.Type) -> Bool {
        type == String.self || type == Int.self || type == [String].self || type == AttributeValue.self
            || type == AttributeNumber.self || type == Binary.self || type == Float32Vector.self || isFoundation(type)
            || type is any SpecialContainer.Type
    }

    @inline(never)
    private func prepareSpecial<T: Encodable>(_ value: T, path: () -> [any CodingKey]) throws -> PreparedValue {
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
        // Both special containers are one reference; asking a value of another size for a conformance is needless.
        if MemoryLayout<T>.size == MemoryLayout<Set<Int>>.size, let container = value as? any SpecialContainer {
            return try container.prepared(by: self, path: path)
        }
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

    /// The integer a number is, if it is one that both types hold exactly: its digits are the canonical text.
    @inline(__always)
    static func whole(_ value: Double) -> Int? {
        // NaN and infinities are outside the range.
        guard value > -1e15, value < 1e15 else { return nil }
        let whole = Int(value)
        return Double(whole) == value ? whole : nil
    }

    /// Canonical text of a binary number; refuses what the server has not.
    func text<Number: BinaryFloatingPoint & CustomStringConvertible>(
        of value: Number,
        path: () -> [any CodingKey]
    ) throws -> String {
        guard let text = DecimalParts.plainText(ofShortest: value) else {
            throw EncodingError.unstorable(value, at: path())
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
    /// Writes what needs no frame; the member or element has been begun.
    mutating func write(_ prepared: PreparedValue) { buffer.write(prepared) }
}

extension ItemBuffer {
    /// Writes what needs no frame.
    mutating func write(_ prepared: PreparedValue) {
        switch prepared {
        case .string(let text): string(text)
        case .number(let text): number(text)
        case .binary(let bytes): append { $0.attributeValue(.binary(bytes)) }
        case .value(let value): append { $0.attributeValue(value) }
        case .strings(let strings): list(strings)
        case .emptySet, .dictionary, .codable: preconditionFailure("These are written through a frame.")
        }
    }
}
