import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct BatchTests {
    @Test func `a batch writes, deletes and reads`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"gone"}}}"#)
        let written = try server.call(
            "BatchWriteItem",
            """
            {"RequestItems":{"users":[{"PutRequest":{"Item":{"id":{"S":"a"},"v":{"N":"1"}}}},
            {"DeleteRequest":{"Key":{"id":{"S":"gone"}}}}]}}
            """
        )
        #expect(try written == LocalServer.tree(#"{"UnprocessedItems":{}}"#))
        let read = try server.call(
            "BatchGetItem",
            #"{"RequestItems":{"users":{"Keys":[{"id":{"S":"gone"}},{"id":{"S":"a"}}]}}}"#
        )
        #expect(
            try read
                == LocalServer.tree(
                    #"{"Responses":{"users":[{"id":{"S":"a"},"v":{"N":"1"}}]},"UnprocessedKeys":{}}"#
                )
        )
    }

    @Test(arguments: [
        (#"{}"#, "ValidationException", "can't be empty"),
        (#"{"users":[]}"#, "ValidationException", "non-empty array"),
        (#"{"absent":[{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]}"#, "ResourceNotFoundException", "absent"),
        (#"{"users":[{"DogRequest":{"Key":{"id":{"S":"a"}}}}]}"#, "ValidationException", "DogRequest"),
        (
            #"{"users":[{"PutRequest":{"Item":{"id":{"S":"a"}}}},{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]}"#,
            "ValidationException", "duplicates"
        ),
        (
            #"{"users":[{"PutRequest":{"Item":{"id":{"S":"a"}}}},{"PutRequest":{"Item":{"id":{"N":"1"}}}}]}"#,
            "ValidationException", "Type mismatch"
        ),
    ])
    func `a bad batch writes nothing`(items: String, type: String, part: String) throws {
        let server = try LocalServer()
        try server.createUsers()
        let error = try server.error("BatchWriteItem", #"{"RequestItems":\#(items)}"#)
        #expect(error.type == type)
        #expect(error.message.contains(part), "\(error.message)")
        #expect(try server.call("Scan", #"{"TableName":"users"}"#)["Count"]?.integer == 0)
    }

    @Test func `one hundred requests are taken, one more is not`() throws {
        let server = try LocalServer()
        try server.createUsers()
        func body(_ count: Int) -> String {
            let requests = (0..<count).map { #"{"PutRequest":{"Item":{"id":{"S":"\#($0)"}}}}"# }
            return #"{"RequestItems":{"users":[\#(requests.joined(separator: ","))]}}"#
        }
        try server.call("BatchWriteItem", body(100))
        #expect(try server.error("BatchWriteItem", body(101)).message.contains("length"))
    }
}
