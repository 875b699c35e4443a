/// Where in a shard to begin reading.
public struct ShardIteratorType: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The oldest record there still is.
    public static let trimHorizon = Self(rawValue: "TRIM_HORIZON")
    /// Only what comes from now on.
    public static let latest = Self(rawValue: "LATEST")
    /// The record with the sequence number.
    public static let atSequenceNumber = Self(rawValue: "AT_SEQUENCE_NUMBER")
    /// The record after the sequence number.
    public static let afterSequenceNumber = Self(rawValue: "AFTER_SEQUENCE_NUMBER")
}

/// Asks for a place in a shard to read from.
public struct GetShardIteratorRequest: OperationRequest, Equatable {
    /// The stream's ARN.
    public var streamARN: String
    /// The shard's ID.
    public var shardID: String
    /// Where in the shard to begin.
    public var shardIteratorType: ShardIteratorType
    /// For `atSequenceNumber` and `afterSequenceNumber`.
    public var sequenceNumber: String?

    /// A request for a place in a shard.
    public init(
        streamARN: String,
        shardID: String,
        shardIteratorType: ShardIteratorType,
        sequenceNumber: String? = nil
    ) {
        self.streamARN = streamARN
        self.shardID = shardID
        self.shardIteratorType = shardIteratorType
        self.sequenceNumber = sequenceNumber
    }

    package typealias Response = GetShardIteratorResponse
    package static var operation: OperationName { .getShardIterator }
    package var routedTable: String? { nil }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("StreamArn", streamARN)
            json.member("ShardId", shardID)
            json.member("ShardIteratorType", word: shardIteratorType)
            json.member("SequenceNumber", sequenceNumber)
        }
    }
}

/// The answer to a GetShardIterator.
public struct GetShardIteratorResponse: OperationResponse, Equatable {
    /// The place in the shard, valid for some minutes.
    public var shardIterator: String?

    /// An answer with this place.
    public init(shardIterator: String? = nil) { self.shardIterator = shardIterator }

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "ShardIterator": shardIterator = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}

/// Reads records of a shard.
///
/// Alternator shows a change about 10 s after it was made.
public struct GetRecordsRequest: OperationRequest, Equatable {
    /// The place in the shard, valid for some minutes.
    public var shardIterator: String
    /// 1–1000; `nil` for 1000.
    ///
    /// One batch of writes may exceed it.
    public var limit: Int?

    /// A request for the records from a place on.
    public init(shardIterator: String, limit: Int? = nil) {
        self.shardIterator = shardIterator
        self.limit = limit
    }

    package typealias Response = GetRecordsResponse
    package static var operation: OperationName { .getRecords }
    package var routedTable: String? { nil }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("ShardIterator", shardIterator)
            json.member("Limit", limit)
        }
    }
}

/// The answer to a GetRecords.
public struct GetRecordsResponse: OperationResponse, Equatable {
    /// Changes in the order in which they were made.
    public var records: [ChangeRecord] = []
    /// Where to go on, also after an empty page; `nil` at the end of a closed shard.
    public var nextShardIterator: String?

    /// One without contents.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Records": records = try reader.readList(ChangeRecord.init(from:))
            case "NextShardIterator": nextShardIterator = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}

/// One change of one item; DynamoDB's `Record`.
public struct ChangeRecord: Sendable, Equatable, WireReadable {
    /// What happened to the item.
    public struct EventName: WireWord {
        /// The word as it is sent and received.
        public let rawValue: String
        /// A word, also one that is not among those below.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The item is new.
        public static let insert = Self(rawValue: "INSERT")
        /// The item was there before.
        public static let modify = Self(rawValue: "MODIFY")
        /// The item was deleted.
        public static let remove = Self(rawValue: "REMOVE")
    }

    /// Who did it, where that is not a user: the expiry of items is `Service`, `dynamodb.amazonaws.com`.
    public struct UserIdentity: Sendable, Hashable, WireReadable {
        /// `Service` for a change the server made.
        public var type: String?
        /// Who made it, such as `dynamodb.amazonaws.com` for expiry.
        public var principalID: String?

        /// Who made a change.
        public init(type: String? = nil, principalID: String? = nil) {
            self.type = type
            self.principalID = principalID
        }

        package init(from reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let member = try reader.nextMember() {
                // Both spellings are in use: the API's and that of the events handed to functions.
                switch member {
                case "Type", "type": type = try reader.readString()
                case "PrincipalId", "principalId": principalID = try reader.readString()
                default: try reader.skipValue()
                }
            }
        }
    }

    /// The change's ID.
    public var eventID: String?
    /// Without `alternator_streams_increased_compatibility` on the server, `insert` and `modify` may be confused.
    public var eventName: EventName?
    /// The version of the record's form.
    public var eventVersion: String?
    /// `scylladb:alternator`, or `aws:dynamodb`.
    public var eventSource: String?
    /// Alternator puts the datacentre here.
    public var awsRegion: String?
    /// Who made the change, if it was the server itself.
    public var userIdentity: UserIdentity?
    /// The change itself; the member is called `dynamodb` on the wire.
    public var change: StreamRecord?

    /// One without contents.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "eventID": eventID = try reader.readString()
            case "eventName": eventName = try reader.readWord()
            case "eventVersion": eventVersion = try reader.readString()
            case "eventSource": eventSource = try reader.readString()
            case "awsRegion": awsRegion = try reader.readString()
            case "userIdentity": userIdentity = try UserIdentity(from: &reader)
            case "dynamodb": change = try StreamRecord(from: &reader)
            default: try reader.skipValue()
            }
        }
    }
}

/// The item of a change, before and after it, as far as the stream's view type says.
public struct StreamRecord: Sendable, Equatable, WireReadable {
    /// Seconds since 1970-01-01 UTC.
    public var approximateCreationDateTime: Double?
    /// The item's key.
    public var keys: [String: AttributeValue] = [:]
    /// The item after the change, if the stream holds that.
    public var newImage: [String: AttributeValue]?
    /// The item before the change, if the stream holds that.
    public var oldImage: [String: AttributeValue]?
    /// A decimal of up to 128 bits.
    public var sequenceNumber: String?
    /// What a record of the stream holds of an item.
    public var streamViewType: StreamViewType?
    /// Never there on Alternator.
    public var sizeBytes: Int?

    /// One without contents.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "ApproximateCreationDateTime": approximateCreationDateTime = try reader.readDouble()
            case "Keys": keys = try reader.readItem()
            case "NewImage": newImage = try reader.readItem()
            case "OldImage": oldImage = try reader.readItem()
            case "SequenceNumber": sequenceNumber = try reader.readString()
            case "StreamViewType": streamViewType = try reader.readWord()
            case "SizeBytes": sizeBytes = try reader.readInt()
            default: try reader.skipValue()
            }
        }
    }
}
