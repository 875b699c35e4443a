import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

/// Each difference between a model and its table, one by one.
struct VerifySchemaTests {
    private struct Song: ExpiringItem, IndexedItem, VectorIndexedItem {
        var artist: String
        var number: Int
        var genre: String
        var mood: [Float]
        var until: Date?
        static let primaryKey = PrimaryKey(\Song.artist, \Song.number)
        static let byGenre = SecondaryIndex.global("byGenre", \Song.genre, \Song.number)
        static let local = SecondaryIndex.local("local", \Song.artist, \Song.genre)
        static let indexes = Indexes(byGenre, local)
        static let byMood = VectorSearchIndex("byMood", \Song.mood, dimensions: 3)
        static let vectorIndexes = [byMood]
        static let expiry = ExpiryAttribute(\Song.until)
    }

    private static let keys =
        #"[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"number","KeyType":"RANGE"}]"#
    private static let definitions =
        #"[{"AttributeName":"artist","AttributeType":"S"},{"AttributeName":"number","AttributeType":"N"},"#
        + #"{"AttributeName":"genre","AttributeType":"S"}]"#
    private static let byGenre =
        #"{"IndexName":"byGenre","KeySchema":[{"AttributeName":"genre","KeyType":"HASH"},"#
        + #"{"AttributeName":"number","KeyType":"RANGE"}]}"#
    private static let local =
        #"{"IndexName":"local","KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},"#
        + #"{"AttributeName":"genre","KeyType":"RANGE"}]}"#
    private static let byMood =
        #"{"IndexName":"byMood","VectorAttribute":{"AttributeName":"mood","Dimensions":3},"SimilarityFunction":"COSINE"}"#

    private static func differences(
        keys: String = keys,
        definitions: String = definitions,
        global: String = byGenre,
        local: String = local,
        vector: String = byMood,
        expiry: String = #"{"TimeToLiveStatus":"ENABLED","AttributeName":"until"}"#
    ) async throws -> [String] {
        let bench = try await Bench(answers: [
            .ok(
                #"{"Table":{"TableName":"songs","TableStatus":"ACTIVE","KeySchema":\#(keys),"#
                    + #""AttributeDefinitions":\#(definitions),"GlobalSecondaryIndexes":[\#(global)],"#
                    + #""LocalSecondaryIndexes":[\#(local)],"VectorIndexes":[\#(vector)]}}"#
            ),
            .ok(#"{"TimeToLiveDescription":\#(expiry)}"#),
        ])
        return try await bench.resource.table("songs", of: Song.self).verifySchema().map(\.description)
    }

    @Test func `a table as declared has no difference`() async throws {
        #expect(try await Self.differences() == [])
    }

    @Test func `another key is told with both`() async throws {
        #expect(
            try await Self.differences(
                keys: #"[{"AttributeName":"artist","KeyType":"HASH"}]"#
            ) == ["the table has the key artist (S); the model declares artist (S), number (N)"]
        )
        let definitions = Self.definitions.replacingOccurrences(
            of: #""AttributeType":"N""#,
            with: #""AttributeType":"S""#
        )
        #expect(
            try await Self.differences(definitions: definitions) == [
                "the table has the key artist (S), number (S); the model declares artist (S), number (N)",
                "index byGenre has the key genre (S), number (S); the model declares genre (S), number (N)",
            ]
        )
    }

    @Test func `missing and other indexes are told`() async throws {
        #expect(
            try await Self.differences(global: "", local: "", vector: "") == [
                "global index byGenre is missing", "local index local is missing", "vector index byMood is missing",
            ]
        )
        let other = #"{"IndexName":"byGenre","KeySchema":[{"AttributeName":"genre","KeyType":"HASH"}]}"#
        #expect(
            try await Self.differences(global: other) == [
                "index byGenre has the key genre (S); the model declares genre (S), number (N)"
            ]
        )
        let euclidean = Self.byMood.replacingOccurrences(of: "COSINE", with: "EUCLIDEAN")
            .replacingOccurrences(of: #""Dimensions":3"#, with: #""Dimensions":4"#)
        #expect(
            try await Self.differences(vector: euclidean) == [
                "vector index byMood is over mood with 4 dimensions by EUCLIDEAN; "
                    + "the model declares mood with 3 dimensions by COSINE"
            ]
        )
    }

    @Test func `another expiry is told`() async throws {
        #expect(
            try await Self.differences(expiry: #"{"TimeToLiveStatus":"DISABLED"}"#) == [
                "expiry is off; the model declares it on until"
            ]
        )
        #expect(
            try await Self.differences(expiry: #"{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}"#) == [
                "expiry is on ttl; the model declares until"
            ]
        )
    }
}
