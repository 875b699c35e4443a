import AlternatorWire
import Testing

struct AlternatorErrorTests {
    private struct Cause: Error, CustomStringConvertible { let description = "socket closed" }

    @Test func `the description has code, message and context on one line`() {
        let error = AlternatorError(
            .throttled,
            message: "Slow down.",
            operation: "PutItem",
            table: "orders",
            node: "10.0.0.1:8000",
            attempts: 3,
            serviceType: "RequestLimitExceeded",
            cause: Cause()
        )
        #expect(
            error.description
                == "throttled: Slow down. (operation PutItem, table orders, node 10.0.0.1:8000, attempts 3, "
                + "server's type RequestLimitExceeded); cause: socket closed"
        )
    }

    @Test func `the description never shows the existing item`() {
        let error = AlternatorError(
            .conditionFailed,
            message: "The condition did not hold.",
            existingItem: ["secret": "hunter2"]
        )
        #expect(!"\(error)".contains("hunter2"))
        #expect(!"\(error)".contains("secret"))
        #expect(error.existingItem == ["secret": "hunter2"])
    }

    @Test func `context is filled in only where it was empty`() {
        let error = AlternatorError(.validation, message: "m", operation: "PutItem", attempts: 1)
            .with(operation: "GetItem", table: "t", node: "n:1", attempts: 2)
        #expect(error.operation == "PutItem")
        #expect(error.table == "t")
        #expect(error.node == "n:1")
        #expect(error.attempts == 2)
        #expect(error.with(table: "u").attempts == 2)
    }

    @Test func `codes match in typed and untyped catch clauses`() {
        func typed() throws(AlternatorError) { throw AlternatorError(.closed, message: "closed") }
        do {
            try typed()
            Issue.record("nothing was thrown")
        } catch .closed {
        } catch {
            Issue.record("caught as something else")
        }
        do {
            try { () throws in throw AlternatorError(.closed, message: "closed") }()
            Issue.record("nothing was thrown")
        } catch AlternatorError.Code.closed {
        } catch {
            Issue.record("caught as something else")
        }
        #expect(!(AlternatorError.Code.closed ~= (Cause() as any Error)))
    }
}
