// The one place of this module with unsafe code. A key path spells a property's *name*, the server wants the
// *coding key's text*, and the link between them is the case name of the model's `CodingKeys`. Swift has no
// public way to list the cases of an enum that is not `CaseIterable` (synthesised CodingKeys are not), nor to
// read a case's name when the type describes itself otherwise (CodingKey does). Macros would need a package
// from outside. So the number of cases is read from the type's metadata and their names from the runtime;
// `isTrustworthy` checks both on known enums first. Where it is false, names have to be given by hand.

/// The runtime's name of an enum case; `nil` where reflection metadata was left out of the build.
@_silgen_name("swift_EnumCaseName")
private func runtimeCaseName<Value>(_ value: Value) -> UnsafePointer<CChar>?

/// Lists the cases of an enum without payloads.
enum EnumCases {
    /// The cases of `type` in declaration order with their names in source; `nil` if it is no enum, has payloads, or
    /// cannot be read.
    static func list<E>(_ type: E.Type) -> [(name: String, value: E)]? {
        guard let count = caseCount(type), MemoryLayout<E>.size <= 2, MemoryLayout<E>.alignment <= 16 else {
            return nil
        }
        var cases: [(name: String, value: E)] = []
        cases.reserveCapacity(count)
        for tag in 0..<count {
            // Not `unsafeBitCast` from an integer: the 6.3 optimiser crashes on it for an opaque E.
            let value = unsafe withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { buffer in
                unsafe buffer.storeBytes(of: UInt64(tag).littleEndian, as: UInt64.self)
                return unsafe buffer.load(as: E.self)
            }
            guard let name = unsafe runtimeCaseName(value) else { return nil }
            unsafe cases.append((String(cString: name), value))
        }
        return cases
    }

    /// Whether the layout assumed here is the running program's: known enums must read back as declared.
    static let isTrustworthy: Bool =
        texts(Several.self) == ["alpha": "alpha", "beta": "b", "gamma": "alpha2"] && texts(Single.self) == ["only": "o"]
        && list(Payload.self) == nil && list(Int.self) == nil

    private enum Several: String, CodingKey { case alpha, beta = "b", gamma = "alpha2" }
    private enum Single: String, CodingKey { case only = "o" }
    private enum Payload { case none, some(Int) }

    private static func texts<Key: CodingKey>(_ type: Key.Type) -> [String: String]? {
        list(type).map { Dictionary($0.map { ($0.name, $0.value.stringValue) }) { first, _ in first } }
    }

    /// Number of cases of an enum whose cases all lack payloads.
    ///
    /// Layout from the Swift repository, docs/ABI/TypeMetadata.rst: a metadata record starts with its kind (0x201 for
    /// an enum) and a pointer to the context descriptor, whose words at 20 and 24 count payload cases (low 24 bits)
    /// and empty cases.
    private static func caseCount(_ type: Any.Type) -> Int? {
        let metadata = unsafe unsafeBitCast(type, to: UnsafePointer<Int>.self)
        guard unsafe metadata[0] == 0x201, let descriptor = unsafe UnsafeRawPointer(bitPattern: metadata[1]) else {
            return nil
        }
        let payloadCases = unsafe descriptor.load(fromByteOffset: 20, as: UInt32.self) & 0x00FF_FFFF
        let emptyCases = unsafe descriptor.load(fromByteOffset: 24, as: UInt32.self)
        guard payloadCases == 0, emptyCases <= 65536 else { return nil }
        return Int(emptyCases)
    }
}
