import Alternator
import AlternatorLocal
import TestSupport
import Testing

private struct Sample: TableItem, Equatable {
    var id: String
    var n: Int
    var m: Int?
    var text: String
    var word: String?
    var tags: Set<String>
    var list: [Int]
    var inner: Inner
    static let primaryKey = PrimaryKey(\Sample.id)

    struct Inner: Document, Equatable {
        var a: Int
        var b: String?
    }
}

/// A condition and the same thing said in Swift, without the renderer or the server's evaluator.
private struct Check {
    let condition: Condition<Sample>
    let holds: (Sample) -> Bool
}

/// Random builders, rendered, sent, parsed and evaluated by the embedded cluster, against plain Swift.
struct LocalPropertyTests {
    private static let words = ["", "a", "ab", "abc", "b", "size", "é"]

    private static func sample(_ number: Int, _ random: inout SeededGenerator) -> Sample {
        Sample(
            id: "s\(number)",
            n: .random(in: -3...3, using: &random),
            m: Bool.random(using: &random) ? .random(in: -3...3, using: &random) : nil,
            text: words.randomElement(using: &random) ?? "",
            word: Bool.random(using: &random) ? words.randomElement(using: &random) : nil,
            tags: Set(words.dropFirst().filter { _ in Bool.random(using: &random) }),
            list: (0..<Int.random(in: 0...3, using: &random)).map { _ in .random(in: 0...2, using: &random) },
            inner: .init(
                a: .random(in: -3...3, using: &random),
                b: Bool.random(using: &random) ? "x" : nil
            )
        )
    }

    private static func leaf(_ random: inout SeededGenerator) -> Check {
        let f = Fields<Sample>()
        let number = Int.random(in: -3...3, using: &random)
        let high = Int.random(in: number...4, using: &random)
        let word = words.randomElement(using: &random) ?? "a"
        switch Int.random(in: 0..<24, using: &random) {
        case 0: return Check(condition: f.n == number) { $0.n == number }
        case 1: return Check(condition: f.n != number) { $0.n != number }
        case 2: return Check(condition: f.n < number) { $0.n < number }
        case 3: return Check(condition: f.n >= number) { $0.n >= number }
        case 4: return Check(condition: f.m == number) { $0.m == number }
        case 5: return Check(condition: f.m != number) { $0.m != number }
        case 6: return Check(condition: f.m > number) { $0.m.map { $0 > number } ?? false }
        case 7: return Check(condition: f.m == nil) { $0.m == nil }
        case 8: return Check(condition: f.m != nil) { $0.m != nil }
        case 9: return Check(condition: f.m.between(number, high)) { $0.m.map { (number...high) ~= $0 } ?? false }
        case 10: return Check(condition: f.n.between(number, high)) { (number...high) ~= $0.n }
        case 11: return Check(condition: f.n.isIn([number, high])) { $0.n == number || $0.n == high }
        case 12: return Check(condition: f.n.isIn([])) { _ in false }
        case 13: return Check(condition: f.m.isIn([number, nil])) { $0.m == nil || $0.m == number }
        case 14: return Check(condition: f.text.hasPrefix(word)) { $0.text.hasPrefix(word) }
        case 15:
            return Check(condition: f.word.contains(word)) {
                $0.word.map { word.isEmpty || $0.contains(word) } ?? false
            }
        case 16: return Check(condition: f.tags.contains("a")) { $0.tags.contains("a") }
        case 17: return Check(condition: f.tags == []) { $0.tags.isEmpty }
        case 18: return Check(condition: f.list.contains(1)) { $0.list.contains(1) }
        case 19: return Check(condition: f.list.sizeOf > 1) { $0.list.count > 1 }
        case 20: return Check(condition: f.list[0] == 1) { $0.list.first == 1 }
        case 21: return Check(condition: f.inner.a < number) { $0.inner.a < number }
        case 22: return Check(condition: f.inner.b.exists()) { $0.inner.b != nil }
        default: return Check(condition: f.n < f.inner.a) { $0.n < $0.inner.a }
        }
    }

    private static func check(depth: Int, _ random: inout SeededGenerator) -> Check {
        guard depth > 0 else { return leaf(&random) }
        let left = check(depth: .random(in: 0..<depth, using: &random), &random)
        let right = check(depth: .random(in: 0..<depth, using: &random), &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return Check(condition: left.condition && right.condition) { left.holds($0) && right.holds($0) }
        case 1: return Check(condition: left.condition || right.condition) { left.holds($0) || right.holds($0) }
        default: return Check(condition: !left.condition) { !left.holds($0) }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `random conditions mean on the server what they mean in Swift`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let samples = (0..<60).map { Self.sample($0, &random) }
        let checks = (0..<120).map { Self.check(depth: $0 % 5, &random) }
        try await withLocal(nodes: 1) { resource in
            let table = resource.table("samples", of: Sample.self)
            try await table.create()
            _ = try await table.batchWrite(put: samples)
            for (number, check) in checks.enumerated() {
                let found = try await table.scan().where { _ in check.condition }.all(max: 1000)
                let expected = samples.filter(check.holds)
                #expect(
                    found.sorted { $0.id < $1.id } == expected.sorted { $0.id < $1.id },
                    "seed \(seed), condition \(number): \(check.condition)"
                )
            }
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `random updates leave what they leave in Swift`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let samples = (0..<40).map { Self.sample($0, &random) }
        let steps = samples.map { _ in
            (
                n: Int.random(in: -9...9, using: &random), word: Self.words.randomElement(using: &random),
                removes: Bool.random(using: &random), tag: Self.words.dropFirst().randomElement(using: &random) ?? "a"
            )
        }
        try await withLocal(nodes: 1) { resource in
            let table = resource.table("samples", of: Sample.self)
            try await table.create()
            _ = try await table.batchWrite(put: samples)
            for (sample, step) in zip(samples, steps) {
                var expected = sample
                expected.n += step.n
                expected.m = step.removes ? nil : (sample.m ?? 0) + step.n
                expected.text = step.word ?? sample.text
                expected.word = sample.word ?? "default"
                if step.removes { expected.tags.remove(step.tag) } else { expected.tags.insert(step.tag) }
                expected.list.append(step.n)
                expected.inner.a = step.n
                expected.inner.b = step.removes ? nil : step.tag
                let updated = try await table.updated(sample.id) {
                    $0.n.add(step.n)
                    if step.removes { $0.m.remove() } else { $0.m.add(step.n) }
                    $0.text.set(step.word ?? sample.text)
                    $0.word.setIfMissing("default")
                    if step.removes { $0.tags.subtract([step.tag]) } else { $0.tags.insert([step.tag]) }
                    $0.list.append([step.n])
                    $0.inner.a.set(step.n)
                    $0.inner.b.set(step.removes ? nil : step.tag)
                }
                #expect(updated == expected, "seed \(seed), item \(sample.id)")
            }
        }
    }
}
