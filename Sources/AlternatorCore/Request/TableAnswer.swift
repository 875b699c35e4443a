import AlternatorWire

/// Answers to operations on tables, made from what is known when the server's own was lost.
enum TableAnswer {
    /// A DescribeTable's body: `{"TableName":"users"}`.
    static func describeRequest(_ table: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"TableName\":")
        writer.string(table)
        writer.raw("}")
        return writer.bytes
    }

    /// What DeleteTable answers: a name and a status, as the server has it.
    static func deleted(_ table: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"TableDescription\":{\"TableName\":")
        writer.string(table)
        writer.raw(",\"TableStatus\":\"DELETING\"}}")
        return writer.bytes
    }

    /// `{"Table":{…}}` → `{"TableDescription":{…}}`; `nil` if it is not that.
    static func creation(fromDescription answer: EncodedResponse) -> [UInt8]? {
        var reader = answer.reader()
        guard let range = try? member("Table", of: &reader) else { return nil }
        var writer = JSONWriter(reserving: range.count + 24)
        writer.raw("{\"TableDescription\":")
        writer.raw(Array(reader.bytes[range]))
        writer.raw("}")
        return writer.bytes
    }

    /// The name with `KeyType` `HASH` of a DescribeTable's answer; `nil` if there is none.
    static func partitionKey(ofDescription answer: EncodedResponse) -> String? {
        var reader = answer.reader()
        guard let table = try? reader.readTree()["Table"], case .array(let schema) = table["KeySchema"] else {
            return nil
        }
        for element in schema where element["KeyType"] == .string("HASH") {
            if case .string(let name) = element["AttributeName"], !name.isEmpty { return name }
        }
        return nil
    }

    private static func member(_ name: String, of reader: inout JSONReader) throws(JSONError) -> Range<Int>? {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == name { return try reader.valueRange() }
            try reader.skipValue()
        }
        return nil
    }
}
