/// Which key an attribute is.
public struct KeyType: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The partition key.
    public static let hash = Self(rawValue: "HASH")
    /// The sort key.
    public static let range = Self(rawValue: "RANGE")
}

/// The type of a key attribute.
public struct ScalarAttributeType: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// S.
    public static let string = Self(rawValue: "S")
    /// N.
    public static let number = Self(rawValue: "N")
    /// B.
    public static let binary = Self(rawValue: "B")
}

/// One attribute of a key; the partition key comes first.
public struct KeySchemaElement: Sendable, Hashable, WireWritable, WireReadable {
    /// 1–255 bytes.
    public var attributeName: String
    /// Partition or sort key.
    public var keyType: KeyType

    /// A key attribute.
    public init(_ attributeName: String, _ keyType: KeyType) {
        self.attributeName = attributeName
        self.keyType = keyType
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var (name, type): (String?, KeyType?)
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "AttributeName": name = try reader.readString()
            case "KeyType": type = try reader.readWord()
            default: try reader.skipValue()
            }
        }
        attributeName = try reader.required(name, "AttributeName")
        keyType = try reader.required(type, "KeyType")
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("AttributeName", attributeName)
            json.member("KeyType", word: keyType)
        }
    }
}

/// The type of an attribute that is a key of the table or of an index; others are not declared.
public struct AttributeDefinition: Sendable, Hashable, WireWritable, WireReadable {
    /// The attribute's name.
    public var attributeName: String
    /// How it is stored.
    public var attributeType: ScalarAttributeType

    /// The type of a key attribute.
    public init(_ attributeName: String, _ attributeType: ScalarAttributeType) {
        self.attributeName = attributeName
        self.attributeType = attributeType
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var (name, type): (String?, ScalarAttributeType?)
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "AttributeName": name = try reader.readString()
            case "AttributeType": type = try reader.readWord()
            default: try reader.skipValue()
            }
        }
        attributeName = try reader.required(name, "AttributeName")
        attributeType = try reader.required(type, "AttributeType")
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("AttributeName", attributeName)
            json.member("AttributeType", word: attributeType)
        }
    }
}

/// How a table is paid for; Alternator stores and describes it and enforces nothing.
public struct BillingMode: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// By request.
    public static let payPerRequest = Self(rawValue: "PAY_PER_REQUEST")
    /// Needs a `ProvisionedThroughput`.
    public static let provisioned = Self(rawValue: "PROVISIONED")
}

/// Units per second, stored and described by Alternator but never enforced.
public struct ProvisionedThroughput: Sendable, Hashable, WireWritable, WireReadable {
    /// Reads a second.
    public var readCapacityUnits: Int
    /// Writes a second.
    public var writeCapacityUnits: Int

    /// A throughput, which the server keeps but does not hold anybody to.
    public init(readCapacityUnits: Int, writeCapacityUnits: Int) {
        self.readCapacityUnits = readCapacityUnits
        self.writeCapacityUnits = writeCapacityUnits
    }

    /// Units that the server leaves out read as 0, which is what it writes for tables on demand.
    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(readCapacityUnits: 0, writeCapacityUnits: 0)
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "ReadCapacityUnits": readCapacityUnits = try reader.readInt()
            case "WriteCapacityUnits": writeCapacityUnits = try reader.readInt()
            default: try reader.skipValue()
            }
        }
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("ReadCapacityUnits", readCapacityUnits)
            json.member("WriteCapacityUnits", writeCapacityUnits)
        }
    }
}

/// What of an item a stream record carries.
public struct StreamViewType: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The server's default.
    public static let keysOnly = Self(rawValue: "KEYS_ONLY")
    /// The item after the change.
    public static let newImage = Self(rawValue: "NEW_IMAGE")
    /// The item before the change.
    public static let oldImage = Self(rawValue: "OLD_IMAGE")
    /// Both.
    public static let newAndOldImages = Self(rawValue: "NEW_AND_OLD_IMAGES")
}

/// Whether changes of a table can be read as a stream.
public struct StreamSpecification: Sendable, Hashable, WireWritable, WireReadable {
    /// Enabling a stream anew drops its old log and gives it a new ARN.
    public var streamEnabled: Bool
    /// `nil` for keys only.
    public var streamViewType: StreamViewType?

    /// A stream that is on or off.
    public init(streamEnabled: Bool, streamViewType: StreamViewType? = nil) {
        self.streamEnabled = streamEnabled
        self.streamViewType = streamViewType
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(streamEnabled: false)
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "StreamEnabled": streamEnabled = try reader.readBool()
            case "StreamViewType": streamViewType = try reader.readWord()
            default: try reader.skipValue()
            }
        }
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("StreamEnabled", streamEnabled)
            json.member("StreamViewType", word: streamViewType)
        }
    }
}

/// Encryption at rest as DynamoDB asks for it; Alternator refuses `enabled`, its own encryption is set on the server.
public struct SSESpecification: Sendable, Hashable, WireWritable {
    /// Whether it is on.
    public var enabled: Bool
    /// The kind of encryption.
    public var sseType: String?
    /// The key's ID.
    public var kmsMasterKeyID: String?

    /// A wish for encryption.
    public init(enabled: Bool, sseType: String? = nil, kmsMasterKeyID: String? = nil) {
        self.enabled = enabled
        self.sseType = sseType
        self.kmsMasterKeyID = kmsMasterKeyID
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("Enabled", enabled)
            json.member("SSEType", sseType)
            json.member("KMSMasterKeyId", kmsMasterKeyID)
        }
    }
}

/// The state of a table.
public struct TableStatus: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// What Alternator says of every table that exists: creating one returns when it is ready.
    public static let active = Self(rawValue: "ACTIVE")
    /// Being made.
    public static let creating = Self(rawValue: "CREATING")
    /// Being changed; it can be used meanwhile.
    public static let updating = Self(rawValue: "UPDATING")
    /// What DeleteTable answers, although the table is gone by then.
    public static let deleting = Self(rawValue: "DELETING")
}

/// The state of an index; one that was added later is built in the background.
public struct IndexStatus: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Ready for use.
    public static let active = Self(rawValue: "ACTIVE")
    /// Being made.
    public static let creating = Self(rawValue: "CREATING")
    /// Being changed; it can be used meanwhile.
    public static let updating = Self(rawValue: "UPDATING")
    /// Being deleted.
    public static let deleting = Self(rawValue: "DELETING")
}
