import Glibc

/// Measures single parts of the package.
///
/// `Micro [--only NAME] [--seconds S] [--json]` prints nanoseconds of CPU time (the best of nine rounds and the median),
/// allocations and, where it means something, the rate. `--calls N` only makes N calls of each, for a tool that counts
/// instructions. No Swift concurrency here: valgrind cannot run it.
@main
struct Micro {
    static func main() {
        do {
            try run()
        } catch {
            print("micro failed: \(error)")
            exit(1)
        }
    }

    private static func run() throws {
        var only: String?
        var seconds = 0.5
        var calls: Int?
        var isJSON = false
        var arguments = CommandLine.arguments.dropFirst()
        while let flag = arguments.popFirst() {
            switch flag {
            case "--json": isJSON = true
            case "--only": only = arguments.popFirst()
            case "--seconds": seconds = arguments.popFirst().flatMap { Double($0) } ?? seconds
            case "--calls": calls = arguments.popFirst().flatMap { Int($0) }
            default:
                print("unknown option \(flag); known: --only NAME, --seconds S, --calls N, --json")
                exit(2)
            }
        }
        let all =
            try CodecBenchmarks.all() + RoutingBenchmarks.all() + ConditionBenchmarks.all() + PayloadBenchmarks.all()
        let chosen = all.filter { only == nil || $0.name.contains(only ?? "") }
        if let calls {
            for benchmark in chosen { keep(try benchmark.repeated(calls)) }
            return
        }
        var measured: [Measurement] = []
        for benchmark in chosen {
            let measurement = try benchmark.measure(seconds: seconds)
            if !isJSON { print(measurement.line) }
            measured.append(measurement)
        }
        if isJSON { print("[" + measured.map(\.json).joined(separator: ",\n") + "]") }
    }
}
