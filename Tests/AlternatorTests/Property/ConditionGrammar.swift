import Foundation
import TestSupport

@testable import Alternator

/// One comparison or function, and the same thing said in Swift: without the renderer, without the server's evaluator.
struct Leaf {
    /// What it is, for the list of what was covered.
    let kind: String
    let condition: Condition<Sample>
    let holds: (Sample) -> Bool
}

/// A condition as a tree, so that a failing one can be cut down.
indirect enum Check: CustomStringConvertible {
    case leaf(Leaf)
    case and(Check, Check)
    case or(Check, Check)
    case not(Check)

    var condition: Condition<Sample> {
        switch self {
        case .leaf(let leaf): leaf.condition
        case .and(let left, let right): left.condition && right.condition
        case .or(let left, let right): left.condition || right.condition
        case .not(let inner): !inner.condition
        }
    }

    func holds(_ sample: Sample) -> Bool {
        switch self {
        case .leaf(let leaf): leaf.holds(sample)
        case .and(let left, let right): left.holds(sample) && right.holds(sample)
        case .or(let left, let right): left.holds(sample) || right.holds(sample)
        case .not(let inner): !inner.holds(sample)
        }
    }

    /// The trees right inside, from which a smaller failure may come.
    var parts: [Check] {
        switch self {
        case .leaf: []
        case .and(let left, let right), .or(let left, let right): [left, right]
        case .not(let inner): [inner]
        }
    }

    var kinds: Set<String> {
        if case .leaf(let leaf) = self { return [leaf.kind] }
        return parts.reduce(into: []) { $0.formUnion($1.kinds) }
    }

    var description: String {
        switch self {
        case .leaf(let leaf): "\(leaf.kind) [\((try? Rendering.condition(leaf.condition)).map { "\($0)" } ?? "-")]"
        case .and(let left, let right): "(\(left) && \(right))"
        case .or(let left, let right): "(\(left) || \(right))"
        case .not(let inner): "!(\(inner))"
        }
    }

    /// A random tree of up to `depth` levels above the leaves.
    static func random(depth: Int, _ random: inout SeededGenerator) -> Check {
        guard depth > 0 else { return .leaf(ConditionGrammar.leaf(&random)) }
        let left = Self.random(depth: .random(in: 0..<depth, using: &random), &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .and(left, Self.random(depth: .random(in: 0..<depth, using: &random), &random))
        case 1: return .or(left, Self.random(depth: .random(in: 0..<depth, using: &random), &random))
        default: return .not(left)
        }
    }
}

/// Every form of the grammar with a random value.
enum ConditionGrammar {
    private typealias Make = (inout SeededGenerator) -> Leaf

    static func leaf(_ random: inout SeededGenerator) -> Leaf {
        let groups = [comparisons, optionals, texts, collections, nested, functions, attributes]
        let group = groups[Int.random(in: 0..<groups.count, using: &random)]
        let makers = group()
        return makers[Int.random(in: 0..<makers.count, using: &random)](&random)
    }

    /// The name of every form.
    static var kinds: Set<String> {
        var random = SeededGenerator(seed: 0)
        let makers = [comparisons, optionals, texts, collections, nested, functions, attributes].flatMap { $0() }
        return Set(makers.map { $0(&random).kind })
    }

    private static let f = Fields<Sample>()

    private static func leaf(
        _ kind: String,
        _ condition: Condition<Sample>,
        _ holds: @escaping (Sample) -> Bool
    ) -> Leaf {
        Leaf(kind: kind, condition: condition, holds: holds)
    }

    /// Numbers, in order: the server refuses a range whose constants are the wrong way round.
    private static func range(_ random: inout SeededGenerator) -> (Int, Int) {
        let low = Draw.number(&random)
        return (low, Int.random(in: low...4, using: &random))
    }

