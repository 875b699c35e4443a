/// Which attribute says when an item expires.
public struct TimeToLiveSpecification: Sendable, Hashable, WireWritable, WireReadable {
    /// A number attribute with seconds since 1970; 1–255 bytes.
    public var attributeName: String
    /// Whether items expire.
    public var enabled: Bool

    /// Expiry by an attribute, on or off.
    public init(attributeName: String, enabled: Bool) {
        self.attributeName = attributeName
        self.enabled = enabled
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var (name, enabled): (String?, Bool?)
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "AttributeName": name = try reader.readString()
            case "Enabled": enabled = try reader.readBool()
            default: try reader.skipValue()
            }
        }
        attributeName = try reader.required(name, "AttributeName")
        self.enabled = try reader.required(enabled, "Enabled")
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("AttributeName", attributeName)
            json.member("Enabled", enabled)
        }
    }
}

/// Turns the expiry of items on or off, at once.
///
/// Turning on what is on, and off what is off, is refused. Expired items stay readable until the server's scanner
/// comes by, every 24 hours unless configured otherwise.
public struct UpdateTimeToLiveRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String
    /// The attribute and whether it counts.
    public var timeToLiveSpecification: TimeToLiveSpecification

    /// A request to turn expiry on or off.
    public init(tableName: String, timeToLiveSpecification: TimeToLiveSpecification) {
        self.tableName = tableName
        self.timeToLiveSpecification = timeToLiveSpecification
    }

    package typealias Response = UpdateTimeToLiveResponse
    package static var operation: OperationName { .updateTimeToLive }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("TableName", tableName)
            json.member("TimeToLiveSpecification", shape: timeToLiveSpecification)
        }
    }
}

/// The answer to an UpdateTimeToLive.
public struct UpdateTimeToLiveResponse: OperationResponse, Equatable {
    /// As requested.
    public var timeToLiveSpecification: TimeToLiveSpecification?

    /// An answer with what is now in force.
    public init(timeToLiveSpecification: TimeToLiveSpecification? = nil) {
        self.timeToLiveSpecification = timeToLiveSpecification
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "TimeToLiveSpecification": timeToLiveSpecification = try TimeToLiveSpecification(from: &reader)
            default: try reader.skipValue()
            }
        }
    }
}

/// Asks whether items of a table expire.
public struct DescribeTimeToLiveRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String

    /// A request for this table.
    public init(tableName: String) { self.tableName = tableName }

    package typealias Response = DescribeTimeToLiveResponse
    package static var operation: OperationName { .describeTimeToLive }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("TableName", tableName) }
    }
}

/// The answer to a DescribeTimeToLive.
public struct DescribeTimeToLiveResponse: OperationResponse, Equatable {
    /// Whether items expire; Alternator knows only the first two.
    public struct Status: WireWord {
        /// The word as it is sent and received.
        public let rawValue: String
        /// A word, also one that is not among those below.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// In force.
        public static let enabled = Self(rawValue: "ENABLED")
        /// Not in force.
        public static let disabled = Self(rawValue: "DISABLED")
        /// Being turned on.
        public static let enabling = Self(rawValue: "ENABLING")
        /// Being turned off.
        public static let disabling = Self(rawValue: "DISABLING")
    }

    /// Whether items expire.
    public var timeToLiveStatus: Status?
    /// The attribute; `nil` where expiry is off.
    public var attributeName: String?

    /// One without contents.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            if member == "TimeToLiveDescription" { try readDescription(&reader) } else { try reader.skipValue() }
        }
    }

    private mutating func readDescription(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "TimeToLiveStatus": timeToLiveStatus = try reader.readWord()
            case "AttributeName": attributeName = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}
