import Foundation
import Testing

/// Programs that nobody of this package wrote, or that were written to check it; they need Python.
enum Peers {
    /// Whether their tests run: `ALTERNATOR_TEST_PEERS=1` says that Python and its packages are there.
    static var areEnabled: Bool { environment["ALTERNATOR_TEST_PEERS"] == "1" }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// The folder of the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static var python: URL {
        if let path = environment["ALTERNATOR_TEST_PYTHON"] {
            return URL(filePath: path, relativeTo: root)
        }
        return root.appending(path: ".build/venv/bin/python")
    }

    /// A running program, its input and output in files so that no pipe can fill up.
    ///
    /// - Parameters:
    ///   - script: a path below the package's folder.
    ///   - arguments: what follows it.
    ///   - input: all of its standard input.
    ///   - folder: where its files go.
    /// - Returns: the process.
    /// - Throws: what keeps it from starting.
    static func start(_ script: String, _ arguments: [String], input: String = "", in folder: URL) throws -> Process {
        let process = Process()
        process.executableURL = python
        process.arguments = [root.appending(path: script).path] + arguments
        let inputFile = folder.appending(path: "input")
        try Data(input.utf8).write(to: inputFile)
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        for (name, assign) in [
            ("output", { process.standardOutput = $0 }), ("errors", { process.standardError = $0 }),
        ] as [(String, (FileHandle) -> Void)] {
            let file = folder.appending(path: name)
            try Data().write(to: file)
            assign(try FileHandle(forWritingTo: file))
        }
        try process.run()
        return process
    }

    /// The standard output of a program that must succeed.
    static func run(_ script: String, _ arguments: [String], input: String) async throws -> String {
        try await withFolder { folder in
            let process = try start(script, arguments, input: input, in: folder)
            // It blocks, so it does not belong on a thread of tasks.
            await withCheckedContinuation { continuation in
                Thread { [process = Unchecked(process)] in
                    process.value.waitUntilExit()
                    continuation.resume()
                }.start()
            }
            let errors = try text("errors", in: folder)
            try #require(process.terminationStatus == 0, "\(script): \(errors.suffix(1000))")
            return try text("output", in: folder)
        }
    }

    /// Ends a program at once.
    static func stop(_ process: Process) {
        // A thread of tasks blocks most signals and its children inherit that: a gentler one would not arrive.
        kill(process.processIdentifier, SIGKILL)
    }

    static func text(_ name: String, in folder: URL) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// A folder for the time of `body`.
    static func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let folder = URL.temporaryDirectory.appending(path: "alternator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    /// `Process` may be waited for on any thread.
    private struct Unchecked: @unchecked Sendable {
        let value: Process

        init(_ value: Process) { self.value = value }
    }
}
