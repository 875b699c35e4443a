import Foundation
import Testing

/// The kept inputs of the fuzzer, as an ordinary test: those that found a fault and those that reach far.
@Suite struct CorpusTests {
    @Test(arguments: FuzzTarget.allCases)
    func `every kept input holds its target's promises`(target: FuzzTarget) throws {
        let inputs = try Self.inputs(of: target)
        #expect(inputs.count >= 5, "the corpus of \(target) is missing")
        for (name, bytes) in inputs {
            let broken = target.check(bytes)
            #expect(broken == nil, "\(target)/\(name)")
        }
    }

    /// Cuts and flips kept inputs: a small share of what the fuzzer does, for everybody who runs the tests.
    @Test(arguments: FuzzTarget.allCases)
    func `kept inputs, damaged, hold them too`(target: FuzzTarget) throws {
        for (name, bytes) in try Self.inputs(of: target) where bytes.count <= 512 {
            for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
                var flipped = bytes
                flipped[position] ^= UInt8(1 << (position & 7))
                let cut = Array(bytes[0..<position])
                let broken = target.check(flipped) ?? target.check(cut)
                #expect(broken == nil, "\(target)/\(name) at \(position)")
            }
        }
    }

    private static func inputs(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Corpora/\(target.rawValue)")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
        }
    }
}
