import Alternator
import Foundation

struct Place: Document {
    var city: String
    var floor: Int
}

struct Wide: TableItem {
    var id: String
    var a: Int
    var b: Int
    var c: String
    var d: String?
    var e: Double
    var f: Date
    var g: [String]
    var h: Set<String>
    var i: Int?
    var j: Place
    var k: Place?
    var flag: Bool
    static let primaryKey = PrimaryKey(\Wide.id)
}

/// Loads what the first operator of a file loads, so that it is not counted as time of an expression below.
func warmUp(_ t: TypedTable<Wide>) -> [Query<Wide, Wide>] {
    [
        t.query("x").where { $0.a == 1 && $0.c != "y" && $0.e < 3 || !($0.i >= 4) },
        t.query("x").where { $0.a > 1 && $0.g.sizeOf <= 2 },
    ]
}