    private static func comparisons() -> [Make] {
        [
            {
                let k = Draw.number(&$0); return leaf("=", f.n == k) { $0.n == k }
            },
            {
                let k = Draw.number(&$0); return leaf("<>", f.n != k) { $0.n != k }
            },
            {
                let k = Draw.number(&$0); return leaf("<", f.n < k) { $0.n < k }
            },
            {
                let k = Draw.number(&$0); return leaf("<=", f.n <= k) { $0.n <= k }
            },
            {
                let k = Draw.number(&$0); return leaf(">", f.n > k) { $0.n > k }
            },
            {
                let k = Draw.number(&$0); return leaf(">=", f.n >= k) { $0.n >= k }
            },
            {
                let (l, h) = range(&$0); return leaf("between", f.n.between(l, h)) { l <= $0.n && $0.n <= h }
            },
            {
                let (l, h) = range(&$0); return leaf("in", f.n.isIn([l, h])) { $0.n == l || $0.n == h }
            },
            { _ in leaf("in nothing", f.n.isIn([Int]())) { _ in false } },
            {
                let p = Draw.price(&$0); return leaf("= decimal", f.price == p) { $0.price == p }
            },
            {
                let p = Draw.price(&$0); return leaf("< decimal", f.price < p) { $0.price < p }
            },
            {
                let r = Double(Draw.number(&$0)) / 8
                return leaf(">= double", f.ratio >= r) { $0.ratio >= r }
            },
            {
                let b = Bool.random(using: &$0); return leaf("= bool", f.flag == b) { $0.flag == b }
            },
            {
                let b = Bool.random(using: &$0); return leaf("<> bool", f.flag != b) { $0.flag != b }
            },
            {
                let d = Draw.date(&$0); return leaf("< date", f.date < d) { $0.date < d }
            },
            {
                let d = Draw.date(&$0); return leaf("= date", f.date == d) { $0.date == d }
            },
            {
                let l = Draw.level(&$0); return leaf("= enum", f.level == l) { $0.level == l }
            },
            {
                let l = Draw.level(&$0)
                return leaf("in enum", f.level.isIn([l, .low])) { $0.level == l || $0.level == .low }
            },
            {
                let k = Draw.number(&$0); return leaf("= reserved name", f.size == k) { $0.size == k }
            },
            {
                let k = Draw.number(&$0); return leaf("= odd name", f.odd == k) { $0.odd == k }
            },
            {
                let d = Draw.data(&$0); return leaf("= binary", f.data == d) { $0.data == d }
            },
            {
                let d = Draw.data(&$0); return leaf("< binary", f.data < d) { $0.data.lexicographicallyPrecedes(d) }
            },
        ]
    }

    private static func optionals() -> [Make] {
        [
            {
                let k = Draw.number(&$0); return leaf("= optional", f.m == k) { $0.m == k }
            },
            // A missing attribute differs from every value.
            {
                let k = Draw.number(&$0); return leaf("<> optional", f.m != k) { $0.m != k }
            },
            // And is neither less nor greater.
            {
                let k = Draw.number(&$0); return leaf("< optional", f.m < k) { s in s.m.map { $0 < k } ?? false }
            },
            {
                let k = Draw.number(&$0); return leaf(">= optional", f.m >= k) { s in s.m.map { $0 >= k } ?? false }
            },
            { _ in leaf("= nil", f.m == nil) { $0.m == nil } },
            { _ in leaf("<> nil", f.m != nil) { $0.m != nil } },
            {
                let (l, h) = range(&$0)
                return leaf("between optional", f.m.between(l, h)) { s in s.m.map { l <= $0 && $0 <= h } ?? false }
            },
            {
                let k = Draw.number(&$0); return leaf("in with nil", f.m.isIn([k, nil])) { $0.m == nil || $0.m == k }
            },
            { _ in leaf("exists", f.word.exists()) { $0.word != nil } },
            { _ in leaf("missing", f.word.isMissing()) { $0.word == nil } },
            { _ in leaf("missing document", f.outer.isMissing()) { $0.outer == nil } },
            // NULL is there, but it is nil.
            { _ in leaf("NULL exists", f.any.exists()) { _ in true } },
            { _ in leaf("NULL is nil", f.any == .null) { $0.any == .null } },
        ]
    }

