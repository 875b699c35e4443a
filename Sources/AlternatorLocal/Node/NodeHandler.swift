import AlternatorTransport
import AlternatorWire

/// Answers HTTP requests as one node does: routes, headers, errors; operations go to the engine.
///
/// A function of the request, the engine and the cluster's state; it never waits but for the engine's lock.
struct NodeHandler: ServerHandler {
    let node: LocalNode
    let engine: Engine
    let topology: Topology
    /// Who may sign; `nil` looks at no signature.
    var signatures: SignatureCheck?

    static let maximumBody = 16 << 20
    static let errorPrefix = "com.amazonaws.dynamodb.v20120810#"

    func handle(_ request: ServerRequest) -> ServerAction {
        switch stateAction(request) {
        case .instead(let action)?: return action
        case .after(let wait)?: return .respondLater(respond(request), after: wait)
        case nil: break
        }
        guard let kind = fault(of: request) else { return .respond(respond(request)) }
        return FaultyAnswer(kind, handler: self, request: request).action
    }

    /// What a node's state or latency does to every request.
    private enum StateAction {
        case instead(ServerAction)
        case after(Duration)
    }

    private func stateAction(_ request: ServerRequest) -> StateAction? {
        let condition = node.current
        switch condition.state {
        case .hang: return .instead(.hang)
        case .reset, .down: return .instead(.reset)
        case .error where request.method == "POST":
            node.counters.add(request: Self.operationName(request))
            return .instead(.respond(Self.refusal(.internalServerError("node is in error mode"))))
        case .error, .up: break
        }
        guard condition.latencyMilliseconds > 0 else { return nil }
        return .after(.milliseconds(condition.latencyMilliseconds))
    }

    private func fault(of request: ServerRequest) -> LocalCluster.Fault.Kind? {
        switch (request.method, request.path) {
        case ("POST", "/"): node.faults.next(for: Self.operationName(request))
        case ("GET", "/localnodes"): node.faults.next(for: nil)
        default: nil
        }
    }

    /// The answer of a node without faults.
    func respond(_ request: ServerRequest, isPartial: Bool = false) -> ServerResponse {
        finished(route(request, isPartial: isPartial), request)
    }

    /// The refusal of a body over the limit, which is not read.
    func tooLarge(_ head: ServerRequest) -> ServerResponse {
        finished(Self.refusal(Self.overLimit), head)
    }

    /// The refusal of a request for which there is no memory at the moment, as of load that is shed.
    func overloaded(_ head: ServerRequest) -> ServerResponse {
        finished(Self.refusal(.requestLimitExceeded("too many in-flight requests: no memory for another one")), head)
    }

    private static var overLimit: LocalError {
        .payloadTooLarge("Request content length limit of \(maximumBody) bytes exceeded")
    }

    /// Adds what every answer has, and packs it if the client likes.
    private func finished(_ answer: ServerResponse, _ request: ServerRequest) -> ServerResponse {
        let options = engine.responseOptions.current
        var response = answer
        if request.method == "POST" {
            if !options.hasContentType { response.headers.removeAll { $0.name == "Content-Type" } }
            if response.status == 200 { Self.compress(&response, request, options) }
            if options.hasChecksum {
                // Of the bytes as they are sent, packed or not.
                response.headers.append(("x-amz-crc32", String(Checksum.crc32(response.body))))
            }
        }
        if options.hasDate { response.headers.append(("Date", topology.dateText)) }
        if let server = options.server { response.headers.append(("Server", server)) }
        addCORS(to: &response, request)
        return response
    }

    private static func compress(
        _ response: inout ServerResponse,
        _ request: ServerRequest,
        _ options: ResponseOptions
    ) {
        // The length of a streamed answer is not known when it begins, so it is packed whatever it is.
        let length = response.chunked ? Int.max : response.body.count
        guard options.compressionThreshold > 0, length >= options.compressionThreshold else { return }
        let accepted = request.headers.all("accept-encoding")
        guard !accepted.isEmpty,
            let coding = ContentCoding.chosen(
                from: accepted,
                length: length,
                threshold: options.compressionThreshold
            )
        else { return }
        response.body = coding.pack(response.body, level: options.compressionLevel)
        response.headers.append(("Content-Encoding", coding == .gzip ? "gzip" : "deflate"))
    }

    private func route(_ request: ServerRequest, isPartial: Bool) -> ServerResponse {
        switch (request.method, request.path) {
        case ("POST", "/"): operation(request, isPartial: isPartial)
        case ("GET", "/"): health(request)
        case ("GET", "/localnodes"): localNodes(request)
        case ("OPTIONS", "/"): options(request)
        default: notFound()
        }
    }

    // MARK: Routes

    private func health(_ request: ServerRequest) -> ServerResponse {
        node.counters.add("health")
        return response("text/plain", Array("healthy: \(request.header("host") ?? "")".utf8))
    }

