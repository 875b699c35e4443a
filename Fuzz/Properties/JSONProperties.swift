@testable import AlternatorWire

/// What the readers of JSON and of items promise.
enum JSONProperties {
    // MARK: Documents

    static func tree(_ input: [UInt8]) -> String? {
        var limits = JSONLimits()
        limits.maximumDepth = 64
        var reader = JSONReader(input, limits: limits)
        var skipper = JSONReader(input, limits: limits)
        guard let tree = try? reader.readTree() else {
            return (try? skipper.skipValue()) == nil ? nil : "skipped what cannot be read"
        }
        guard (try? skipper.skipValue()) != nil else { return "cannot skip what was read" }
        guard skipper.offset == reader.offset else { return "read to \(reader.offset), skipped to \(skipper.offset)" }
        var writer = JSONWriter()
        write(tree, to: &writer)
        var second = JSONReader(writer.bytes, limits: limits)
        guard let again = try? second.readTree(), (try? second.finish()) != nil else {
            return "written, it cannot be read: \(tree)"
        }
        return again == tree ? nil : "\(tree) became \(again)"
    }

    private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .bool(let flag): writer.bool(flag)
        case .number(let text): writer.raw(text)
        case .string(let text): writer.string(text)
        case .array(let elements): writer.array(of: elements) { write($1, to: &$0) }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.key(member.name)
                    write(member.value, to: &writer)
                }
            }
        }
    }

    // MARK: Items

    static func item(_ input: [UInt8]) -> String? {
        var reader = JSONReader(input)
        let item = try? reader.readItem()
        var decodingReader = JSONReader(input)
        let decoded = try? ItemDecoder().decodeItem([String: AttributeValue].self, from: &decodingReader)
        if let item {
            var writer = JSONWriter()
            writer.item(item)
            var second = JSONReader(writer.bytes)
            guard let again = try? second.readItem(), (try? second.finish()) != nil else {
                return "written, it cannot be read: \(item)"
            }
            guard again == item else { return "\(item) became \(again)" }
            guard let decoded else { return "read, but not decoded: \(item)" }
            guard decoded == item, decodingReader.offset == reader.offset else { return "\(item) is not \(decoded)" }
            var encoded = JSONWriter()
            guard (try? ItemEncoder().encodeItem(item, into: &encoded)) != nil else { return "not encoded: \(item)" }
            var third = JSONReader(encoded.bytes)
            guard (try? third.readItem()) == item else { return "encoded as \(encoded.bytes)" }
        }
        return model(input)
    }

    /// A type of every shape: what is decoded, encoded again, decodes to the same.
    private static func model(_ input: [UInt8]) -> String? {
        var reader = JSONReader(input)
        guard let model = try? ItemDecoder().decodeItem(Model.self, from: &reader) else { return nil }
        var writer = JSONWriter()
        guard (try? ItemEncoder().encodeItem(model, into: &writer)) != nil else { return nil }
        var second = JSONReader(writer.bytes)
        guard let again = try? ItemDecoder().decodeItem(Model.self, from: &second) else {
            return "encoded, it cannot be decoded: \(model)"
        }
        // An empty set is not stored: it comes back as none.
        var stored = model
        if stored.ss?.isEmpty == true { stored.ss = nil }
        if stored.ns?.isEmpty == true { stored.ns = nil }
        return again == stored ? nil : "\(model) became \(again)"
    }

    private struct Model: Codable, Equatable {
        struct Inner: Codable, Equatable {
            var a: Int8?
            var b: [String]?
        }
        enum Choice: String, Codable { case one, two }
        enum Shape: Codable, Equatable { case circle(r: Int), none }

        var s: String?
        var i: Int?
        var u: UInt64?
        var f: Float?
        var t: Bool?
        var m: [String: Int]?
        var l: [Inner]?
        var n: Inner?
        var e: Choice?
        var c: Shape?
        var ss: Set<String>?
        var ns: Set<Int>?
        var v: AttributeValue?
    }
}
