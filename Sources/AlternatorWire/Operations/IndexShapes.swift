/// Which attributes an index holds.
///
/// Alternator accepts it and projects everything all the same; ask for a `projectionExpression` to read less.
public struct IndexProjection: Sendable, Hashable, WireWritable, WireReadable {
    /// All, the keys alone, or the keys and some more.
    public struct ProjectionType: WireWord {
        /// The word as it is sent and received.
        public let rawValue: String
        /// A word, also one that is not among those below.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Every attribute.
        public static let all = Self(rawValue: "ALL")
        /// The keys of table and index.
        public static let keysOnly = Self(rawValue: "KEYS_ONLY")
        /// The keys and some attributes more.
        public static let include = Self(rawValue: "INCLUDE")
    }

    /// Which attributes; `nil`: the server's choice.
    public var projectionType: ProjectionType?
    /// The attributes beside the keys, for `include`.
    public var nonKeyAttributes: [String]

    /// A projection to these attributes.
    public init(_ projectionType: ProjectionType?, nonKeyAttributes: [String] = []) {
        self.projectionType = projectionType
        self.nonKeyAttributes = nonKeyAttributes
    }

    /// Everything.
    public static let all = Self(.all)
    /// Only the keys of index and table.
    public static let keysOnly = Self(.keysOnly)
    /// The keys and these attributes.
    public static func include(_ nonKeyAttributes: [String]) -> Self {
        Self(.include, nonKeyAttributes: nonKeyAttributes)
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(nil)
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "ProjectionType": projectionType = try reader.readWord()
            case "NonKeyAttributes": nonKeyAttributes = try reader.readStrings()
            default: try reader.skipValue()
            }
        }
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("ProjectionType", word: projectionType)
            json.member("NonKeyAttributes", strings: nonKeyAttributes)
        }
    }
}

/// An index with its own partition key, to be created.
///
/// One or two key attributes; Alternator has no keys of several attributes. With tablets the cluster needs 1 or 3 racks.
public struct GlobalSecondaryIndex: Sendable, Hashable, WireWritable {
    /// 3 characters or more of `a-z A-Z 0-9 . _ -`; with the table's name at most 221.
    public var indexName: String
    /// The key attributes, partition key first.
    public var keySchema: [KeySchemaElement]
    /// What the index holds of an item; ScyllaDB knows only all of it.
    public var projection: IndexProjection
    /// Ignored by Alternator.
    public var provisionedThroughput: ProvisionedThroughput?

    /// An index of these parts.
    public init(
        indexName: String,
        keySchema: [KeySchemaElement],
        projection: IndexProjection = .all,
        provisionedThroughput: ProvisionedThroughput? = nil
    ) {
        self.indexName = indexName
        self.keySchema = keySchema
        self.projection = projection
        self.provisionedThroughput = provisionedThroughput
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("IndexName", indexName)
            json.member("KeySchema", shapes: keySchema)
            json.member("Projection", shape: projection)
            json.member("ProvisionedThroughput", shape: provisionedThroughput)
        }
    }
}

/// An index with the table's partition key and another sort key; only while creating the table.
public struct LocalSecondaryIndex: Sendable, Hashable, WireWritable {
    /// 3 characters or more of `a-z A-Z 0-9 . _ -`; with the table's name at most 220.
    public var indexName: String
    /// The key attributes, partition key first.
    public var keySchema: [KeySchemaElement]
    /// What the index holds of an item; ScyllaDB knows only all of it.
    public var projection: IndexProjection

    /// A local index.
    public init(indexName: String, keySchema: [KeySchemaElement], projection: IndexProjection = .all) {
        self.indexName = indexName
        self.keySchema = keySchema
        self.projection = projection
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("IndexName", indexName)
            json.member("KeySchema", shapes: keySchema)
            json.member("Projection", shape: projection)
        }
    }
}

/// How near two vectors are.
public struct SimilarityFunction: WireWord {
    /// The word as it is sent and received.
    public let rawValue: String
    /// A word, also one that is not among those below.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The server's default.
    public static let cosine = Self(rawValue: "COSINE")
    /// By straight distance.
    public static let euclidean = Self(rawValue: "EUCLIDEAN")
    /// By the dot product.
    public static let dotProduct = Self(rawValue: "DOT_PRODUCT")
}

/// An index for vector search, a ScyllaDB extension of ScyllaDB Cloud; needs tablets and a vector store.
///
/// Source: ScyllaDB documentation, "Alternator Vector Search".
public struct VectorIndex: Sendable, Hashable, WireWritable {
    /// Unique among all indexes of the table.
    public var indexName: String
    /// The attribute with the vector; no key.
    public var attributeName: String
    /// The length of each vector; writes of another length are refused.
    public var dimensions: Int
    /// `nil` for `cosine`.
    public var similarityFunction: SimilarityFunction?
    /// `nil` for keys only, the one kind there is.
    public var projection: IndexProjection?

    /// An index of these parts.
    public init(
        indexName: String,
        attributeName: String,
        dimensions: Int,
        similarityFunction: SimilarityFunction? = nil,
        projection: IndexProjection? = nil
    ) {
        self.indexName = indexName
        self.attributeName = attributeName
        self.dimensions = dimensions
        self.similarityFunction = similarityFunction
        self.projection = projection
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("IndexName", indexName)
            json.key("VectorAttribute")
            json.object { json in
                json.member("AttributeName", attributeName)
                json.member("Dimensions", dimensions)
            }
            json.member("Projection", shape: projection)
            json.member("SimilarityFunction", word: similarityFunction)
        }
    }
}
