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
    private let counts = Mutex<[String: Int]>([:])

    func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }

    /// Counts an operation, under its name and under `requests`.
    func add(request operation: String) {
        // Names come from clients: only so many unknown ones are kept apart.
        counts.withLock { counts in
            counts["requests", default: 0] += 1
            let name = operation.isEmpty || (counts[operation] == nil && counts.count > 100) ? "?" : operation
            counts[name, default: 0] += 1
        }
    }

    var all: [String: Int] { counts.withLock { $0 } }

    func clear() { counts.withLock { $0 = [:] } }
}
