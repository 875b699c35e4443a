import AlternatorRouting
import AlternatorWire
import Foundation
import Testing

/// A JSON tree as the bytes of a request.
func json(_ vectors: Vectors) throws -> [UInt8] {
    [UInt8](try JSONSerialization.data(withJSONObject: vectors.root))
}

/// The table order of a request body is not kept by Foundation's dictionaries; votes do not depend on it.
func facts(_ operation: String, _ params: Vectors) throws -> RequestFacts? {
    guard let name = OperationName(rawValue: operation) else { return nil }
    return RequestFacts(name, body: try json(params))
}

struct ClassificationTests {
    private static let modes: [(String, KeyAffinity.Mode)] = [("NONE", .off), ("RMW", .rmw), ("ANY_WRITE", .anyWrite)]

    @Test func `every published request is classified and routed as the specification says`() throws {
        let nodes = try nodeSet((1...3).map { "10.0.0.\($0)" })
        for entry in try Vectors("classification_vectors").cases("cases") {
            let facts = try facts(try #require(entry["operation"]?.string), try entry.need("params"))
            let name = entry["name"]?.string ?? ""
            for (label, mode) in Self.modes {
                #expect((facts?.applies(in: mode) ?? false) == entry[label]?.bool, "\(name) \(label)")
                let target = facts?.target(mode: { _ in mode }, keyName: { _ in "pk" }) ?? .any
                let wanted = entry["\(label)_target"]
                switch target {
                case .any:
                    #expect(wanted == nil, "\(name) \(label)")
                case .key(let hash):
                    #expect(wanted?.string == "seed:\(hash)", "\(name) \(label)")
                case .keys(let hashes):
                    let voted = Set(
                        hashes.compactMap { KeyAffinity.Order.specification.firstPosition(of: $0, over: nodes) }
                    )
                    let order = BatchVote.order(of: hashes, over: nodes, by: .specification).prefix(voted.count)
                    #expect(order.map { nodes[$0].endpoint.host } == wanted?.strings, "\(name) \(label)")
                case .node, .only:
                    Issue.record("a request never names a node")
                }
            }
        }
    }

    @Test func `every published batch votes as told, with the specification's ties and tail`() throws {
        for entry in try Vectors("batch_vectors").cases("cases") {
            let name = entry["name"]?.string ?? ""
            let input = try #require(entry["nodes"]?.strings)
            let keys = try #require(entry["pk_names"]?.members)
            let facts = try facts("BatchWriteItem", try entry.need("request"))
            let target = facts?.target(mode: { _ in .anyWrite }, keyName: { keys[$0]?.string }) ?? .any
            var hashes: [Int64] = []
            if case .keys(let found) = target { hashes = found }
            let candidates = (entry["candidates"]?.root as? [Any] ?? []).map(Vectors.init(root:))
            #expect(hashes.sorted() == candidates.compactMap { $0["hash_int64"]?.int64 }.sorted(), "\(name)")
            guard let voted = entry["python_voted_order"]?.strings, let full = entry["full_order"]?.strings else {
                #expect(target == .any, "\(name)")
                continue
            }
            // The file's order is that of bare hosts, as the Python client sorts.
            let nodes = try nodeSet(input)
            let python = BatchVote.order(of: hashes, over: nodes, by: .pythonClient).map { nodes[$0].endpoint.host }
            #expect(python == full, "\(name)")
            #expect(Array(python.prefix(voted.count)) == voted, "\(name)")
            // With the scheme's default port the specification sorts plain hosts too, except for IPv6.
            if !input.contains(where: { $0.contains(":") || $0 != $0.lowercased() }) {
                let plain = try nodeSet(input, port: 80)
                let order = BatchVote.order(of: hashes, over: plain, by: .specification)
                #expect(order.map { plain[$0].endpoint.host } == full, "\(name)")
            }
            try expectSpecification(hashes, nodes, name)
        }
    }

    /// Counts the votes a second way, from whole plans, and sorts them as the specification's prose says.
    private func expectSpecification(_ hashes: [Int64], _ nodes: NodeSet, _ name: String) throws {
        var votes: [String: Int] = [:]
        for hash in hashes {
            let first = try #require(hosts(nodes, .seeded(GoRandom(seed: hash), overHosts: false)).first)
            votes[first, default: 0] += 1
        }
        let canonical = Dictionary(uniqueKeysWithValues: nodes.nodes.map { ($0.endpoint.host, $0.endpoint.canonical) })
        let expected = canonical.keys.sorted { left, right in
            let (first, second) = (votes[left] ?? 0, votes[right] ?? 0)
            return first == second
                ? Array((canonical[left] ?? "").utf8).lexicographicallyPrecedes(Array((canonical[right] ?? "").utf8))
                : first > second
        }
        let order = BatchVote.order(of: hashes, over: nodes, by: .specification)
        #expect(order.map { nodes[$0].endpoint.host } == expected, "\(name)")
    }

    @Test func `a batch asks each table's key once, and only of tables whose mode routes it`() throws {
        let body = """
            {"RequestItems":{"a":[{"PutRequest":{"Item":{"k":{"S":"1"}}}},{"PutRequest":{"Item":{"k":{"S":"2"}}}}],
            "b":[{"DeleteRequest":{"Key":{"k":{"S":"3"}}}}],"c":[],"d":[{"PutRequest":{"Item":{"k":{"S":"4"}}}}]}}
            """
        let facts = try #require(RequestFacts(.batchWriteItem, body: Array(body.utf8)))
        var asked: [String] = []
        let target = facts.target(
            mode: { $0 == "d" ? .rmw : .anyWrite },
            keyName: { table in
                asked.append(table)
                return table == "b" ? nil : "k"
            }
        )
        #expect(asked == ["a", "b"])
        #expect(target == .keys([KeyHash.string("1"), KeyHash.string("2")]))
    }

    @Test(arguments: [
        #"{"PutRequest":null,"DeleteRequest":{"Key":{"k":{"S":"x"}}}}"#, #"{"PutRequest":{}}"#,
        #"{"DeleteRequest":null}"#,
        #"{"PutRequest":{"Key":{"k":{"S":"x"}}}}"#, #"{"Put":{"Item":{"k":{"S":"x"}}}}"#, "null", "5", "[]", "{}",
        #"{"PutRequest":{"Item":{"k":{"S":"x"}}},"DeleteRequest":{"Key":{"k":{"S":"x"}}}}"#,
    ])
    func `an entry of a batch that is not one put or one delete has no vote`(entry: String) {
        let proper = #"{"DeleteRequest":{"Key":{"k":{"S":"1"}}}}"#
        let alone = RequestFacts(.batchWriteItem, body: Array(#"{"RequestItems":{"t":[\#(entry)]}}"#.utf8))
        #expect(alone.map(\.isReadModifyWrite) == nil)
        let beside = RequestFacts(.batchWriteItem, body: Array(#"{"RequestItems":{"t":[\#(entry),\#(proper)]}}"#.utf8))
        #expect(beside?.target(mode: { _ in .anyWrite }, keyName: { _ in "k" }) == .keys([KeyHash.string("1")]))
    }

    @Test(arguments: [
        "", "{", "[]", "null", #"{"TableName":"t","Item":{"pk":{"S":"a"}}"#,
        #"{"TableName":"t","Item":{"pk":{"S":"a"}}} x"#,
        #"{"TableName":"t","Item":{"pk":{"S":"\ud800"}}}"#,
    ])
    func `broken JSON is routed like any other request`(body: String) {
        #expect(RequestFacts(.putItem, body: Array(body.utf8)) == nil)
        #expect(RequestFacts(.batchWriteItem, body: Array(body.utf8)) == nil)
    }

    @Test(arguments: [
        #"{"TableName":"t"}"#, #"{"Item":{"pk":{"S":"a"}}}"#, #"{"TableName":"t","Item":[]}"#,
        #"{"TableName":5,"Item":{"pk":{"S":"a"}}}"#, #"{"TableName":"t","Item":{"other":{"S":"a"}}}"#,
        #"{"TableName":"t","Item":{"pk":{"BOOL":true}}}"#, #"{"TableName":"t","Item":{"pk":{"S":5}}}"#,
        #"{"TableName":"t","Item":{"pk":{"S":"a","N":"1"}}}"#, #"{"TableName":"t","Item":{"pk":{"N":"abc"}}}"#,
        #"{"TableName":"t","Item":{"pk":{"N":""}}}"#, #"{"TableName":"t","Item":{"pk":{"B":"?"}}}"#,
        #"{"TableName":"t","Item":{"pk":{"B":"AA"}}}"#, #"{"TableName":"t","Item":{"pk":"a"}}"#,
        #"{"TableName":"t","Item":{"pk":{}}}"#, #"{"TableName":"t","Item":{"pk":null}}"#,
        #"{"TableName":"t","Key":{"pk":{"S":"a"}}}"#, #"{"TableName":"t","Item":{"pk":{"NULL":true}}}"#,
    ])
    func `a write without a usable key gets an ordinary plan`(body: String) throws {
        let facts = try #require(RequestFacts(.putItem, body: Array(body.utf8)))
        #expect(facts.target(mode: { _ in .anyWrite }, keyName: { _ in "pk" }) == .any)
    }

    @Test(arguments: [
        (#"{"S":"a"}"#, KeyHash.string("a")), (#"{"S":"\u0061"}"#, KeyHash.string("a")),
        (#"{"S":""}"#, KeyHash.string("")),
        (#"{"N":"1.00"}"#, KeyHash.number("1.00")), (#"{"N":"-0"}"#, KeyHash.number("-0")),
        (#"{"N":"1E+2"}"#, KeyHash.number("1E+2")), (#" { "B" : "AQID" } "#, KeyHash.binary([1, 2, 3])),
        (#"{"B":""}"#, KeyHash.binary([])),
    ])
    func `a key hashes as it is written, wherever it stands`(value: String, hash: Int64) throws {
        let body = #"{"Item":{"a":{"M":{"pk":{"S":"no"}}},"pk":\#(value),"z":{"L":[]}},"TableName":"t"}"#
        let facts = try #require(RequestFacts(.putItem, body: Array(body.utf8)))
        #expect(facts.table == "t")
        #expect(facts.target(mode: { _ in .anyWrite }, keyName: { _ in "pk" }) == .key(hash))
        #expect(facts.target(mode: { _ in .rmw }, keyName: { _ in "pk" }) == .any)
        #expect(facts.target(mode: { _ in .anyWrite }, keyName: { _ in nil }) == .any)
    }

    @Test func `a hint is exact: only what reads counts as read-modify-write`() {
        let key = AttributeValue.string("alice")
        let hash = RouteTarget.key(-5_289_981_832_391_434_001)
        func target(_ access: RouteHint.Access, _ mode: KeyAffinity.Mode, _ key: AttributeValue?) -> RouteTarget {
            RouteHint(table: "t", partitionKey: key, access: access).target(mode)
        }
        #expect(target(.read, .anyWrite, key) == .any)
        #expect(target(.write, .anyWrite, key) == hash)
        #expect(target(.write, .rmw, key) == .any)
        #expect(target(.readModifyWrite, .rmw, key) == hash)
        #expect(target(.readModifyWrite, .automatic, key) == hash)
        #expect(target(.readModifyWrite, .off, key) == .any)
        #expect(target(.write, .anyWrite, nil) == .any)
        #expect(target(.write, .anyWrite, .bool(true)) == .any)
    }
}
