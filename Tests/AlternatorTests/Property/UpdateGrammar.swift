import Foundation
import TestSupport

@testable import Alternator

/// One change of an update, and what it does to a model value in Swift.
struct Step: CustomStringConvertible {
    /// What it is, for the list of what was covered.
    let kind: String
    let actions: [UpdateAction<Sample>]
    /// Changes the new value; the old one is what right sides read.
    let apply: (inout Sample, Sample) -> Void

    var description: String { "\(kind) [\((try? Rendering.update(actions).rendering).map { "\($0)" } ?? "-")]" }
}

/// Every form of an update with random values: at most one for each attribute, since paths must not overlap.
enum UpdateGrammar {
    private typealias Make = (Sample, inout SeededGenerator) -> Step?

    /// Changes of some attributes of an item.
    static func steps(for sample: Sample, _ random: inout SeededGenerator) -> [Step] {
        var steps: [Step] = []
        for makers in groups() where Int.random(in: 0..<3, using: &random) == 0 {
            if let step = makers[Int.random(in: 0..<makers.count, using: &random)](sample, &random) {
                steps.append(step)
            }
        }
        return steps
    }

    /// The name of every form.
    static var kinds: Set<String> {
        var random = SeededGenerator(seed: 1)
        var kinds: Set<String> = []
        // Some forms need an item that has what they change.
        for number in 0..<50 {
            let sample = Draw.sample(number, &random)
            for maker in groups().flatMap(\.self) {
                if let step = maker(sample, &random) { kinds.insert(step.kind) }
            }
        }
        return kinds
    }

    private static let f = Fields<Sample>()

    private static func step(
        _ kind: String,
        _ actions: UpdateAction<Sample>...,
        apply: @escaping (inout Sample, Sample) -> Void
    ) -> Step {
        Step(kind: kind, actions: actions, apply: apply)
    }

    private static func groups() -> [[Make]] {
        [numbers(), optionalNumbers(), scalars(), texts(), optionalTexts()] + sets() + lists() + [documents(), maps()]
            + [optionalMaps(), optionalDocuments(), untyped()]
    }

    private static func numbers() -> [Make] {
        [
            {
                let k = Draw.number(&$1); return step("SET number", f.n.set(k)) { new, _ in new.n = k }
            },
            {
                let k = Draw.number(&$1); return step("ADD number", f.n.add(k)) { new, _ in new.n += k }
            },
            {
                let k = Draw.number(&$1); return step("SET +", f.n.set(f.n + k)) { new, old in new.n = old.n + k }
            },
            {
                let k = Draw.number(&$1); return step("SET -", f.n.set(f.n - k)) { new, old in new.n = old.n - k }
            },
            { _, _ in step("SET + attribute", f.n.set(f.odd + f.size)) { new, old in new.n = old.odd + old.size } },
            { _, _ in step("SET - attribute", f.n.set(f.odd - f.size)) { new, old in new.n = old.odd - old.size } },
            { _, _ in step("SET from attribute", f.n.set(f.inner.a)) { new, old in new.n = old.inner.a } },
            {
                let k = Draw.number(&$1)
                return step("increment", f.n.increment(by: k, startingAt: 100)) { new, old in new.n = old.n + k }
            },
            {
                let k = Draw.number(&$1); return step("SET default kept", f.n.setIfMissing(k)) { _, _ in }
            },
        ]
    }

    private static func optionalNumbers() -> [Make] {
        [
            {
                let k = Draw.number(&$1); return step("SET optional", f.m.set(k)) { new, _ in new.m = k }
            },
            { _, _ in step("SET nil", f.m.set(nil)) { new, _ in new.m = nil } },
            { _, _ in step("REMOVE", f.m.remove()) { new, _ in new.m = nil } },
            {
                let k = Draw.number(&$1);
                return step("ADD to missing", f.m.add(k)) { new, old in new.m = (old.m ?? 0) + k }
            },
            {
                let k = Draw.number(&$1);
                return step("SET default", f.m.setIfMissing(k)) { new, old in new.m = old.m ?? k }
            },
            {
                let k = Draw.number(&$1)
                return step("increment from", f.m.increment(by: k, startingAt: 9)) { new, old in
                    new.m = (old.m ?? 9) + k
                }
            },
            {
                let k = Draw.number(&$1)
                return step("SET if_not_exists + value", f.m.set(f.m.or(k) + 2)) { new, old in new.m = (old.m ?? k) + 2
                }
            },
            {
                let k = Draw.number(&$1)
                return step("SET if_not_exists - value", f.m.set(f.m.or(k) - 2)) { new, old in new.m = (old.m ?? k) - 2
                }
            },
        ]
    }