    private static func texts() -> [Make] {
        [
            {
                let w = Draw.word(&$0); return leaf("= text", f.text == w) { $0.text == w }
            },
            {
                let w = Draw.word(&$0);
                return leaf("< text", f.text < w) { $0.text.utf8.lexicographicallyPrecedes(w.utf8) }
            },
            {
                let w = Draw.word(&$0); return leaf("prefix", f.text.hasPrefix(w)) { $0.text.utf8.starts(with: w.utf8) }
            },
            {
                let w = Draw.word(&$0)
                return leaf("prefix optional", f.word.hasPrefix(w)) { s in
                    s.word.map { $0.utf8.starts(with: w.utf8) } ?? false
                }
            },
            {
                let d = Draw.data(&$0); return leaf("prefix binary", f.data.hasPrefix(d)) { $0.data.starts(with: d) }
            },
            {
                let d = Draw.data(&$0)
                return leaf("prefix optional binary", f.blob.hasPrefix(d)) { s in
                    s.blob.map { $0.starts(with: d) } ?? false
                }
            },
            { _ in
                leaf("prefix by attribute", f.text.hasPrefix(f.inner.deep.note.asText)) { s in
                    s.inner.deep.note.map { s.text.utf8.starts(with: $0.utf8) } ?? false
                }
            },
            {
                let w = Draw.word(&$0); return leaf("contains", f.text.contains(w)) { w.isEmpty || $0.text.contains(w) }
            },
            {
                let w = Draw.word(&$0)
                return leaf("contains optional", f.word.contains(w)) { s in
                    s.word.map { w.isEmpty || $0.contains(w) } ?? false
                }
            },
            {
                let k = abs(Draw.number(&$0)); return leaf("size of text", f.text.sizeOf > k) { $0.text.utf8.count > k }
            },
            {
                let k = abs(Draw.number(&$0))
                return leaf("size of missing text", f.word.sizeOf != k) { s in s.word.map { $0.utf8.count != k } ?? true
                }
            },
            {
                let k = abs(Draw.number(&$0)); return leaf("size of binary", f.data.sizeOf <= k) { $0.data.count <= k }
            },
        ]
    }

    private static func collections() -> [Make] {
        [
            {
                let w = Draw.word(&$0); return leaf("member", f.tags.contains(w)) { $0.tags.contains(w) }
            },
            {
                let k = Draw.number(&$0); return leaf("member number", f.numbers.contains(k)) { $0.numbers.contains(k) }
            },
            {
                let d = Draw.bytes(&$0); return leaf("member binary", f.blobs.contains(d)) { $0.blobs.contains(d) }
            },
            {
                let w = Draw.word(&$0);
                return leaf("member optional", f.marks.contains(w)) { $0.marks?.contains(w) ?? false }
            },
            { _ in leaf("= empty set", f.tags == []) { $0.tags.isEmpty } },
            { _ in leaf("<> empty set", f.tags != []) { !$0.tags.isEmpty } },
            {
                let t: Set = [Draw.tag(&$0), "a"]; return leaf("= set", f.tags == t) { $0.tags == t }
            },
            {
                let k = Draw.number(&$0); return leaf("element", f.list.contains(k)) { $0.list.contains(k) }
            },
            {
                let w = Draw.word(&$0);
                return leaf("element optional", f.words.contains(w)) { $0.words?.contains(w) ?? false }
            },
            {
                let k = Draw.number(&$0); return leaf("= list", f.list == [k, k]) { $0.list == [k, k] }
            },
            { _ in leaf("element by attribute", f.list.contains(f.n)) { $0.list.contains($0.n) } },
            { _ in leaf("member by attribute", f.numbers.contains(f.size)) { $0.numbers.contains($0.size) } },
            {
                let k = abs(Draw.number(&$0)); return leaf("size of list", f.list.sizeOf == k) { $0.list.count == k }
            },
            {
                let k = abs(Draw.number(&$0)); return leaf("size of map", f.map.sizeOf >= k) { $0.map.count >= k }
            },
            {
                let k = abs(Draw.number(&$0))
                return leaf("size of set", f.numbers.sizeOf < k) { !$0.numbers.isEmpty && $0.numbers.count < k }
            },
            { _ in leaf("size between", f.list.sizeOf.between(1, 2)) { (1...2).contains($0.list.count) } },
            { _ in leaf("size in", f.list.sizeOf.isIn([0, 3])) { $0.list.isEmpty || $0.list.count == 3 } },
            { _ in leaf("size beside attribute", f.list.sizeOf < f.n) { $0.list.count < $0.n } },
        ]
    }

