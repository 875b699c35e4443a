import AlternatorRouting
public import AlternatorWire
import Synchronization

extension AlternatorClient {
    /// The nodes of the routing scope as `host:port`, in canonical order; the seeds, as long as no host has answered.
    public func nodes() -> [String] { core.topology.labels() }

    /// Those that are used first.
    public func activeNodes() -> [String] { core.topology.labels(in: .active) }

    /// Those that are used after the active ones: new, or just back.
    public func quarantinedNodes() -> [String] { core.topology.labels(in: .quarantined) }

    /// Those that are not used, only probed.
    public func downNodes() -> [String] { core.topology.labels(in: .down) }

    /// Asks for the nodes now and returns them; joins a refresh that is under way.
    ///
    /// - Throws: `.noNodeAvailable` if no node has ever been found, telling what each host answered; `.closed`.
    @discardableResult
    public func refreshNodes() async throws(AlternatorError) -> [String] {
        try beginCheck()
        defer { core.lifecycle.end() }
        await core.refresh()
        guard core.topology.isDiscovered else {
            throw AlternatorError(.noNodeAvailable, message: core.report.withLock { $0.sentence(config) })
        }
        return nodes()
    }

    /// The node that a request without key affinity would go to now, as `host:port`.
    ///
    /// - Throws: `.noNodeAvailable`; `.closed`.
    public func nextNode() throws(AlternatorError) -> String {
        guard !core.lifecycle.isClosing else {
            throw AlternatorError(.closed, message: "The client is closed; make another one.")
        }
        guard let node = core.topology.peek(choice: core.random.next(), now: core.time.now) else {
            throw AlternatorError(.noNodeAvailable, message: "No node may be used now: none is known, or all are down.")
        }
        return node
    }

    /// The name of a table's partition key: from `tablePKMap`, a typed table, or the server's description.
    ///
    /// - Throws: the error of the look-up, such as `.tableNotFound`; one that was permanent is given again for five
    ///   minutes without asking.
    public func partitionKeyName(of table: String) async throws(AlternatorError) -> String {
        try await core.partitionKeyName(of: table)
    }

    /// Checks that the datacentre or rack of `routingScope`, its fallbacks left aside, has a node; a cluster scope passes.
    ///
    /// - Throws: `.configuration` naming them if the server knows no node there; `.noNodeAvailable` if nobody answers.
    public func checkRackAndDatacenter() async throws(AlternatorError) {
        try beginCheck()
        defer { core.lifecycle.end() }
        try await core.checkRackAndDatacenter()
    }

    /// Whether the server can list the nodes of one datacentre or rack; old ones ignore the question.
    ///
    /// Asks one node twice: plainly, and for a rack that no cluster has.
    ///
    /// - Throws: `.noNodeAvailable` if nobody answers.
    public func isRackDatacenterFilterSupported() async throws(AlternatorError) -> Bool {
        try beginCheck()
        defer { core.lifecycle.end() }
        return try await core.isFilterSupported()
    }

    private func beginCheck() throws(AlternatorError) {
        guard core.lifecycle.begin() else {
            throw AlternatorError(.closed, message: "The client is closed; make another one.")
        }
    }
}