    private static func scalars() -> [Make] {
        [
            {
                let p = Draw.price(&$1); return step("SET decimal", f.price.set(p)) { new, _ in new.price = p }
            },
            {
                let p = Draw.price(&$1);
                return step("ADD decimal", f.price.add(p)) { new, old in new.price = old.price + p }
            },
            {
                let r = Double(Draw.number(&$1)) / 8;
                return step("SET double", f.ratio.set(r)) { new, _ in new.ratio = r }
            },
            {
                let b = Bool.random(using: &$1); return step("SET bool", f.flag.set(b)) { new, _ in new.flag = b }
            },
            {
                let d = Draw.date(&$1); return step("SET date", f.date.set(d)) { new, _ in new.date = d }
            },
            {
                let l = Draw.level(&$1); return step("SET enum", f.level.set(l)) { new, _ in new.level = l }
            },
            {
                let d = Draw.data(&$1); return step("SET binary", f.data.set(d)) { new, _ in new.data = d }
            },
            {
                let k = Draw.number(&$1);
                return step("ADD to odd name", f.odd.add(k)) { new, old in new.odd = old.odd + k }
            },
        ]
    }

    private static func texts() -> [Make] {
        [
            {
                let w = Draw.word(&$1); return step("SET text", f.text.set(w)) { new, _ in new.text = w }
            },
            {
                let w = Draw.word(&$1)
                return step("SET from optional", f.text.set(f.inner.b.or(w))) { new, old in new.text = old.inner.b ?? w
                }
            },
        ]
    }

    private static func optionalTexts() -> [Make] {
        [
            {
                let w: String? = Draw.maybe(&$1, Draw.word)
                return step("SET maybe nil", f.word.set(w)) { new, _ in new.word = w }
            },
            {
                let w = Draw.word(&$1)
                return step("SET text default", f.word.setIfMissing(w)) { new, old in new.word = old.word ?? w }
            },
            { _, _ in step("SET optional from attribute", f.word.set(f.text)) { new, old in new.word = old.text } },
        ]
    }

    private static func sets() -> [[Make]] {
        [
            [
                {
                    let t = Draw.set(&$1, Draw.tag);
                    return step("ADD members", f.tags.insert(t + "z")) {
                        $0.tags.formUnion(t + "z"); _ = $1
                    }
                },
                {
                    let t = Draw.set(&$1, Draw.tag)
                    return step("DELETE members", f.tags.subtract(t + "a")) {
                        $0.tags.subtract(t + "a"); _ = $1
                    }
                },
                {
                    let t = Draw.set(&$1, Draw.tag);
                    return step("SET set, maybe empty", f.tags.set(t)) { new, _ in new.tags = t }
                },
            ],
            [
                {
                    let t: Set = [Draw.tag(&$1)]
                    return step("ADD to missing set", f.marks.insert(t)) { new, old in
                        new.marks = (old.marks ?? []).union(t)
                    }
                },
                {
                    let t: Set = [Draw.tag(&$1), "m"]
                    return step("DELETE to nothing", f.marks.subtract(t)) { new, old in
                        let left = old.marks?.subtracting(t) ?? []
                        new.marks = left.isEmpty ? nil : left
                    }
                },
            ],
            [
                {
                    let t: Set = [Draw.number(&$1)];
                    return step("ADD numbers", f.numbers.insert(t)) {
                        $0.numbers.formUnion(t); _ = $1
                    }
                },
                {
                    let t: Set = [Draw.number(&$1)];
                    return step("DELETE numbers", f.numbers.subtract(t)) {
                        $0.numbers.subtract(t); _ = $1
                    }
                },
            ],
            [
                {
                    let t: Set = [Draw.bytes(&$1)];
                    return step("ADD binaries", f.blobs.insert(t)) {
                        $0.blobs.formUnion(t); _ = $1
                    }
                }
            ],
        ]
    }

