import AlternatorWire

/// How far one shard was given out.
enum ShardPlace: Sendable, Equatable {
    /// Nothing yet; it is read from its oldest change.
    case beginning
    /// Nothing yet; it is read from a moment on, in seconds since 1970, by the newest iterator for it.
    case latest(iterator: String?, since: Double)
    /// Nothing yet; it is read from a moment on, in seconds since 1970, which the changes' times tell.
    case since(Double)
    /// Up to a change; `taken` of those with its number, since changes of one write may share one.
    case behind(sequenceNumber: String, taken: Int)
    /// To its end.
    case finished

    /// Whether reading from `latest` on has no iterator yet.
    var isUnplaced: Bool {
        if case .latest(nil, _) = self { true } else { false }
    }
}

/// How far a stream was read: the inside of a checkpoint.
struct ShardPlaces: Sendable, Equatable {
    let streamARN: String
    var shards: [String: ShardPlace] = [:]
    /// When this was so, in seconds since 1970.
    var time: Double = 0

    init(streamARN: String) { self.streamARN = streamARN }

    var checkpoint: StreamCheckpoint {
        var writer = JSONWriter()
        writer.object { json in
            json.key("arn")
            json.string(streamARN)
            json.key("time")
            json.raw("\(Int(time))")
            json.key("shards")
            json.array(of: shards.sorted { $0.key < $1.key }) { json, shard in
                json.array(of: Self.fields(shard.key, shard.value)) { $0.string($1) }
            }
        }
        return StreamCheckpoint(Base64URL.encode(writer.bytes))
    }

    private static func fields(_ id: String, _ place: ShardPlace) -> [String] {
        switch place {
        case .beginning: [id, "b"]
        case .latest(let iterator, let since): [id, "l", "\(Int(since))"] + (iterator.map { [$0] } ?? [])
        case .since(let time): [id, "s", "\(Int(time))"]
        case .behind(let number, let taken): [id, "r", number, "\(taken)"]
        case .finished: [id, "f"]
        }
    }

    /// Reads a checkpoint; any other text is `.tokenMismatch`.
    init(_ checkpoint: StreamCheckpoint) throws(AlternatorError) {
        let none = AlternatorError(.tokenMismatch, message: "The text given as a stream's checkpoint is none.")
        guard let bytes = Base64URL.decode(checkpoint.description) else { throw none }
        var (arn, time): (String?, Int?)
        var shards: [String: ShardPlace] = [:]
        do {
            var reader = JSONReader(bytes)
            try reader.beginObject()
            while let name = try reader.nextKey() {
                switch name {
                case "arn": arn = try reader.readString()
                case "time": time = try reader.readInt()
                case "shards":
                    try reader.beginArray()
                    while try reader.nextElement() {
                        let fields = try Self.strings(&reader)
                        guard let id = fields.first, let place = Self.place(fields) else { throw none }
                        shards[id] = place
                    }
                default: try reader.skipValue()
                }
            }
            try reader.finish()
        } catch {
            throw none
        }
        guard let arn, let time else { throw none }
        self.init(streamARN: arn)
        self.shards = shards
        self.time = Double(time)
    }

    private static func strings(_ reader: inout JSONReader) throws -> [String] {
        var strings: [String] = []
        try reader.beginArray()
        while try reader.nextElement() { strings.append(try reader.readString()) }
        return strings
    }

    private static func place(_ fields: [String]) -> ShardPlace? {
        guard fields.count >= 2 else { return nil }
        switch (fields[1], fields.count) {
        case ("b", 2): return .beginning
        case ("f", 2): return .finished
        case ("l", 3), ("l", 4):
            guard let since = Int(fields[2]) else { return nil }
            return .latest(iterator: fields.count == 4 ? fields[3] : nil, since: Double(since))
        case ("s", 3): return Int(fields[2]).map { .since(Double($0)) }
        case ("r", 4):
            guard let taken = Int(fields[3]), taken >= 1 else { return nil }
            return .behind(sequenceNumber: fields[2], taken: taken)
        default: return nil
        }
    }
}
