import AlternatorWire

/// How a query's vector is written.
public enum VectorForm: Sendable, Hashable {
    /// As ScyllaDB's own type: `{"FLOAT32VECTOR":[0.5]}`.
    case float32Vector
    /// As a list of numbers: `{"L":[{"N":"0.5"}]}`.
    case numbers

    func value(_ vector: [Float]) throws(AlternatorError) -> AttributeValue {
        switch self {
        case .float32Vector: return .float32Vector(vector)
        case .numbers:
            var numbers: [AttributeValue] = []
            numbers.reserveCapacity(vector.count)
            for component in vector {
                numbers.append(try ItemEncoder().attribute(of: component))
            }
            return .list(numbers)
        }
    }
}

/// An item found by a vector search, with how near it is.
public struct Neighbor<Item> {
    /// The item.
    public let item: Item
    /// The similarity as the server tells it: higher for nearer, its range belongs to the index's similarity function.
    public let score: Double?
}

extension Neighbor: Sendable where Item: Sendable {}
extension Neighbor: Equatable where Item: Equatable {}
