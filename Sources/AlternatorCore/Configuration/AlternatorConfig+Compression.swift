import AlternatorTransport

extension AlternatorConfig {
    /// Whether bodies of requests are packed.
    public enum RequestCompression: Sendable, Hashable {
        /// They are sent as they are.
        case off
        /// They are sent with `Content-Encoding: gzip`, which needs ScyllaDB 2026.1 or newer.
        ///
        /// Packed before the signature, once for all attempts of a call, in the caller's task.
        ///
        /// - Parameters:
        ///   - level: 1 is fast, 9 is small: about 9, 15 and 17 µs for 4 KB at levels 1, 6 and 9.
        ///   - minimumSize: bodies of fewer bytes are sent as they are; empty ones always are.
        case gzip(level: Int = 6, minimumSize: Int = 1024)

        /// Why it cannot be used; `nil` if it can.
        var problem: String? {
            guard case .gzip(let level, let minimumSize) = self else { return nil }
            if !(1...9).contains(level) { return "the level \(level) is not within 1...9" }
            return minimumSize < 0 ? "the minimumSize \(minimumSize) is negative" : nil
        }
    }

    /// Which packed answers are asked for, the preferred one first: `[.gzip, .deflate]`.
    ///
    /// The server packs answers of 4 KiB and more, at level 6, and takes the first of those it is asked for.
    /// They are unpacked in the caller's task.
    public struct ResponseCompression: Sendable, Hashable, ExpressibleByArrayLiteral {
        /// A way to pack an answer.
        public enum Coding: String, Sendable, Hashable, CaseIterable {
            case gzip
            /// With zlib's wrapper or without: both are unpacked.
            case deflate
        }

        /// In order, each once.
        public let codings: [Coding]

        /// No packed answer is asked for.
        public static let off: ResponseCompression = []

        /// Makes a list; a coding counts at its first place.
        public init(_ codings: [Coding]) {
            self.codings = codings.enumerated().filter { !codings[..<$0.offset].contains($0.element) }.map(\.element)
        }

        /// Those of a literal.
        public init(arrayLiteral codings: Coding...) { self.init(codings) }

        /// The header line that asks for them, with its end; empty for none.
        var acceptLine: String {
            codings.isEmpty ? "" : "Accept-Encoding: \(codings.map(\.rawValue).joined(separator: ", "))\r\n"
        }
    }
}

extension AlternatorConfig.ResponseCompression.Coding {
    var compression: Compression { self == .gzip ? .gzip : .zlib }
}
