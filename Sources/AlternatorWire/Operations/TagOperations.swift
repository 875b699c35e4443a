/// Sets tags of a table; others stay.
///
/// On Alternator tags are also configuration: `system:write_isolation` says how writes with conditions are done. Keys
/// have 1–128, values 0–256 characters of ASCII letters, digits, white space and `+-=._:/`; 50 tags at most.
public struct TagResourceRequest: OperationRequest, Equatable {
    /// The table's ARN, from DescribeTable.
    public var resourceARN: String
    /// At least one.
    public var tags: [String: String]

    /// Tags to be set on a table.
    public init(resourceARN: String, tags: [String: String]) {
        self.resourceARN = resourceARN
        self.tags = tags
    }

    package typealias Response = TagResourceResponse
    package static var operation: OperationName { .tagResource }
    package var routedTable: String? { tableName(inARN: resourceARN) }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("ResourceArn", resourceARN)
            json.member("Tags", tags: tags)
        }
    }
}

/// The answer to a TagResource: nothing, not even a body.
public struct TagResourceResponse: OperationResponse, Equatable {
    /// One without contents.
    public init() {}
    package init(from reader: inout JSONReader) throws(JSONError) { try reader.skipValue() }
}

/// Removes tags of a table.
public struct UntagResourceRequest: OperationRequest, Equatable {
    /// The table's ARN, from DescribeTable.
    public var resourceARN: String
    /// At least one; those that are not set are passed over.
    public var tagKeys: [String]

    /// Tags to be removed from a table.
    public init(resourceARN: String, tagKeys: [String]) {
        self.resourceARN = resourceARN
        self.tagKeys = tagKeys
    }

    package typealias Response = UntagResourceResponse
    package static var operation: OperationName { .untagResource }
    package var routedTable: String? { tableName(inARN: resourceARN) }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("ResourceArn", resourceARN)
            json.member("TagKeys", strings: tagKeys)
        }
    }
}

/// The answer to an UntagResource: nothing, not even a body.
public struct UntagResourceResponse: OperationResponse, Equatable {
    /// One without contents.
    public init() {}
    package init(from reader: inout JSONReader) throws(JSONError) { try reader.skipValue() }
}

/// Lists the tags of a table; of those that begin with `system:` only the ones a user may set.
public struct ListTagsOfResourceRequest: OperationRequest, Equatable {
    /// The table's ARN, from DescribeTable.
    public var resourceARN: String
    /// The `nextToken` of the page before; Alternator has one page.
    public var nextToken: String?

    /// One page of a table's tags.
    public init(resourceARN: String, nextToken: String? = nil) {
        self.resourceARN = resourceARN
        self.nextToken = nextToken
    }

    package typealias Response = ListTagsOfResourceResponse
    package static var operation: OperationName { .listTagsOfResource }
    package var routedTable: String? { tableName(inARN: resourceARN) }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("ResourceArn", resourceARN)
            json.member("NextToken", nextToken)
        }
    }
}

/// The tags of a table.
public struct ListTagsOfResourceResponse: OperationResponse, Equatable {
    /// The tags of this page.
    public var tags: [String: String] = [:]
    /// Where the next page begins; `nil` after the last one.
    public var nextToken: String?

    /// One without contents.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Tags":
                for tag in try reader.readList(Tag.init(from:)) { tags[tag.key] = tag.value }
            case "NextToken": nextToken = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }
}

/// `{"Key":"a","Value":"b"}`.
private struct Tag: WireReadable, WireWritable {
    var key: String
    var value: String

    init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var (key, value): (String?, String?)
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Key": key = try reader.readString()
            case "Value": value = try reader.readString()
            default: try reader.skipValue()
            }
        }
        self.key = try reader.required(key, "Key")
        self.value = value ?? ""
    }

    func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("Key", key)
            json.member("Value", value)
        }
    }
}

extension JSONWriter {
    /// `"Tags":[{"Key":"a","Value":"b"}]` in the order of the keys; nothing for none.
    mutating func member(_ name: StaticString, tags: [String: String]) {
        member(name, shapes: tags.sorted { $0.key < $1.key }.map { Tag(key: $0.key, value: $0.value) })
    }
}

/// `users` of `arn:scylla:alternator:alternator_users:scylla:table/users`, for errors and routing; `nil` for other text.
private func tableName(inARN arn: String) -> String? {
    let parts = arn.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0].hasSuffix(":table"), !parts[1].isEmpty else { return nil }
    return String(parts[1])
}
