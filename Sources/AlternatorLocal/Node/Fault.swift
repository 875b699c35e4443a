import Synchronization

extension LocalCluster {
    /// Something a node does wrong on request.
    public struct Fault: Sendable, Hashable {
        /// What goes wrong.
        public enum Kind: Sendable, Hashable {
            /// Never answers; the connection stays open.
            case hang
            /// Closes the connection with a reset instead of answering; the operation is not performed.
            case reset
            /// Performs the operation, then closes the connection instead of answering.
            case loseAnswer
            /// Performs the operation and answers after so long.
            case delay(Duration)
            /// Writes the answer in pieces of so many bytes with a pause after each.
            case slow(bytes: Int, every: Duration)
            /// Sends the head and only so many bytes of the body, then closes.
            case cutShort(after: Int)
            /// Answers with bytes that are no HTTP.
            case garbage
            /// Answers 500 InternalServerError without performing the operation.
            case internalServerError
            /// Performs the operation and answers 500 nevertheless.
            case internalServerErrorAfterwards
            /// Answers 400 RequestLimitExceeded, as an overloaded node does.
            case throttle
            /// Leaves the second half of a batch unprocessed.
            case unprocessed
            /// Answers /localnodes with these addresses.
            case localNodes([String])
        }

        /// What goes wrong.
        public var kind: Kind
        /// The operation it is for, such as "PutItem"; `nil` is every operation (for `localNodes`: that request).
        public var operation: String?
        /// How often it happens: 1 always, 0.1 for a tenth of the requests.
        public var rate: Double
        /// After so many times it is over; `nil` is never.
        public var times: Int?
        /// Where the chance of `rate` starts, so that a run can be repeated.
        public var seed: UInt64

        /// A fault of the requests it names.
        public init(
            _ kind: Kind,
            operation: String? = nil,
            rate: Double = 1,
            times: Int? = nil,
            seed: UInt64 = 1
        ) {
            self.kind = kind
            self.operation = operation
            self.rate = rate
            self.times = times
            self.seed = seed
        }
    }
}

/// The faults a node has been given.
final class FaultPlan: Sendable {
    private struct Active {
        var fault: LocalCluster.Fault
        var state: UInt64
        var left: Int?
    }

    private let active = Mutex<[Active]>([])

    func add(_ fault: LocalCluster.Fault) {
        active.withLock { $0.append(Active(fault: fault, state: fault.seed, left: fault.times)) }
    }

    func clear() { active.withLock { $0 = [] } }

    /// The fault for one operation, or for `nil` the /localnodes request; uses up one of its times.
    func next(for operation: @autoclosure () -> String?) -> LocalCluster.Fault.Kind? {
        active.withLock { active in
            guard !active.isEmpty else { return nil }
            let operation = operation()
            for index in active.indices where Self.concerns(active[index].fault, operation) {
                if active[index].left == 0 { continue }
                guard Self.happens(&active[index]) else { continue }
                active[index].left? -= 1
                return active[index].fault.kind
            }
            return nil
        }
    }

    private static func concerns(_ fault: LocalCluster.Fault, _ operation: String?) -> Bool {
        if case .localNodes = fault.kind { return operation == nil }
        guard let operation else { return false }
        if case .unprocessed = fault.kind, operation != "BatchWriteItem", operation != "BatchGetItem" { return false }
        return fault.operation == nil || fault.operation == operation
    }

    private static func happens(_ active: inout Active) -> Bool {
        guard active.fault.rate < 1 else { return true }
        // SplitMix64; the upper 53 bits are a fraction of one.
        active.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = active.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        mixed ^= mixed >> 31
        return Double(mixed >> 11) / Double(1 << 53) < active.fault.rate
    }
}
