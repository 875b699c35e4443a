import AlternatorWire

/// Where a query or scan stopped: opaque text, safe in URLs, and valid for the same query only.
///
/// It carries the key of the last item and a fingerprint of table, index, direction, key condition and segments; used
/// with another query it is refused with `.tokenMismatch` before anything is sent. It is not encrypted: keys of items can
/// be read from it.
public struct PageToken: Sendable, Hashable, Codable, CustomStringConvertible, LosslessStringConvertible {
    /// The token as text, for a URL or a cookie.
    public let description: String

    /// Takes any text; whether it is a token of the query is found when it is used.
    public init(_ description: String) { self.description = description }

    /// Reads the text.
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// How far one segment was read; an unsegmented read is one segment.
enum SegmentProgress: Sendable, Equatable {
    case notStarted
    /// The JSON of the key to go on after.
    case after([UInt8])
    case finished
}

/// The inside of a token: a version, the query's fingerprint, and a JSON array with one entry per segment
/// (`null` not started, `0` finished, else the key).
struct TokenContent: Equatable {
    let fingerprint: UInt64
    let segments: [SegmentProgress]

    private static let version: UInt8 = 1

    init(fingerprint: UInt64, segments: [SegmentProgress]) {
        self.fingerprint = fingerprint
        self.segments = segments
    }

    var token: PageToken {
        var bytes: [UInt8] = [Self.version]
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: fingerprint >> shift))
        }
        bytes.append(UInt8(ascii: "["))
        for (number, segment) in segments.enumerated() {
            if number > 0 { bytes.append(UInt8(ascii: ",")) }
            switch segment {
            case .notStarted: bytes += Array("null".utf8)
            case .finished: bytes.append(UInt8(ascii: "0"))
            case .after(let key): bytes += key
            }
        }
        bytes.append(UInt8(ascii: "]"))
        return PageToken(Base64URL.encode(bytes))
    }

    /// Reads a token of this very query; anything else is `.tokenMismatch`.
    init(_ token: PageToken, fingerprint: UInt64, segments count: Int) throws(AlternatorError) {
        guard let bytes = Base64URL.decode(token.description), bytes.count > 9, bytes[0] == Self.version else {
            throw AlternatorError(.tokenMismatch, message: "The text given as a page token is none.")
        }
        let found = bytes[1...8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard found == fingerprint else {
            throw AlternatorError(
                .tokenMismatch,
                message: "The page token belongs to another query: table, index, direction, key condition and "
                    + "segments must be those of the query that gave it."
            )
        }
        guard let segments = Self.segments(in: bytes), segments.count == count else {
            throw AlternatorError(.tokenMismatch, message: "The page token is damaged.")
        }
        self.init(fingerprint: fingerprint, segments: segments)
    }

    private static func segments(in bytes: [UInt8]) -> [SegmentProgress]? {
        var reader = JSONReader(bytes, from: 9)
        var segments: [SegmentProgress] = []
        do {
            try reader.beginArray()
            while try reader.nextElement() {
                if try reader.readNull() {
                    segments.append(.notStarted)
                } else if reader.offset < bytes.count, bytes[reader.offset] == UInt8(ascii: "0") {
                    try reader.skipValue()
                    segments.append(.finished)
                } else {
                    let start = reader.offset
                    guard try !reader.readItem().isEmpty else { return nil }
                    segments.append(.after(Array(bytes[start..<reader.offset])))
                }
            }
            try reader.finish()
        } catch {
            return nil
        }
        return segments
    }
}

/// Base64 with the alphabet for URLs and without padding (RFC 4648, section 5).
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 4 / 3 + 3)
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes; `nil` for characters outside the alphabet, an impossible length, or bits that are not zero at the end.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            let value = values[Int(character)]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return count < 6 && bits == 0 ? bytes : nil
    }
}

/// FNV-1a over 64 bits: stable over processes and machines, unlike `Hasher`.
struct Fingerprint {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // A separator, so that "ab" + "c" differs from "a" + "bc".
        value = (value ^ 0xFF) &* 0x100_0000_01B3
    }

    mutating func add(_ text: String) { add(text.utf8) }
}
