import AlternatorRouting
import AlternatorWire

extension ClientCore {
    /// A request before its first attempt, by what the call overrides.
    ///
    /// - Throws: `.configuration` naming the option that cannot be used.
    func run(_ request: EncodedRequest, _ options: RequestOptions) throws(AlternatorError) -> RequestRun {
        var policy = config.retry
        if let attempts = options.maximumAttempts {
            guard attempts >= 1 else {
                throw Self.problem("maximumAttempts", "\(attempts) is less than 1", request)
            }
            policy.maximumAttempts = attempts
        }
        var hedgeDelay: Duration?
        if case .after(let delay)? = options.hedging { hedgeDelay = delay }
        let times = [
            ("requestTimeout", options.requestTimeout), ("operationTimeout", options.operationTimeout),
            ("hedging", hedgeDelay),
        ]
        for case (let option, let time?) in times where time < .milliseconds(1) {
            throw Self.problem(option, "\(time) is less than a millisecond", request)
        }
        if let reason = options.authentication?.problem { throw Self.problem("authentication", reason, request) }
        if let reason = options.requestCompression?.problem {
            throw Self.problem("requestCompression", reason, request)
        }
        if options.firstNode != nil, options.onlyNode != nil {
            throw Self.problem("onlyNode", "excludes firstNode", request)
        }
        if let scope = options.routingScope, let reason = scope.problem {
            throw AlternatorError(
                .configuration,
                message: "RequestOptions.\(reason)",
                operation: request.operation.rawValue,
                table: request.table
            )
        }
        var run = RequestRun(request, policy: policy)
        run.place = options.onlyNode ?? options.routingScope?.description
        run.call.accepts = options.responseCompression ?? config.responseCompression
        if options.additionalHeaders.isEmpty, options.responseCompression == nil {
            run.call.lines = heads.acceptLine
        } else {
            run.call.lines = Array((try headerLines(request, options) + run.call.accepts.acceptLine).utf8)
        }
        run.call.pack(options.requestCompression ?? config.requestCompression, maximumBytes: Self.maximumBodyBytes)
        return run
    }

    /// A request of the client's own.
    func ownRun(_ request: EncodedRequest, policy: RetryPolicy) -> RequestRun {
        var run = RequestRun(request, policy: policy)
        run.call.accepts = config.responseCompression
        run.call.lines = heads.acceptLine
        return run
    }

    /// Where a request goes, by what the call overrides.
    ///
    /// - Throws: `.noNodeAvailable` if it names a node that there is not.
    func target(of request: EncodedRequest, _ options: RequestOptions) throws(AlternatorError) -> RouteTarget {
        guard let label = options.onlyNode ?? options.firstNode else {
            return target(of: request, mode: options.keyAffinity)
        }
        guard let node = topology.node(label, of: otherScope(options)) else {
            let option = options.onlyNode == nil ? "firstNode" : "onlyNode"
            throw AlternatorError(
                .noNodeAvailable,
                message: "RequestOptions.\(option): '\(label)' is none of the nodes"
                    + (otherScope(options).map { " of \($0)." } ?? "; nodes() lists them."),
                operation: request.operation.rawValue,
                table: request.table
            )
        }
        return options.onlyNode == nil ? .node(node) : .only(node)
    }

    /// The scope that a call has asked for, where it is not the client's.
    func otherScope(_ options: RequestOptions) -> RoutingScope? {
        guard let scope = options.routingScope, scope != config.routingScope else { return nil }
        return scope
    }

    private func headerLines(_ request: EncodedRequest, _ options: RequestOptions) throws(AlternatorError) -> String {
        var text = ""
        var names = Set(config.additionalHeaders.keys.map { $0.lowercased() })
        for (name, value) in options.additionalHeaders.sorted(by: { $0.key < $1.key }) {
            if let reason = AlternatorConfig.headerProblem(name, value) {
                throw Self.problem("additionalHeaders", reason, request)
            }
            guard names.insert(name.lowercased()).inserted else {
                throw Self.problem("additionalHeaders", "'\(name)' is sent already", request)
            }
            if config.sends(name) { text += "\(name): \(value)\r\n" }
        }
        return text
    }

    static func problem(_ option: String, _ reason: String, _ request: EncodedRequest) -> AlternatorError {
        AlternatorError(
            .configuration,
            message: "RequestOptions.\(option): \(reason)",
            operation: request.operation.rawValue,
            table: request.table
        )
    }
}
