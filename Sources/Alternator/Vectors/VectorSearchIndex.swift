public import AlternatorWire

/// An index of a model's table for finding the items nearest to a vector; ScyllaDB Cloud only.
///
/// ```swift
/// struct Song: VectorIndexedItem {
///     var id: String
///     var mood: [Float]                      // or Float32Vector, which takes a quarter of the room
///     static let primaryKey = PrimaryKey(\Song.id)
///     static let byMood = VectorSearchIndex("byMood", \Song.mood, dimensions: 384)
///     static let vectorIndexes = [byMood]
/// }
/// let alike = try await songs.nearest(to: mood, k: 10, in: Song.byMood)
/// ```
///
/// Items without the attribute are not in the index. Once there is an index the server refuses vectors of another length.
public struct VectorSearchIndex<Root: Codable & Sendable>: Sendable {
    /// The index's name on the server.
    public let name: String
    /// The length of each vector.
    public let dimensions: Int
    /// What counts as near; `nil` for the server's default, cosine.
    public let similarity: SimilarityFunction?
    let attribute: [PathElement]

    private init(_ name: String, _ attribute: [PathElement], _ dimensions: Int, _ similarity: SimilarityFunction?) {
        self.name = name
        self.attribute = attribute
        self.dimensions = dimensions
        self.similarity = similarity
    }

    /// An index over a property that holds vectors, optional or not.
    public init(
        _ name: String,
        _ attribute: KeyPath<Root, [Float]>,
        dimensions: Int,
        similarity: SimilarityFunction? = nil
    ) {
        self.init(name, Path(attribute).elements, dimensions, similarity)
    }

    /// An index over a property that may be missing.
    public init(
        _ name: String,
        _ attribute: KeyPath<Root, [Float]?>,
        dimensions: Int,
        similarity: SimilarityFunction? = nil
    ) {
        self.init(name, Path(attribute).elements, dimensions, similarity)
    }

    /// An index over a property that is stored as the server's own vector type.
    public init(
        _ name: String,
        _ attribute: KeyPath<Root, Float32Vector>,
        dimensions: Int,
        similarity: SimilarityFunction? = nil
    ) {
        self.init(name, Path(attribute).elements, dimensions, similarity)
    }

    /// An index over a property that is stored as the server's own vector type and may be missing.
    public init(
        _ name: String,
        _ attribute: KeyPath<Root, Float32Vector?>,
        dimensions: Int,
        similarity: SimilarityFunction? = nil
    ) {
        self.init(name, Path(attribute).elements, dimensions, similarity)
    }

    /// The index as it is created; throws `.mapping` where its attribute has no name.
    func request() throws(AlternatorError) -> VectorIndex {
        let path = Path<Root, [Float]>(elements: attribute)
        return VectorIndex(
            indexName: name,
            attributeName: try path.topLevelName(of: "The vector of index \(name)"),
            dimensions: dimensions,
            similarityFunction: similarity
        )
    }
}

/// A model with vector indexes, made by `create`.
public protocol VectorIndexedItem: TableItem {
    static var vectorIndexes: [VectorSearchIndex<Self>] { get }
}

/// The vector indexes of a type, if it declares any.
enum VectorIndexes {
    static func requests(of type: Any.Type) throws(AlternatorError) -> [VectorIndex] {
        guard let type = type as? any VectorIndexedItem.Type else { return [] }
        return try declared(type)
    }

    private static func declared<Item: VectorIndexedItem>(_ type: Item.Type) throws(AlternatorError) -> [VectorIndex] {
        try type.vectorIndexes.map { (index) throws(AlternatorError) in try index.request() }
    }
}
