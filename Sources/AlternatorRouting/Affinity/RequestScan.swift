import AlternatorWire

/// Reads the members of a single-item write that classify it.
struct WriteScan {
    private let operation: OperationName
    private(set) var table: String?
    private(set) var key: Range<Int>?
    private(set) var isReadModifyWrite = false

    init(_ operation: OperationName) { self.operation = operation }

    mutating func read(_ body: [UInt8]) throws(JSONError) {
        var reader = JSONReader(body)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "TableName": table = try reader.readStringIfAny()
            case "Item" where operation == .putItem, "Key" where operation != .putItem:
                key = try reader.objectRangeIfAny()
            case "ConditionExpression":
                if try reader.readStringIfAny()?.isEmpty == false { isReadModifyWrite = true }
            case "UpdateExpression" where operation == .updateItem:
                if try reader.readStringIfAny()?.isEmpty == false { isReadModifyWrite = true }
            case "Expected":
                if try reader.isNonEmptyObject() { isReadModifyWrite = true }
            case "ReturnValues":
                if let wanted = try reader.readStringIfAny(), returnsOldItem(wanted) { isReadModifyWrite = true }
            case "AttributeUpdates" where operation == .updateItem:
                if try Self.readsItem(attributeUpdates: &reader) { isReadModifyWrite = true }
            default: try reader.skipValue()
            }
        }
        try reader.finish()
    }

    private func returnsOldItem(_ wanted: String) -> Bool {
        // For put and delete the specification counts every value but NONE, sensible or not.
        if operation != .updateItem { return !wanted.isEmpty && wanted != "NONE" }
        return ["ALL_OLD", "UPDATED_OLD", "ALL_NEW"].contains(wanted)
    }

    /// Legacy updates: ADD, and DELETE with a value, need the old item.
    private static func readsItem(attributeUpdates reader: inout JSONReader) throws(JSONError) -> Bool {
        guard reader.nextIs(UInt8(ascii: "{")) else {
            try reader.skipValue()
            return false
        }
        var reads = false
        try reader.beginObject()
        while try reader.nextKey() != nil {
            guard reader.nextIs(UInt8(ascii: "{")) else {
                try reader.skipValue()
                continue
            }
            var action: String?
            var hasValue = false
            try reader.beginObject()
            while let name = try reader.nextKey() {
                switch name {
                case "Action": action = try reader.readStringIfAny()
                case "Value":
                    hasValue = !reader.nextIs(UInt8(ascii: "n"))
                    try reader.skipValue()
                default: try reader.skipValue()
                }
            }
            if action == "ADD" || (action == "DELETE" && hasValue) { reads = true }
        }
        return reads
    }
}

/// Reads the entries of a BatchWriteItem: each must be exactly one put or one delete.
enum BatchScan {
    static func entries(of body: [UInt8]) throws(JSONError) -> [(table: String, keys: [Range<Int>])] {
        var result: [(table: String, keys: [Range<Int>])] = []
        var reader = JSONReader(body)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            guard name == "RequestItems", reader.nextIs(UInt8(ascii: "{")) else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while let table = try reader.nextKey() {
                guard reader.nextIs(UInt8(ascii: "[")) else {
                    try reader.skipValue()
                    continue
                }
                result.append((table, try keys(&reader)))
            }
        }
        try reader.finish()
        return result
    }

    private static func keys(_ reader: inout JSONReader) throws(JSONError) -> [Range<Int>] {
        var keys: [Range<Int>] = []
        try reader.beginArray()
        while try reader.nextElement() {
            guard reader.nextIs(UInt8(ascii: "{")) else {
                try reader.skipValue()
                continue
            }
            if let key = try entry(&reader) { keys.append(key) }
        }
        return keys
    }

    private static func entry(_ reader: inout JSONReader) throws(JSONError) -> Range<Int>? {
        var requests = 0
        var key: Range<Int>?
        try reader.beginObject()
        while let name = try reader.nextKey() {
            guard name == "PutRequest" || name == "DeleteRequest" else {
                try reader.skipValue()
                continue
            }
            // Whatever it holds: an entry with both members is no proper one.
            requests += 1
            guard reader.nextIs(UInt8(ascii: "{")) else {
                try reader.skipValue()
                continue
            }
            let wanted = name == "PutRequest" ? "Item" : "Key"
            try reader.beginObject()
            while let member = try reader.nextKey() {
                if member == wanted { key = try reader.objectRangeIfAny() } else { try reader.skipValue() }
            }
        }
        return requests == 1 ? key : nil
    }
}

/// Reads one attribute value as a key.
enum KeyValueScan {
    /// The hash of the value at the reader's place; `nil` unless it has exactly one member, S, N or B, of proper form.
    static func hash(_ reader: inout JSONReader) throws(JSONError) -> Int64? {
        guard reader.nextIs(UInt8(ascii: "{")) else { return nil }
        var members = 0
        var hash: Int64?
        try reader.beginObject()
        while let type = try reader.nextKey() {
            members += 1
            guard ["S", "N", "B"].contains(type), let text = try reader.readStringIfAny() else {
                if !["S", "N", "B"].contains(type) { try reader.skipValue() }
                continue
            }
            switch type {
            case "S": hash = KeyHash.string(text)
            case "N": hash = DecimalLiteral(text) == nil ? nil : KeyHash.number(text)
            default: hash = Base64.decode(text.utf8Span.span).map { KeyHash.binary($0) }
            }
        }
        return members == 1 ? hash : nil
    }
}

extension JSONReader {
    /// Whether the next value begins with this byte.
    mutating func nextIs(_ byte: UInt8) -> Bool { peek() == byte }

    /// The string that follows; anything else is skipped.
    mutating func readStringIfAny() throws(JSONError) -> String? {
        if nextIs(UInt8(ascii: "\"")) { return try readString() }
        try skipValue()
        return nil
    }

    /// Where the object that follows stands; the value is skipped, whatever it is.
    mutating func objectRangeIfAny() throws(JSONError) -> Range<Int>? {
        let isObject = nextIs(UInt8(ascii: "{"))
        let range = try valueRange()
        return isObject ? range : nil
    }

    /// Whether the value that follows is an object with a member; it is skipped.
    mutating func isNonEmptyObject() throws(JSONError) -> Bool {
        guard let range = try objectRangeIfAny() else { return false }
        var inner = JSONReader(bytes, from: range.lowerBound)
        try inner.beginObject()
        return try inner.nextKey() != nil
    }
}
