import AlternatorWire
import Synchronization

/// Where a node stands.
struct NodePlace: Sendable, Hashable {
    let address: String
    let datacenter: String
    let rack: String
}

/// What a node does with requests.
enum NodeState: String, Sendable {
    case up
    /// Not listening; connections are reset.
    case down
    /// Takes requests and never answers.
    case hang
    /// Answers 500 to every operation.
    case error
    /// Closes the connection instead of answering.
    case reset
}

/// One node: its place, its state, its counters.
final class LocalNode: Sendable {
    let place: NodePlace
    let counters = RequestCounters()
    let faults = FaultPlan()

    struct Condition: Sendable {
        var state = NodeState.down
        /// When it last stopped answering, in milliseconds; gossip notices later.
        var changedAt: Int64 = 0
        var isHidden = false
        var latencyMilliseconds = 0.0
    }

    private let condition = Mutex(Condition())

    init(_ place: NodePlace) { self.place = place }

    var current: Condition { condition.withLock { $0 } }

    func update(_ change: (inout Condition) -> Void) { condition.withLock { change(&$0) } }
}

/// How many requests of which kind a node has had.
final class RequestCounters: Sendable {
    private struct Counts {
        var requests = 0
        /// By `KnownOperation.position`.
        var operations = [Int](repeating: 0, count: OperationName.allCases.count)
        /// Other things than operations, and operations that there are not.
        var others: [String: Int] = [:]
    }
    private let counts = Mutex(Counts())

    func add(_ name: String) { counts.withLock { $0.others[name, default: 0] += 1 } }

    /// Counts an operation, under its name and under `requests`.
    func add(request operation: String) {
        let known = KnownOperation(named: operation)
        counts.withLock { counts in
            counts.requests += 1
            if let known {
                counts.operations[known.position] += 1
                return
            }
            // Names come from clients: only so many unknown ones are kept apart.
            let isOneTooMany = counts.others[operation] == nil && counts.others.count > 100
            counts.others[operation.isEmpty || isOneTooMany ? "?" : operation, default: 0] += 1
        }
    }

    /// All counts that are not zero, by name.
    var all: [String: Int] {
        let counts = counts.withLock { $0 }
        var all = counts.others
        if counts.requests > 0 { all["requests", default: 0] += counts.requests }
        for (operation, count) in zip(OperationName.allCases, counts.operations) where count > 0 {
            all[operation.rawValue] = count
        }
        return all
    }

    func clear() { counts.withLock { $0 = Counts() } }
}
