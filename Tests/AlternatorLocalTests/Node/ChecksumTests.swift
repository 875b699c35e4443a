import AlternatorTransport
import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct ChecksumTests {
    // The check value of the CRC catalogues, nothing, and a well-known sentence.
    @Test(arguments: [
        ("123456789", UInt32(0xCBF4_3926)), ("", 0), ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
    ])
    func `the sum is CRC-32`(text: String, sum: UInt32) {
        #expect(Checksum.crc32(Array(text.utf8)) == sum)
    }

    private func server(isOn: Bool) throws -> LocalServer {
        let server = try LocalServer { $0.allowsSystemTableWrites = true }
        try server.createUsers()
        let text = String(repeating: "x", count: 100_001)
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"},"x":{"S":"\#(text)"}}}"#)
        guard isOn else { return server }
        try server.call(
            "UpdateItem",
            """
            {"TableName":".scylla.alternator.system.config","Key":{"name":{"S":"alternator_response_crc32_header"}},
            "UpdateExpression":"SET #v = :v","ExpressionAttributeNames":{"#v":"value"},
            "ExpressionAttributeValues":{":v":{"S":"true"}}}
            """
        )
        return server
    }

    private static let get = #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#
    private static let batch = #"{"RequestItems":{"users":{"Keys":[{"id":{"S":"a"}}]}}}"#

    private func sum(_ response: ServerResponse) -> String? {
        response.headers.first { $0.name == "x-amz-crc32" }?.value
    }

    @Test(
        arguments: [
            ("GetItem", get), ("BatchGetItem", batch), ("GetItem", #"{"TableName":"missing"}"#), ("Dog", "{}"),
        ],
        ["identity", "gzip", "deflate"]
    )
    func `every answer tells the sum of its bytes where that is switched on`(
        request: (operation: String, body: String),
        coding: String
    ) throws {
        let headers = [("x-amz-target", "D.\(request.operation)"), ("accept-encoding", coding)]
        let answer = try server(isOn: true).send(headers: headers, body: request.body)
        #expect(sum(answer) == String(Checksum.crc32(answer.body)))
        if answer.status == 200, coding != "identity" { #expect(answer.body.count < 1000) }
        let other = try server(isOn: false).send(headers: headers, body: request.body)
        #expect(sum(other) == nil)
    }
}
