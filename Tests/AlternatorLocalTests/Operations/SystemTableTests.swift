import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct SystemTableTests {
    private let read = """
        {"TableName":".scylla.alternator.system.config","KeyConditionExpression":"#n = :n",
        "ExpressionAttributeNames":{"#n":"name"},
        "ExpressionAttributeValues":{":n":{"S":"alternator_max_items_in_batch_write"}}}
        """
    private let write = """
        {"TableName":".scylla.alternator.system.config","Key":{"name":{"S":"alternator_max_items_in_batch_write"}},
        "UpdateExpression":"SET #v = :v","ExpressionAttributeNames":{"#v":"value"},
        "ExpressionAttributeValues":{":v":{"S":"1"}}}
        """

    private func value(_ server: LocalServer) throws -> String? {
        try server.call("Query", read)["Items"]?.elements?.first?["value"]?["S"]?.text
    }

    @Test func `an option is read, and written only if that is allowed`() throws {
        let closed = try LocalServer()
        #expect(try value(closed) == "100")
        #expect(try closed.error("UpdateItem", write).message.contains("alternator_allow_system_table_write"))
        let open = try LocalServer { $0.allowsSystemTableWrites = true }
        try open.call("UpdateItem", write)
        #expect(try value(open) == "1")
    }

    @Test func `a written option has its effect at once`() throws {
        let server = try LocalServer { $0.allowsSystemTableWrites = true }
        try server.createUsers()
        try server.call("UpdateItem", write)
        let two = #"[{"DeleteRequest":{"Key":{"id":{"S":"a"}}}},{"DeleteRequest":{"Key":{"id":{"S":"b"}}}}]"#
        #expect(try server.error("BatchWriteItem", #"{"RequestItems":{"users":\#(two)}}"#).message.contains("length"))
    }

    @Test func `the local table tells where the node stands`() throws {
        let scan = try LocalServer().call(
            "Scan",
            #"{"TableName":".scylla.alternator.system.local","AttributesToGet":["data_center","rack"]}"#
        )
        #expect(try scan["Items"] == LocalServer.tree(#"[{"data_center":{"S":"dc1"},"rack":{"S":"rack1"}}]"#))
    }

    @Test func `pages of a system table cover it`() throws {
        let server = try LocalServer()
        var names: [String] = []
        var start = ""
        while true {
            let page = try server.call(
                "Scan",
                #"{"TableName":".scylla.alternator.system.config","Limit":3\#(start)}"#
            )
            names += page["Items"]?.elements?.compactMap { $0["name"]?["S"]?.text } ?? []
            guard let key = page["LastEvaluatedKey"] else { break }
            start = #","ExclusiveStartKey":\#(key.printed)"#
        }
        #expect(names.count > 10)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: [
        "system.absent", "alternator_users.users", "nothing",
    ])
    func `other names are not found`(name: String) throws {
        let server = try LocalServer()
        try server.createUsers()
        let error = try server.error("Scan", #"{"TableName":".scylla.alternator.\#(name)"}"#)
        #expect(error.type == "ResourceNotFoundException")
    }
}
