import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct KnownOperationTests {
    @Test func `every operation is found by its name`() {
        for (position, operation) in OperationName.allCases.enumerated() {
            let known = KnownOperation(named: operation.rawValue)
            #expect(known?.operation == operation)
            #expect(known?.position == position)
        }
    }

    @Test(arguments: [
        "", "getItem", "GetItems", "GetItem ", "PutItén", "TransactGetItems", String(repeating: "x", count: 99),
    ])
    func `other names are not`(_ name: String) {
        #expect(KnownOperation(named: name) == nil)
    }

    @Test func `counters tell operations and strangers`() {
        let counters = RequestCounters()
        counters.add("health")
        counters.add(request: "GetItem")
        counters.add(request: "GetItem")
        counters.add(request: "Foo")
        counters.add(request: "")
        #expect(counters.all == ["health": 1, "requests": 4, "GetItem": 2, "Foo": 1, "?": 1])
        for number in 0..<300 { counters.add(request: "stranger\(number)") }
        #expect(counters.all.count < 120)
        #expect(counters.all["requests"] == 304)
        counters.clear()
        #expect(counters.all.isEmpty)
    }
}
