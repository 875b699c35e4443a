import Alternator

// A thousand distinct item types, made by the generics of one: 10 markers in each of three places.

protocol Marker: Sendable {}
enum M0: Marker {}
enum M1: Marker {}
enum M2: Marker {}
enum M3: Marker {}
enum M4: Marker {}
enum M5: Marker {}
enum M6: Marker {}
enum M7: Marker {}
enum M8: Marker {}
enum M9: Marker {}

struct Variant<First: Marker, Second: Marker, Third: Marker>: TableItem {
    var pk: String
    var sk: String
    var name: String
    var age: Int

    static var primaryKey: PrimaryKey<Variant, String, String> { PrimaryKey(\Variant.pk, \Variant.sk) }
}

private let markers: [any Marker.Type] = [
    M0.self, M1.self, M2.self, M3.self, M4.self, M5.self, M6.self, M7.self, M8.self, M9.self,
]

/// One get for each of the thousand types.
func typedCalls(_ resource: AlternatorResource) async throws -> [@Sendable () async throws -> Void] {
    func call<First: Marker, Second: Marker, Third: Marker>(
        _ first: First.Type,
        _ second: Second.Type,
        _ third: Third.Type
    ) -> @Sendable () async throws -> Void {
        let table = resource.table("bench_accounts", of: Variant<First, Second, Third>.self)
        return {
            guard try await table.get(Account.key(0), "profile") != nil else { throw BenchError("the item is missing") }
        }
    }
    var calls: [@Sendable () async throws -> Void] = []
    for first in markers {
        for second in markers {
            for third in markers { calls.append(call(first, second, third)) }
        }
    }
    return calls
}