    private static func lists() -> [[Make]] {
        [
            [
                {
                    let l = Draw.array(&$1, Draw.number);
                    return step("SET list", f.list.set(l)) { new, _ in new.list = l }
                },
                {
                    let l = Draw.array(&$1, Draw.number);
                    return step("append", f.list.append(l)) { new, old in new.list = old.list + l }
                },
                {
                    let l = Draw.array(&$1, Draw.number);
                    return step("prepend", f.list.prepend(l)) { new, old in new.list = l + old.list }
                },
                {
                    _,
                    _ in
                    step("append attribute", f.list.append(f.inner.deep.list)) { new, old in
                        new.list = old.list + old.inner.deep.list
                    }
                },
                {
                    sample,
                    random in
                    let k = Draw.number(&random)
                    let index = Int.random(in: 0...5, using: &random)
                    return step("SET element, maybe past the end", f.list[index].set(k)) { new, old in
                        if index < old.list.count { new.list[index] = k } else { new.list.append(k) }
                    }
                },
                {
                    _,
                    random in
                    let index = Int.random(in: 0...5, using: &random)
                    return step("REMOVE element, maybe past the end", f.list.removeElement(at: index)) { new, old in
                        if index < old.list.count { new.list.remove(at: index) }
                    }
                },
                {
                    sample,
                    _ in
                    guard sample.list.count > 2 else { return nil }
                    return step(
                        "REMOVE by the old numbering",
                        f.list.removeElement(at: 0),
                        f.list.removeElement(at: 2)
                    ) { new, old in
                        new.list = Array(
                            old.list.enumerated().filter { $0.offset != 0 && $0.offset != 2 }.map(\.element)
                        )
                    }
                },
            ],
            [
                {
                    let w = [Draw.word(&$1)]
                    return step("append to missing", f.words.append(w)) { new, old in new.words = (old.words ?? []) + w
                    }
                },
                {
                    let w = [Draw.word(&$1)]
                    return step("prepend to missing", f.words.prepend(w)) { new, old in
                        new.words = w + (old.words ?? [])
                    }
                },
                { _, _ in step("REMOVE list", f.words.remove()) { new, _ in new.words = nil } },
            ],
            [
                {
                    let i = Draw.inner(&$1)
                    return step("append document", f.rows.append([i])) { new, old in new.rows = old.rows + [i] }
                },
                {
                    sample,
                    random in
                    guard !sample.rows.isEmpty else { return nil }
                    let k = Draw.number(&random)
                    return step("SET in document of list", f.rows[0].a.set(k), f.rows[0].b.set(nil)) { new, _ in
                        new.rows[0].a = k
                        new.rows[0].b = nil
                    }
                },
            ],
        ]
    }

    private static func documents() -> [Make] {
        [
            {
                let i = Draw.inner(&$1); return step("SET document", f.inner.set(i)) { new, _ in new.inner = i }
            },
            {
                _,
                random in
                let k = Draw.number(&random)
                let w: String? = Draw.maybe(&random, Draw.word)
                return step("SET members", f.inner.a.set(k), f.inner.b.set(w), f.inner.deep.list.append([k])) {
                    new,
                    old in
                    new.inner.a = k
                    new.inner.b = w
                    new.inner.deep.list = old.inner.deep.list + [k]
                }
            },
            {
                let k = Draw.number(&$1);
                return step("SET + in document", f.inner.a.set(f.inner.a + k)) { new, old in
                    new.inner.a = old.inner.a + k
                }
            },
            { _, _ in step("REMOVE two levels down", f.inner.deep.note.remove()) { new, _ in new.inner.deep.note = nil }
            },
        ]
    }

    private static func maps() -> [Make] {
        [
            {
                let m = Draw.map(&$1, Draw.number); return step("SET map", f.map.set(m)) { new, _ in new.map = m }
            },
            {
                let k = Draw.number(&$1); return step("SET key", f.map["k.1"].set(k)) { new, _ in new.map["k.1"] = k }
            },
            { _, _ in step("REMOVE key", f.map.removeValue(forKey: "size")) { new, _ in new.map["size"] = nil } },
        ]
    }

    private static func optionalMaps() -> [Make] {
        [
            {
                let m: [String: String]? = Draw.maybe(&$1, { Draw.map(&$0, Draw.word) });
                return step("SET map, maybe nil", f.labels.set(m)) { new, _ in new.labels = m }
            },
            {
                sample,
                random in
                guard sample.labels != nil else { return nil }
                let w = Draw.word(&random)
                return step("SET key of optional", f.labels["k"].set(w)) { new, _ in new.labels?["k"] = w }
            },
            {
                sample,
                _ in
                guard sample.labels != nil else { return nil }
                return step("REMOVE key of optional", f.labels.removeValue(forKey: "k")) { new, _ in
                    new.labels?["k"] = nil
                }
            },
        ]
    }

    private static func optionalDocuments() -> [Make] {
        [
            {
                let o: Sample.Inner? = Draw.maybe(&$1, Draw.inner);
                return step("SET document, maybe nil", f.outer.set(o)) { new, _ in new.outer = o }
            },
            {
                sample,
                random in
                guard sample.outer != nil else { return nil }
                let k = Draw.number(&random)
                return step("SET in optional document", f.outer.a.set(k), f.outer.b.remove()) { new, _ in
                    new.outer?.a = k
                    new.outer?.b = nil
                }
            },
        ]
    }

    private static func untyped() -> [Make] {
        [
            {
                let v = Draw.any(&$1); return step("SET untyped", f.any.set(v)) { new, _ in new.any = v }
            }
        ]
    }
}

private func + (set: Set<String>, member: String) -> Set<String> { set.union([member]) }
