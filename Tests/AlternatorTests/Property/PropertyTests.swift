import AlternatorLocal
import Foundation
import TestSupport
import Testing

@testable import Alternator

/// Random conditions and updates: rendered, sent, parsed and evaluated by the embedded cluster, against plain Swift.
///
/// The seeds are fixed; `ALTERNATOR_PROPERTY_SEED` adds one. A failure is cut down before it is printed: to the smallest
/// part that still fails, and the members of the item that matter.
struct PropertyTests {
    private static let seeds: [UInt64] = {
        let given = ProcessInfo.processInfo.environment["ALTERNATOR_PROPERTY_SEED"].flatMap { UInt64($0) }
        return [1, 2, 3, 4] + (given.map { [$0] } ?? [])
    }()

    // MARK: Conditions

    /// Which samples a condition picks on the server, by a filter.
    private func picked(_ check: Check, _ table: TypedTable<Sample>, untyped: Bool) async throws -> Set<String> {
        guard untyped else {
            return Set(try await table.scan().where { _ in check.condition }.all(max: 10_000).map(\.id))
        }
        let plain = table.resource.table(table.name)
        let items = try await plain.scan().where { _ in Condition(check.condition.node) }.all(max: 10_000)
        return Set(items.compactMap { $0["id"]?.stringValue })
    }

    /// The smallest part of a check that still differs.
    private func shrunk(_ check: Check, _ samples: [Sample], _ table: TypedTable<Sample>) async -> Check {
        for part in check.parts {
            let expected = Set(samples.filter(part.holds).map(\.id))
            let found = try? await picked(part, table, untyped: false)
            if found != expected { return await shrunk(part, samples, table) }
        }
        return check
    }

    @Test(.ownThread, arguments: seeds)
    func `random conditions mean on the server what they mean in Swift`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let samples = (0..<40).map { Draw.sample($0, &random) }
        let checks = (0..<160).map { Check.random(depth: $0 % 5, &random) }
        try await withLocal(nodes: 1) { resource in
            let table = resource.table("samples", of: Sample.self)
            try await table.create()
            _ = try await table.batchWrite(put: samples)
            var failures = 0
            for (number, check) in checks.enumerated() {
                let expected = Set(samples.filter(check.holds).map(\.id))
                let found = try? await picked(check, table, untyped: number.isMultiple(of: 3))
                guard found != expected else { continue }
                failures += 1
                // Each is cut down by many requests; a few tell as much as all.
                guard failures <= 3 else { break }
                let small = await shrunk(check, samples, table)
                let wanted = Set(samples.filter(small.holds).map(\.id))
                let got = (try? await picked(small, table, untyped: false)) ?? []
                let witness = samples.first { wanted.contains($0.id) != got.contains($0.id) }
                Issue.record(
                    """
                    seed \(seed), condition \(number): \(small)
                    Swift says \(witness.map { "\(small.holds($0))" } ?? "-") for \(witness.map { "\($0)" } ?? "-")
                    """
                )
            }
        }
    }

    @Test(.ownThread, arguments: seeds)
    func `random conditions of writes hold on the server when they hold in Swift`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed &+ 1000)
        let samples = (0..<100).map { Draw.sample($0, &random) }
        let checks = samples.map { _ in Check.random(depth: .random(in: 0...4, using: &random), &random) }
        try await withLocal(nodes: 1) { resource in
            let table = resource.table("samples", of: Sample.self)
            try await table.create()
            _ = try await table.batchWrite(put: samples)
            for (sample, check) in zip(samples, checks) {
                let outcome = try await table.tryPut(sample, if: { _ in check.condition })
                switch outcome {
                case .written: #expect(check.holds(sample), "seed \(seed): \(check) for \(sample)")
                case .conditionFailed(let existing):
                    #expect(!check.holds(sample), "seed \(seed): \(check) for \(sample)")
                    #expect(existing == sample)
                }
            }
        }
    }

    // MARK: Updates

    /// What an update leaves, in Swift.
    private func applied(_ steps: [Step], to sample: Sample) -> Sample {
        var result = sample
        for step in steps { step.apply(&result, sample) }
        return result
    }

    /// What it leaves on the server.
    private func updated(_ steps: [Step], of sample: Sample, _ table: TypedTable<Sample>) async throws -> Sample {
        try await table.put(sample)
        return try await table.updated(sample.id) { _ in
            for step in steps { for action in step.actions { action } }
        }
    }

    /// The changes that are needed for the difference.
    private func shrunk(_ steps: [Step], of sample: Sample, _ table: TypedTable<Sample>) async -> [Step] {
        for index in steps.indices where steps.count > 1 {
            var fewer = steps
            fewer.remove(at: index)
            let left = try? await updated(fewer, of: sample, table)
            if left != applied(fewer, to: sample) { return await shrunk(fewer, of: sample, table) }
        }
        return steps
    }

    @Test(.ownThread, arguments: seeds)
    func `random updates leave on the server what they leave in Swift`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let cases = (0..<150).map { number in
            let sample = Draw.sample(number, &random)
            return (sample, UpdateGrammar.steps(for: sample, &random), Check.random(depth: 2, &random))
        }
        try await withLocal(nodes: 1) { resource in
            let table = resource.table("samples", of: Sample.self)
            try await table.create()
            var failures = 0
            for (number, (sample, steps, check)) in cases.enumerated() where !steps.isEmpty {
                let after = try? await updated(steps, of: sample, table)
                if after != applied(steps, to: sample) {
                    failures += 1
                    guard failures <= 3 else { break }
                    let small = await shrunk(steps, of: sample, table)
                    Issue.record(
                        """
                        seed \(seed), update \(number): \(small.map(\.description))
                        of \(sample)
                        in Swift \(applied(small, to: sample))
                        """
                    )
                    continue
                }
                // Under a condition nothing or all of it happens.
                try await table.put(sample)
                let isDone = try await didUpdate(sample.id, steps, if: check, table)
                #expect(isDone == check.holds(sample), "seed \(seed), update \(number): \(check) for \(sample)")
                let stored = try await table.get(sample.id, consistent: true)
                #expect(stored == (isDone ? applied(steps, to: sample) : sample))
            }
        }
    }

    private func didUpdate(
        _ id: String,
        _ steps: [Step],
        if check: Check,
        _ table: TypedTable<Sample>
    ) async throws -> Bool {
        // No `return` inside: with two closures on the stack there the 6.3.1 compiler crashes.
        var isDone = true
        do throws(AlternatorError) {
            try await table.update(id, if: { _ in check.condition }) { _ in
                for step in steps { for action in step.actions { action } }
            }
        } catch {
            guard error.code == .conditionFailed else { throw error }
            isDone = false
        }
        return isDone
    }

    // MARK: Coverage

    @Test func `the fixed seeds meet every form of condition and update`() {
        var conditions: Set<String> = []
        var updates: Set<String> = []
        for seed in Self.seeds.prefix(4) {
            var random = SeededGenerator(seed: seed)
            for number in 0..<40 { _ = Draw.sample(number, &random) }
            for number in 0..<160 { conditions.formUnion(Check.random(depth: number % 5, &random).kinds) }
            random = SeededGenerator(seed: seed)
            for number in 0..<150 {
                let sample = Draw.sample(number, &random)
                updates.formUnion(UpdateGrammar.steps(for: sample, &random).map(\.kind))
                _ = Check.random(depth: 2, &random)
            }
        }
        #expect(ConditionGrammar.kinds.subtracting(conditions) == [])
        #expect(UpdateGrammar.kinds.subtracting(updates) == [])
    }
}
