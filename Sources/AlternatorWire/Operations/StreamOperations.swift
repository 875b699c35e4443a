/// Lists the streams of all tables, or of one.
public struct ListStreamsRequest: OperationRequest, Equatable {
    /// `nil` for all tables.
    public var tableName: String?
    /// 1–100; `nil` for 100.
    public var limit: Int?
    /// The `lastEvaluatedStreamARN` of the page before.
    public var exclusiveStartStreamARN: String?

    /// Streams of one table, or of all.
    public init(tableName: String? = nil, limit: Int? = nil, exclusiveStartStreamARN: String? = nil) {
        self.tableName = tableName
        self.limit = limit
        self.exclusiveStartStreamARN = exclusiveStartStreamARN
    }

    package typealias Response = ListStreamsResponse
    package static var operation: OperationName { .listStreams }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("TableName", tableName)
            json.member("Limit", limit)
            json.member("ExclusiveStartStreamArn", exclusiveStartStreamARN)
        }
    }
}

/// One page of streams.
public struct ListStreamsResponse: OperationResponse, Equatable {
    /// One stream.
    public struct Stream: Sendable, Hashable, WireReadable {
        /// The stream's ARN.
        public var streamARN: String
        /// The table's name.
        public var tableName: String?
        /// The stream's label, which tells it from earlier ones of the table.
        public var streamLabel: String?

        /// A stream.
        public init(streamARN: String, tableName: String? = nil, streamLabel: String? = nil) {
            self.streamARN = streamARN
            self.tableName = tableName
            self.streamLabel = streamLabel
        }

        package init(from reader: inout JSONReader) throws(JSONError) {
            self.init(streamARN: "")
            var arn: String?
            try reader.beginObject()
            while let member = try reader.nextMember() {
                switch member {
                case "StreamArn": arn = try reader.readString()
                case "TableName": tableName = try reader.readString()
                case "StreamLabel": streamLabel = try reader.readString()
                default: try reader.skipValue()
                }
            }
            streamARN = try reader.required(arn, "StreamArn")
        }
    }

    /// The streams of this page.
    public var streams: [Stream] = []
    /// Where the next page starts; `nil` after the last one.
    public var lastEvaluatedStreamARN: String?

    /// An answer without streams.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Streams": streams = try reader.readList(Stream.init(from:))
            case "LastEvaluatedStreamArn": lastEvaluatedStreamARN = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}

/// Describes a stream and its shards, of which Alternator has very many.
public struct DescribeStreamRequest: OperationRequest, Equatable {
    /// Limits the answer to the shards that follow one.
    public struct ShardFilter: Sendable, Hashable, WireWritable {
        /// Which shard to start from.
        public var shardID: String?
        /// `CHILD_SHARDS` is the only one known.
        public var type: String

        /// The shards whose parent is `shardID`.
        public static func childShards(of shardID: String) -> Self { Self(shardID: shardID, type: "CHILD_SHARDS") }

        /// A filter of shards.
        public init(shardID: String?, type: String) {
            self.shardID = shardID
            self.type = type
        }

        package func write(into json: inout JSONWriter) {
            json.object { json in
                json.member("Type", type)
                json.member("ShardId", shardID)
            }
        }
    }

    /// The stream's ARN.
    public var streamARN: String
    /// Shards per page, 1–100; `nil` for 100.
    public var limit: Int?
    /// The `lastEvaluatedShardID` of the page before.
    public var exclusiveStartShardID: String?
    /// Only some of the shards.
    public var shardFilter: ShardFilter?

    /// A request; what is left out is not sent.
    public init(
        streamARN: String,
        limit: Int? = nil,
        exclusiveStartShardID: String? = nil,
        shardFilter: ShardFilter? = nil
    ) {
        self.streamARN = streamARN
        self.limit = limit
        self.exclusiveStartShardID = exclusiveStartShardID
        self.shardFilter = shardFilter
    }