    private func localNodes(_ request: ServerRequest) -> ServerResponse {
        node.counters.add("localnodes")
        let parameters = QueryText(request.query ?? "")
        // An empty value counts as absent.
        let datacenter = parameters["dc"].flatMap { $0.isEmpty ? nil : $0 } ?? node.place.datacenter
        let rack = parameters["rack"].flatMap { $0.isEmpty ? nil : $0 }
        let addresses = topology.listedAddresses(datacenter: datacenter, rack: rack)
        return response("application/json", JSONValue.array(addresses.map { .string($0) }).encoded)
    }

    private func options(_ request: ServerRequest) -> ServerResponse {
        var answer = response("text/plain", [])
        guard request.header("origin") != nil else { return answer }
        if let wanted = request.header("access-control-request-headers") {
            answer.headers.append(("Access-Control-Allow-Headers", wanted))
        }
        if let wanted = request.header("access-control-request-method") {
            answer.headers.append(("Access-Control-Allow-Methods", wanted))
        }
        answer.headers.append(("Access-Control-Max-Age", "7200"))
        return answer
    }

    private func notFound() -> ServerResponse {
        node.counters.add("404")
        var answer = response("application/json", Array(#"{"message": "Not found", "code": 404}"#.utf8))
        answer.status = 404
        return answer
    }

    private func response(_ type: String, _ body: [UInt8]) -> ServerResponse {
        ServerResponse(status: 200, headers: [("Content-Type", type)], body: body)
    }

    private func addCORS(to response: inout ServerResponse, _ request: ServerRequest) {
        guard request.header("origin") != nil else { return }
        response.headers.append(("Access-Control-Allow-Origin", "*"))
        let exposed = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-crc32,Date"
        let hints = topology.sendsRoutingHints ? ",\(TokenRanges.headerName)" : ""
        response.headers.append(("Access-Control-Expose-Headers", exposed + hints))
    }

    // MARK: Operations

    private func operation(_ request: ServerRequest, isPartial: Bool) -> ServerResponse {
        let name = Self.operationName(request)
        node.counters.add(request: name)
        do throws(LocalError) {
            let answer = try perform(name, request, isPartial: isPartial)
            var response = response("application/x-amz-json-1.0", answer.body)
            response.chunked = answer.isStreamed
            if topology.sendsRoutingHints, let key = answer.routed,
                let hint = topology.ranges.hint(for: key, at: node.place)
            {
                response.headers.append((TokenRanges.headerName, hint))
            }
            return response
        } catch {
            return Self.refusal(error)
        }
    }

    /// What follows the first dot of X-Amz-Target; the prefix is never looked at.
    static func operationName(_ request: ServerRequest) -> String {
        let target = request.headers.bytes("x-amz-target")
        guard let dot = target.firstIndex(of: UInt8(ascii: ".")) else { return "" }
        return String(decoding: target[(dot + 1)...], as: UTF8.self)
    }

    private func perform(
        _ name: String,
        _ request: ServerRequest,
        isPartial: Bool
    ) throws(LocalError) -> Answer {
        guard request.body.count <= Self.maximumBody else {
            throw Self.overLimit
        }
        let role = try signatures?.role(of: request, now: topology.nowSeconds)
        let body = try ContentCoding.decoded(
            request.body,
            as: request.header("content-encoding"),
            maximumBytes: Self.maximumBody
        )
        guard let operation = KnownOperation(named: name)?.operation else {
            throw .unknownOperation("Unsupported operation \(name)")
        }
        let tree = try Self.parse(body)
        let context = RequestContext(
            host: request.header("host") ?? "",
            userAgent: request.header("user-agent") ?? "",
            remoteAddress: request.remoteAddress,
            place: node.place,
            role: role,
            topology: topology
        )
        if isPartial, let batch = PartialBatch(tree, operation: name) {
            return batch.complete(try engine.perform(operation, batch.performed, context))
        }
        return try engine.perform(operation, tree, context)
    }

    private static func parse(_ body: [UInt8]) throws(LocalError) -> JSONValue {
        var limits = JSONLimits()
        limits.maximumDepth = 78
        limits.maximumBytes = maximumBody
        var reader = JSONReader(body, limits: limits)
        do throws(JSONError) {
            let tree = try reader.readTree()
            try reader.finish()
            guard case .object = tree else { throw JSONError("the body must be a JSON object", at: 0) }
            return tree
        } catch {
            throw .validation("Parsing JSON failed: \(error.reason) at \(error.offset)")
        }
    }

    /// An error as the server sends it.
    static func refusal(_ error: LocalError) -> ServerResponse {
        var writer = JSONWriter()
        writer.raw("{\"__type\":")
        writer.string(errorPrefix + error.type)
        writer.raw(",\"message\":")
        writer.string(error.message)
        if let item = error.item {
            writer.raw(",\"Item\":")
            writer.item(item)
        }
        writer.byte(UInt8(ascii: "}"))
        var response = ServerResponse(
            status: error.status,
            headers: [("Content-Type", "application/x-amz-json-1.0")],
            body: writer.bytes
        )
        response.closesConnection = error.status == 413
        return response
    }
}
