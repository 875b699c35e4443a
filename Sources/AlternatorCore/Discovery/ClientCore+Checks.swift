import AlternatorRouting
import AlternatorWire

extension ClientCore {
    /// Whether the preferred area of the scope has a node, asking live nodes and seeds until one has.
    func checkRackAndDatacenter() async throws(AlternatorError) {
        guard let area = config.routingScope.chain.first, area != .cluster else { return }
        var answers = DiscoveryReport()
        var isAnswered = false
        for target in topology.targets(seeds: seeds, choice: random.next()) {
            if lifecycle.isTerminated || Task.isCancelled { break }
            switch await localNodes(target, LocalNodesQuery(area)) {
            case .success(let answer):
                if !answer.nodes.isEmpty { return }
                isAnswered = true
                answers.add(label(target), "an empty list of nodes")
            case .failure(let refusal):
                answers.add(label(target), refusal.reason)
            }
        }
        if Task.isCancelled { throw AlternatorError(.cancelled, message: "The task was cancelled.") }
        guard isAnswered else { throw AlternatorError(.noNodeAvailable, message: answers.sentence(config)) }
        throw AlternatorError(
            .configuration,
            message: "AlternatorConfig.routingScope: no node is in \(area); check the names, case included."
        )
    }

    /// Whether the server heeds `dc` and `rack`: a node that lists itself gives an empty answer for a made-up rack.
    func isFilterSupported() async throws(AlternatorError) -> Bool {
        var answers = DiscoveryReport()
        for target in topology.targets(seeds: seeds, choice: random.next()) {
            if lifecycle.isTerminated || Task.isCancelled { break }
            switch await localNodes(target, LocalNodesQuery()) {
            case .success(let answer) where !answer.nodes.isEmpty:
                switch await localNodes(target, .unknownRack) {
                case .success(let filtered): return filtered.nodes.isEmpty
                case .failure(let refusal): answers.add(label(target), refusal.reason)
                }
            case .success: answers.add(label(target), "an empty list of nodes")
            case .failure(let refusal): answers.add(label(target), refusal.reason)
            }
        }
        if Task.isCancelled { throw AlternatorError(.cancelled, message: "The task was cancelled.") }
        throw AlternatorError(.noNodeAvailable, message: answers.sentence(config))
    }
}