    package typealias Response = DescribeStreamResponse
    package static var operation: OperationName { .describeStream }
    package var routedTable: String? { nil }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("StreamArn", streamARN)
            json.member("Limit", limit)
            json.member("ExclusiveStartShardId", exclusiveStartShardID)
            json.member("ShardFilter", shape: shardFilter)
        }
    }
}

/// One page of a stream's shards.
public struct DescribeStreamResponse: OperationResponse, Equatable {
    /// What the server says of the stream.
    public var streamDescription: StreamDescription

    /// An answer with this description.
    public init(streamDescription: StreamDescription) { self.streamDescription = streamDescription }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var description: StreamDescription?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "StreamDescription": description = try StreamDescription(from: &reader)
            default: try reader.skipValue()
            }
        }
        streamDescription = try reader.required(description, "StreamDescription")
    }
}

/// What the server says of a stream.
public struct StreamDescription: Sendable, Equatable, WireReadable {
    /// Whether a stream gets new records.
    public struct Status: WireWord {
        /// The word as it is sent and received.
        public let rawValue: String
        /// A word, also one that is not among those below.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Being turned on.
        public static let enabling = Self(rawValue: "ENABLING")
        /// In force.
        public static let enabled = Self(rawValue: "ENABLED")
        /// Being turned off.
        public static let disabling = Self(rawValue: "DISABLING")
        /// Not in force.
        public static let disabled = Self(rawValue: "DISABLED")
    }

    /// The stream's ARN.
    public var streamARN: String
    /// The stream's label, which tells it from earlier ones of the table.
    public var streamLabel: String?
    /// Whether it records.
    public var streamStatus: Status?
    /// What a record of the stream holds of an item.
    public var streamViewType: StreamViewType?
    /// Seconds since 1970-01-01 UTC.
    public var creationRequestDateTime: Double?
    /// The table's name.
    public var tableName: String?
    /// The key attributes, partition key first.
    public var keySchema: [KeySchemaElement] = []
    /// The shards of this page.
    public var shards: [StreamShard] = []
    /// Where the next page of shards starts; `nil` after the last one.
    public var lastEvaluatedShardID: String?

    /// A description of which only the ARN is known.
    public init(streamARN: String) { self.streamARN = streamARN }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(streamARN: "")
        var arn: String?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "StreamArn": arn = try reader.readString()
            case "StreamLabel": streamLabel = try reader.readString()
            case "StreamStatus": streamStatus = try reader.readWord()
            case "StreamViewType": streamViewType = try reader.readWord()
            case "CreationRequestDateTime": creationRequestDateTime = try reader.readDouble()
            case "TableName": tableName = try reader.readString()
            case "KeySchema": keySchema = try reader.readList(KeySchemaElement.init(from:))
            case "Shards": shards = try reader.readList(StreamShard.init(from:))
            case "LastEvaluatedShardId": lastEvaluatedShardID = try reader.readString()
            default: try reader.skipValue()
            }
        }
        streamARN = try reader.required(arn, "StreamArn")
    }
}

/// A part of a stream, to be read from its beginning to its end.
public struct StreamShard: Sendable, Hashable, WireReadable {
    /// The shard's ID.
    public var shardID: String
    /// Read the parent to its end first.
    public var parentShardID: String?
    /// A decimal of up to 128 bits.
    public var startingSequenceNumber: String?
    /// `nil` while the shard is open.
    public var endingSequenceNumber: String?

    /// A shard of which only the ID is known.
    public init(shardID: String) { self.shardID = shardID }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(shardID: "")
        var id: String?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "ShardId": id = try reader.readString()
            case "ParentShardId": parentShardID = try reader.readString()
            case "SequenceNumberRange": try readRange(&reader)
            default: try reader.skipValue()
            }
        }
        shardID = try reader.required(id, "ShardId")
    }

    private mutating func readRange(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "StartingSequenceNumber": startingSequenceNumber = try reader.readString()
            case "EndingSequenceNumber": endingSequenceNumber = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}
