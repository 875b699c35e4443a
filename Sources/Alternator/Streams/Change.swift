public import AlternatorWire
public import FoundationEssentials

/// One change of one item, as a table's stream tells it.
public struct ItemChange<Item> {
    /// What happened to the item.
    public enum Event: Sendable, Hashable {
        case inserted, modified, removed
    }

    /// Without `alternator_streams_increased_compatibility` on the server, `inserted` and `modified` may be confused.
    public let event: Event
    /// The primary key.
    public let keys: [String: AttributeValue]
    /// The item before; `nil` for a new one, and where the stream does not carry old images.
    public let old: Item?
    /// The item after; `nil` for a removed one, and where the stream does not carry new images.
    public let new: Item?
    /// The change's number within its shard, a decimal of up to 128 bits.
    public let sequenceNumber: String
    /// About when it was made, to the second.
    public let time: Date?
    /// Whether the server removed the item because it had expired.
    public let isExpiry: Bool
    /// The shard it is from; changes of one item are in order, those of different shards are not.
    public let shardID: String

    let places: ShardPlaces

    /// Everything up to this change, for `changes(from: .at(…))`: the next one given will be the one after it.
    ///
    /// Costs a pass over the shards, so with thousands of them take it once in a while.
    public var checkpoint: StreamCheckpoint { places.checkpoint }
}

extension ItemChange: Sendable where Item: Sendable {}

/// Where to begin reading a stream.
public enum StreamPosition: Sendable, Hashable {
    /// With the changes made from now on.
    case latest
    /// With the oldest change there still is, about 24 h ago.
    case trimHorizon
    /// Behind a change that was read before.
    case at(StreamCheckpoint)

    /// The same as `trimHorizon`.
    public static var oldest: StreamPosition { .trimHorizon }
}

/// How far a stream was read, in all its shards: opaque text that can be stored.
///
/// It holds for the stream it was taken from. A table whose stream is turned off and on has another.
public struct StreamCheckpoint: Sendable, Hashable, Codable, CustomStringConvertible, LosslessStringConvertible {
    /// The checkpoint as text, safe in URLs.
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

/// How a stream is read.
public struct ChangeOptions: Sendable {
    /// Requests under way at once, over all shards.
    public var concurrency: Int
    /// The wait before a shard that had nothing is asked again; it doubles up to `idlePollInterval`.
    public var pollInterval: Duration
    /// How long a shard without news is left alone.
    public var idlePollInterval: Duration
    /// Changes per request, 1 to 1000.
    public var pageSize: Int
    /// How often new shards are looked for, beside when one ends.
    public var shardInterval: Duration
    /// Failed requests in a row, of one shard, that are repeated before the sequence throws.
    public var retries: Int
    /// How long the server keeps changes: an older checkpoint throws `.changesTrimmed`, since changes may be lost.
    ///
    /// `nil` trusts the server to say so, which Alternator does not.
    public var retention: Duration?

    /// One of these parts.
    public init(
        concurrency: Int = 8,
        pollInterval: Duration = .milliseconds(500),
        idlePollInterval: Duration = .seconds(5),
        pageSize: Int = 1000,
        shardInterval: Duration = .seconds(60),
        retries: Int = 10,
        retention: Duration? = .seconds(86_400)
    ) {
        self.concurrency = concurrency
        self.pollInterval = pollInterval
        self.idlePollInterval = idlePollInterval
        self.pageSize = pageSize
        self.shardInterval = shardInterval
        self.retries = retries
        self.retention = retention
    }

    func check(_ table: String) throws(AlternatorError) {
        let problem: String? =
            if concurrency < 1 {
                "concurrency is \(concurrency); it must be 1 or more"
            } else if !(1...1000).contains(pageSize) {
                "pageSize is \(pageSize); the server takes 1 to 1000"
            } else if pollInterval <= .zero || shardInterval <= .zero {
                "pollInterval and shardInterval must be longer than nothing"
            } else if retries < 0 {
                "retries is \(retries); it cannot be negative"
            } else {
                nil
            }
        guard let problem else { return }
        throw AlternatorError(.mapping, message: "The stream cannot be read: \(problem).", table: table)
    }
}
