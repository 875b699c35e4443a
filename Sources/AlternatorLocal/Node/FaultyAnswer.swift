import AlternatorTransport
import AlternatorWire

/// What a node with a fault does with one request.
struct FaultyAnswer {
    let action: ServerAction

    init(_ kind: LocalCluster.Fault.Kind, handler: NodeHandler, request: ServerRequest) {
        let counters = handler.node.counters
        let name = NodeHandler.operationName(request)
        counters.add("faults")
        switch kind {
        case .hang:
            counters.add(request: name)
            action = .hang
        case .reset:
            counters.add(request: name)
            action = .reset
        case .loseAnswer:
            _ = handler.respond(request)
            action = .reset
        case .delay(let wait): action = .respondLater(handler.respond(request), after: wait)
        case .slow(let bytes, let interval):
            var response = handler.respond(request)
            response.pace = ServerPace(bytes: bytes, every: interval)
            action = .respond(response)
        case .cutShort(let count): action = Self.cut(handler.respond(request), after: count)
        case .garbage:
            counters.add(request: name)
            action = .sendRaw(Array("\u{1}\u{2}this is no HTTP\r\n\r\n".utf8), thenClose: true, reset: false)
        case .internalServerError:
            counters.add(request: name)
            action = .respond(NodeHandler.refusal(.internalServerError("Internal server error: fault on request")))
        case .internalServerErrorAfterwards:
            _ = handler.respond(request)
            action = .respond(NodeHandler.refusal(.internalServerError("Internal server error: fault on request")))
        case .throttle:
            counters.add(request: name)
            action = .respond(
                NodeHandler.refusal(.requestLimitExceeded("too many in-flight requests: fault on request"))
            )
        case .unprocessed: action = .respond(handler.respond(request, isPartial: true))
        case .localNodes(let addresses):
            counters.add("localnodes")
            action = .respond(
                ServerResponse(
                    status: 200,
                    headers: [("Content-Type", "application/json")],
                    body: JSONValue.array(addresses.map { .string($0) }).encoded
                )
            )
        }
    }

    /// The head as it would be, and the beginning of the body.
    private static func cut(_ response: ServerResponse, after count: Int) -> ServerAction {
        var text = "HTTP/1.1 \(response.status) \(response.status == 200 ? "OK" : "Error")\r\n"
        for header in response.headers { text += "\(header.name): \(header.value)\r\n" }
        text += "Content-Length: \(response.body.count)\r\n\r\n"
        // At least one byte is missing, so that the answer is never whole.
        let kept = response.body.prefix(max(0, min(count, response.body.count - 1)))
        return .sendRaw(Array(text.utf8) + kept, thenClose: true, reset: false)
    }
}
