import AlternatorTransport
import Synchronization

/// The nodes whose last connection failed in TLS.
///
/// A node that is down is not asked by requests any more; without this they could not tell why.
final class NodeFaults: Sendable {
    /// Whether there is any: the way of every good answer costs one read.
    private let isUsed = Atomic<Bool>(false)
    private let faults = Mutex<[String: TLSFault]>([:])

    /// Notes how the last exchange with a node ended; `nil`: not in TLS.
    func note(_ fault: TLSFault?, of node: String) {
        guard fault != nil || isUsed.load(ordering: .relaxed) else { return }
        faults.withLock {
            $0[node] = fault
            isUsed.store(!$0.isEmpty, ordering: .relaxed)
        }
    }

    /// The fault of the first node, if every one of them has one.
    func common(to nodes: [String]) -> TLSFault? {
        faults.withLock { faults in
            nodes.allSatisfy { faults[$0] != nil } ? nodes.first.flatMap { faults[$0] } : nil
        }
    }
}
