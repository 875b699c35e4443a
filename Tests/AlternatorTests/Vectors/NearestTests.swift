import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

struct Song: NamedTableItem, VectorIndexedItem, Equatable {
    var id: String
    var mood: [Float]
    var sound: Float32Vector?
    enum CodingKeys: String, CodingKey { case id, mood = "m", sound }
    static let tableName = "songs"
    static let primaryKey = PrimaryKey(\Song.id)
    static let byMood = VectorSearchIndex("byMood", \Song.mood, dimensions: 2)
    static let vectorIndexes = [byMood]
}

/// Vector search: the requests byte for byte, and what becomes of the answers.
///
/// Source of the forms: ScyllaDB documentation, "Alternator Vector Search".
struct NearestTests {
    @Test func `nearest asks for all attributes of the k nearest`() async throws {
        let bench = try await Bench(answers: [
            .ok(
                #"{"Items":[{"id":{"S":"a"},"m":{"FLOAT32VECTOR":[1.0,0.5]}},{"id":{"S":"b"},"m":{"L":[{"N":"1"},{"N":"2"}]}}]}"#
            )
        ])
        let found = try await bench.resource.table(Song.self).nearest(to: [0.5, -0.25], k: 10, in: Song.byMood)
        #expect(found == [Song(id: "a", mood: [1, 0.5]), Song(id: "b", mood: [1, 2])])
        #expect(
            bench.sent == [
                .init(
                    "Query",
                    #"{"TableName":"songs","IndexName":"byMood","Select":"ALL_ATTRIBUTES","Limit":10,"#
                        + #""VectorSearch":{"QueryVector":{"L":[{"N":"0.5"},{"N":"-0.25"}]}}}"#
                )
            ]
        )
    }

    @Test func `the vector may be sent as ScyllaDB's own type, with scores and the only index of the model`()
        async throws
    {
        let bench = try await Bench(answers: [.ok(#"{"Items":[{"id":{"S":"a"},"m":{"L":[]}}],"Scores":[0.75]}"#)])
        let found = try await bench.resource.table(Song.self).neighbors(of: [0.5, 2], k: 1, as: .float32Vector)
        #expect(found == [Neighbor(item: Song(id: "a", mood: []), score: 0.75)])
        #expect(
            bench.bodies == [
                #"{"TableName":"songs","IndexName":"byMood","Select":"ALL_ATTRIBUTES","Limit":1,"#
                    + #""VectorSearch":{"QueryVector":{"FLOAT32VECTOR":[0.5,2.0]},"ReturnScores":"SIMILARITY"}}"#
            ]
        )
    }

    @Test func `a partial type asks for its attributes`() async throws {
        struct ID: Decodable { var id: String }
        let bench = try await Bench(answers: [.ok(#"{"Items":[{"id":{"S":"a"}}]}"#)])
        let found = try await bench.resource.table(Song.self).nearest(to: [0, 1], k: 3, of: ID.self)
        #expect(found.map(\.id) == ["a"])
        #expect(
            bench.bodies == [
                ##"{"TableName":"songs","IndexName":"byMood","ProjectionExpression":"#n0","##
                    + ##""ExpressionAttributeNames":{"#n0":"id"},"Limit":3,"##
                    + #""VectorSearch":{"QueryVector":{"L":[{"N":"0"},{"N":"1"}]}}}"#
            ]
        )
    }

    @Test func `tables by name search too`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Items":[{"id":{"S":"a"}}]}"#)])
        let found = try await bench.resource.table("songs").nearest(to: [1], k: 5, in: "byMood")
        #expect(found == [["id": "a"]])
    }

    @Test func `a search that cannot be made says so before sending`() async throws {
        let bench = try await Bench()
        let songs = bench.resource.table(Song.self)
        for (vector, k) in [([1, 2], 0), ([1, 2], 1001), ([], 1), ([1, .nan], 1)] as [([Float], Int)] {
            let error = await #expect(throws: AlternatorError.self) { _ = try await songs.nearest(to: vector, k: k) }
            #expect(error?.code == .mapping)
            #expect(error?.operation == "Query")
        }
        let short = await #expect(throws: AlternatorError.self) {
            _ = try await songs.nearest(to: [1], k: 1, in: Song.byMood)
        }
        #expect(short?.code == .mapping)
        let visits = bench.resource.table(Visit.self)
        let none = await #expect(throws: AlternatorError.self) { _ = try await visits.nearest(to: [1], k: 1) }
        #expect(none?.message.contains("declares 0 vector indexes") == true)
        #expect(bench.sent.isEmpty)
    }

    @Test func `the vector indexes of a model are made with its table`() async throws {
        let made = ScriptedTransport.Reply.ok(
            #"{"Table":{"TableName":"songs","TableStatus":"ACTIVE","VectorIndexes":[{"IndexName":"byMood"}]}}"#
        )
        let bench = try await Bench { _, call in call.operation == "CreateTable" ? nil : made }
        try await bench.resource.table(Song.self).create()
        #expect(
            bench.bodies[0] == #"{"TableName":"songs","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"#
                + #""AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST","#
                + #""VectorIndexes":[{"IndexName":"byMood","VectorAttribute":{"AttributeName":"m","Dimensions":2}}]}"#
        )
        // A server that has never heard of them makes the table without.
        let old = try await Bench { _, _ in .ok(#"{"Table":{"TableName":"songs","TableStatus":"ACTIVE"}}"#) }
        let error = await #expect(throws: AlternatorError.self) { try await old.resource.table(Song.self).create() }
        #expect(error?.code == .unsupportedByServer)
        #expect(error?.message.contains("byMood") == true)
    }

    @Test func `a vector index is added and removed`() async throws {
        let bench = try await Bench()
        let songs = bench.resource.table(Song.self)
        let index = VectorSearchIndex("bySound", \Song.sound, dimensions: 3, similarity: .dotProduct)
        try await songs.addVectorIndex(index)
        try await songs.removeVectorIndex("bySound")
        #expect(
            bench.bodies == [
                #"{"TableName":"songs","VectorIndexUpdates":[{"Create":{"IndexName":"bySound","#
                    + #""VectorAttribute":{"AttributeName":"sound","Dimensions":3},"SimilarityFunction":"DOT_PRODUCT"}}]}"#,
                #"{"TableName":"songs","VectorIndexUpdates":[{"Delete":{"IndexName":"bySound"}}]}"#,
            ]
        )
    }

    @Test(arguments: [
        ("Vector Store is disabled", AlternatorError.Code.unsupportedByServer),
        ("Either KeyConditions or KeyConditionExpression must be given", .unsupportedByServer),
        ("VectorSearch: IndexName 'x' is not a vector index of table songs", .validation),
        ("VectorSearch QueryVector length 2 does not match the index's Dimensions 3", .validation),
    ])
    func `a server that cannot search is told from a wrong request`(
        message: String,
        code: AlternatorError.Code
    ) async throws {
        let bench = try await Bench { _, _ in .error("ValidationException", message) }
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await bench.resource.table(Song.self).nearest(to: [1, 2], k: 1)
        }
        #expect(error?.code == code)
        #expect(error?.message.contains(message) == true)
        #expect(error?.table == "songs")
    }

    @Test func `the embedded cluster, which has no vector store, is told as such`() async throws {
        try await withLocal { resource in
            let songs = resource.table(Song.self)
            try await songs.create()
            #expect(try await songs.describe().vectorIndexes.map(\.dimensions) == [2])
            let song = Song(id: "a", mood: [1, 0.5], sound: [0.25])
            try await songs.put(song)
            #expect(try await songs.get("a", consistent: true) == song)
            for form in [VectorForm.numbers, .float32Vector] {
                let error = await #expect(throws: AlternatorError.self) {
                    _ = try await songs.nearest(to: [1, 2], k: 1, in: Song.byMood, as: form)
                }
                #expect(error?.code == .unsupportedByServer)
                #expect(error?.message.contains("Vector Store is disabled") == true)
            }
            // What is wrong with the request itself stays the server's to tell.
            let other = await #expect(throws: AlternatorError.self) {
                _ = try await songs.nearest(to: [1, 2], k: 1, in: "noSuchIndex")
            }
            #expect(other?.code == .validation)
            let short = await #expect(throws: AlternatorError.self) {
                try await songs.put(Song(id: "b", mood: [1], sound: nil))
            }
            #expect(short?.code == .validation)
            try await songs.addVectorIndex(VectorSearchIndex("bySound", \Song.sound, dimensions: 1))
            try await songs.removeVectorIndex("bySound")
        }
    }
}
