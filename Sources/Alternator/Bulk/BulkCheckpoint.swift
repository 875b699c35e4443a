import AlternatorWire

/// How far an export or import got: opaque text, to go on after a crash.
///
/// It holds for the same table, file and options; with another it is refused with `.tokenMismatch`.
public struct BulkCheckpoint: Sendable, Hashable, Codable, CustomStringConvertible, LosslessStringConvertible {
    /// The checkpoint as text, for a file or a database.
    public let description: String

    /// Takes any text; whether it is a checkpoint is found when it is used.
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

/// The inside of a checkpoint: names with numbers or text, as JSON in URL-safe base64.
struct CheckpointContent: Equatable {
    enum Kind: String { case export, `import` }

    let kind: Kind
    var numbers: [String: Int] = [:]
    var texts: [String: String] = [:]

    init(_ kind: Kind, numbers: [String: Int] = [:], texts: [String: String] = [:]) {
        self.kind = kind
        self.numbers = numbers
        self.texts = texts
    }

    var checkpoint: BulkCheckpoint {
        var writer = JSONWriter()
        writer.object { json in
            json.key("kind")
            json.string(kind.rawValue)
            for (name, number) in numbers.sorted(by: { $0.key < $1.key }) {
                json.key(name)
                json.integer(number)
            }
            for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
                json.key(name)
                json.string(text)
            }
        }
        return BulkCheckpoint(Base64URL.encode(writer.bytes))
    }

    /// Reads a checkpoint of this kind; anything else is `.tokenMismatch`.
    init(_ checkpoint: BulkCheckpoint, _ kind: Kind) throws(AlternatorError) {
        guard let bytes = Base64URL.decode(checkpoint.description) else { throw Self.mismatch("is none") }
        self.init(kind)
        var found: String?
        do {
            var reader = JSONReader(bytes)
            try reader.beginObject()
            while let name = try reader.nextKey() {
                if reader.peek() != UInt8(ascii: "\"") {
                    numbers[name] = try reader.readInt()
                } else if name == "kind" {
                    found = try reader.readString()
                } else {
                    texts[name] = try reader.readString()
                }
            }
            try reader.finish()
        } catch {
            throw Self.mismatch("is none")
        }
        guard found == kind.rawValue else { throw Self.mismatch("is none of an \(kind.rawValue)") }
    }

    /// A number that every checkpoint of this kind has.
    func number(_ name: String) throws(AlternatorError) -> Int {
        guard let number = numbers[name], number >= 0 else { throw Self.mismatch("is damaged") }
        return number
    }

    static func mismatch(_ what: String) -> AlternatorError {
        AlternatorError(.tokenMismatch, message: "The text given as a checkpoint \(what).")
    }
}

/// A file that holds the newest checkpoint, so that the same call goes on after a crash.
struct CheckpointFile: Sendable {
    let path: String
    let files: FileQueue

    /// What an earlier run left; `nil` where there is none.
    func read() async throws(AlternatorError) -> BulkCheckpoint? {
        let path = path
        let bytes = try await files.run { () throws(AlternatorError) in try DataFile.content(of: path) }
        guard let bytes, !bytes.isEmpty else { return nil }
        return BulkCheckpoint(String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self))
    }

    func write(_ checkpoint: BulkCheckpoint) async throws(AlternatorError) {
        let path = path
        let bytes = Array((checkpoint.description + "\n").utf8)
        try await files.run { () throws(AlternatorError) in try DataFile.replace(path, with: bytes) }
    }

    func remove() async throws(AlternatorError) {
        let path = path
        try await files.run { () throws(AlternatorError) in try DataFile.remove(path) }
    }
}
