/// Describes a table; `.tableNotFound` if there is none.
public struct DescribeTableRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String

    /// A request for this table.
    public init(tableName: String) { self.tableName = tableName }

    package typealias Response = DescribeTableResponse
    package static var operation: OperationName { .describeTable }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("TableName", tableName) }
    }
}

/// The answer to a DescribeTable.
public struct DescribeTableResponse: OperationResponse, Equatable {
    /// What the server says of the table.
    public var table: TableDescription

    /// An answer with this description.
    public init(table: TableDescription) { self.table = table }

    package init(from reader: inout JSONReader) throws(JSONError) {
        let table = try reader.readTable(named: "Table")
        self.table = try reader.required(table, "Table")
    }
}

/// Deletes a table with all its items; it is gone when the answer comes.
///
/// `.tableNotFound` if there is none; but after a repeated attempt that counts as success.
public struct DeleteTableRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String

    /// A request for this table.
    public init(tableName: String) { self.tableName = tableName }

    package typealias Response = DeleteTableResponse
    package static var operation: OperationName { .deleteTable }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("TableName", tableName) }
    }
}

/// The answer to a DeleteTable.
public struct DeleteTableResponse: OperationResponse, Equatable {
    /// Name and status; Alternator leaves out keys and indexes.
    public var tableDescription: TableDescription?

    /// An answer with this description.
    public init(tableDescription: TableDescription? = nil) { self.tableDescription = tableDescription }

    package init(from reader: inout JSONReader) throws(JSONError) {
        tableDescription = try reader.readTable(named: "TableDescription")
    }
}

/// Lists table names, in an arbitrary but stable order; indexes and logs of streams are not among them.
public struct ListTablesRequest: OperationRequest, Equatable {
    /// The last name of the page before; one that no longer exists gives an empty page.
    public var exclusiveStartTableName: String?
    /// 1–100; `nil` for 100.
    public var limit: Int?

    /// One page of names, after a name.
    public init(exclusiveStartTableName: String? = nil, limit: Int? = nil) {
        self.exclusiveStartTableName = exclusiveStartTableName
        self.limit = limit
    }

    package typealias Response = ListTablesResponse
    package static var operation: OperationName { .listTables }
    package var routedTable: String? { nil }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("ExclusiveStartTableName", exclusiveStartTableName)
            json.member("Limit", limit)
        }
    }
}

/// One page of table names.
public struct ListTablesResponse: OperationResponse, Equatable {
    /// The names of this page.
    public var tableNames: [String] = []
    /// Where the next page starts; `nil` after the last one.
    public var lastEvaluatedTableName: String?

    /// One without contents.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "TableNames": tableNames = try reader.readStrings()
            case "LastEvaluatedTableName": lastEvaluatedTableName = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}

/// Whether DynamoDB's point-in-time recovery is on; Alternator always says that it is not.
public struct DescribeContinuousBackupsRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String

    /// A request for this table.
    public init(tableName: String) { self.tableName = tableName }

    package typealias Response = DescribeContinuousBackupsResponse
    package static var operation: OperationName { .describeContinuousBackups }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { $0.member("TableName", tableName) }
    }
}

/// The answer to a DescribeContinuousBackups.
public struct DescribeContinuousBackupsResponse: OperationResponse, Equatable {
    /// Whether something is on.
    public struct Status: WireWord {
        /// The word as it is sent and received.
        public let rawValue: String
        /// A word, also one that is not among those below.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// In force.
        public static let enabled = Self(rawValue: "ENABLED")
        /// Not in force.
        public static let disabled = Self(rawValue: "DISABLED")
    }

    /// Whether backups are on.
    public var continuousBackupsStatus: Status?
    /// Whether any time can be gone back to.
    public var pointInTimeRecoveryStatus: Status?

    /// One without contents.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        // The three objects are one inside the other and share no member name.
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "ContinuousBackupsDescription", "PointInTimeRecoveryDescription":
                let inner = try Self(from: &reader)
                continuousBackupsStatus = inner.continuousBackupsStatus ?? continuousBackupsStatus
                pointInTimeRecoveryStatus = inner.pointInTimeRecoveryStatus ?? pointInTimeRecoveryStatus
            case "ContinuousBackupsStatus": continuousBackupsStatus = try reader.readWord()
            case "PointInTimeRecoveryStatus": pointInTimeRecoveryStatus = try reader.readWord()
            default: try reader.skipValue()
            }
        }
    }
}

/// Where to send requests, as the server sees it: Alternator repeats the request's `Host`.
public struct DescribeEndpointsRequest: OperationRequest, Equatable {
    /// One without contents.
    public init() {}

    package typealias Response = DescribeEndpointsResponse
    package static var operation: OperationName { .describeEndpoints }
    package var routedTable: String? { nil }

    package func write(to writer: inout JSONWriter) { writer.object { _ in } }
}

/// The answer to a DescribeEndpoints.
public struct DescribeEndpointsResponse: OperationResponse, Equatable {
    /// One address.
    public struct Endpoint: Sendable, Hashable, WireReadable {
        /// `host:port`.
        public var address: String
        /// Minutes the address may be kept.
        public var cachePeriodInMinutes: Int?

        /// An address.
        public init(address: String, cachePeriodInMinutes: Int? = nil) {
            self.address = address
            self.cachePeriodInMinutes = cachePeriodInMinutes
        }

        package init(from reader: inout JSONReader) throws(JSONError) {
            self.init(address: "")
            var address: String?
            try reader.beginObject()
            while let member = try reader.nextMember() {
                switch member {
                case "Address": address = try reader.readString()
                case "CachePeriodInMinutes": cachePeriodInMinutes = try reader.readInt()
                default: try reader.skipValue()
                }
            }
            self.address = try reader.required(address, "Address")
        }
    }

    /// The addresses.
    public var endpoints: [Endpoint] = []

    /// One without contents.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Endpoints": endpoints = try reader.readList(Endpoint.init(from:))
            default: try reader.skipValue()
            }
        }
    }
}
