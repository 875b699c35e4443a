import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization

extension ClientCore {
    // MARK: Requests

    /// A node was chosen; on the way of every request, so nothing is done before it is known that somebody listens.
    func tellChoice(_ choice: Topology.Choice, _ request: EncodedRequest, _ target: RouteTarget) {
        guard events.listens(to: .debug) else { return }
        tellChoice(choice, request, target.reason)
    }

    func tellChoice(_ choice: Topology.Choice, _ request: EncodedRequest, _ reason: @autoclosure () -> String) {
        guard events.listens(to: .debug) else { return }
        events.tell(.nodeChosen) {
            AlternatorEvent(
                $0,
                "Choice \(choice.selection.attempt) (\(choice.selection.health)), \(reason()).",
                node: choice.handle.label,
                operation: request.operation.rawValue,
                table: request.table
            )
        }
    }

    /// An exchange gave no answer.
    func tellFailure(_ error: TransportError, at node: String) {
        let kind: AlternatorEvent.Kind
        switch error.kind {
        case .resolveFailed, .connectFailed, .connectTimeout, .tls, .connectionLost: kind = .connectionFailed
        case .requestTimeout, .protocolViolation, .decompression, .decompressionLimit: kind = .answerMissing
        case .acquireTimeout: kind = .poolExhausted
        case .cancelled, .closed: return
        }
        events.tell(kind) { AlternatorEvent($0, error.message, node: node) }
    }

    /// A hedge has lost without an answer.
    func tellLoser(_ node: String) {
        events.tell(.answerMissing) { AlternatorEvent($0, "Another node, asked as well, was faster.", node: node) }
    }

    /// A request is given up.
    func tellFailure(_ error: AlternatorError) {
        meter?.failed(error)
        guard error.code != .conditionFailed, error.code != .cancelled else { return }
        events.tell(.operationFailed) {
            // The server's own words may quote what it was sent.
            let reason = error.serviceType.map { "The server answered \($0)" } ?? error.ownMessage ?? "It failed"
            return AlternatorEvent(
                $0,
                "\(reason) (attempts: \(error.attempts)).",
                node: error.node,
                operation: error.operation,
                table: error.table,
                code: error.code
            )
        }
    }

    func tellHealth(_ change: HealthChange?, of node: String) {
        guard let change else { return }
        if change.to == .down {
            events.tell(.nodeDown) {
                AlternatorEvent($0, "It has failed too often and is not used until it answers probes.", node: node)
            }
        } else if change.from == .down {
            events.tell(.nodeUp) { AlternatorEvent($0, "It answers again and is used.", node: node) }
        }
    }

    // MARK: Discovery

    func tellNodes(added: [NodeHandle], removed: [NodeHandle]) {
        for handle in added {
            events.tell(.nodeAdded) { AlternatorEvent($0, "It is listed.", node: handle.label) }
        }
        for handle in removed {
            events.tell(.nodeRemoved) { AlternatorEvent($0, "It is not listed any more.", node: handle.label) }
        }
    }

    /// Which area of the scope's chain gave the nodes, if it is not the one of the last refresh.
    func tellScope(_ result: DiscoveryResult) {
        let before = lastFallback.withLock { last in
            defer { last = result.fallbacks }
            return last
        }
        guard result.fallbacks != before else { return }
        guard result.fallbacks > 0 else {
            return events.tell(.scopeReturn) {
                AlternatorEvent($0, "The preferred \(result.area) has nodes again and is used.")
            }
        }
        events.tell(.scopeFallback) {
            AlternatorEvent(
                $0,
                "No node of the preferred \(config.routingScope.chain[0]) is known; \(result.area) is used."
            )
        }
    }

    func tellAnswer(_ answer: Result<LocalNodesAnswer, Refusal>, to query: LocalNodesQuery, of node: String) {
        switch answer {
        case .success(let answer):
            events.tell(.nodesListed) {
                let list = answer.nodes.map(\.host).joined(separator: ", ")
                return AlternatorEvent($0, "\(query.path) gave [\(list)].", node: node)
            }
        case .failure(let refusal):
            events.tell(.nodesNotListed) { AlternatorEvent($0, "\(query.path): \(refusal.reason).", node: node) }
        }
    }

    /// Finds out once, where it matters and somebody listens, whether the server heeds the scope's names.
    func checkFilter() async {
        guard let area = config.routingScope.chain.first, area != .cluster, topology.isDiscovered,
            events.listens(to: .warning), !isFilterChecked.load(ordering: .relaxed)
        else { return }
        do throws(AlternatorError) {
            let isSupported = try await isFilterSupported()
            guard !isFilterChecked.exchange(true, ordering: .relaxed), !isSupported else { return }
            events.tell(.filterUnsupported) {
                AlternatorEvent(
                    $0,
                    "The server ignores datacentre and rack in /localnodes, so \(area) means every node it lists."
                )
            }
        } catch {
            // Nobody can say now; the next refresh asks again.
        }
    }
}

extension RouteTarget {
    /// Why a plan begins where it does.
    fileprivate var reason: String {
        switch self {
        case .any: "by balancing"
        case .key: "by its key"
        case .keys: "by the vote of its keys"
        case .node, .only: "as asked for"
        }
    }
}

extension AlternatorError {
    /// The message, without the full stop, of an error whose words are this client's in any case.
    fileprivate var ownMessage: String? {
        switch code {
        case .noNodeAvailable, .connectFailed, .connectionLost, .tls, .requestTimeout, .operationTimeout,
            .acquireTimeout, .outcomeUnknown, .closed, .configuration:
            message.hasSuffix(".") ? String(message.dropLast()) : message
        default: nil
        }
    }
}
