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
        if case .after(let delay)? = options.hedging, delay < .milliseconds(1) {
            throw Self.problem("hedging", "\(delay) is less than a millisecond", request)
        }
        if let reason = options.authentication?.problem { throw Self.problem("authentication", reason, request) }
        var run = RequestRun(request, policy: policy)
        if !options.additionalHeaders.isEmpty { run.call.lines = try headerLines(request, options) }
        return run
    }

    /// Where a request goes, by what the call overrides.
    ///
    /// - Throws: `.noNodeAvailable` if it names a node that there is not.
    func target(of request: EncodedRequest, _ options: RequestOptions) throws(AlternatorError) -> RouteTarget {
        guard let label = options.firstNode else { return target(of: request, mode: options.keyAffinity) }
        guard let node = topology.node(label) else {
            throw AlternatorError(
                .noNodeAvailable,
                message: "RequestOptions.firstNode: '\(label)' is none of the nodes; nodes() lists them.",
                operation: request.operation.rawValue,
                table: request.table
            )
        }
        return .node(node)
    }

    private func headerLines(_ request: EncodedRequest, _ options: RequestOptions) throws(AlternatorError) -> [UInt8] {
        var text = ""
        var names = Set(config.additionalHeaders.keys.map { $0.lowercased() })
        for (name, value) in options.additionalHeaders.sorted(by: { $0.key < $1.key }) {
            if let reason = AlternatorConfig.headerProblem(name, value) {
                throw Self.problem("additionalHeaders", reason, request)
            }
            guard names.insert(name.lowercased()).inserted else {
                throw Self.problem("additionalHeaders", "'\(name)' is sent already", request)
            }
            text += "\(name): \(value)\r\n"
        }
        return Array(text.utf8)
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
