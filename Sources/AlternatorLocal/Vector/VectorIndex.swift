import AlternatorWire

/// A vector index as it is declared and described.
///
/// Searching it takes a vector store beside the server, and here there is none: the index stays in CREATING, and
/// what a node does without a store is all it does. Values of its attribute are checked nevertheless.
struct VectorIndex: Sendable, Hashable {
    let name: String
    let attribute: String
    let dimensions: Int
    let similarity: String

    static let maximumDimensions = 16_000
    static let similarities = ["COSINE", "EUCLIDEAN", "DOT_PRODUCT"]

    /// What DescribeTable tells of it.
    var description: JSONValue {
        .object([
            .init("IndexName", .string(name)),
            .init(
                "VectorAttribute",
                .object([
                    .init("AttributeName", .string(attribute)), .init("Dimensions", .number(String(dimensions))),
                ])
            ),
            .init("Projection", .object([.init("ProjectionType", .string("KEYS_ONLY"))])),
            .init("SimilarityFunction", .string(similarity)),
            .init("IndexStatus", .string("CREATING")),
        ])
    }

    /// Refuses a value that cannot be in the index: it takes a list of exactly its number of numbers.
    func check(_ value: ItemValue) throws(LocalError) {
        let count: Int
        switch value {
        case .float32Vector(let components): count = components.count
        case .list(let elements):
            count = elements.count
            for element in elements { _ = try Self.component(element, of: attribute) }
        default:
            throw .validation("Attribute \(attribute) has the vector index \(name): it must be a list of numbers")
        }
        guard count == dimensions else {
            throw .validation(
                "Attribute \(attribute) has the vector index \(name): it must have exactly \(dimensions) numbers"
            )
        }
    }

    private static func component(_ element: ItemValue, of attribute: String) throws(LocalError) -> Float {
        guard case .number(let number) = element else {
            throw .validation("Attribute \(attribute) has a vector index: it must contain only numbers")
        }
        guard let component = Float(number.description), component.isFinite else {
            throw .validation("Attribute \(attribute) has a vector index: \(number) is no 32-bit float")
        }
        return component
    }
}

// MARK: - As it is saved

extension VectorIndex {
    var encoded: JSONValue {
        .object([
            .init("name", .string(name)), .init("attribute", .string(attribute)),
            .init("dimensions", .number(String(dimensions))), .init("similarity", .string(similarity)),
        ])
    }

    init?(_ saved: JSONValue) {
        guard let name = saved["name"]?.text, let attribute = saved["attribute"]?.text,
            let dimensions = saved["dimensions"]?.integer, let similarity = saved["similarity"]?.text
        else { return nil }
        self.init(name: name, attribute: attribute, dimensions: dimensions, similarity: similarity)
    }
}
