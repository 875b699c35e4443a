// swift-format-ignore-file
// Conditions and updates of a size that people write; Tests/type-checking.sh measures them. One statement each.

import Alternator
import Foundation

func twelveClauses(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { $0.a > 1 && $0.b < 2 && $0.c == "x" && $0.d == "y" && $0.e >= 3 && $0.f > Date() && $0.i == 3 && $0.j.city == "P" && $0.k.floor > 4 && $0.g.contains("q") && !$0.h.contains("r") && $0.c.hasPrefix("z") }
}
func alternatives(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { ($0.a > 1 || $0.b < 2) && ($0.c == "x" || $0.d == "y") && ($0.e >= 3.5 || $0.i != 3) && ($0.j.city == "P" || $0.k.floor > 4) && ($0.a == 1 || $0.a == 2 || $0.a == 3 || $0.a == 4) }
}
func nilsAndSizes(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { $0.d == nil && $0.i != nil && $0.k == nil && $0.g.sizeOf > 2 && $0.c.sizeOf <= 9 && $0.h.sizeOf == 1 && $0.a == $0.b && $0.a < $0.b && $0.g[0] == "a" && $0.e.between(1, 2) && $0.a.isIn([1, 2, 3]) && $0.flag == true }
}
func numbersOnly(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { $0.a == 1 && $0.a != 2 && $0.a < 3 && $0.a > 4 && $0.a <= 5 && $0.a >= 6 && $0.b == 7 && $0.b != 8 && $0.b < 9 && $0.b > 10 && $0.b <= 11 && $0.b >= 12 }
}
func untyped(_ t: Table) -> Query<UntypedItem, [String: AttributeValue]> {
    t.query(key: ["id": "x"]).where { $0["a"] > 1 && $0["b"] < 2 && $0["c"] == "x" && $0["d"] == nil && $0["e"] >= 3.5 && $0["f"]["g"] != true && $0["h"][0] == 3 && $0["i"].hasPrefix("P") && $0["k"] <= 4 && $0["l"].contains("q") && !$0["m"].exists() && $0["n"].isMissing() }
}
func update(_ t: TypedTable<Wide>) async throws {
    try await t.update("x", if: { $0.a == 1 && $0.c != "x" && $0.i > 3 }) { $0.a.set($0.a + 1); $0.b.add(2); $0.c.set("n"); $0.d.remove(); $0.g.append(["v"]); $0.h.insert(["w"]); $0.i.set($0.i.or(0) + 1); $0.j.city.set("Q"); $0.e.increment(by: 1, startingAt: 2) }
}
