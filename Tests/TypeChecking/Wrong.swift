// swift-format-ignore-file
// Conditions with one mistake; Tests/type-checking.sh measures how long they take to be refused. One statement each.

import Alternator
import Foundation

func wrongAtTheEnd(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { $0.a > 1 && $0.b < 2 && $0.c == "x" && $0.d == "y" && $0.e >= 3 && $0.f > Date() && $0.i == 3 && $0.j.city == "P" && $0.k.floor > 4 && $0.g.contains("q") && !$0.h.contains("r") && $0.c == 5 }
}
func wrongAtTheStart(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { $0.c > 1 && $0.b < 2 && $0.c == "x" && $0.d == "y" && $0.e >= 3 && $0.f > Date() && $0.i == 3 && $0.j.city == "P" && $0.k.floor > 4 && $0.g.contains("q") && !$0.h.contains("r") && $0.c.hasPrefix("z") }
}
func wrongInTheMiddle(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { ($0.a > 1 || $0.b < 2) && ($0.c == "x" || $0.d == "y") && ($0.e >= "3.5" || $0.i != 3) && ($0.j.city == "P" || $0.k.floor > 4) && ($0.a == 1 || $0.a == 2 || $0.a == 3 || $0.a == 4) }
}
func wrongProperty(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { $0.a > 1 && $0.b < 2 && $0.c == "x" && $0.nope == "y" && $0.e >= 3 && $0.f > Date() && $0.i == 3 && $0.j.city == "P" && $0.k.floor > 4 && $0.g.contains("q") && !$0.h.contains("r") && $0.c.hasPrefix("z") }
}
func wrongAttribute(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { $0.a > 1 && $0.b < 2 && $0.c == "x" && $0.d == "y" && $0.e >= 3 && $0.f > Date() && $0.a == $0.c && $0.j.city == "P" && $0.k.floor > 4 && $0.g.contains("q") && !$0.h.contains("r") && $0.c.hasPrefix("z") }
}
func wrongOrder(_ t: TypedTable<Wide>) -> Query<Wide, Wide> {
    t.query("x").where { $0.a == 1 && $0.a != 2 && $0.a < 3 && $0.a > 4 && $0.a <= 5 && $0.flag < true && $0.b == 7 && $0.b != 8 && $0.b < 9 && $0.b > 10 && $0.b <= 11 && $0.b >= 12 }
}