    private static func nested() -> [Make] {
        [
            {
                let k = Draw.number(&$0); return leaf("member of document", f.inner.a < k) { $0.inner.a < k }
            },
            {
                let w = Draw.word(&$0); return leaf("optional in document", f.inner.b == w) { $0.inner.b == w }
            },
            { _ in leaf("missing in document", f.inner.b.isMissing()) { $0.inner.b == nil } },
            {
                let k = Draw.number(&$0)
                return leaf("two levels", f.inner.deep.list[0] == k) { $0.inner.deep.list.first == k }
            },
            {
                let k = Draw.number(&$0)
                return leaf("in optional document", f.outer.a > k) { s in s.outer.map { $0.a > k } ?? false }
            },
            { _ in leaf("= nil in optional document", f.outer.b == nil) { $0.outer?.b == nil } },
            {
                let i = Draw.inner(&$0)
                return leaf("= document", f.inner == i) { $0.inner == i }
            },
            {
                let k = Draw.number(&$0);
                return leaf("index", f.list[1] != k) { s in s.list.count < 2 || s.list[1] != k }
            },
            {
                let k = Draw.number(&$0)
                return leaf("document in list", f.rows[0].a >= k) { s in s.rows.first.map { $0.a >= k } ?? false }
            },
            {
                let k = Draw.number(&$0); return leaf("dictionary", f.map["k.1"] == k) { $0.map["k.1"] == k }
            },
            {
                let w = Draw.word(&$0);
                return leaf("optional dictionary", f.labels["size"] != w) { $0.labels?["size"] != w }
            },
            { _ in leaf("dictionary key exists", f.map["k"].exists()) { $0.map["k"] != nil } },
        ]
    }

    private static func functions() -> [Make] {
        [
            { _ in leaf("type S", f.any.hasType(.string)) { $0.any.typeName == "S" } },
            { _ in leaf("type N", f.any.hasType(.number)) { $0.any.typeName == "N" } },
            { _ in leaf("type B", f.any.hasType(.binary)) { $0.any.typeName == "B" } },
            { _ in leaf("type BOOL", f.any.hasType(.bool)) { $0.any.typeName == "BOOL" } },
            { _ in leaf("type NULL", f.any.hasType(.null)) { $0.any.typeName == "NULL" } },
            { _ in leaf("type L", f.any.hasType(.list)) { $0.any.typeName == "L" } },
            { _ in leaf("type M", f.any.hasType(.map)) { $0.any.typeName == "M" } },
            { _ in leaf("type SS", f.any.hasType(.stringSet)) { $0.any.typeName == "SS" } },
            { _ in leaf("type NS", f.numbers.hasType(.numberSet)) { !$0.numbers.isEmpty } },
            { _ in leaf("type BS", f.blobs.hasType(.binarySet)) { !$0.blobs.isEmpty } },
            { _ in leaf("untyped member", f.any["k"] == 1) { $0.any["k"] == 1 } },
            { _ in leaf("untyped element", f.any[1] == "a") { $0.any.listValue?[1] == "a" } },
            {
                let v = Draw.any(&$0)
                return leaf("= untyped", f.any == v) { $0.any == v }
            },
            {
                let k = Draw.number(&$0); return leaf("raw", .raw("\(name: "n") > \(k)")) { $0.n > k }
            },
        ]
    }

    private static func attributes() -> [Make] {
        [
            { _ in leaf("= attribute", f.n == f.size) { $0.n == $0.size } },
            { _ in leaf("<> attribute", f.n != f.size) { $0.n != $0.size } },
            { _ in leaf("< attribute", f.n < f.inner.a) { $0.n < $0.inner.a } },
            { _ in leaf("<= attribute", f.n <= f.inner.a) { $0.n <= $0.inner.a } },
            { _ in leaf("> attribute", f.odd > f.size) { $0.odd > $0.size } },
            { _ in leaf(">= attribute", f.odd >= f.size) { $0.odd >= $0.size } },
            { _ in leaf("between attributes", f.n.between(f.size, f.odd)) { $0.size <= $0.n && $0.n <= $0.odd } },
            { _ in leaf("in attributes", f.n.isIn([f.size, f.odd])) { $0.n == $0.size || $0.n == $0.odd } },
            // Two missing attributes are not equal: there is nothing to compare.
            { _ in leaf("= missing attribute", f.m == f.map["k"].asOptional) { $0.m != nil && $0.m == $0.map["k"] } },
        ]
    }
}

extension Path where Value == String? {
    /// The same attribute as one that is always there, for functions that take no optional.
    fileprivate var asText: Path<Root, String> { Path<Root, String>(elements: elements) }
}

extension Path where Value == Int {
    fileprivate var asOptional: Path<Root, Int?> { Path<Root, Int?>(elements: elements) }
}
