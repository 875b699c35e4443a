import AlternatorWire
import TestSupport
import Testing

@testable import Alternator

struct TimeToLiveTests {
    @Test func `expiry by one attribute is not turned on beside another one`() async throws {
        let bench = try await Bench { _, _ in
            .ok(#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}}"#)
        }
        let users = bench.resource.table("users")
        try await users.setTimeToLive("ttl", true)
        let error = await #expect(throws: AlternatorError.self) { try await users.setTimeToLive("until", true) }
        #expect(error?.code == .validation)
        #expect(
            error?.message
                == "Expiry is on for attribute \"ttl\"; turn that off before it is turned on for \"until\"."
        )
        #expect(error?.operation == "UpdateTimeToLive" && error?.table == "users")
        #expect(bench.sent.map(\.operation) == ["DescribeTimeToLive", "DescribeTimeToLive"])
    }
}
