import Foundation
import Testing

/// A vector file of `Resources`, as JSON.
///
/// Tests walk whatever cases a file has; none depends on how many there are, on their order or on their names.
struct Vectors {
    let root: Any

    init(_ name: String) throws {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Resources"))
        root = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    }

    init(root: Any) { self.root = root }

    /// The member of that name; `NSNull` and a missing member are both `nil`.
    subscript(_ name: String) -> Vectors? {
        guard let value = (root as? [String: Any])?[name], !(value is NSNull) else { return nil }
        return Vectors(root: value)
    }

    var string: String? { root as? String }
    var int: Int? { root as? Int }
    var bool: Bool? { root as? Bool }
    var strings: [String]? { root as? [String] }
    var ints: [Int]? { root as? [Int] }
    /// A 64-bit number, written as text since JSON numbers lose bits.
    var int64: Int64? { string.flatMap { Int64($0) } }
    var members: [String: Vectors]? { (root as? [String: Any])?.mapValues(Vectors.init(root:)) }

    /// The elements of an array that must not be empty, since a test over no case proves nothing.
    func cases(_ name: String) throws -> [Vectors] {
        let array = try #require((root as? [String: Any])?[name] as? [Any])
        try #require(!array.isEmpty)
        return array.map(Vectors.init(root:))
    }

    /// The member, which must be there.
    func need(_ name: String) throws -> Vectors { try #require(self[name], "missing member \(name)") }
}

/// Bytes from hexadecimal digits.
func bytes(hex: String) -> [UInt8] {
    var result: [UInt8] = []
    var digits = hex[...]
    while digits.count >= 2 {
        result.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
        digits = digits.dropFirst(2)
    }
    return result
}
