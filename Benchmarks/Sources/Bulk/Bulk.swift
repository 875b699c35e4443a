import Alternator
import Foundation

/// Writes a file of made-up items, imports it, exports the table, scans it, and prints what each took.
///
/// `Benchmarks/bulk` starts a server in a process of its own, so that memory and processor time are this package's.
///
///     Bulk --port P [--items N] [--folder PATH] [--concurrency N]
@main
struct Bulk {
    static func main() async {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            try await run(options)
        } catch {
            print("bulk failed: \(error)")
            exit(1)
        }
    }

    private static func run(_ options: Options) async throws {
        let source = options.folder + "/bulk-in.jsonl"
        let exported = options.folder + "/bulk-out.jsonl"
        try write(options.items, to: source)
        defer {
            unlink(source)
            unlink(exported)
        }
        let config = AlternatorConfig(seedHosts: ["127.0.0.1"], port: options.port)
        try await AlternatorResource.withResource(config) { resource in
            let readings = resource.table("bulk_readings", of: Reading.self)
            try await readings.deleteTable(ifExists: true)
            try await readings.create()

            let table = resource.table("bulk_readings")
            try await measured("import", options.items) {
                let settings = ImportOptions(chunkSize: 100, concurrency: options.concurrency)
                return try await table.import(from: source, options: settings).items
            }
            try await measured("export", options.items) {
                let settings = ExportOptions(concurrency: options.concurrency, replacesFile: true)
                return try await table.export(to: exported, options: settings).items
            }
            try await measured("export, gzip", options.items) {
                let settings = ExportOptions(
                    concurrency: options.concurrency,
                    packing: .gzip(level: 1),
                    replacesFile: true
                )
                return try await table.export(to: exported, options: settings).items
            }
            try await measured("import, gzip", options.items) {
                let settings = ImportOptions(chunkSize: 100, concurrency: options.concurrency)
                return try await table.import(from: exported, options: settings).items
            }
            try await measured("typed parallel scan", options.items) {
                var count = 0
                for try await reading in readings.scan().parallel(segments: 64, concurrency: options.concurrency) {
                    count += reading.value >= 0 ? 1 : 0
                }
                return count
            }
            try await readings.deleteTable()
        }
    }

    /// Runs one piece of work and prints items a second, processor time per item and the peak of memory so far.
    private static func measured(_ name: String, _ items: Int, _ work: () async throws -> Int) async throws {
        Usage.forgetPeak()
        let before = Usage.now
        let start = ContinuousClock.now
        let done = try await work()
        let seconds = Double((ContinuousClock.now - start) / .microseconds(1)) / 1e6
        let processor = Usage.now - before
        guard done == items else { throw Failure("\(name): \(done) items instead of \(items)") }
        let line = String(
            format: "%@ %9d items  %7.1f s  %8.0f items/s  %6.2f us CPU/item  peak %5.1f MB",
            name.padding(toLength: 20, withPad: " ", startingAt: 0),
            items,
            seconds,
            Double(items) / seconds,
            processor / Double(items) * 1e6,
            Usage.peakMegabytes
        )
        print(line)
    }

    /// Lines in the export form, about 180 bytes each.
    private static func write(_ items: Int, to path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure("\(path) cannot be written") }
        defer { fclose(file) }
        for number in 0..<items {
            let line =
                #"{"Item":{"sensor":{"S":"sensor-\#(number % 5000)"},"at":{"N":"\#(1_700_000_000 + number)"},"#
                + #""value":{"N":"\#(number % 1000).25"},"unit":{"S":"kWh"},"valid":{"BOOL":true},"#
                + #""tags":{"SS":["a","b"]},"note":{"S":"reading number \#(number)"}}}"# + "\n"
            guard fputs(line, file) >= 0 else { throw Failure("\(path) cannot be written") }
        }
    }
}

struct Reading: TableItem {
    var sensor: String
    var at: Int
    var value: Double
    var unit: String
    var valid: Bool
    var tags: Set<String>
    var note: String

    static let primaryKey = PrimaryKey(\Reading.sensor, \Reading.at)
}

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

struct Options {
    var port = 8000
    var items = 1_000_000
    var folder = NSTemporaryDirectory()
    var concurrency = 4

    init(_ arguments: [String]) throws {
        var arguments = arguments[...]
        while let flag = arguments.popFirst() {
            guard let value = arguments.popFirst() else { throw Failure("\(flag) needs a value") }
            switch (flag, Int(value)) {
            case ("--port", let number?): port = number
            case ("--items", let number?): items = number
            case ("--concurrency", let number?): concurrency = number
            case ("--folder", _): folder = value
            default: throw Failure("unknown argument \(flag) \(value)")
            }
        }
    }
}

/// What this process has used.
enum Usage {
    /// Seconds of processor time, of all threads, in user and kernel mode.
    static var now: Double {
        var usage = rusage()
        // 0 is RUSAGE_SELF, whose type differs between C libraries.
        getrusage(0, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Lets the peak begin anew: 5 in clear_refs resets VmHWM (proc(5)).
    static func forgetPeak() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    /// The most memory that was resident since `forgetPeak`.
    static var peakMegabytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Double($0.filter(\.isNumber)) }.map { $0 / 1024 } ?? .nan
    }
}
