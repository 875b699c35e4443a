import AlternatorWire

/// An operation that is served, found by its name without comparing it with each of them.
struct KnownOperation: Sendable {
    let operation: OperationName
    /// Its place in `OperationName.allCases`.
    let position: Int
    private let name: String

    /// The operation of that name; `nil` if there is none.
    init?(named name: String) {
        let length = name.utf8.count
        guard length < Self.byLength.count,
            let known = Self.byLength[length].first(where: { $0.name == name })
        else { return nil }
        self = known
    }

    private init(_ operation: OperationName, at position: Int) {
        self.operation = operation
        self.position = position
        name = operation.rawValue
    }

    private static let byLength: [[KnownOperation]] = {
        let all = OperationName.allCases.enumerated().map { KnownOperation($0.element, at: $0.offset) }
        let longest = all.map(\.name.utf8.count).max() ?? 0
        return (0...longest).map { length in all.filter { $0.name.utf8.count == length } }
    }()
}
